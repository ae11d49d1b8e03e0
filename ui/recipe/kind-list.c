/* kind-list.c: rows in step with a list of configs. A moved entry keeps its row, and with it its
 * focus and its opened parameters; a refresh keeps the rows whose kinds are still the same. */
#include "kind-list-private.h"
#include "kind-menu.h"
#include "param-panel.h"
#include "ui/style.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <stdlib.h>

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpKindList, bp_kind_list, ADW_TYPE_BIN)

int bp_kind_list_count(BpKindList *self)
{
  return self->holder ? nn_config_count(self->holder, self->spec->key) : 0;
}

NnConfig *bp_kind_list_entry(BpKindList *self, int i)
{
  return nn_config_at(self->holder, self->spec->key, i);
}

int bp_kind_list_position(BpKindList *self, BpKindItem *row)
{
  guint i;
  return g_ptr_array_find(self->rows, row, &i) ? (int)i : -1;
}

/* ---- rows ---- */

static const NnLayerFlow *find_flow(const NnLayerFlow *flows, int n, const NnConfig *layer)
{
  for (int i = 0; i < n; i++)
    if (flows[i].layer == layer)
      return &flows[i];
  return NULL;
}

void bp_kind_list_set_flows(BpKindList *self, const NnLayerFlow *flows, int n)
{
  g_return_if_fail(BP_IS_KIND_LIST(self));
  for (int i = 0; i < (int)self->rows->len; i++) {
    BpKindItem *row = self->rows->pdata[i];
    const NnLayerFlow *flow = find_flow(flows, n, bp_kind_item_get_config(row));
    bp_kind_item_update(row, flow ? &flow->in : NULL,
                        flow && flow->out.n_dims > 0 ? &flow->out : NULL, i, (int)self->rows->len);
    if (bp_kind_item_get_inner_list(row))
      bp_kind_list_set_flows(BP_KIND_LIST(bp_kind_item_get_inner_list(row)), flows, n);
  }
}

/* "2.layers.0.kernel_size" → row 2 and the rest of the path; NULL: there is no such row. */
static BpKindItem *item_at(BpKindList *self, const char *path, const char **rest)
{
  char *end;
  guint64 i = g_ascii_strtoull(path, &end, 10);
  if (end == path || i >= self->rows->len || (*end && *end != '.'))
    return NULL;
  *rest = *end ? end + 1 : end;
  return self->rows->pdata[i];
}

static void show_problem(BpKindList *self, const char *text)
{
  gtk_label_set_text(GTK_LABEL(self->problem), text ? text : "");
  gtk_widget_set_visible(self->problem, text != NULL);
}

void bp_kind_list_clear(BpKindList *self)
{
  g_return_if_fail(BP_IS_KIND_LIST(self));
  show_problem(self, NULL);
  for (guint i = 0; i < self->rows->len; i++)
    bp_kind_item_clear(self->rows->pdata[i]);
}

void bp_kind_list_mark(BpKindList *self, const char *path, const char *text)
{
  g_return_if_fail(BP_IS_KIND_LIST(self) && path);
  const char *rest;
  BpKindItem *row = item_at(self, path, &rest);
  if (row)
    bp_kind_item_mark(row, rest, text);
  else
    show_problem(self, text);
}

GtkWidget *bp_kind_list_find(BpKindList *self, const char *path)
{
  g_return_val_if_fail(BP_IS_KIND_LIST(self) && path, NULL);
  const char *rest;
  BpKindItem *row = item_at(self, path, &rest);
  GtkWidget *found = row ? bp_kind_item_find(row, rest) : GTK_WIDGET(self);
  if (row && gtk_widget_is_ancestor(found, bp_kind_item_get_panel(row)))
    bp_kind_list_select(self, bp_kind_list_position(self, row));
  return found;
}

void bp_kind_list_reset_rows(BpKindList *self)
{
  bp_kind_list_clear(self);
  bp_kind_list_set_flows(self, NULL, 0);
  gtk_widget_set_visible(self->empty, self->rows->len == 0);
  gtk_widget_set_visible(self->list, self->rows->len > 0);
}

void bp_kind_list_emit_changed(BpKindList *self)
{
  bp_kind_list_reset_rows(self);
  g_signal_emit(self, signals[CHANGED], 0);
}

gboolean bp_kind_list_refuse(BpKindList *self, const NnError *err)
{
  gtk_widget_activate_action(GTK_WIDGET(self), BP_KIND_LIST_REFUSED, "s", err->text);
  return FALSE;
}

static void on_item_remove(BpKindItem *row, BpKindList *self)
{
  bp_kind_list_remove(self, bp_kind_list_position(self, row));
}

static void on_item_move_by(BpKindItem *row, int by, BpKindList *self)
{
  int from = bp_kind_list_position(self, row);
  bp_kind_list_move(self, from, from + by);
}

GtkWidget *bp_kind_list_make_item(BpKindList *self, NnConfig *config)
{
  GtkWidget *row = bp_kind_item_new(config);
  g_signal_connect_swapped(row, "changed", G_CALLBACK(bp_kind_list_emit_changed), self);
  g_signal_connect(row, "remove", G_CALLBACK(on_item_remove), self);
  g_signal_connect(row, "move-by", G_CALLBACK(on_item_move_by), self);
  g_signal_connect(row, "dropped", G_CALLBACK(bp_kind_list_drop), self);
  return row;
}

void bp_kind_list_take_row(BpKindList *self, guint i)
{
  gtk_list_box_remove(GTK_LIST_BOX(self->list), self->rows->pdata[i]);
  g_ptr_array_remove_index(self->rows, i);
}

void bp_kind_list_put_row(BpKindList *self, GtkWidget *row, guint i)
{
  gtk_list_box_insert(GTK_LIST_BOX(self->list), row, (int)i);
  g_ptr_array_insert(self->rows, (int)i, row);
}

/* ---- showing ---- */

void bp_kind_list_refresh(BpKindList *self)
{
  g_return_if_fail(BP_IS_KIND_LIST(self));
  int n = bp_kind_list_count(self);
  for (int i = 0; i < n; i++) {
    NnConfig *config = bp_kind_list_entry(self, i);
    BpKindItem *row = i < (int)self->rows->len ? self->rows->pdata[i] : NULL;
    if (row && bp_kind_item_get_kind(row) == config->kind) {
      bp_kind_item_set_config(row, config);
    } else {
      if (row)
        bp_kind_list_take_row(self, (guint)i);
      bp_kind_list_put_row(self, bp_kind_list_make_item(self, config), (guint)i);
    }
  }
  while ((int)self->rows->len > n)
    bp_kind_list_take_row(self, self->rows->len - 1);
  bp_kind_list_reset_rows(self);
}

static void name_parts(BpKindList *self)
{
  const NnClass *klass = nn_class(self->spec->klass);
  const char *add = klass->add ? nn_text(klass->add) : _("Add");
  gtk_label_set_text(GTK_LABEL(self->add_label), add);
  gtk_widget_set_tooltip_text(self->add_button, klass->add_tip ? nn_text(klass->add_tip) : add);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 add, -1);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 nn_text(self->spec->label), -1);
  gtk_label_set_text(GTK_LABEL(self->empty),
                     self->spec->empty ? nn_text(self->spec->empty) : _("Nothing here yet."));
}

void bp_kind_list_set_config(BpKindList *self, NnConfig *holder, const char *key)
{
  g_return_if_fail(BP_IS_KIND_LIST(self));
  const NnParamSpec *params = holder ? holder->kind->params : NULL;
  int index = params ? nn_param_index(params, key) : -1;
  g_return_if_fail(!holder || (index >= 0 && params[index].type == NN_PARAM_KINDS));
  if (holder != self->holder)
    bp_kind_list_select(self, -1);
  self->holder = holder;
  self->spec = holder ? &params[index] : NULL;
  gtk_widget_set_sensitive(self->add_button, holder != NULL);
  if (holder)
    name_parts(self);
  bp_kind_list_refresh(self);
}

int bp_kind_list_get_selected(BpKindList *self)
{
  g_return_val_if_fail(BP_IS_KIND_LIST(self), -1);
  for (guint i = 0; i < self->rows->len; i++)
    if (bp_kind_item_get_open(self->rows->pdata[i]))
      return (int)i;
  return -1;
}

void bp_kind_list_select(BpKindList *self, int index)
{
  g_return_if_fail(BP_IS_KIND_LIST(self));
  for (int i = 0; i < (int)self->rows->len; i++)
    if (bp_kind_item_get_open(self->rows->pdata[i]) != (i == index))
      bp_kind_item_set_open(self->rows->pdata[i], i == index);
}

GtkWidget *bp_kind_list_get_item(BpKindList *self, int index)
{
  g_return_val_if_fail(BP_IS_KIND_LIST(self), NULL);
  return index >= 0 && index < (int)self->rows->len ? self->rows->pdata[index] : NULL;
}

const char *bp_kind_list_get_problem(BpKindList *self)
{
  return gtk_widget_get_visible(self->problem) ? gtk_label_get_text(GTK_LABEL(self->problem))
                                               : NULL;
}

GtkWidget *bp_kind_list_get_button(BpKindList *self)
{
  return self->add_button;
}

/* ---- object ---- */

static void on_activated(BpKindList *self, GtkListBoxRow *row)
{
  int index = bp_kind_list_position(self, BP_KIND_ITEM(row));
  bp_kind_list_select(self, bp_kind_list_get_selected(self) == index ? -1 : index);
}

static void on_chosen(BpKindList *self, const char *name)
{
  if (self->holder)
    bp_kind_list_add(self, name);
}

/* Made when first opened, because rooms may still add kinds while the window is built. */
static void create_menu(GtkMenuButton *button, gpointer user_data)
{
  BpKindList *self = user_data;
  if (gtk_menu_button_get_popover(button) || !self->spec)
    return;
  GtkWidget *menu = bp_kind_menu_new(self->spec->klass);
  g_signal_connect_swapped(menu, "chosen", G_CALLBACK(on_chosen), self);
  gtk_menu_button_set_popover(button, menu);
}

/* As AdwButtonContent, but for a label that takes a second line before the button gets wide. */
static GtkWidget *make_add_button(BpKindList *self)
{
  GtkWidget *content = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_halign(content, GTK_ALIGN_CENTER);
  gtk_box_append(GTK_BOX(content), gtk_image_new_from_icon_name("list-add-symbolic"));
  self->add_label = gtk_label_new(NULL);
  gtk_label_set_wrap(GTK_LABEL(self->add_label), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(self->add_label), PANGO_WRAP_WORD_CHAR);
  gtk_box_append(GTK_BOX(content), self->add_label);
  self->add_button = gtk_menu_button_new();
  gtk_menu_button_set_child(GTK_MENU_BUTTON(self->add_button), content);
  gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(self->add_button), create_menu, self, NULL);
  gtk_widget_set_sensitive(self->add_button, FALSE);
  gtk_widget_add_css_class(self->add_button, "bp-add");
  bp_kind_list_add_drop_target(self, self->add_button);
  return self->add_button;
}

static GtkWidget *make_empty(BpKindList *self)
{
  self->empty = gtk_label_new(NULL);
  gtk_label_set_wrap(GTK_LABEL(self->empty), TRUE);
  gtk_label_set_justify(GTK_LABEL(self->empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class(self->empty, "dim-label");
  gtk_widget_add_css_class(self->empty, "caption");
  gtk_widget_add_css_class(self->empty, "bp-empty");
  bp_kind_list_add_drop_target(self, self->empty);
  return self->empty;
}

static GtkWidget *make_problem(BpKindList *self)
{
  self->problem = gtk_label_new(NULL);
  gtk_label_set_wrap(GTK_LABEL(self->problem), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(self->problem), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign(GTK_LABEL(self->problem), 0);
  gtk_widget_add_css_class(self->problem, "error");
  gtk_widget_set_visible(self->problem, FALSE);
  return self->problem;
}

GtkWidget *bp_kind_list_get_menu(BpKindList *self)
{
  create_menu(GTK_MENU_BUTTON(self->add_button), self);
  return GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(self->add_button)));
}

GtkWidget *bp_kind_list_new(void)
{
  return g_object_new(BP_TYPE_KIND_LIST, NULL);
}

static void bp_kind_list_finalize(GObject *object)
{
  g_ptr_array_unref(BP_KIND_LIST(object)->rows);
  G_OBJECT_CLASS(bp_kind_list_parent_class)->finalize(object);
}

static void bp_kind_list_class_init(BpKindListClass *klass)
{
  GType type = G_TYPE_FROM_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_kind_list_finalize;
  signals[CHANGED] = bp_signal_new(type, "changed", 0, 0, 0);
  bp_style_load();
}

static void bp_kind_list_init(BpKindList *self)
{
  self->rows = g_ptr_array_new();
  self->list = gtk_list_box_new();
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class(self->list, "bp-layers");
  g_signal_connect_swapped(self->list, "row-activated", G_CALLBACK(on_activated), self);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append(GTK_BOX(box), self->list);
  gtk_box_append(GTK_BOX(box), make_empty(self));
  gtk_box_append(GTK_BOX(box), make_add_button(self));
  gtk_box_append(GTK_BOX(box), make_problem(self));
  adw_bin_set_child(ADW_BIN(self), box);
}
