/* kind-menu.c: see kind-menu.h. While one searches, the rows stand in the order of how well they
 * fit, without the headings of families; else in families, in the order of the kinds' list. */
#include "kind-menu.h"
#include "kind-search.h"
#include "ui/style.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <string.h>

enum { MANY = 12, MAX_CHARS = 34, MAX_HEIGHT = 400 };

struct _BpKindMenu {
  GtkPopover parent_instance;
  GtkWidget *list, *search, *scroller;
  gboolean searching;
  const NnKind *chosen; /* or NULL */
};

/* What a row knows. */
typedef struct {
  const NnKind *kind;
  int position; /* without a search */
  int rank;     /* how well it fits the search; −1: not at all */
  GtkWidget *check;
} Entry;

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpKindMenu, bp_kind_menu, GTK_TYPE_POPOVER)

static const char ENTRY_KEY[] = "bp-entry";

static Entry *entry_of(GtkListBoxRow *row)
{
  return g_object_get_data(G_OBJECT(row), ENTRY_KEY);
}

const char *bp_kind_title(const NnKind *kind)
{
  bool name = !kind->label || nn_class(kind->klass)->flags & NN_CLASS_TITLE_IS_NAME;
  return name ? kind->name : nn_text(kind->label);
}

const NnKind *bp_kind_menu_get_kind(GtkListBoxRow *row)
{
  return entry_of(row)->kind;
}

static const char *group_of(const NnKind *kind)
{
  return kind->group ? kind->group : "other";
}

static const char *group_title(const char *group)
{
  static const char *const titles[][2] = {
      {"linear", N_("With weights")}, {"activation", N_("Activation")},
      {"norm", N_("Normalization")},  {"regularization", N_("Regularization")},
      {"shape", N_("Shape")},         {"pooling", N_("Pooling")}};
  for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
    if (!g_strcmp0(titles[i][0], group))
      return nn_text(titles[i][1]);
  return group;
}

static GtkWidget *make_label(const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars(GTK_LABEL(label), MAX_CHARS);
  gtk_widget_add_css_class(label, css);
  return label;
}

static GtkWidget *make_texts(const NnKind *kind)
{
  GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *doc = make_label(nn_text(kind->doc), "caption");
  gtk_widget_add_css_class(doc, "dim-label");
  gtk_widget_set_hexpand(texts, TRUE);
  gtk_box_append(GTK_BOX(texts), make_label(bp_kind_title(kind), "heading"));
  gtk_box_append(GTK_BOX(texts), doc);
  return texts;
}

static void add_kind(BpKindMenu *self, const NnKind *kind, int position)
{
  g_autofree char *css = g_strconcat("bp-group-", group_of(kind), NULL);
  GtkWidget *outer = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *check = gtk_image_new_from_icon_name("object-select-symbolic");
  if (kind->group) {
    GtkWidget *edge = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_add_css_class(edge, "bp-edge");
    gtk_widget_add_css_class(edge, css);
    gtk_box_append(GTK_BOX(outer), edge);
  }
  gtk_box_append(GTK_BOX(outer), make_texts(kind));
  gtk_widget_set_visible(check, FALSE);
  gtk_box_append(GTK_BOX(outer), check);
  GtkWidget *row = gtk_list_box_row_new();
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), outer);
  Entry *entry = g_new(Entry, 1);
  *entry = (Entry){.kind = kind, .position = position, .check = check};
  g_object_set_data_full(G_OBJECT(row), ENTRY_KEY, entry, g_free);
  gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 bp_kind_title(kind), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 kind->doc ? nn_text(kind->doc) : "", -1);
  gtk_list_box_append(GTK_LIST_BOX(self->list), row);
}

/* Families in the order of their first kind, the kinds of a family in the order of the list. */
static int add_kinds(BpKindMenu *self, const NnKind *const *kinds)
{
  int n = 0, position = 0;
  for (; kinds[n]; n++) {
    gboolean seen = FALSE;
    for (int j = 0; j < n; j++)
      seen |= !g_strcmp0(group_of(kinds[n]), group_of(kinds[j]));
    for (int j = n; kinds[j] && !seen; j++)
      if (!g_strcmp0(group_of(kinds[n]), group_of(kinds[j])))
        add_kind(self, kinds[j], position++);
  }
  return n;
}

static void update_header(GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  BpKindMenu *self = data;
  const char *group = bp_kind_menu_get_kind(row)->group;
  if (!group || self->searching ||
      (before && !g_strcmp0(group, bp_kind_menu_get_kind(before)->group))) {
    gtk_list_box_row_set_header(row, NULL);
    return;
  }
  GtkWidget *label = make_label(group_title(group), "caption-heading");
  gtk_widget_add_css_class(label, "dim-label");
  gtk_widget_add_css_class(label, "bp-menu-header");
  gtk_list_box_row_set_header(row, label);
}

/* ---- searching ---- */

static gboolean matches(GtkListBoxRow *row, gpointer data)
{
  return entry_of(row)->rank >= 0;
}

static int compare(GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  const Entry *x = entry_of(a), *y = entry_of(b);
  return x->rank != y->rank ? x->rank - y->rank : x->position - y->position;
}

/* The best is seen, and Return takes it. */
static void on_search(BpKindMenu *self)
{
  const char *text = gtk_editable_get_text(GTK_EDITABLE(self->search));
  GtkListBoxRow *row;
  self->searching = text[0] != '\0';
  for (int i = 0; (row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(self->list), i)); i++) {
    Entry *entry = entry_of(row);
    const char *group = entry->kind->group;
    entry->rank = bp_kind_search_rank(entry->kind, group ? group_title(group) : NULL, text);
  }
  gtk_list_box_invalidate_sort(GTK_LIST_BOX(self->list));
  gtk_list_box_invalidate_filter(GTK_LIST_BOX(self->list));
  gtk_list_box_invalidate_headers(GTK_LIST_BOX(self->list));
  gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(self->scroller)),
                           0);
}

static void choose(BpKindMenu *self, GtkListBoxRow *row)
{
  const NnKind *kind = bp_kind_menu_get_kind(row);
  gtk_popover_popdown(GTK_POPOVER(self));
  g_signal_emit(self, signals[CHOSEN], 0, kind->name);
}

/* The first that the search has left, or NULL. */
static GtkListBoxRow *first_row(BpKindMenu *self)
{
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(self->list), i)); i++)
    if (gtk_widget_get_child_visible(GTK_WIDGET(row)))
      return row;
  return NULL;
}

/* Return takes the first. */
static void on_search_activate(BpKindMenu *self)
{
  GtkListBoxRow *row = first_row(self);
  if (row)
    choose(self, row);
}

/* Down goes into the list; by itself it would stop at what scrolls it. */
static gboolean on_search_key(BpKindMenu *self, guint key, guint code, GdkModifierType state)
{
  GtkListBoxRow *row = first_row(self);
  if ((key != GDK_KEY_Down && key != GDK_KEY_KP_Down) || !row)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus(GTK_WIDGET(row));
  return GDK_EVENT_STOP;
}

/* Opens with everything there, at the kind that is chosen. */
static void bp_kind_menu_map(GtkWidget *widget)
{
  BpKindMenu *self = BP_KIND_MENU(widget);
  GtkListBoxRow *row;
  gtk_editable_set_text(GTK_EDITABLE(self->search), "");
  GTK_WIDGET_CLASS(bp_kind_menu_parent_class)->map(widget);
  for (int i = 0; (row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(self->list), i)); i++)
    if (self->chosen && bp_kind_menu_get_kind(row) == self->chosen)
      gtk_widget_grab_focus(GTK_WIDGET(row));
  if (gtk_widget_get_visible(self->search))
    gtk_widget_grab_focus(self->search);
}

/* ---- public ---- */

void bp_kind_menu_set_chosen(BpKindMenu *self, const NnKind *kind)
{
  g_return_if_fail(BP_IS_KIND_MENU(self));
  GtkListBoxRow *row;
  self->chosen = kind;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(self->list), i)); i++)
    gtk_widget_set_visible(entry_of(row)->check, entry_of(row)->kind == kind);
}

GtkListBox *bp_kind_menu_get_list(BpKindMenu *self)
{
  return GTK_LIST_BOX(self->list);
}

GtkWidget *bp_kind_menu_get_search(BpKindMenu *self)
{
  return self->search;
}

GtkWidget *bp_kind_menu_new(NnKindClass klass)
{
  BpKindMenu *self = g_object_new(BP_TYPE_KIND_MENU, NULL);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 nn_text(nn_class(klass)->plural), -1);
  /* It takes the focus after the last row. */
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 nn_text(nn_class(klass)->plural), -1);
  gtk_widget_set_visible(self->search, add_kinds(self, nn_kinds(klass)) > MANY);
  return GTK_WIDGET(self);
}

static void bp_kind_menu_class_init(BpKindMenuClass *klass)
{
  GTK_WIDGET_CLASS(klass)->map = bp_kind_menu_map;
  signals[CHOSEN] = bp_signal_new(G_TYPE_FROM_CLASS(klass), "chosen", 1, G_TYPE_STRING, 0);
  bp_style_load();
}

static GtkWidget *make_list(BpKindMenu *self)
{
  GtkWidget *nothing = make_label(_("No results"), "dim-label");
  gtk_widget_add_css_class(nothing, "bp-empty");
  self->list = gtk_list_box_new();
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(self->list), GTK_SELECTION_NONE);
  gtk_list_box_set_header_func(GTK_LIST_BOX(self->list), update_header, self, NULL);
  gtk_list_box_set_sort_func(GTK_LIST_BOX(self->list), compare, self, NULL);
  gtk_list_box_set_filter_func(GTK_LIST_BOX(self->list), matches, self, NULL);
  gtk_list_box_set_placeholder(GTK_LIST_BOX(self->list), nothing);
  g_signal_connect_swapped(self->list, "row-activated", G_CALLBACK(choose), self);
  GtkWidget *scroller = self->scroller = gtk_scrolled_window_new();
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_max_content_height(GTK_SCROLLED_WINDOW(scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->list);
  return scroller;
}

static void bp_kind_menu_init(BpKindMenu *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class(GTK_WIDGET(self), "menu");
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-kind-menu");
  self->search = gtk_search_entry_new();
  gtk_widget_add_css_class(self->search, "bp-menu-search");
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Search"), -1);
  g_signal_connect_swapped(self->search, "changed", G_CALLBACK(on_search), self);
  g_signal_connect_swapped(self->search, "activate", G_CALLBACK(on_search_activate), self);
  g_signal_connect_swapped(self->search, "stop-search", G_CALLBACK(gtk_popover_popdown), self);
  GtkEventController *keys = gtk_event_controller_key_new();
  gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped(keys, "key-pressed", G_CALLBACK(on_search_key), self);
  gtk_widget_add_controller(self->search, keys);
  gtk_box_append(GTK_BOX(box), self->search);
  gtk_box_append(GTK_BOX(box), make_list(self));
  gtk_popover_set_child(GTK_POPOVER(self), box);
}
