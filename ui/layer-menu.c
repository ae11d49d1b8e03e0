#include "layer-menu.h"
#include "kind-row.h"

struct _BpLayerMenu {
  GtkPopover parent_instance;
  GtkWidget *list;
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpLayerMenu, bp_layer_menu, GTK_TYPE_POPOVER)

static const char KIND_KEY[] = "bp-kind";

static const NnKind *row_kind(GtkListBoxRow *row)
{
  return g_object_get_data(G_OBJECT(row), KIND_KEY);
}

static const char *group_of(const NnKind *kind)
{
  return kind->group ? kind->group : "other";
}

static const char *group_title(const char *group)
{
  static const char *const titles[][2] = {{"linear", "Linear"},
                                          {"activation", "Activation"},
                                          {"norm", "Normalisation"},
                                          {"regularization", "Regularisation"},
                                          {"shape", "Shape"},
                                          {"conv", "Convolution"},
                                          {"convolution", "Convolution"},
                                          {"pooling", "Pooling"},
                                          {"other", "Other"}};
  for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
    if (!g_strcmp0(titles[i][0], group))
      return titles[i][1];
  return group;
}

static GtkWidget *make_label(const char *text, const char *css, int max_chars)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), max_chars);
  gtk_widget_add_css_class(label, css);
  return label;
}

static void add_kind(BpLayerMenu *self, const NnKind *kind)
{
  const char *title = bp_kind_title(kind);
  g_autofree char *css = g_strconcat("bp-group-", group_of(kind), NULL);
  GtkWidget *outer = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *edge = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class(edge, "bp-edge");
  gtk_widget_add_css_class(edge, css);
  GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *doc = make_label(kind->doc, "caption", 38);
  gtk_widget_add_css_class(doc, "dim-label");
  gtk_box_append(GTK_BOX(texts), make_label(title, "heading", 38));
  gtk_box_append(GTK_BOX(texts), doc);
  gtk_box_append(GTK_BOX(outer), edge);
  gtk_box_append(GTK_BOX(outer), texts);
  GtkWidget *row = gtk_list_box_row_new();
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), outer);
  g_object_set_data(G_OBJECT(row), KIND_KEY, (gpointer)kind);
  gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, kind->doc, -1);
  gtk_list_box_append(GTK_LIST_BOX(self->list), row);
}

/* Families in the order of their first kind, the kinds of a family in the order of the list. */
static void add_kinds(BpLayerMenu *self)
{
  const NnKind *const *kinds = nn_kinds(NN_CLASS_LAYER);
  for (int i = 0; kinds[i]; i++) {
    gboolean seen = FALSE;
    for (int j = 0; j < i; j++)
      seen |= !g_strcmp0(group_of(kinds[i]), group_of(kinds[j]));
    for (int j = i; kinds[j] && !seen; j++)
      if (!g_strcmp0(group_of(kinds[i]), group_of(kinds[j])))
        add_kind(self, kinds[j]);
  }
}

static void update_header(GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const char *group = group_of(row_kind(row));
  if (before && !g_strcmp0(group, group_of(row_kind(before)))) {
    gtk_list_box_row_set_header(row, NULL);
    return;
  }
  GtkWidget *label = make_label(group_title(group), "caption-heading", 38);
  gtk_widget_add_css_class(label, "dim-label");
  gtk_widget_add_css_class(label, "bp-menu-header");
  gtk_list_box_row_set_header(row, label);
}

static void on_activated(BpLayerMenu *self, GtkListBoxRow *row)
{
  const NnKind *kind = row_kind(row);
  gtk_popover_popdown(GTK_POPOVER(self));
  g_signal_emit(self, signals[CHOSEN], 0, kind->name);
}

GtkListBox *bp_layer_menu_get_list(BpLayerMenu *self)
{
  return GTK_LIST_BOX(self->list);
}

GtkWidget *bp_layer_menu_new(void)
{
  return g_object_new(BP_TYPE_LAYER_MENU, NULL);
}

static void bp_layer_menu_class_init(BpLayerMenuClass *klass)
{
  signals[CHOSEN] = g_signal_new("chosen", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void bp_layer_menu_init(BpLayerMenu *self)
{
  gtk_widget_add_css_class(GTK_WIDGET(self), "menu");
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-layer-menu");
  self->list = gtk_list_box_new();
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(self->list), GTK_SELECTION_NONE);
  gtk_list_box_set_header_func(GTK_LIST_BOX(self->list), update_header, NULL, NULL);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 "Kinds of layers", -1);
  g_signal_connect_swapped(self->list, "row-activated", G_CALLBACK(on_activated), self);
  add_kinds(self);
  GtkWidget *scroller = gtk_scrolled_window_new();
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scroller), 440);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->list);
  gtk_popover_set_child(GTK_POPOVER(self), scroller);
}
