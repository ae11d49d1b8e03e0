/* digit-grid.c: a GtkGridView over a list of BpDigitEntry. New items go into the entries that are
 * there, so that nothing is rebuilt, scrolled or flickers; only the difference in number is
 * inserted or removed at the end. */
#include "digit-grid.h"
#include "digit-card.h"
#include "ui/style.h"
#include "ui/tab-stop.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"

struct _BpDigitGrid {
  AdwBin parent_instance;
  GtkWidget *stack, *empty, *grid;
  GListStore *entries;           /* owned, of BpDigitEntry */
  GtkSingleSelection *selection; /* owned */
  GStrv names;                   /* owned, or NULL */
  gboolean smooth, has_selected, updating;
  uint32_t selected; /* index in the data set, if has_selected */
};

enum { SELECTED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_0, PROP_EMPTY_TEXT, PROP_SMOOTH, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE(BpDigitGrid, bp_digit_grid, ADW_TYPE_BIN)

static guint n_entries(BpDigitGrid *self)
{
  return g_list_model_get_n_items(G_LIST_MODEL(self->entries));
}

/* Borrowed from the list. */
static BpDigitEntry *entry_at(BpDigitGrid *self, guint position)
{
  g_autoptr(BpDigitEntry) entry = g_list_model_get_item(G_LIST_MODEL(self->entries), position);
  return entry;
}

static guint find_index(BpDigitGrid *self, uint32_t index)
{
  for (guint i = 0; i < n_entries(self); i++)
    if (bp_digit_entry_get(entry_at(self, i))->index == index)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

/* ---- cards ---- */

static void on_setup(GtkListItemFactory *factory, GtkListItem *item, BpDigitGrid *self)
{
  gtk_list_item_set_child(item, bp_digit_card_new());
}

static void on_bind(GtkListItemFactory *factory, GtkListItem *item, BpDigitGrid *self)
{
  bp_digit_card_bind(BP_DIGIT_CARD(gtk_list_item_get_child(item)), gtk_list_item_get_item(item),
                     (const char *const *)self->names, self->smooth);
}

static void on_unbind(GtkListItemFactory *factory, GtkListItem *item, BpDigitGrid *self)
{
  bp_digit_card_bind(BP_DIGIT_CARD(gtk_list_item_get_child(item)), NULL, NULL, FALSE);
}

/* Another factory binds every card again: names and scaling are not part of the items. */
static void rebind(BpDigitGrid *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
  g_signal_connect(factory, "setup", G_CALLBACK(on_setup), self);
  g_signal_connect(factory, "bind", G_CALLBACK(on_bind), self);
  g_signal_connect(factory, "unbind", G_CALLBACK(on_unbind), self);
  gtk_grid_view_set_factory(GTK_GRID_VIEW(self->grid), factory);
}

/* ---- selection ---- */

static void on_selected(BpDigitGrid *self)
{
  guint position = gtk_single_selection_get_selected(self->selection);
  if (self->updating)
    return;
  self->has_selected = position != GTK_INVALID_LIST_POSITION;
  if (!self->has_selected)
    return;
  self->selected = bp_digit_entry_get(entry_at(self, position))->index;
  g_signal_emit(self, signals[SELECTED], 0, (guint)self->selected);
}

/* Selects what has the selected index now, or nothing. */
static void restore_selection(BpDigitGrid *self)
{
  guint position =
      self->has_selected ? find_index(self, self->selected) : GTK_INVALID_LIST_POSITION;
  self->has_selected = position != GTK_INVALID_LIST_POSITION;
  self->updating = TRUE;
  gtk_single_selection_set_selected(self->selection, position);
  self->updating = FALSE;
}

gboolean bp_digit_grid_get_selected(BpDigitGrid *self, uint32_t *index)
{
  g_return_val_if_fail(BP_IS_DIGIT_GRID(self), FALSE);
  if (self->has_selected && index)
    *index = self->selected;
  return self->has_selected;
}

const BpDigitItem *bp_digit_grid_get_selected_item(BpDigitGrid *self)
{
  g_return_val_if_fail(BP_IS_DIGIT_GRID(self), NULL);
  guint position = gtk_single_selection_get_selected(self->selection);
  return self->has_selected ? bp_digit_entry_get(entry_at(self, position)) : NULL;
}

gboolean bp_digit_grid_select(BpDigitGrid *self, uint32_t index)
{
  g_return_val_if_fail(BP_IS_DIGIT_GRID(self), FALSE);
  guint position = find_index(self, index);
  if (position == GTK_INVALID_LIST_POSITION)
    return FALSE;
  self->has_selected = TRUE;
  self->selected = index;
  restore_selection(self);
  gtk_widget_activate_action(self->grid, "list.scroll-to-item", "u", position);
  return TRUE;
}

/* ---- items ---- */

static void append_entries(BpDigitGrid *self, const BpDigitItem *items, guint n)
{
  g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func(g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add(added, bp_digit_entry_new(&items[i]));
  g_list_store_splice(self->entries, n_entries(self), 0, added->pdata, n);
}

void bp_digit_grid_set_items(BpDigitGrid *self, const BpDigitItem *items, guint n)
{
  g_return_if_fail(BP_IS_DIGIT_GRID(self) && (items || !n));
  guint old = n_entries(self);
  self->updating = TRUE;
  /* Entries first: a list that changes length may bind others again, whose pixels must be valid. */
  for (guint i = 0; i < MIN(n, old); i++)
    bp_digit_entry_set(entry_at(self, i), &items[i]);
  if (n > old)
    append_entries(self, items + old, n - old);
  else if (n < old)
    g_list_store_splice(self->entries, n, old - n, NULL, 0);
  restore_selection(self);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), n ? "grid" : "empty");
}

void bp_digit_grid_set_class_names(BpDigitGrid *self, const char *const *names)
{
  g_return_if_fail(BP_IS_DIGIT_GRID(self));
  GStrv old = self->names;
  self->names = g_strdupv((char **)names);
  rebind(self);
  g_strfreev(old);
}

void bp_digit_grid_set_empty_text(BpDigitGrid *self, const char *text)
{
  g_return_if_fail(BP_IS_DIGIT_GRID(self));
  gtk_label_set_text(GTK_LABEL(self->empty), text ? text : "");
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_EMPTY_TEXT]);
}

void bp_digit_grid_set_smooth(BpDigitGrid *self, gboolean smooth)
{
  g_return_if_fail(BP_IS_DIGIT_GRID(self));
  if (self->smooth == smooth)
    return;
  self->smooth = smooth;
  rebind(self);
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_SMOOTH]);
}

/* ---- object ---- */

GtkWidget *bp_digit_grid_new(void)
{
  return g_object_new(BP_TYPE_DIGIT_GRID, NULL);
}

static void bp_digit_grid_set_property(GObject *object, guint id, const GValue *value,
                                       GParamSpec *pspec)
{
  if (id == PROP_EMPTY_TEXT)
    bp_digit_grid_set_empty_text(BP_DIGIT_GRID(object), g_value_get_string(value));
  else if (id == PROP_SMOOTH)
    bp_digit_grid_set_smooth(BP_DIGIT_GRID(object), g_value_get_boolean(value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void bp_digit_grid_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BpDigitGrid *self = BP_DIGIT_GRID(object);
  if (id == PROP_EMPTY_TEXT)
    g_value_set_string(value, gtk_label_get_text(GTK_LABEL(self->empty)));
  else if (id == PROP_SMOOTH)
    g_value_set_boolean(value, self->smooth);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

/* There may be hundreds of pictures. */
static gboolean bp_digit_grid_focus(GtkWidget *widget, GtkDirectionType direction)
{
  return !bp_tab_stop_leaves(widget, direction) &&
         GTK_WIDGET_CLASS(bp_digit_grid_parent_class)->focus(widget, direction);
}

/* The factory's handlers borrow the grid: they go before it does. */
static void bp_digit_grid_dispose(GObject *object)
{
  BpDigitGrid *self = BP_DIGIT_GRID(object);
  if (self->grid) {
    gtk_grid_view_set_factory(GTK_GRID_VIEW(self->grid), NULL);
    self->grid = NULL;
  }
  if (self->selection)
    g_signal_handlers_disconnect_by_data(self->selection, self);
  g_clear_object(&self->selection);
  g_clear_object(&self->entries);
  G_OBJECT_CLASS(bp_digit_grid_parent_class)->dispose(object);
}

static void bp_digit_grid_finalize(GObject *object)
{
  g_strfreev(BP_DIGIT_GRID(object)->names);
  G_OBJECT_CLASS(bp_digit_grid_parent_class)->finalize(object);
}

static void bp_digit_grid_class_init(BpDigitGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  object_class->dispose = bp_digit_grid_dispose;
  object_class->finalize = bp_digit_grid_finalize;
  object_class->set_property = bp_digit_grid_set_property;
  object_class->get_property = bp_digit_grid_get_property;
  GTK_WIDGET_CLASS(klass)->focus = bp_digit_grid_focus;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  props[PROP_EMPTY_TEXT] = g_param_spec_string("empty-text", NULL, NULL, "", flags);
  props[PROP_SMOOTH] = g_param_spec_boolean("smooth", NULL, NULL, FALSE, flags);
  g_object_class_install_properties(object_class, N_PROPS, props);
  signals[SELECTED] = bp_signal_new(G_TYPE_FROM_CLASS(klass), "selected", 1, G_TYPE_UINT, 0);
  bp_style_load();
}

static void make_model(BpDigitGrid *self)
{
  self->entries = g_list_store_new(BP_TYPE_DIGIT_ENTRY);
  self->selection = gtk_single_selection_new(NULL);
  gtk_single_selection_set_autoselect(self->selection, FALSE);
  gtk_single_selection_set_can_unselect(self->selection, TRUE);
  gtk_single_selection_set_model(self->selection, G_LIST_MODEL(self->entries));
  g_signal_connect_swapped(self->selection, "notify::selected", G_CALLBACK(on_selected), self);
}

static GtkWidget *make_empty(BpDigitGrid *self)
{
  self->empty = gtk_label_new("");
  gtk_label_set_wrap(GTK_LABEL(self->empty), TRUE);
  gtk_label_set_justify(GTK_LABEL(self->empty), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars(GTK_LABEL(self->empty), 40);
  gtk_widget_add_css_class(self->empty, "dim-label");
  gtk_widget_add_css_class(self->empty, "bp-empty");
  return self->empty;
}

static void bp_digit_grid_init(BpDigitGrid *self)
{
  make_model(self);
  self->grid = gtk_grid_view_new(GTK_SELECTION_MODEL(g_object_ref(self->selection)), NULL);
  gtk_grid_view_set_max_columns(GTK_GRID_VIEW(self->grid), 16);
  gtk_widget_add_css_class(self->grid, "bp-digits");
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Images"), -1);
  rebind(self);
  GtkWidget *scroller = gtk_scrolled_window_new();
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->grid);
  self->stack = gtk_stack_new();
  gtk_stack_add_named(GTK_STACK(self->stack), make_empty(self), "empty");
  gtk_stack_add_named(GTK_STACK(self->stack), scroller, "grid");
  adw_bin_set_child(ADW_BIN(self), self->stack);
}
