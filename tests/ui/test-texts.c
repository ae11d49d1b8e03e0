/* No text of the window is cut off: not in a window of 360 pixels, not by letters of twice the
 * size, not from right to left (test-texts rtl), not in another language ($LANGUAGE), neither
 * before nor while nor after a run. With $BACKPROP_TEST_HALF three of the five sizes, other ones
 * from right to left. Every warning is fatal. The data are practice digits. */
#include "widget-check.h"
#include "text-check.h"
#include "width-check.h"
#include "app/application.h"
#include "app/language.h"
#include "app/window/recipe-column.h"
#include "app/window/window.h"
#include "engine/recipe/recipe.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kind-menu.h"

enum { PATIENCE_MS = 60000, LEAST_TEXTS = 12 };

static BpSession *session;
static BpWindow *window;

static GtkWidget *content(void)
{
  return adw_application_window_get_content(ADW_APPLICATION_WINDOW(window));
}

static bool wait_for_state(BpState state)
{
  for (int i = 0; i < PATIENCE_MS / 10; i++) {
    if (bp_runner_get_state(session->runner) == state && !bp_data_store_is_loading(session->data))
      return true;
    run_loop(10);
  }
  return false;
}

static void act(const char *action)
{
  gtk_widget_activate_action(GTK_WIDGET(window), action, NULL);
  run_until_idle(300);
}

static void show_page(const char *name)
{
  gtk_widget_activate_action(GTK_WIDGET(window), "win.show-page", "s", name);
  run_until_idle(300);
}

/* Says which state of the window it was when something is cut off. */
static void look(const char *state)
{
  for (int i = 0; i < 50 && (has_new_label(content()) || has_cut_label(content(), content())); i++)
    run_loop(20 + 4 * i);
  int n = check_texts(content(), content());
  if (!nn_check(n >= LEAST_TEXTS))
    fprintf(stderr, "# only %d texts in the state “%s”\n", n, state);
  fprintf(stderr, "# %s: %d texts, %d × %d\n", state, n, gtk_widget_get_width(content()),
          gtk_widget_get_height(content()));
}

static void set_size(int width, int height)
{
  gtk_window_set_default_size(GTK_WINDOW(window), width, height);
  run_until_idle(400);
  gtk_window_set_default_size(GTK_WINDOW(window), width, height);
  run_until_idle(200);
  check_width(content(), width);
}

/* The panes that a narrow window folds away, one after the other. */
static void look_at_panes(void)
{
  static const char *const panes[] = {"win.show-sidebar", "win.show-recipe"};
  for (int i = 0; i < 2; i++) {
    act(panes[i]);
    look(panes[i]);
    act(panes[i]);
  }
}

static void look_at_pages(void)
{
  show_page("mistakes");
  look("mistakes");
  show_page("program");
  look("program");
  show_page("samples");
  look("samples");
}

static void train_a_little(void)
{
  nn_check(bp_course_can_train(session->course));
  bp_course_train(session->course, FALSE);
  nn_check(wait_for_state(BP_STATE_TRAINING));
  for (int i = 0; i < 500 && !bp_runs_get_evaluation(session->runs); i++)
    run_loop(10);
  run_until_idle(300);
}

static void set_recipe(const char *path, const char *text)
{
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, path, text, NULL));
  bp_course_take_recipe(session->course, recipe);
  run_until_idle(200);
}

static void look_at_exercises(gboolean narrow)
{
  for (int i = 0; i < BP_N_LESSONS; i++) {
    bp_course_set_exercise(session->course, i);
    run_until_idle(200);
    look(bp_exercise_get(i)->id);
    if (narrow)
      look_at_panes();
  }
}

/* What is said of changes that wait, of a text that is refused, and of a run that broke off. */
static void look_at_troubles(gboolean narrow)
{
  bp_course_set_refusal(session->course,
                        "SGD, Learning rate: “as fast as it can” is not allowed: it must "
                        "be a number of at least 0.");
  run_until_idle(200);
  look("refused");
  bp_course_set_refusal(session->course, NULL);
  set_recipe("network", "[{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 64},"
                        " {\"kind\": \"Linear\", \"out_features\": 10}]");
  set_recipe("optimizer", "{\"kind\": \"SGD\", \"lr\": 1e30}");
  bp_course_train(session->course, FALSE);
  nn_check(wait_for_state(BP_STATE_IDLE));
  run_until_idle(300);
  look("diverged");
  if (narrow)
    look_at_panes();
}

static void live(int width, int height)
{
  gboolean narrow = width < 700;
  set_size(width, height);
  look_at_exercises(narrow);
  bp_course_set_exercise(session->course, 0);
  bp_course_reset_recipe(session->course);
  nn_check(nn_config_set_number(nn_config_child(bp_course_get_recipe(session->course), "loop"),
                                "epochs", 1000, NULL));
  bp_course_recipe_edited(session->course);
  set_size(width, height);
  look("ready");
  if (narrow)
    look_at_panes();
  train_a_little();
  look("training");
  set_recipe("data.batch_size", "4096");
  set_recipe("optimizer.lr", "1.2345678e-5");
  set_recipe("scheduler", "{\"kind\": \"CosineAnnealingWarmRestarts\"}");
  set_recipe("seed", "18446744073709551615");
  look("changed meanwhile");
  bp_runner_pause(session->runner);
  run_until_idle(300);
  look("paused");
  look_at_pages();
  bp_runner_stop(session->runner);
  nn_check(wait_for_state(BP_STATE_IDLE));
  run_until_idle(300);
  look("stopped");
  if (narrow)
    look_at_panes();
  look_at_troubles(narrow);
}

static void set_letters(int factor)
{
  g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", factor * 96 * 1024, NULL);
  run_until_idle(200);
}

static void test_wide(void)
{
  set_letters(1);
  live(1440, 900);
}

static void test_usual(void)
{
  set_letters(1);
  live(1080, 700);
}

static void test_narrow(void)
{
  set_letters(1);
  live(360, 640);
}

static void test_large(void)
{
  set_letters(2);
  live(1440, 900);
}

static void test_narrow_and_large(void)
{
  set_letters(2);
  live(360, 640);
}

/* The check itself: it sees a text that has no room, and one that ends in "…" without a word
 * elsewhere. Its complaints are counted here, not by the harness. */
static void test_check(void)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new("A sentence that is much too long for the room it has here");
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_box_append(GTK_BOX(box), label);
  GtkWidget *other = show_widget(box, 120, 60);
  nn_check_str(cut_by(label, box), "ends in … and is told nowhere in full");
  gtk_widget_set_tooltip_text(box, gtk_label_get_text(GTK_LABEL(label)));
  nn_check(cut_by(label, box) == NULL);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_NONE);
  run_until_idle(100);
  gtk_widget_size_allocate(label, &(GtkAllocation){0, 0, 60, 8}, -1);
  nn_check(cut_by(label, box) != NULL);
  gtk_window_destroy(GTK_WINDOW(other));
}

int main(int argc, char **argv)
{
  bp_language_start();
  need_display();
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  bool rtl = argc > 1 && g_str_equal(argv[1], "rtl"), all = !g_getenv("BACKPROP_TEST_HALF");
  if (rtl)
    gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
  GtkApplication *app = GTK_APPLICATION(bp_application_new());
  nn_check(g_application_register(G_APPLICATION(app), NULL, NULL));
  nn_test("the check sees what is cut off", test_check);
  session = bp_session_new(NULL);
  window = bp_window_new(app, session);
  gtk_window_present(GTK_WINDOW(window));
  bp_data_store_open(session->data, "practice");
  nn_check(wait_for_state(BP_STATE_IDLE));
  if (all || !rtl)
    nn_test("a large window", test_wide);
  if (all || rtl)
    nn_test("a usual one", test_usual);
  nn_test("360 pixels", test_narrow);
  if (all || !rtl)
    nn_test("letters twice as large", test_large);
  if (all || rtl)
    nn_test("both", test_narrow_and_large);
  gtk_window_destroy(GTK_WINDOW(window));
  g_object_unref(session);
  run_until_idle(100);
  return nn_test_done();
}
