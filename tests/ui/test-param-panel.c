/* Rows that edit a recipe: real widgets, edited as a person would. */
#include "widget-check.h"
#include "ui/recipe/kind-menu.h"
#include "ui/recipe/kind-row.h"
#include "ui/recipe/number-text.h"
#include "ui/recipe/param-panel.h"
#include "ui/recipe/value-row.h"
#include "ui/recipe/value-entry.h"
#include <math.h>

static NnConfig *recipe;
static BpParamPanel *panel;
static GtkWidget *window;
static int n_changed;
static char last_key[64];

static void on_changed(BpParamPanel *self, const char *key)
{
  n_changed++;
  g_strlcpy(last_key, key, sizeof last_key);
}

static void open_panel(const char *const *only)
{
  recipe = nn_recipe_new(NULL);
  panel = BP_PARAM_PANEL(bp_param_panel_new());
  bp_param_panel_set_filter(panel, only, NULL);
  bp_param_panel_set_config(panel, recipe, "Recipe");
  g_signal_connect(panel, "changed", G_CALLBACK(on_changed), NULL);
  window = show_widget(GTK_WIDGET(panel), 360, 700);
  n_changed = 0;
}

static void close_panel(void)
{
  bp_param_panel_set_config(panel, NULL, NULL);
  gtk_window_destroy(GTK_WINDOW(window));
  run_loop(20);
  nn_config_free(recipe);
}

static GtkWidget *row_of(const char *key)
{
  GtkWidget *row = bp_param_panel_get_row(panel, key);
  if (!nn_check(row != NULL)) {
    fprintf(stderr, "# no row %s\n", key);
    exit(1);
  }
  return row;
}

static GtkWidget *editor_of(const char *key)
{
  return bp_value_row_get_editor(BP_VALUE_ROW(row_of(key)));
}

static void type_text(const char *key, const char *text)
{
  gtk_editable_set_text(GTK_EDITABLE(editor_of(key)), text);
  g_signal_emit_by_name(editor_of(key), "activate");
}

static const char *text_of(const char *key)
{
  return gtk_editable_get_text(GTK_EDITABLE(editor_of(key)));
}

static void press_step(const char *key, int direction)
{
  GtkWidget *entry = gtk_widget_get_parent(editor_of(key));
  g_signal_emit_by_name(bp_value_entry_get_button(BP_VALUE_ENTRY(entry), direction), "clicked");
}

/* Opens the menu of a kind and clicks on another. */
static void choose_kind(const char *key, const char *name)
{
  BpKindRow *row = BP_KIND_ROW(row_of(key));
  GtkMenuButton *button = GTK_MENU_BUTTON(bp_kind_row_get_button(row));
  gtk_menu_button_popup(button);
  run_loop(20);
  GtkListBox *kinds = bp_kind_menu_get_list(BP_KIND_MENU(gtk_menu_button_get_popover(button)));
  GtkListBoxRow *choice;
  for (int i = 0; (choice = gtk_list_box_get_row_at_index(kinds, i)); i++)
    if (!g_strcmp0(bp_kind_menu_get_kind(choice)->name, name))
      g_signal_emit_by_name(kinds, "row-activated", choice);
  run_loop(20);
}

static GtkLabel *find_label(GtkWidget *at, const char *text)
{
  if (GTK_IS_LABEL(at) && g_str_equal(gtk_label_get_text(GTK_LABEL(at)), text))
    return GTK_LABEL(at);
  GtkLabel *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = find_label(child, text);
  return found;
}

static double optimizer_number(const char *key)
{
  return nn_config_number(nn_config_child(recipe, "optimizer"), key);
}

static const char *const optimizer_keys[] = {"optimizer", "scheduler", NULL};

static void test_number(void)
{
  open_panel(optimizer_keys);
  nn_check_str(text_of("optimizer.lr"), "1e-3");
  type_text("optimizer.lr", "0.05");
  nn_check_near(optimizer_number("lr"), 0.05, 0, 0);
  nn_check_int(n_changed, 1);
  nn_check_str(last_key, "optimizer.lr");
  press_step("optimizer.lr", 1);
  nn_check_near(optimizer_number("lr"), 0.1, 0, 0);
  press_step("optimizer.lr", -1);
  press_step("optimizer.lr", -1);
  nn_check_near(optimizer_number("lr"), 0.02, 0, 0);
  nn_check_str(text_of("optimizer.lr"), "0.02");
  type_text("optimizer.lr", "2e-2"); /* the same number: nothing has changed */
  nn_check_int(n_changed, 4);
  nn_check_str(text_of("optimizer.lr"), "0.02");
  close_panel();
}

/* PyTorch takes more than the sensible part of a range, and so does the entry; the steps keep to
 * that part, and lead back into it. */
static void test_soft_range(void)
{
  open_panel(optimizer_keys);
  type_text("optimizer.weight_decay", "5");
  press_step("optimizer.weight_decay", 1);
  nn_check_near(optimizer_number("weight_decay"), 10, 0, 0);
  press_step("optimizer.weight_decay", 1); /* the end of the steps */
  nn_check_near(optimizer_number("weight_decay"), 10, 0, 0);
  type_text("optimizer.weight_decay", "300");
  nn_check(!bp_param_panel_has_error(panel));
  nn_check_near(optimizer_number("weight_decay"), 300, 0, 0);
  press_step("optimizer.weight_decay", 1);
  nn_check_near(optimizer_number("weight_decay"), 300, 0, 0);
  press_step("optimizer.weight_decay", -1);
  nn_check_near(optimizer_number("weight_decay"), 10, 0, 0);
  type_text("optimizer.weight_decay", "-1");
  nn_check(bp_param_panel_has_error(panel));
  close_panel();
}

static void test_refused(void)
{
  open_panel(optimizer_keys);
  static const char *const bad[] = {"-3", "fast", "", "1e999", "nan"};
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    type_text("optimizer.lr", bad[i]);
    nn_check(bp_param_panel_has_error(panel));
    nn_check(gtk_widget_has_css_class(row_of("optimizer.lr"), "error"));
    nn_check(adw_action_row_get_subtitle(ADW_ACTION_ROW(row_of("optimizer.lr")))[0] != '\0');
    nn_check_near(optimizer_number("lr"), 0.001, 0, 0);
  }
  nn_check_int(n_changed, 0);
  type_text("optimizer.weight_decay", "0.2"); /* another row leaves the mark alone */
  nn_check(bp_param_row_has_problem(BP_PARAM_ROW(row_of("optimizer.lr"))));
  type_text("optimizer.lr", "0.01");
  nn_check(!bp_param_panel_has_error(panel));
  nn_check_str(adw_action_row_get_subtitle(ADW_ACTION_ROW(row_of("optimizer.lr"))), "");
  close_panel();
}

/* A row, with a sentence under its title or without, never grows with its width. */
static void check_heights(const char *key)
{
  int last = G_MAXINT, least;
  gtk_widget_measure(row_of(key), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  for (int width = least; width <= 600; width++) {
    int height;
    gtk_widget_measure(row_of(key), GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
    if (!nn_check(height <= last))
      fprintf(stderr, "# %s: %d high at a width of %d, before %d\n", key, height, width, last);
    last = height;
  }
}

static void test_heights(void)
{
  open_panel(optimizer_keys);
  for (int bad = 0; bad < 2; bad++) {
    check_heights("optimizer");
    check_heights("optimizer.lr");
    check_heights("optimizer.weight_decay");
    type_text("optimizer.lr", "fast");
    type_text("optimizer.weight_decay", "-1");
  }
  close_panel();
}

/* 64 bits, as torch.manual_seed takes them. */
/* The entry of a value shows all of it, at a width of the window. */
static void check_seen(const char *key, int width)
{
  gtk_window_set_default_size(GTK_WINDOW(window), width, 700);
  run_loop(200);
  GtkWidget *text = GTK_WIDGET(gtk_editable_get_delegate(GTK_EDITABLE(editor_of(key))));
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(text, text_of(key));
  int wide;
  pango_layout_get_pixel_size(layout, &wide, NULL);
  if (!nn_check(wide <= gtk_widget_get_width(text)))
    fprintf(stderr, "# %s: %d pixels for %d\n", text_of(key), gtk_widget_get_width(text), wide);
}

static void test_seed(void)
{
  static const char *const keys[] = {"seed", NULL};
  open_panel(keys);
  nn_check_str(text_of("seed"), "0");
  nn_check(!gtk_widget_get_sensitive(
      bp_value_entry_get_button(BP_VALUE_ENTRY(gtk_widget_get_parent(editor_of("seed"))), -1)));
  press_step("seed", 1);
  nn_check_str(text_of("seed"), "1");
  type_text("seed", "18446744073709551614");
  nn_check(nn_config_seed(recipe, "seed") == 18446744073709551614u);
  press_step("seed", 1);
  nn_check_str(text_of("seed"), "18446744073709551615");
  press_step("seed", 1); /* there is none above */
  nn_check_str(text_of("seed"), "18446744073709551615");
  check_seen("seed", 340);
  check_seen("seed", 300);
  type_text("seed", "-1"); /* the same for PyTorch, but written another way */
  nn_check(nn_config_seed(recipe, "seed") == 18446744073709551615u);
  press_step("seed", -1);
  nn_check_str(text_of("seed"), "-2");
  nn_check_int(n_changed, 5);
  static const char *const bad[] = {"18446744073709551616", "one", "", "1.5"};
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    type_text("seed", bad[i]);
    nn_check(bp_param_panel_has_error(panel));
    nn_check(nn_config_seed(recipe, "seed") == 18446744073709551614u);
  }
  close_panel();
}

static void test_list(void)
{
  open_panel(optimizer_keys);
  nn_check_str(text_of("optimizer.betas"), "0.9, 0.999");
  check_seen("optimizer.betas", 300);
  type_text("optimizer.betas", "(0.5, 0.99)");
  nn_check_near(nn_config_value(nn_config_child(recipe, "optimizer"), "betas")->numbers[0], 0.5, 0,
                0);
  nn_check_str(text_of("optimizer.betas"), "0.5, 0.99");
  type_text("optimizer.betas", "0.5");
  nn_check(bp_param_panel_has_error(panel));
  type_text("optimizer.betas", "0.5, 1.5");
  nn_check(bp_param_panel_has_error(panel));
  nn_check_near(nn_config_value(nn_config_child(recipe, "optimizer"), "betas")->numbers[1], 0.99, 0,
                0);
  close_panel();
}

static void test_kind(void)
{
  open_panel(optimizer_keys);
  nn_check(bp_param_panel_get_row(panel, "optimizer.betas") != NULL);
  nn_check(bp_param_panel_get_row(panel, "optimizer.momentum") == NULL);
  choose_kind("optimizer", "SGD");
  nn_check_str(nn_config_child(recipe, "optimizer")->kind->name, "SGD");
  nn_check_str(last_key, "optimizer");
  nn_check(bp_param_panel_get_row(panel, "optimizer.betas") == NULL);
  nn_check(bp_param_panel_get_row(panel, "optimizer.momentum") != NULL);
  nn_check(strstr(gtk_widget_get_tooltip_text(row_of("optimizer")),
                  nn_kind_find(NN_CLASS_OPTIMIZER, "SGD")->doc) != NULL);
  nn_check(bp_param_panel_get_row(panel, "scheduler.gamma") != NULL); /* the others stay */
  type_text("optimizer.momentum", "0.9");
  nn_check_near(optimizer_number("momentum"), 0.9, 0, 0);
  close_panel();
}

/* Whole and inside of its row, at a width. */
static void check_whole(const char *key, const char *name, int width)
{
  gtk_window_set_default_size(GTK_WINDOW(window), width, 700);
  run_loop(200);
  GtkWidget *row = row_of(key);
  GtkLabel *label = find_label(bp_kind_row_get_button(BP_KIND_ROW(row)), name);
  graphene_rect_t bounds;
  if (!nn_check(label != NULL))
    return;
  nn_check(!pango_layout_is_ellipsized(gtk_label_get_layout(label)));
  nn_check(gtk_widget_compute_bounds(GTK_WIDGET(label), row, &bounds));
  nn_check(bounds.origin.x + bounds.size.width <= (float)gtk_widget_get_width(row));
}

/* The title in one line, and the value below it or beside. */
static bool is_below_title(const char *key, const char *title, const char *name)
{
  graphene_rect_t above, value;
  GtkWidget *row = row_of(key), *label = GTK_WIDGET(find_label(row, title));
  GtkWidget *button = bp_kind_row_get_button(BP_KIND_ROW(row));
  nn_check(gtk_widget_compute_bounds(label, row, &above));
  nn_check(gtk_widget_compute_bounds(GTK_WIDGET(find_label(button, name)), row, &value));
  nn_check_int(pango_layout_get_line_count(gtk_label_get_layout(GTK_LABEL(label))), 1);
  return value.origin.y >= above.origin.y + above.size.height;
}

/* The longest name in a column as wide as the window's. The tooltip is one paragraph, since GTK
 * breaks no line of several. */
static void test_long_name(void)
{
  static const char name[] = "CosineAnnealingWarmRestarts";
  open_panel(optimizer_keys);
  choose_kind("scheduler", name);
  check_whole("scheduler", name, 440);
  nn_check(!is_below_title("scheduler", "Schedule", name));
  check_whole("scheduler", name, 340);
  check_whole("scheduler", name, 300);
  nn_check(is_below_title("scheduler", "Schedule", name));
  nn_check_has(gtk_widget_get_tooltip_text(row_of("scheduler")), name);
  nn_check(!strchr(gtk_widget_get_tooltip_text(row_of("scheduler")), '\n'));
  close_panel();
}

static void test_visible_if(void)
{
  open_panel(NULL);
  bp_param_panel_set_config(panel, nn_config_at(recipe, "network", 1), "Linear");
  nn_check(bp_param_panel_get_row(panel, "in_features") == NULL); /* worked out from the shapes */
  nn_check(gtk_widget_get_visible(row_of("bias_init")));
  gtk_switch_set_active(GTK_SWITCH(editor_of("bias")), FALSE);
  nn_check(!nn_config_bool(nn_config_at(recipe, "network", 1), "bias"));
  nn_check(!gtk_widget_get_visible(row_of("bias_init")));
  gtk_switch_set_active(GTK_SWITCH(editor_of("bias")), TRUE);
  nn_check(gtk_widget_get_visible(row_of("bias_init")));
  choose_kind("weight_init", "kaiming_uniform_");
  nn_check(bp_param_panel_get_row(panel, "weight_init.mode") != NULL);
  gtk_drop_down_set_selected(GTK_DROP_DOWN(editor_of("weight_init.mode")), 1);
  NnConfig *init = nn_config_child(nn_config_at(recipe, "network", 1), "weight_init");
  nn_check_int(nn_config_int(init, "mode"), 1);
  nn_check_str(last_key, "weight_init.mode");
  close_panel();
}

static void test_outside(void)
{
  open_panel(optimizer_keys);
  bp_param_panel_mark_error(panel, "optimizer.eps", "Too small.");
  bp_param_panel_mark_error(panel, "optimizer.nothing", "ignored");
  nn_check(bp_param_panel_has_error(panel));
  nn_check_str(adw_action_row_get_subtitle(ADW_ACTION_ROW(row_of("optimizer.eps"))), "Too small.");
  bp_param_panel_clear_errors(panel);
  nn_check(!bp_param_panel_has_error(panel));
  nn_check(nn_config_set_path(recipe, "optimizer.kind", "SGD", NULL));
  nn_check(nn_config_set_path(recipe, "optimizer.lr", "0.5", NULL));
  bp_param_panel_refresh(panel);
  nn_check_str(text_of("optimizer.lr"), "0.5");
  nn_check(bp_param_panel_get_row(panel, "optimizer.momentum") != NULL);
  nn_check_int(n_changed, 0);
  close_panel();
}

static void test_accessible(void)
{
  open_panel(optimizer_keys);
  gtk_test_accessible_assert_property(editor_of("optimizer.lr"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      "Learning rate, optimizer");
  gtk_test_accessible_assert_property(row_of("optimizer"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      "Optimizer");
  nn_check(gtk_widget_get_tooltip_text(row_of("optimizer.lr")) != NULL);
  type_text("optimizer.lr", "-1");
  gtk_test_accessible_assert_state(editor_of("optimizer.lr"), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE);
  int minimum;
  gtk_widget_measure(GTK_WIDGET(panel), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  nn_check(minimum <= 336); /* a window of 360 with margins */
  close_panel();
}

static void test_texts(void)
{
  char text[NN_NUMBER_TEXT];
  nn_check_str(bp_number_text(1e-3, text), "1e-3");
  nn_check_str(bp_number_text(60000, text), "60000");
  nn_check_str(bp_number_text(NAN, text), "");
  double number;
  nn_check(bp_number_parse(bp_number_text(1.0 / 3, text), &number));
  nn_check_near(number, 1.0 / 3, 0, 0);
  nn_check(!bp_number_parse("1,5", &number));
  static const double marks[] = {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02};
  for (guint i = 0; i + 1 < G_N_ELEMENTS(marks); i++) {
    nn_check_near(bp_number_step_log(marks[i], 1), marks[i + 1], 0, 0);
    nn_check_near(bp_number_step_log(marks[i + 1], -1), marks[i], 0, 0);
  }
  nn_check_near(bp_number_step_log(0.003, 1), 0.005, 0, 0);
}

int main(void)
{
  need_display();
  nn_test("numbers as text and in steps", test_texts);
  nn_test("a number is typed and stepped", test_number);
  nn_test("steps keep to the sensible part of a range", test_soft_range);
  nn_test("a refused value marks its row", test_refused);
  nn_test("a seed of 64 bits", test_seed);
  nn_test("no row grows with its width", test_heights);
  nn_test("a list of numbers", test_list);
  nn_test("choosing a kind changes the rows", test_kind);
  nn_test("a long name is not cut off", test_long_name);
  nn_test("rows follow visible_if", test_visible_if);
  nn_test("marks and changes from outside", test_outside);
  nn_test("names for assistive technologies, narrow windows", test_accessible);
  return nn_test_done();
}
