/* transforms-row.c: see transforms-row.h. */
#include "transforms-row.h"
#include "ui/kind-list.h"
#include "ui/kind-menu.h"
#include "ui/i18n.h"

static const char KEY[] = "transforms";

struct _BpTransformsRow {
  AdwExpanderRow parent_instance;
  NnConfig *data; /* borrowed */
  GtkWidget *list;
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
  int n = self->data ? nn_config_count(self->data, KEY) : 0;
  for (int i = 0; i < n; i++)
    g_string_append_printf(text, "%s%s", i ? " · " : "",
                           bp_kind_title(nn_config_at(self->data, KEY, i)->kind));
  adw_expander_row_set_subtitle(ADW_EXPANDER_ROW(self), n ? text->str : _("None"));
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

static void bp_transforms_row_init(BpTransformsRow *self)
{
  GtkWidget *row = gtk_list_box_row_new();
  self->list = bp_kind_list_new();
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self), _("Transforms"));
  gtk_widget_set_tooltip_text(GTK_WIDGET(self),
                              _("What is done to each picture before the network sees it"));
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Transforms"), -1);
  gtk_widget_add_css_class(self->list, "transforms");
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), self->list);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
  gtk_widget_set_focusable(row, FALSE);
  adw_expander_row_add_row(ADW_EXPANDER_ROW(self), row);
  g_signal_connect_swapped(self->list, "changed", G_CALLBACK(on_changed), self);
  g_signal_connect_swapped(self->list, "refused", G_CALLBACK(on_refused), self);
}

GtkWidget *bp_transforms_row_new(void)
{
  return g_object_new(BP_TYPE_TRANSFORMS_ROW, NULL);
}

void bp_transforms_row_set_config(BpTransformsRow *self, NnConfig *data)
{
  self->data = data;
  bp_kind_list_set_config(BP_KIND_LIST(self->list), data, KEY);
  write_summary(self);
}

void bp_transforms_row_mark(BpTransformsRow *self, const char *path, const char *text)
{
  bp_kind_list_clear(BP_KIND_LIST(self->list));
  if (text && bp_kind_list_mark(BP_KIND_LIST(self->list), path, text))
    adw_expander_row_set_expanded(ADW_EXPANDER_ROW(self), TRUE);
}

GtkWidget *bp_transforms_row_get_list(BpTransformsRow *self)
{
  return self->list;
}
