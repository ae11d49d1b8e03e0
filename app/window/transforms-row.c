/* transforms-row.c: see transforms-row.h. */
#include "transforms-row.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kind-menu.h"
#include "ui/i18n.h"

struct _BpTransformsRow {
  AdwExpanderRow parent_instance;
  const NnParamSpec *spec; /* of the list, a KINDS of the section "data" */
  NnConfig *data;          /* borrowed */
  GtkWidget *list;
  GtkLabel *problem; /* of the list as a whole */
};

G_DEFINE_FINAL_TYPE(BpTransformsRow, bp_transforms_row, ADW_TYPE_EXPANDER_ROW)

enum { CHANGED, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_transforms_row_class_init(BpTransformsRowClass *klass)
{
  signals[CHANGED] = g_signal_new("changed", BP_TYPE_TRANSFORMS_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new("refused", BP_TYPE_TRANSFORMS_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void write_summary(BpTransformsRow *self)
{
  g_autoptr(GString) text = g_string_new(NULL);
  int n = self->data ? nn_config_count(self->data, self->spec->key) : 0;
  for (int i = 0; i < n; i++)
    g_string_append_printf(text, "%s%s", i ? " · " : "",
                           bp_kind_title(nn_config_at(self->data, self->spec->key, i)->kind));
  const char *null_text =
      self->spec && self->spec->null_text ? nn_text(self->spec->null_text) : _("None");
  adw_expander_row_set_subtitle(ADW_EXPANDER_ROW(self), n ? text->str : null_text);
}

static void on_changed(BpTransformsRow *self)
{
  write_summary(self);
  g_signal_emit(self, signals[CHANGED], 0);
}

static void on_refused(BpTransformsRow *self, const char *text)
{
  g_signal_emit(self, signals[REFUSED], 0, text);
}

static GtkWidget *new_content(BpTransformsRow *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  self->list = bp_kind_list_new();
  self->problem = GTK_LABEL(gtk_label_new(NULL));
  gtk_widget_add_css_class(box, "transforms");
  gtk_widget_add_css_class(GTK_WIDGET(self->problem), "error");
  gtk_label_set_wrap(self->problem, TRUE);
  gtk_label_set_xalign(self->problem, 0);
  gtk_widget_set_visible(GTK_WIDGET(self->problem), FALSE);
  gtk_box_append(GTK_BOX(box), self->list);
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->problem));
  return box;
}

static void bp_transforms_row_init(BpTransformsRow *self)
{
  GtkWidget *row = gtk_list_box_row_new();
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), new_content(self));
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
  gtk_widget_set_focusable(row, FALSE);
  adw_expander_row_add_row(ADW_EXPANDER_ROW(self), row);
  g_signal_connect_swapped(self->list, "changed", G_CALLBACK(on_changed), self);
  g_signal_connect_swapped(self->list, "refused", G_CALLBACK(on_refused), self);
}

GtkWidget *bp_transforms_row_new(const NnParamSpec *spec)
{
  BpTransformsRow *self = g_object_new(BP_TYPE_TRANSFORMS_ROW, "title", nn_text(spec->label),
                                       "tooltip-text", nn_text(spec->doc), NULL);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 nn_text(spec->label), -1);
  self->spec = spec;
  write_summary(self);
  return GTK_WIDGET(self);
}

void bp_transforms_row_set_config(BpTransformsRow *self, NnConfig *data)
{
  self->data = data;
  bp_kind_list_set_config(BP_KIND_LIST(self->list), data, self->spec->key);
  write_summary(self);
}

void bp_transforms_row_mark(BpTransformsRow *self, const char *path, const char *text)
{
  bp_kind_list_clear(BP_KIND_LIST(self->list));
  bool whole = text && !bp_kind_list_mark(BP_KIND_LIST(self->list), path, text);
  gtk_label_set_label(self->problem, whole ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->problem), whole);
  if (text)
    adw_expander_row_set_expanded(ADW_EXPANDER_ROW(self), TRUE);
}

const char *bp_transforms_row_get_key(BpTransformsRow *self)
{
  return self->spec->key;
}

GtkWidget *bp_transforms_row_get_list(BpTransformsRow *self)
{
  return self->list;
}
