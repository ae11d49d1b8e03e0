/* The network as a list of rows: opened, added to, removed from and reordered by its own keys. */
#include "widget-check.h"
#include "engine/model/model.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kind-menu.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/param-panel.h"
#include "ui/recipe/value-row.h"

static NnConfig *recipe;
static BpKindList *list;
static GtkWidget *window;
static int n_changed;

static void count(gpointer object, ...)
{
  n_changed++;
}

static void open_list(void)
{
  recipe = nn_recipe_new(NULL); /* Flatten, Linear, ReLU, Linear, ReLU, Linear */
  list = BP_KIND_LIST(bp_kind_list_new());
  bp_kind_list_set_config(list, recipe, "network");
  g_signal_connect(list, "changed", G_CALLBACK(count), NULL);
  window = show_widget(GTK_WIDGET(list), 360, 600);
  n_changed = 0;
}

static void close_list(void)
{
  bp_kind_list_set_config(list, NULL, NULL);
  gtk_window_destroy(GTK_WINDOW(window));
  run_loop(20);
  nn_config_free(recipe);
}

static GtkListBox *box(void)
{
  return GTK_LIST_BOX(find_widget(GTK_WIDGET(list), GTK_TYPE_LIST_BOX));
}

static BpKindItem *row_at(int i)
{
  return BP_KIND_ITEM(gtk_list_box_get_row_at_index(box(), i));
}

/* The kinds as the recipe and as the rows have them, "Linear ReLU …": both must say the same. */
static void check_order(const char *wanted)
{
  g_autoptr(GString) found = g_string_new(NULL);
  int n = nn_config_count(recipe, "network");
  for (int i = 0; i < n; i++) {
    NnConfig *layer = nn_config_at(recipe, "network", i);
    g_string_append_printf(found, "%s%s", i ? " " : "", layer->kind->name);
    nn_check(row_at(i) && bp_kind_item_get_config(row_at(i)) == layer);
  }
  nn_check(row_at(n) == NULL);
  nn_check_str(found->str, wanted);
}

static void test_move(void)
{
  open_list();
  gtk_widget_grab_focus(GTK_WIDGET(row_at(2)));
  nn_check(press_key(GTK_WIDGET(row_at(2)), GDK_KEY_Up, GDK_ALT_MASK));
  check_order("Flatten ReLU Linear Linear ReLU Linear");
  nn_check(gtk_root_get_focus(GTK_ROOT(window)) == GTK_WIDGET(row_at(1)));
  nn_check(press_key(GTK_WIDGET(row_at(1)), GDK_KEY_Down, GDK_ALT_MASK));
  check_order("Flatten Linear ReLU Linear ReLU Linear");
  nn_check_int(n_changed, 2);
  press_key(GTK_WIDGET(row_at(0)), GDK_KEY_Up, GDK_ALT_MASK); /* nowhere to go */
  nn_check_int(n_changed, 2);
  gboolean after = TRUE;
  g_signal_emit_by_name(row_at(5), "dropped", row_at(0), after);
  check_order("Linear ReLU Linear ReLU Linear Flatten");
  g_signal_emit_by_name(row_at(0), "dropped", row_at(5), FALSE);
  check_order("Flatten Linear ReLU Linear ReLU Linear");
  close_list();
}

static void test_remove(void)
{
  open_list();
  nn_check(!press_key(GTK_WIDGET(row_at(2)), GDK_KEY_Delete, 0)); /* not without the focus */
  check_order("Flatten Linear ReLU Linear ReLU Linear");
  gtk_widget_grab_focus(GTK_WIDGET(row_at(2)));
  nn_check(press_key(GTK_WIDGET(row_at(2)), GDK_KEY_Delete, 0));
  check_order("Flatten Linear Linear ReLU Linear");
  nn_check(gtk_root_get_focus(GTK_ROOT(window)) == GTK_WIDGET(row_at(2)));
  int n = nn_config_count(recipe, "network");
  for (int i = 0; i < n; i++)
    bp_kind_list_remove(list, 0);
  nn_check_int(nn_config_count(recipe, "network") + n_changed - 1, n);
  run_loop(30);
  close_list();
}

static void test_add(void)
{
  open_list();
  nn_check(bp_kind_list_add(list, "Dropout")); /* nothing opened: before the last Linear */
  check_order("Flatten Linear ReLU Linear ReLU Dropout Linear");
  nn_check_int(bp_kind_list_get_selected(list), 5);
  bp_kind_list_select(list, 1);
  GtkWidget *button = bp_kind_list_get_button(list);
  gtk_menu_button_popup(GTK_MENU_BUTTON(button));
  run_loop(50);
  GtkWidget *menu = GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(button)));
  nn_check(BP_IS_KIND_MENU(menu));
  GtkListBox *kinds = bp_kind_menu_get_list(BP_KIND_MENU(menu));
  int n = 0;
  while (gtk_list_box_get_row_at_index(kinds, n))
    n++;
  int n_kinds = 0;
  while (nn_kinds(NN_CLASS_LAYER)[n_kinds])
    n_kinds++;
  nn_check_int(n, n_kinds);
  GtkWidget *search = bp_kind_menu_get_search(BP_KIND_MENU(menu));
  nn_check(gtk_widget_get_visible(search));
  gtk_editable_set_text(GTK_EDITABLE(search), "linEAR");
  run_loop(300);
  g_signal_emit_by_name(search, "activate"); /* the first that is left */
  run_loop(300);
  check_order("Flatten Linear Linear ReLU Linear ReLU Dropout Linear");
  nn_check_int(bp_kind_list_get_selected(list), 2);
  nn_check_int(n_changed, 2);
  close_list();
}

/* The first that Return takes, for what is typed; "" when nothing is left. */
static const char *found_first(GtkWidget *menu, const char *typed)
{
  gtk_editable_set_text(GTK_EDITABLE(bp_kind_menu_get_search(BP_KIND_MENU(menu))), typed);
  run_loop(20);
  GtkListBox *kinds = bp_kind_menu_get_list(BP_KIND_MENU(menu));
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(kinds, i)); i++)
    if (gtk_widget_get_child_visible(GTK_WIDGET(row)))
      return bp_kind_menu_get_kind(row)->name;
  return "";
}

static void test_search(void)
{
  open_list();
  GtkWidget *button = bp_kind_list_get_button(list);
  gtk_menu_button_popup(GTK_MENU_BUTTON(button));
  run_loop(50);
  GtkWidget *menu = GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(button)));
  for (int i = 0; nn_kinds(NN_CLASS_LAYER)[i]; i++) /* every name finds itself */
    nn_check_str(found_first(menu, nn_kinds(NN_CLASS_LAYER)[i]->name),
                 nn_kinds(NN_CLASS_LAYER)[i]->name);
  nn_check_str(found_first(menu, "relu"), "ReLU");
  nn_check_str(found_first(menu, "leaky"), "LeakyReLU");
  nn_check_str(found_first(menu, "zzz"), "");
  const char *whole = found_first(menu, "");
  nn_check_str(whole, nn_kinds(NN_CLASS_LAYER)[0]->name); /* all as they were */
  close_list();
}

/* What a heading says of the kinds beneath it, by one kind of each family, as a textbook groups
 * them. */
static const char *const families[][2] = {
    {"Linear", "With weights"},     {"Conv2d", "With weights"},
    {"MaxPool2d", "Pooling"},       {"AdaptiveAvgPool2d", "Pooling"},
    {"Flatten", "Shape"},           {"Residual", "Shape"},
    {"Dropout", "Regularization"},  {"Dropout2d", "Regularization"},
    {"LayerNorm", "Normalization"}, {"BatchNorm2d", "Normalization"},
    {"ReLU", "Activation"},         {"PReLU", "Activation"},
    {"Sigmoid", "Activation"}};

/* The heading that the kind stands under; NULL: it is not in the menu. */
static const char *heading_of(GtkListBox *kinds, const char *name)
{
  GtkListBoxRow *row;
  const char *heading = NULL;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(kinds, i)); i++) {
    GtkWidget *header = gtk_list_box_row_get_header(row);
    heading = header ? gtk_label_get_label(GTK_LABEL(header)) : heading;
    if (g_str_equal(bp_kind_menu_get_kind(row)->name, name))
      return heading;
  }
  return NULL;
}

static const char *first_under(GtkListBox *kinds, const char *heading)
{
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(kinds, i)); i++) {
    GtkWidget *header = gtk_list_box_row_get_header(row);
    if (header && g_str_equal(gtk_label_get_label(GTK_LABEL(header)), heading))
      return bp_kind_menu_get_kind(row)->name;
  }
  return "";
}

static void test_headings(void)
{
  open_list();
  GtkWidget *button = bp_kind_list_get_button(list);
  gtk_menu_button_popup(GTK_MENU_BUTTON(button));
  run_loop(50);
  GtkWidget *menu = GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(button)));
  GtkListBox *kinds = bp_kind_menu_get_list(BP_KIND_MENU(menu));
  for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
    nn_check_str(heading_of(kinds, families[i][0]), families[i][1]);
  GtkListBoxRow *row;
  nn_check_str(first_under(kinds, "Activation"), "ReLU"); /* what most networks have */
  for (int i = 0; (row = gtk_list_box_get_row_at_index(kinds, i)); i++) {
    const char *heading = heading_of(kinds, bp_kind_menu_get_kind(row)->name);
    gboolean known = FALSE;
    for (gsize j = 0; j < G_N_ELEMENTS(families); j++)
      known |= g_str_equal(heading, families[j][1]);
    nn_check(known); /* no family without a line above */
  }
  close_list();
}

static const char *tooltip_of_header(GtkWidget *row)
{
  if (gtk_widget_has_css_class(row, "bp-layer-header"))
    return gtk_widget_get_tooltip_text(row);
  const char *text = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(row); child && !text;
       child = gtk_widget_get_next_sibling(child))
    text = tooltip_of_header(child);
  return text;
}

static void test_open(void)
{
  open_list();
  g_signal_emit_by_name(box(), "row-activated", row_at(1));
  nn_check_int(bp_kind_list_get_selected(list), 1);
  /* What the layer does stands beneath its name then, and in a tooltip while it is closed. */
  nn_check(!tooltip_of_header(GTK_WIDGET(row_at(1))));
  nn_check_has(tooltip_of_header(GTK_WIDGET(row_at(2))), "nonlinearity");
  BpParamPanel *panel = BP_PARAM_PANEL(bp_kind_item_get_panel(row_at(1)));
  GtkWidget *row = bp_param_panel_get_row(panel, "out_features");
  gtk_editable_set_text(GTK_EDITABLE(bp_value_row_get_editor(BP_VALUE_ROW(row))), "128");
  g_signal_emit_by_name(bp_value_row_get_editor(BP_VALUE_ROW(row)), "activate");
  nn_check_int(nn_config_int(nn_config_at(recipe, "network", 1), "out_features"), 128);
  nn_check_int(n_changed, 1);
  g_signal_emit_by_name(box(), "row-activated", row_at(1));
  nn_check_int(bp_kind_list_get_selected(list), -1);
  close_list();
}

static void show_flows(void)
{
  NnLayerFlow flows[64];
  bp_kind_list_set_flows(list, flows, nn_model_flows(recipe, nn_shape_3d(1, 28, 28), flows, 64));
}

static void test_shapes(void)
{
  open_list();
  show_flows();
  nn_check_str(bp_kind_item_get_summary(row_at(0)), "1 × 28 × 28 → 784");
  nn_check_str(bp_kind_item_get_summary(row_at(1)), "784 → 64 · Xavier uniform");
  nn_check_str(bp_kind_item_get_summary(row_at(2)), "64");
  gtk_test_accessible_assert_property(GTK_ACCESSIBLE(row_at(2)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      "Layer 3 of 6: ReLU 64");
  bp_kind_list_mark(list, "3", "It does not fit.");
  nn_check(bp_kind_list_get_problem(list) == NULL);
  nn_check_str(bp_kind_item_get_error(row_at(3)), "It does not fit.");
  nn_check(gtk_widget_has_css_class(GTK_WIDGET(row_at(3)), "error"));
  nn_check(bp_kind_item_get_error(row_at(2)) == NULL);
  bp_kind_list_mark(list, "6", "There is no such row.");
  nn_check_str(bp_kind_list_get_problem(list), "There is no such row.");
  bp_kind_list_clear(list);
  nn_check(bp_kind_item_get_error(row_at(3)) == NULL);
  nn_check(bp_kind_list_add(list, "Dropout")); /* shapes of the old network are not shown */
  nn_check_str(bp_kind_item_get_summary(row_at(5)), "p 0.5");
  close_list();
}

static BpKindList *held_by(BpKindList *outer, int i)
{
  return BP_KIND_LIST(bp_kind_item_get_inner_list(BP_KIND_ITEM(bp_kind_list_get_item(outer, i))));
}

static BpKindItem *item_in(BpKindList *of, int i)
{
  return BP_KIND_ITEM(bp_kind_list_get_item(of, i));
}

/* The kinds inside the Residual at place i, as the recipe has them. */
static void check_inside(int i, const char *wanted)
{
  g_autoptr(GString) found = g_string_new(NULL);
  NnConfig *block = nn_config_at(recipe, "network", i);
  for (int k = 0; k < nn_config_count(block, "layers"); k++) {
    NnConfig *layer = nn_config_at(block, "layers", k);
    g_string_append_printf(found, "%s%s", k ? " " : "", layer->kind->name);
    nn_check(bp_kind_item_get_config(item_in(held_by(list, i), k)) == layer);
  }
  nn_check_str(found->str, wanted);
}

static void test_residual(void)
{
  open_list();
  bp_kind_list_select(list, 2);
  nn_check(bp_kind_list_add(list, "Residual"));
  BpKindList *inner = held_by(list, 3);
  nn_check(bp_kind_list_add(inner, "Linear"));
  nn_check(bp_kind_list_add(inner, "ReLU"));
  check_inside(3, "Linear ReLU");
  nn_check_int(n_changed, 3); /* what changes inside is a change of the network */
  show_flows();
  nn_check_str(bp_kind_item_get_summary(item_in(inner, 0)), "64 → 64");
  nn_check_str(bp_kind_item_get_summary(row_at(3)), "64");
  bp_kind_list_mark(list, "3.layers.0.weight_init", "It cannot be.");
  nn_check_str(bp_kind_item_get_error(item_in(inner, 0)), "It cannot be.");
  nn_check(bp_kind_item_get_error(row_at(3)) == NULL);
  nn_check(press_key(GTK_WIDGET(item_in(inner, 0)), GDK_KEY_Down, GDK_ALT_MASK));
  check_inside(3, "ReLU Linear");
  nn_check(bp_kind_item_get_error(item_in(inner, 1)) == NULL); /* until it is looked at again */
  /* In and out by dragging. */
  g_signal_emit_by_name(item_in(inner, 1), "dropped", row_at(2), TRUE);
  check_inside(2, "ReLU Linear ReLU");
  check_order("Flatten Linear Residual Linear ReLU Linear");
  inner = held_by(list, 2);
  g_signal_emit_by_name(row_at(1), "dropped", item_in(inner, 1), FALSE);
  check_order("Flatten Linear Linear Residual Linear ReLU Linear");
  check_inside(3, "ReLU ReLU");
  /* Not into itself. */
  int before = n_changed;
  g_signal_emit_by_name(item_in(held_by(list, 3), 0), "dropped", row_at(3), FALSE);
  nn_check_int(n_changed, before);
  check_inside(3, "ReLU ReLU");
  gtk_widget_grab_focus(GTK_WIDGET(item_in(held_by(list, 3), 0)));
  nn_check(press_key(GTK_WIDGET(item_in(held_by(list, 3), 0)), GDK_KEY_Delete, 0));
  check_inside(3, "ReLU");
  nn_check(bp_kind_list_remove(list, 3));
  check_order("Flatten Linear Linear Linear ReLU Linear");
  close_list();
}

static void test_refresh(void)
{
  open_list();
  bp_kind_list_select(list, 1);
  NnConfig *other = nn_recipe_new(NULL);
  nn_check(nn_config_set_path(other, "network.1.out_features", "32", NULL));
  nn_check(nn_config_remove(other, "network", 5, NULL));
  NnConfig *old = recipe;
  bp_kind_list_set_config(list, other, "network");
  recipe = other;
  nn_config_free(old);
  check_order("Flatten Linear ReLU Linear ReLU");
  nn_check(nn_config_set_path(recipe, "network", "[{\"kind\": \"ReLU\"}, {\"kind\": \"Flatten\"}]",
                              NULL));
  bp_kind_list_refresh(list);
  check_order("ReLU Flatten");
  nn_check_int(n_changed, 0);
  int minimum;
  gtk_widget_measure(GTK_WIDGET(list), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  nn_check(minimum <= 336);
  close_list();
}

int main(void)
{
  need_display();
  nn_test("layers move by Alt+Up, Alt+Down and dropping", test_move);
  nn_test("Delete removes the layer that has the focus", test_remove);
  nn_test("layers are added where they belong", test_add);
  nn_test("a search puts first what fits best", test_search);
  nn_test("each family stands under its own heading", test_headings);
  nn_test("a layer opens, is edited and closes", test_open);
  nn_test("shapes and errors are shown at their rows", test_shapes);
  nn_test("a Residual holds a list of its own", test_residual);
  nn_test("another recipe, and one changed from outside", test_refresh);
  return nn_test_done();
}
