#include "kinds-row.h"
#include "kind-list.h"
#include "ui/i18n.h"

struct _BpKindsRow {
  AdwPreferencesRow parent_instance;
  const NnParamSpec *spec;
  GtkWidget *list, *error;
  char *key; /* owned, dotted */
  gboolean marked;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpKindsRow, bp_kinds_row, ADW_TYPE_PREFERENCES_ROW)

static void show_error(BpKindsRow *self, const char *text)
{
  gtk_label_set_text(GTK_LABEL(self->error), text ? text : "");
  gtk_widget_set_visible(self->error, text != NULL);
  if (text)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
}

void bp_kinds_row_mark(BpKindsRow *self, const char *path, const char *text)
{
  g_return_if_fail(BP_IS_KINDS_ROW(self) && path);
  self->marked = text != NULL;
  if (!text)
    bp_kind_list_clear(BP_KIND_LIST(self->list));
  gboolean within = text && bp_kind_list_mark(BP_KIND_LIST(self->list), path, text);
  show_error(self, within ? NULL : text);
}

static void on_changed(BpKindsRow *self)
{
  g_signal_emit(self, signals[CHANGED], 0);
}

static GtkWidget *make_label(const char *text)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
  return label;
}

GtkWidget *bp_kinds_row_new(NnConfig *config, const NnParamSpec *spec, const char *where)
{
  g_return_val_if_fail(config && spec && where, NULL);
  BpKindsRow *self = g_object_new(BP_TYPE_KINDS_ROW, "title", nn_text(spec->label), "activatable",
                                  FALSE, "focusable", FALSE, NULL);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
  self->spec = spec;
  self->key = g_strconcat(where, spec->key, NULL);
  self->error = make_label("");
  gtk_widget_add_css_class(self->error, "caption");
  gtk_widget_add_css_class(self->error, "bp-kinds-error");
  self->list = bp_kind_list_new();
  gtk_widget_add_css_class(box, "bp-kinds");
  gtk_box_append(GTK_BOX(box), make_label(nn_text(spec->label)));
  gtk_box_append(GTK_BOX(box), self->error);
  gtk_box_append(GTK_BOX(box), self->list);
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(self), box);
  gtk_widget_set_tooltip_text(gtk_widget_get_first_child(box), nn_text(spec->doc));
  show_error(self, NULL);
  bp_kinds_row_set_config(self, config);
  g_signal_connect_swapped(self->list, "changed", G_CALLBACK(on_changed), self);
  g_signal_connect_swapped(self->list, "refused", G_CALLBACK(show_error), self);
  return GTK_WIDGET(self);
}

void bp_kinds_row_set_config(BpKindsRow *self, NnConfig *config)
{
  g_return_if_fail(BP_IS_KINDS_ROW(self));
  bp_kind_list_set_config(BP_KIND_LIST(self->list), config, self->spec->key);
}

const char *bp_kinds_row_get_key(BpKindsRow *self)
{
  return self->key;
}

const NnParamSpec *bp_kinds_row_get_spec(BpKindsRow *self)
{
  return self->spec;
}

gboolean bp_kinds_row_has_error(BpKindsRow *self)
{
  return self->marked;
}

GtkWidget *bp_kinds_row_get_list(BpKindsRow *self)
{
  return self->list;
}

static void bp_kinds_row_finalize(GObject *object)
{
  g_free(BP_KINDS_ROW(object)->key);
  G_OBJECT_CLASS(bp_kinds_row_parent_class)->finalize(object);
}

static void bp_kinds_row_class_init(BpKindsRowClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_kinds_row_finalize;
  signals[CHANGED] = g_signal_new("changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void bp_kinds_row_init(BpKindsRow *self) {}
