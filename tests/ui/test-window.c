/* test-window.c: the whole window in this process, on a small data set that the test writes. Every
 * warning ends the program. Needs a display; without one it is skipped. */
#include "window-check.h"
#include "width-check.h"
#include <math.h>

/* ---- the tests ---- */

static void test_opens(void)
{
  nn_check(wait_for(mapped, PATIENCE_MS));
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check_int(bp_data_store_get(session->data)->set->train.n, N_TRAIN);
  AdwWindowTitle *title = ADW_WINDOW_TITLE(part(ADW_TYPE_WINDOW_TITLE));
  nn_check_has(adw_window_title_get_subtitle(title), "Exercise 1");
  nn_check_has(adw_window_title_get_subtitle(title), "2\u202f000 + 400");
  nn_check(gtk_widget_get_sensitive(button("win.train")));
  nn_check(!gtk_widget_get_sensitive(button("win.stop")));
  nn_check_str(bp_footer_get_headline(footer()), "Ready");
}

/* The points once no more come: a step that has begun is finished, on a busy machine later. */
static gsize count_when_still(void)
{
  gsize before = n_points();
  for (int i = 0; i < 20; i++, before = n_points()) {
    spend(300);
    if (n_points() == before)
      break;
  }
  return before;
}

static void test_train_pause_step_stop(void)
{
  start_over(1, "1000");
  click("win.train");
  nn_check(wait_for(training, PATIENCE_MS));
  nn_check_has(bp_footer_get_headline(footer()), "/1000");
  gsize before = n_points();
  nn_check(wait_for_more(before));
  click("win.train"); /* it says Pause now */
  nn_check_int(bp_runner_get_state(session->runner), BP_STATE_PAUSED);
  before = count_when_still();
  spend(200);
  nn_check_int(n_points(), before);
  click("win.step");
  nn_check(wait_for_more(before));
  spend(200);
  nn_check_int(n_points(), before + 1);
  click("win.train"); /* Resume */
  nn_check(wait_for_more(before + 1));
  click("win.stop");
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(bp_runner_get_run(session->runner)->status, BP_RUN_STOPPED);
  nn_check(gtk_widget_get_sensitive(button("win.train")));
  nn_check(!gtk_widget_get_sensitive(button("win.stop")));
}

static void test_step_from_nothing(void)
{
  start_over(1, "1");
  click("win.step");
  nn_check(wait_for(paused_after_one, PATIENCE_MS));
  spend(200);
  nn_check_int(n_points(), 1);
  click("win.stop");
  nn_check(wait_for(idle, PATIENCE_MS));
}

static void test_finishes(void)
{
  start_over(3, "2");
  click("win.train");
  nn_check(wait_for(training, PATIENCE_MS) || idle());
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check(wait_for(quiet, PATIENCE_MS));
  BpRun *run = bp_runner_get_run(session->runner);
  BpEvaluation *evaluation = bp_runs_get_evaluation(session->runs);
  nn_check_int(run->status, BP_RUN_FINISHED);
  nn_check_int(run->steps, 2 * N_TRAIN / 8);
  nn_check_int(n_points(), 2 * N_TRAIN / 8);
  nn_check_int(run->epochs, 2);
  /* The bars are easy: a network that learns at all gets nearly all of them. */
  nn_check(run->test_accuracy > 0.9);
  nn_check(run->train_accuracy > 0.9);
  nn_check(evaluation != NULL);
  if (!evaluation)
    return;
  nn_check_int(evaluation->step, run->steps);
  nn_check_near(evaluation->metrics.accuracy, run->test_accuracy, 0, 0);
  nn_check_int(evaluation->n_mistakes, N_TEST - (int)evaluation->metrics.n_correct);
  g_autofree char *title = g_strdup_printf("Mistakes %u", evaluation->n_mistakes);
  nn_check_str(title_of_mistakes(), title);
  nn_check_has(bp_footer_get_headline(footer()), " finished");
}

/* What the pages say must be what the network's own probabilities say. */
static void test_mistakes(void)
{
  BpEvaluation *e = bp_runs_get_evaluation(session->runs);
  start_over(3, "1");
  set("optimizer.lr", "1e-7"); /* it stays as bad as chance, so that there are mistakes */
  click("win.train");
  nn_check(wait_for(idle, PATIENCE_MS) && wait_for(quiet, PATIENCE_MS));
  e = bp_runs_get_evaluation(session->runs);
  nn_check(e && e->n_mistakes > N_TEST / 2);
  for (guint i = 0; e && i < e->n_mistakes; i++) {
    guint index = e->mistakes[i];
    int label = e->data->set->test.labels[index];
    nn_check(nn_argmax(bp_evaluation_row(e, index), 10) != label);
    nn_check_near(e->losses[index], -log(bp_evaluation_row(e, index)[label]), 1e-5, 1e-5);
    nn_check(i == 0 || e->losses[e->mistakes[i - 1]] >= e->losses[index]);
  }
  gtk_widget_activate_action(GTK_WIDGET(window), "win.show-page", "s", "mistakes");
  spend(200);
  const char *note = bp_mistakes_page_get_note(BP_MISTAKES_PAGE(part(BP_TYPE_MISTAKES_PAGE)));
  g_autofree char *wanted = g_strdup_printf("%u of %d misclassified", e->n_mistakes, N_TEST);
  nn_check_has(note, wanted);
  gtk_widget_activate_action(GTK_WIDGET(window), "win.show-page", "s", "samples");
}

static void test_checks_flip(void)
{
  start_over(0, "1");
  nn_check(!ticked("Three Linear layers"));
  nn_check(!ticked("784 → 64 → 64 → 10"));
  set("network",
      "[{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 64}, {\"kind\": "
      "\"ReLU\"}, {\"kind\": \"Linear\", \"out_features\": 32}, {\"kind\": \"Linear\", "
      "\"out_features\": 10}]");
  nn_check(ticked("Three Linear layers"));
  nn_check(!ticked("784 → 64 → 64 → 10"));
  nn_check(!ticked("ReLU between them"));
  set("network.3.out_features", "64");
  nn_check(ticked("784 → 64 → 64 → 10"));
  nn_check(!ticked("Xavier uniform weights"));
  nn_check(!bp_course_is_exercise_done(session->course, 0));
  bp_course_reset_recipe(session->course);
  nn_check(!ticked("Three Linear layers"));
}

static void test_exercises_keep_recipes(void)
{
  start_over(1, "7");
  bp_course_set_exercise(session->course, 2);
  nn_check_int(
      nn_config_int(nn_config_child(bp_course_get_recipe(session->course), "loop"), "epochs"), 1);
  bp_course_set_exercise(session->course, 1);
  nn_check_int(
      nn_config_int(nn_config_child(bp_course_get_recipe(session->course), "loop"), "epochs"), 7);
}

/* Every start recipe can be trained, and is not solved before the student has begun. */
static void test_starts_are_sound(void)
{
  for (int i = 0; i < BP_N_LESSONS; i++) {
    bp_course_set_exercise(session->course, i);
    bp_course_reset_recipe(session->course);
    BpLesson lesson = bp_course_get_lesson(session->course);
    const BpCheck *check = bp_exercise_get(i)->checks;
    char missing[BP_MISSING_TEXT];
    int open = 0;
    nn_check(bp_course_get_check(session->course)->ok);
    for (; check->text; check++) {
      missing[0] = '\0';
      if (check->holds(&lesson, missing))
        continue;
      open++;
      nn_check(missing[0] != '\0'); /* it says what is missing */
    }
    nn_check(i == BP_LAB || i == 3 || open > 0);
  }
}

static void test_impossible_network(void)
{
  start_over(0, "1");
  set("network", "[{\"kind\": \"Linear\", \"out_features\": 10}]");
  const BpRecipeCheck *check = bp_course_get_check(session->course);
  nn_check(!check->ok);
  nn_check_int(check->bad_layer, 0);
  nn_check(!gtk_widget_get_sensitive(button("win.train")));
  nn_check_has(gtk_widget_get_tooltip_text(button("win.train")), "Flatten");
  bp_course_reset_recipe(session->course);
  nn_check(gtk_widget_get_sensitive(button("win.train")));
}

enum { NARROWEST = 360 };

static GtkWidget *content(void)
{
  return adw_application_window_get_content(ADW_APPLICATION_WINDOW(window));
}

static bool fits(void)
{
  return minimum_width(content()) <= NARROWEST;
}

/* The panes fold in a frame or two; on a busy machine that may take longer. */
static void check_fits(void)
{
  spend(300);
  wait_for(fits, PATIENCE_MS);
  check_width(content(), NARROWEST);
}

/* With data, curves and mistakes, by letters of both sizes; while training too. */
static void test_fits_a_telephone(void)
{
  int dpi, width = gtk_widget_get_width(GTK_WIDGET(window));
  g_object_get(gtk_settings_get_default(), "gtk-xft-dpi", &dpi, NULL);
  gtk_window_set_default_size(GTK_WINDOW(window), NARROWEST, 720);
  for (int scale = 1; scale <= 2; scale++) {
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", scale * 96 * 1024, NULL);
    start_over(1, "1000");
    check_fits();
    click("win.train");
    nn_check(wait_for(training, PATIENCE_MS));
    check_fits();
    click("win.stop");
    nn_check(wait_for(idle, PATIENCE_MS));
    check_fits();
  }
  g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", dpi, NULL);
  gtk_window_set_default_size(GTK_WINDOW(window), width, 800);
  spend(300);
}

static char *failure;

static void on_failed(BpSession *from, const char *text, const char *what)
{
  g_free(failure);
  failure = g_strdup_printf("%s: %s", what, text);
}

/* Asked for a folder without data, it says so and keeps what it has. */
static void test_broken_folder(void)
{
  BpData *before = bp_data_store_get(session->data);
  g_autofree char *nowhere = g_build_filename(folder, "nowhere", NULL);
  gulong handler = g_signal_connect(session, "failed", G_CALLBACK(on_failed), NULL);
  bp_data_store_open(session->data, nowhere);
  nn_check(bp_data_store_is_loading(session->data));
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check(bp_data_store_get(session->data) == before);
  nn_check_has(failure ? failure : "", "The data could not be opened: ");
  nn_check_has(failure ? failure : "", "nowhere");
  g_signal_handler_disconnect(session, handler);
  g_clear_pointer(&failure, g_free);
  close_questions(app);
  start_over(0, "1");
  nn_check(gtk_widget_get_sensitive(button("win.train")));
}

static void on_gone(gpointer data, GObject *object)
{
  *(bool *)data = true;
}

static bool gone;
static bool is_gone(void)
{
  return gone;
}

static bool is_asked(void)
{
  return find_button("_Stop and close") != NULL;
}

static bool is_answered(void)
{
  return !is_asked();
}

/* A run that goes on is not lost by a key. */
static void test_asks_before_it_closes(void)
{
  start_over(1, "1000");
  click("win.train");
  nn_check(wait_for(training, PATIENCE_MS));
  gtk_window_close(GTK_WINDOW(window));
  gtk_window_close(GTK_WINDOW(window)); /* asked once, however often */
  g_action_group_activate_action(G_ACTION_GROUP(app), "quit", NULL);
  if (nn_check(wait_for(is_asked, PATIENCE_MS)))
    g_signal_emit_by_name(find_button("_Cancel"), "clicked");
  nn_check(wait_for(is_answered, PATIENCE_MS));
  nn_check(gtk_widget_get_visible(GTK_WIDGET(window)));
  nn_check(wait_for_more(n_points())); /* it has gone on all the time */
}

/* The last test: the window is closed in the midst of a run, and everything goes with it. */
static void test_closes_while_training(void)
{
  nn_check_int(bp_runner_get_state(session->runner), BP_STATE_TRAINING);
  gone = false;
  g_object_weak_ref(G_OBJECT(session), on_gone, &gone);
  gtk_window_close(GTK_WINDOW(window));
  if (nn_check(wait_for(is_asked, PATIENCE_MS)))
    g_signal_emit_by_name(find_button("_Stop and close"), "clicked");
  nn_check(wait_for(is_gone, PATIENCE_MS));
  nn_check(!window || !gtk_widget_get_visible(GTK_WIDGET(window)));
}

static const WindowTest tests[] = {
    {"opens with its data", test_opens},
    {"trains, pauses, steps, goes on, stops", test_train_pause_step_stop},
    {"one step from nothing", test_step_from_nothing},
    {"finishes and says how good it is", test_finishes},
    {"lists mistakes, worst first", test_mistakes},
    {"checks flip with the recipe", test_checks_flip},
    {"exercises keep their recipes", test_exercises_keep_recipes},
    {"start recipes are sound and unsolved", test_starts_are_sound},
    {"an impossible network cannot be trained", test_impossible_network},
    {"fits a window of 360 pixels", test_fits_a_telephone},
    {"a folder without data changes nothing", test_broken_folder},
    {"asks before it closes in a run", test_asks_before_it_closes},
    {"closes while training", test_closes_while_training}};

int main(void)
{
  return test_window(tests, G_N_ELEMENTS(tests));
}
