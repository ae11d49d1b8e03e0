/* param-panel.c: keeps a list of rows in step with the tree of configs. plan_rows() says which
 * rows there should be; sync_rows() keeps those that are there already, with their focus, and makes
 * or removes the rest. Everything (a new config, another kind, a filter) goes through sync_rows().
 */
#include "param-panel.h"
#include "ui/accessible.h"
#include "kind-row.h"
#include "kinds-row.h"
#include "value-row.h"
#include "ui/style.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <string.h>

/* A row that should be there. */
typedef struct {
  NnConfig *config; /* borrowed */
  const NnParamSpec *spec;
  char *where; /* owned: "", "weight_init." */
  int depth;   /* of chosen kinds passed on the way */
  gboolean visible;
} RowPlan;

struct _BpParamPanel {
  AdwBin parent_instance;
  NnConfig *config; /* borrowed */
  GtkWidget *heading, *list;
  GPtrArray *rows;    /* borrowed from list, in its order */
  GStrv only, hidden; /* owned, or NULL */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpParamPanel, bp_param_panel, ADW_TYPE_BIN)

/* ---- which rows there should be ---- */

static void plan_clear(gpointer data)
{
  g_free(((RowPlan *)data)->where);
}

static void collect_config(GArray *plans, NnConfig *config, const RowPlan *above);

static void collect_spec(GArray *plans, NnConfig *config, const NnParamSpec *spec,
                         const RowPlan *above)
{
  if (spec->flags & NN_PARAM_DERIVED)
    return;
  gboolean section = spec->type == NN_PARAM_KIND && (spec->flags & NN_PARAM_SECTION);
  gboolean visible = above->visible && nn_config_visible(config, spec);
  if (!section) {
    RowPlan plan = {config, spec, g_strdup(above->where), above->depth, visible};
    g_array_append_val(plans, plan);
  }
  if (spec->type == NN_PARAM_KIND) {
    g_autofree char *where = g_strconcat(above->where, spec->key, ".", NULL);
    RowPlan below = {NULL, NULL, where, above->depth + !section, visible};
    collect_config(plans, nn_config_child(config, spec->key), &below);
  }
}

static void collect_config(GArray *plans, NnConfig *config, const RowPlan *above)
{
  for (const NnParamSpec *spec = config ? config->kind->params : NULL; spec && spec->key; spec++)
    collect_spec(plans, config, spec, above);
}

static gboolean listed(GStrv keys, const char *key)
{
  return keys && g_strv_contains((const char *const *)keys, key);
}

static GArray *plan_rows(BpParamPanel *self)
{
  GArray *plans = g_array_new(FALSE, FALSE, sizeof(RowPlan));
  g_array_set_clear_func(plans, plan_clear);
  const NnParamSpec *params = self->config ? self->config->kind->params : NULL;
  RowPlan top = {NULL, NULL, (char *)"", 0, TRUE};
  for (int i = 0; params && self->only && self->only[i]; i++) {
    int index = nn_param_index(params, self->only[i]);
    if (index >= 0 && !listed(self->hidden, self->only[i]))
      collect_spec(plans, self->config, &params[index], &top);
  }
  for (const NnParamSpec *spec = params; spec && spec->key && !self->only; spec++)
    if (!listed(self->hidden, spec->key))
      collect_spec(plans, self->config, spec, &top);
  return plans;
}

/* ---- keeping the rows in step ---- */

static void sync_rows(BpParamPanel *self);

static void on_row_changed(BpParamRow *row, BpParamPanel *self)
{
  g_autofree char *key = g_strdup(bp_param_row_get_key(row));
  bp_param_row_set_problem(row, "", NULL);
  sync_rows(self);
  g_signal_emit(self, signals[CHANGED], 0, key);
}

static GtkWidget *make_row(BpParamPanel *self, const RowPlan *plan)
{
  GType type = plan->spec->type == NN_PARAM_KIND    ? BP_TYPE_KIND_ROW
               : plan->spec->type == NN_PARAM_KINDS ? BP_TYPE_KINDS_ROW
                                                    : BP_TYPE_VALUE_ROW;
  GtkWidget *row = bp_param_row_new(type, plan->config, plan->spec, plan->where);
  if (plan->depth > 0)
    gtk_widget_add_css_class(row, "bp-nested");
  g_signal_connect(row, "changed", G_CALLBACK(on_row_changed), self);
  return row;
}

static gboolean is_row_of(BpParamRow *row, const RowPlan *plan)
{
  g_autofree char *key = g_strconcat(plan->where, plan->spec->key, NULL);
  return bp_param_row_get_spec(row) == plan->spec && !g_strcmp0(bp_param_row_get_key(row), key);
}

static void remove_row(BpParamPanel *self, guint i)
{
  gtk_list_box_remove(GTK_LIST_BOX(self->list), self->rows->pdata[i]);
  g_ptr_array_remove_index(self->rows, i);
}

/* Brings row i into step with its plan: keeps it, finds it further down, or makes it. */
static void sync_row(BpParamPanel *self, guint i, const RowPlan *plan)
{
  guint j = i;
  while (j < self->rows->len && !is_row_of(self->rows->pdata[j], plan))
    j++;
  if (j < self->rows->len) {
    for (; j > i; j--)
      remove_row(self, i);
    bp_param_row_set_config(self->rows->pdata[i], plan->config);
  } else {
    GtkWidget *row = make_row(self, plan);
    gtk_list_box_insert(GTK_LIST_BOX(self->list), row, (int)i);
    g_ptr_array_insert(self->rows, (int)i, row);
  }
  gtk_widget_set_visible(self->rows->pdata[i], plan->visible);
}

static void sync_rows(BpParamPanel *self)
{
  g_autoptr(GArray) plans = plan_rows(self);
  gboolean some = FALSE;
  for (guint i = 0; i < plans->len; i++) {
    const RowPlan *plan = &g_array_index(plans, RowPlan, i);
    sync_row(self, i, plan);
    some |= plan->visible;
  }
  while (self->rows->len > plans->len)
    remove_row(self, self->rows->len - 1);
  gtk_widget_set_visible(self->list, some);
}

/* ---- public ---- */

void bp_param_panel_set_config(BpParamPanel *self, NnConfig *config, const char *title)
{
  g_return_if_fail(BP_IS_PARAM_PANEL(self));
  self->config = config;
  gtk_label_set_text(GTK_LABEL(self->heading), title ? title : "");
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 title ? title : _("Parameters"), -1);
  gtk_widget_set_visible(self->heading, title != NULL);
  sync_rows(self);
  /* Texts and problems that belong to the config before are not carried over. */
  for (guint i = 0; i < self->rows->len; i++)
    bp_param_row_reset(self->rows->pdata[i]);
}

void bp_param_panel_set_filter(BpParamPanel *self, const char *const *only,
                               const char *const *hidden)
{
  g_return_if_fail(BP_IS_PARAM_PANEL(self));
  GStrv new_only = g_strdupv((char **)only), new_hidden = g_strdupv((char **)hidden);
  g_strfreev(self->only);
  g_strfreev(self->hidden);
  self->only = new_only;
  self->hidden = new_hidden;
  sync_rows(self);
}

void bp_param_panel_refresh(BpParamPanel *self)
{
  g_return_if_fail(BP_IS_PARAM_PANEL(self));
  sync_rows(self);
}

GtkWidget *bp_param_panel_get_row(BpParamPanel *self, const char *key)
{
  g_return_val_if_fail(BP_IS_PARAM_PANEL(self) && key, NULL);
  for (guint i = 0; i < self->rows->len; i++)
    if (!g_strcmp0(bp_param_row_get_key(self->rows->pdata[i]), key))
      return self->rows->pdata[i];
  return NULL;
}

/* The row in sight that has `path`, and what of it is meant: the entry of a list ("loss.weight.2"),
 * or what a kind in a list has ("transforms.0.size"); else NULL. */
static BpParamRow *row_at(BpParamPanel *self, const char *path, const char **rest)
{
  g_autofree char *key = g_strdup(path);
  GtkWidget *row = NULL;
  char *dot = key;
  while (dot && !(row = bp_param_panel_get_row(self, key)))
    if ((dot = strrchr(key, '.')))
      *dot = '\0';
  gsize length = strlen(key);
  *rest = path[length] ? path + length + 1 : "";
  return row && gtk_widget_get_visible(row) ? BP_PARAM_ROW(row) : NULL;
}

GtkWidget *bp_param_panel_find(BpParamPanel *self, const char *path)
{
  g_return_val_if_fail(BP_IS_PARAM_PANEL(self) && path, NULL);
  const char *rest;
  BpParamRow *row = row_at(self, path, &rest);
  return row ? bp_param_row_find(row, rest) : NULL;
}

gboolean bp_param_panel_mark_error(BpParamPanel *self, const char *key, const char *text)
{
  g_return_val_if_fail(BP_IS_PARAM_PANEL(self) && key, FALSE);
  const char *rest;
  BpParamRow *row = row_at(self, key, &rest);
  if (row)
    bp_param_row_set_problem(row, rest, text);
  return row != NULL;
}

void bp_param_panel_clear_errors(BpParamPanel *self)
{
  g_return_if_fail(BP_IS_PARAM_PANEL(self));
  for (guint i = 0; i < self->rows->len; i++)
    bp_param_row_set_problem(self->rows->pdata[i], "", NULL);
}

gboolean bp_param_panel_has_error(BpParamPanel *self)
{
  g_return_val_if_fail(BP_IS_PARAM_PANEL(self), FALSE);
  for (guint i = 0; i < self->rows->len; i++)
    if (gtk_widget_get_visible(self->rows->pdata[i]) &&
        bp_param_row_has_problem(self->rows->pdata[i]))
      return TRUE;
  return FALSE;
}

void bp_param_panel_set_plain(BpParamPanel *self, gboolean plain)
{
  g_return_if_fail(BP_IS_PARAM_PANEL(self));
  if (plain) {
    gtk_widget_remove_css_class(self->list, "boxed-list");
    gtk_widget_add_css_class(self->list, "bp-plain");
  } else {
    gtk_widget_remove_css_class(self->list, "bp-plain");
    gtk_widget_add_css_class(self->list, "boxed-list");
  }
}

GtkWidget *bp_param_panel_new(void)
{
  return g_object_new(BP_TYPE_PARAM_PANEL, NULL);
}

static void bp_param_panel_finalize(GObject *object)
{
  BpParamPanel *self = BP_PARAM_PANEL(object);
  g_ptr_array_unref(self->rows);
  g_strfreev(self->only);
  g_strfreev(self->hidden);
  G_OBJECT_CLASS(bp_param_panel_parent_class)->finalize(object);
}

static void bp_param_panel_class_init(BpParamPanelClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_param_panel_finalize;
  signals[CHANGED] = bp_signal_new(G_TYPE_FROM_CLASS(klass), "changed", 1, G_TYPE_STRING, 0);
  bp_style_load();
}

static void bp_param_panel_init(BpParamPanel *self)
{
  self->rows = g_ptr_array_new();
  self->heading = gtk_label_new("");
  gtk_label_set_xalign(GTK_LABEL(self->heading), 0);
  gtk_label_set_ellipsize(GTK_LABEL(self->heading), PANGO_ELLIPSIZE_END);
  bp_accessible_show_cut_text(self->heading);
  gtk_widget_set_hexpand(self->heading, TRUE);
  gtk_widget_add_css_class(self->heading, "heading");
  gtk_widget_add_css_class(self->heading, "bp-header");
  gtk_widget_set_visible(self->heading, FALSE);
  self->list = gtk_list_box_new();
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class(self->list, "boxed-list");
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class(box, "bp-params");
  gtk_box_append(GTK_BOX(box), self->heading);
  gtk_box_append(GTK_BOX(box), self->list);
  adw_bin_set_child(ADW_BIN(self), box);
}
