/* test-rows.c: what stands in the recipe's rows and what is trained are the same: a text that is no
 * value keeps the window from training, a text still being typed counts. Every warning is fatal. */
#include "window-check.h"
#include "app/window/recipe-column.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/value-row.h"

static GtkWidget *row_in(GtkWidget *at, const char *key)
{
  GtkWidget *found = NULL;
  if (BP_IS_VALUE_ROW(at))
    return g_str_equal(bp_param_row_get_key(BP_PARAM_ROW(at)), key) ? at : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = row_in(child, key);
  return found;
}

static GtkWidget *entry_of(const char *key)
{
  GtkWidget *row = row_in(part(BP_TYPE_RECIPE_COLUMN), key);
  if (!nn_check(row != NULL))
    exit(1);
  return bp_value_row_get_editor(BP_VALUE_ROW(row));
}

/* As a person does who has not pressed Return yet. */
static void type(const char *key, const char *text)
{
  GtkWidget *entry = entry_of(key);
  gtk_widget_grab_focus(entry);
  gtk_editable_set_text(GTK_EDITABLE(entry), text);
}

static void type_and_enter(const char *key, const char *text)
{
  type(key, text);
  g_signal_emit_by_name(entry_of(key), "activate");
  spend(20);
}

static double rate(void)
{
  return nn_config_number(nn_config_child(bp_course_get_recipe(session->course), "optimizer"),
                          "lr");
}

static void act(const char *action)
{
  gtk_widget_activate_action(GTK_WIDGET(window), action, NULL);
}

static bool has_label(GtkWidget *at, const char *text)
{
  if (GTK_IS_LABEL(at) && gtk_widget_get_mapped(at) &&
      strstr(gtk_label_get_text(GTK_LABEL(at)), text))
    return true;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child;
       child = gtk_widget_get_next_sibling(child))
    if (has_label(child, text))
      return true;
  return false;
}

/* Nowhere can training start, and everything that can be pressed says why. */
static void check_blocked(const char *row, const char *text)
{
  static const char *const actions[] = {"win.train", "win.step", "win.race", "win.train-on-cpu"};
  guint before = g_list_model_get_n_items(bp_runs_get_list(session->runs));
  nn_check(!bp_course_can_train(session->course));
  for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
    act(actions[i]);
  bp_course_train(session->course, FALSE);
  spend(50);
  nn_check(idle());
  nn_check_int(g_list_model_get_n_items(bp_runs_get_list(session->runs)), before);
  nn_check(!gtk_widget_get_sensitive(button("win.train")));
  const char *tooltip = gtk_widget_get_tooltip_text(button("win.train"));
  nn_check_has(tooltip ? tooltip : "", row);
  nn_check_has(tooltip ? tooltip : "", text);
  nn_check(has_label(part(BP_TYPE_RECIPE_COLUMN), "first correct what is marked in red"));
}

static void check_free(void)
{
  nn_check(bp_course_can_train(session->course));
  nn_check(gtk_widget_get_sensitive(button("win.train")));
  nn_check(!has_label(part(BP_TYPE_RECIPE_COLUMN), "marked in red"));
}

static const struct {
  const char *text, *said;
} nonsense[] = {{"fast", "“fast” is not allowed"},
                {"-1", "allowed is"},
                {"", "A value is missing"},
                {"1e999", "allowed"}};

static void test_typed_nonsense(void)
{
  start_over(1, "1");
  for (gsize i = 0; i < G_N_ELEMENTS(nonsense); i++) {
    type("optimizer.lr", nonsense[i].text);
    act("win.train"); /* Ctrl+Return, in the midst of typing */
    check_blocked("SGD, Learning rate", nonsense[i].said);
    nn_check_near(rate(), 0.01, 0, 0);
    type("optimizer.lr", "0.0"); /* the mark goes as soon as the text is right, */
    type("optimizer.lr", "0.01");
    check_free();
    type("optimizer.lr", nonsense[i].text); /* and the same with Return */
    g_signal_emit_by_name(entry_of("optimizer.lr"), "activate");
    check_blocked("SGD, Learning rate", nonsense[i].said);
    type("optimizer.lr", "0.01");
    check_free();
  }
}

static bool has_run(void)
{
  return g_list_model_get_n_items(bp_runs_get_list(session->runs)) > 0 && idle();
}

static void test_typed_value_counts(void)
{
  start_over(1, "1");
  type("optimizer.lr", "0.03");
  nn_check_near(rate(), 0.01, 0, 0);
  act("win.train");
  nn_check(wait_for(has_run, PATIENCE_MS) && wait_for(over, PATIENCE_MS));
  const NnConfig *optimizer =
      nn_config_child(bp_runner_get_run(session->runner)->recipe, "optimizer");
  nn_check_near(nn_config_number(optimizer, "lr"), 0.03, 0, 0);
  nn_check_near(rate(), 0.03, 0, 0);
}

/* Where the exercise's card would else ask to press Train it names the row. */
static void test_card_says_why(void)
{
  GtkWidget *card = part(BP_TYPE_EXERCISE_CARD);
  start_over(1, "1");
  set("optimizer", "{\"kind\": \"AdamW\", \"lr\": 1e-3}");
  set("scheduler", "{\"kind\": \"ExponentialLR\", \"gamma\": 0.1}");
  nn_check(!ticked("A finished run with these settings"));
  type_and_enter("loop.epochs", "many");
  nn_check(has_label(card, "Epochs: “many” is not allowed"));
  check_blocked("Epochs", "many");
  type("loop.epochs", "2");
  nn_check(!has_label(card, "many"));
}

static void test_what_goes_takes_its_text_along(void)
{
  start_over(1, "1");
  type_and_enter("optimizer.momentum", "half");
  check_blocked("SGD, Momentum", "half");
  set("optimizer", "{\"kind\": \"Adam\", \"lr\": 1e-3}"); /* the row is gone */
  check_free();
  type_and_enter("seed", "one");
  check_blocked("Seed", "one");
  bp_course_set_exercise(session->course, 2);
  check_free();
  bp_course_set_exercise(session->course, 1);
  check_free();
  nn_check_str(gtk_editable_get_text(GTK_EDITABLE(entry_of("seed"))), "0");
}

static void test_layer_removed(void)
{
  bp_course_set_exercise(session->course, BP_LAB);
  bp_course_reset_recipe(session->course);
  GtkWidget *layers = part(BP_TYPE_KIND_LIST);
  bp_kind_list_select(BP_KIND_LIST(layers), 1);
  type_and_enter("out_features", "0x");
  check_blocked("Linear, Outputs", "0x");
  nn_check(bp_kind_list_remove(BP_KIND_LIST(layers), 1));
  nn_check(
      !strstr(bp_course_why_not(session->course) ? bp_course_why_not(session->course) : "", "0x"));
  bp_course_reset_recipe(session->course);
  check_free();
}

/* By way of each controller, as an event would come. */
static bool press(GtkWidget *widget, guint key)
{
  gboolean handled = FALSE;
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers(widget);
  for (guint i = 0; i < g_list_model_get_n_items(controllers) && !handled; i++) {
    g_autoptr(GObject) controller = g_list_model_get_item(controllers, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY(controller))
      g_signal_emit_by_name(controller, "key-pressed", key, 0, 0, &handled);
  }
  return handled;
}

/* Back to what it was, after further letters, too. */
static void test_escape(void)
{
  start_over(1, "1");
  type_and_enter("optimizer.lr", "fast");
  type("optimizer.lr", "faster");
  check_blocked("Learning rate", "faster");
  nn_check(press(entry_of("optimizer.lr"), GDK_KEY_Escape));
  nn_check_str(gtk_editable_get_text(GTK_EDITABLE(entry_of("optimizer.lr"))), "0.01");
  check_free();
}

/* What is refused stays to be seen and to be mended while another row is edited. */
static void test_another_row(void)
{
  start_over(1, "1");
  type_and_enter("optimizer.lr", "fast");
  type("optimizer.lr", "faster");
  type_and_enter("optimizer.momentum", "0.5");
  check_blocked("Learning rate", "faster");
  nn_check_str(gtk_editable_get_text(GTK_EDITABLE(entry_of("optimizer.lr"))), "faster");
  type("optimizer.lr", "0.01");
  check_free();
}

/* On how many lines the label with that text stands; 0: there is none. */
static int lines_of(GtkWidget *at, const char *text)
{
  int n = 0;
  if (GTK_IS_LABEL(at) && g_str_has_prefix(gtk_label_get_text(GTK_LABEL(at)), text))
    return pango_layout_get_line_count(gtk_label_get_layout(GTK_LABEL(at)));
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !n;
       child = gtk_widget_get_next_sibling(child))
    n = lines_of(child, text);
  return n;
}

/* Another exercise begins with what it is about; the same one stays where one works. */
static void test_exercise_begins_on_top(void)
{
  start_over(1, "1");
  GtkWidget *scroller = gtk_widget_get_ancestor(entry_of("optimizer.lr"), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroller));
  spend(100);
  gtk_adjustment_set_value(scroll, 300);
  type_and_enter("optimizer.lr", "0.02");
  set("optimizer.lr", "0.03");
  spend(100);
  nn_check(gtk_adjustment_get_value(scroll) > 100);
  for (int i = 0; i < BP_N_LESSONS; i++) {
    gtk_adjustment_set_value(scroll, 300);
    spend(50);
    bp_course_set_exercise(session->course, (i + 2) % BP_N_LESSONS);
    spend(100);
    nn_check_near(gtk_adjustment_get_value(scroll), 0, 0, 0);
  }
}

/* A run keeps its recipe, and one line says of each change that it comes with the next. */
static void test_changes_during_a_run(void)
{
  GtkWidget *column = part(BP_TYPE_RECIPE_COLUMN);
  start_over(1, "1000");
  click("win.train");
  nn_check(wait_for(training, PATIENCE_MS));
  nn_check(has_label(column, "Changes take effect with the next run."));
  type_and_enter("optimizer.lr", "0.07");
  nn_check(has_label(column, "Only from the next run on: lr 0.07"));
  type_and_enter("data.batch_size", "16");
  nn_check(has_label(column, "Only from the next run on: batch 16, lr 0.07"));
  type_and_enter("optimizer.momentum", "0.5");
  type_and_enter("optimizer.weight_decay", "0.25");
  nn_check(has_label(column, "Only from the next run on: batch 16"));
  nn_check(has_label(column, " more")); /* what has no room is counted */
  nn_check_int(lines_of(column, "Only from the next run on"), 1);
  bp_course_set_exercise(session->course, 2); /* another recipe is not a changed one */
  nn_check(!has_label(column, "Only from the next run on"));
  nn_check(!has_label(column, "Changes take effect"));
  bp_course_set_exercise(session->course, 1);
  nn_check(has_label(column, "Only from the next run on: batch 16"));
  type_and_enter("optimizer.momentum", "0");
  type_and_enter("optimizer.weight_decay", "0");
  gsize before = n_points();
  nn_check(wait_for_more(before + 50));
  nn_check_near(bp_runner_get_status(session->runner)->lr, 0.01, 0, 0); /* it says what is so */
  const NnConfig *running =
      nn_config_child(bp_runner_get_run(session->runner)->recipe, "optimizer");
  nn_check_near(nn_config_number(running, "lr"), 0.01, 0, 0);
  type_and_enter("optimizer.lr", "0.01");
  type_and_enter("data.batch_size", "8");
  nn_check(has_label(column, "Changes take effect with the next run."));
  type_and_enter("optimizer.lr", "0.07");
  click("win.stop");
  nn_check(wait_for(over, PATIENCE_MS));
  nn_check(has_label(column, "The next run uses this recipe."));
  click("win.train");
  nn_check(wait_for(training, PATIENCE_MS));
  nn_check_near(bp_runner_get_status(session->runner)->lr, 0.07, 0, 0);
  click("win.stop");
  nn_check(wait_for(over, PATIENCE_MS));
}

static const WindowTest tests[] = {
    {"nonsense that is still being typed is not trained", test_typed_nonsense},
    {"a value that is still being typed is", test_typed_value_counts},
    {"the exercise's card says why", test_card_says_why},
    {"what goes takes its refused text along", test_what_goes_takes_its_text_along},
    {"so does a layer", test_layer_removed},
    {"Escape gives the value back", test_escape},
    {"another row leaves a refused text alone", test_another_row},
    {"another exercise begins on top", test_exercise_begins_on_top},
    {"what is changed during a run comes with the next", test_changes_during_a_run},
};

int main(void)
{
  return test_window(tests, G_N_ELEMENTS(tests));
}
