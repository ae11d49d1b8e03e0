/* kinds-row.c: see kinds-row.h. */
#include "kinds-row.h"
#include "kind-list.h"
#include "kind-menu.h"
#include "ui/i18n.h"

struct _BpKindsRow {
  AdwExpanderRow parent_instance;
  BpKindList *list;
};

static void init_param_row(BpParamRowInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE(BpKindsRow, bp_kinds_row, ADW_TYPE_EXPANDER_ROW,
                              G_IMPLEMENT_INTERFACE(BP_TYPE_PARAM_ROW, init_param_row))

static void write_summary(BpKindsRow *self)
{
  const NnParamSpec *spec = bp_param_row_get_spec(BP_PARAM_ROW(self));
  NnConfig *config = bp_param_row_get_config(BP_PARAM_ROW(self));
  g_autoptr(GString) text = g_string_new(NULL);
  int n = config ? nn_config_count(config, spec->key) : 0;
  for (int i = 0; i < n; i++)
    g_string_append_printf(text, "%s%s", i ? " · " : "",
                           bp_kind_title(nn_config_at(config, spec->key, i)->kind));
  if (n == 0)
    g_string_append(text, spec->null_text ? nn_text(spec->null_text) : _("None"));
  adw_expander_row_set_subtitle(ADW_EXPANDER_ROW(self), text->str);
}

static void on_changed(BpKindsRow *self)
{
  write_summary(self);
  bp_param_row_emit_changed(BP_PARAM_ROW(self));
}

static void bp_kinds_row_build(BpParamRow *row, const char *owner)
{
  BpKindsRow *self = BP_KINDS_ROW(row);
  GtkWidget *holder = gtk_list_box_row_new();
  self->list = BP_KIND_LIST(bp_kind_list_new());
  gtk_widget_add_css_class(GTK_WIDGET(self->list), "bp-kinds");
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(holder), GTK_WIDGET(self->list));
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(holder), FALSE);
  gtk_widget_set_focusable(holder, FALSE);
  adw_expander_row_add_row(ADW_EXPANDER_ROW(self), holder);
  adw_expander_row_set_expanded(ADW_EXPANDER_ROW(self), owner[0] != '\0');
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 nn_text(bp_param_row_get_spec(row)->label), -1);
  g_signal_connect_swapped(self->list, "changed", G_CALLBACK(on_changed), self);
}

static void bp_kinds_row_read(BpParamRow *row)
{
  BpKindsRow *self = BP_KINDS_ROW(row);
  bp_kind_list_set_config(self->list, bp_param_row_get_config(row),
                          bp_param_row_get_spec(row)->key);
  write_summary(self);
}

static void bp_kinds_row_show_problem(BpParamRow *row, const char *path, const char *text)
{
  BpKindsRow *self = BP_KINDS_ROW(row);
  bp_kind_list_clear(self->list);
  if (!text)
    return;
  bp_kind_list_mark(self->list, path, text);
  adw_expander_row_set_expanded(ADW_EXPANDER_ROW(self), TRUE);
}

static GtkWidget *bp_kinds_row_find(BpParamRow *row, const char *path)
{
  if (!path[0])
    return GTK_WIDGET(row);
  adw_expander_row_set_expanded(ADW_EXPANDER_ROW(row), TRUE);
  return bp_kind_list_find(BP_KINDS_ROW(row)->list, path);
}

GtkWidget *bp_kinds_row_get_list(BpKindsRow *self)
{
  return GTK_WIDGET(self->list);
}

static void bp_kinds_row_class_init(BpKindsRowClass *klass) {}

static void bp_kinds_row_init(BpKindsRow *self) {}

static void init_param_row(BpParamRowInterface *iface)
{
  iface->build = bp_kinds_row_build;
  iface->read = bp_kinds_row_read;
  iface->show_problem = bp_kinds_row_show_problem;
  iface->find = bp_kinds_row_find;
}
