/* test-device.c: the window with a made-up graphics card (tests/unit/fake-cuda.c): what there is to
 * choose from, a card that fails in the middle of a run, and the race. Every warning ends the
 * program. Needs a display. Argument: the module. */
#include "app/application.h"
#include "app/window/banner.h"
#include "app/session/cuda-probe.h"
#include "app/window/race-window.h"
#include "app/window/window.h"
#include "gtk-check.h"
#include "tests/check.h"

enum { PATIENCE_MS = 30000 };

static GtkApplication *app;
static BpWindow *window;
static BpSession *session;
static BpRaceWindow *race;
static const char *told;

static bool ready(void)
{
  return bp_cuda_get_state() != BP_CUDA_UNKNOWN && bp_course_can_train(session->course);
}

static bool idle(void)
{
  return bp_runner_get_state(session->runner) == BP_STATE_IDLE && bp_session_is_idle(session);
}

static bool raced(void)
{
  return bp_race_window_is_done(race);
}

/* What is said of a run that broke off. */
static BpBanner *alert_in(GtkWidget *widget)
{
  BpBanner *found =
      BP_IS_BANNER(widget) && gtk_widget_has_css_class(widget, "alert") ? BP_BANNER(widget) : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = alert_in(child);
  return found;
}

/* Chooses the device of that name; its title. */
static const char *choose(const char *name)
{
  int n;
  const BpDevice *devices = bp_devices_get_all(session->devices, &n);
  for (int i = 0; i < n; i++)
    if (g_str_equal(devices[i].name, name)) {
      bp_devices_choose(session->devices, i);
      return devices[i].title;
    }
  return "";
}

static void set_recipe(const char *path, const char *text)
{
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, path, text, NULL));
  bp_course_take_recipe(session->course, recipe);
}

static void test_chooser(void)
{
  int n;
  nn_check(wait_for(ready, PATIENCE_MS));
  nn_check_int(bp_cuda_get_state(), BP_CUDA_WORKS);
  const BpDevice *devices = bp_devices_get_all(session->devices, &n);
  nn_check(n >= 4);
  nn_check_str(devices[0].name, "auto");
  nn_check_str(devices[1].name, "cuda");
  nn_check_str(devices[1].title, "CUDA · Made-up 9000 · 8 GiB");
  nn_check_int(bp_devices_get_chosen(session->devices), 0);
}

static void on_told(BpSession *from, const char *text)
{
  g_free((char *)told);
  told = g_strdup(text);
}

/* "auto" says what it has become. */
static void test_fastest(void)
{
  g_signal_connect(session, "notice", G_CALLBACK(on_told), NULL);
  choose("auto");
  set_recipe("loop.epochs", "1");
  bp_course_train(session->course, FALSE);
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(bp_runner_get_run(session->runner)->status, BP_RUN_FINISHED);
  if (nn_check(told != NULL))
    nn_check_has(told, "Made-up 9000");
}

/* A picture, for whoever wants to look: BACKPROP_PICTURES=folder */
static void take_picture(const char *name)
{
  const char *folder = g_getenv("BACKPROP_PICTURES");
  if (!folder)
    return;
  for (int i = 0; i < 200; i++)
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(2000);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  const char *argv[] = {"import", "-window", "root", path, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Its sentence stays, and so do the curves; one click goes on with the CPU. */
static void test_dies(void)
{
  BpBanner *alert = alert_in(GTK_WIDGET(window));
  choose("cuda");
  g_setenv("FAKE_CUDA_DIES", "40", TRUE);
  bp_course_train(session->course, FALSE);
  nn_check(wait_for(idle, PATIENCE_MS));
  g_unsetenv("FAKE_CUDA_DIES");
  BpRun *run = bp_runner_get_run(session->runner);
  nn_check_int(run->status, BP_RUN_FAILED);
  nn_check_int(run->steps, 39);
  nn_check_int(bp_series_length(run->curves.loss), 39);
  nn_check_has(run->error, "The GPU Made-up 9000 stopped working");
  nn_check_has(bp_banner_get_text(alert), run->error);
  take_picture("failed.png");
  gtk_widget_activate_action(GTK_WIDGET(window), "win.train-on-cpu", NULL);
  nn_check(wait_for(idle, PATIENCE_MS));
  BpRun *next = bp_runner_get_run(session->runner);
  nn_check(next != run && next->number == run->number + 1);
  nn_check_int(next->status, BP_RUN_FINISHED);
  int n;
  nn_check_str(
      bp_devices_get_all(session->devices, &n)[bp_devices_get_chosen(session->devices)].name,
      "cpu");
  nn_check(g_strcmp0(bp_banner_get_text(alert), run->error) != 0);
}

static void run_race(void)
{
  GListModel *all = gtk_window_get_toplevels();
  gtk_widget_activate_action(GTK_WIDGET(window), "win.race", NULL);
  race = NULL;
  for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
    g_autoptr(GObject) one = g_list_model_get_item(all, i);
    if (BP_IS_RACE_WINDOW(one))
      race = BP_RACE_WINDOW(one);
  }
  nn_check(race != NULL);
}

static void test_race(void)
{
  int gpu = g_get_num_processors() > 1 ? 2 : 1;
  run_race();
  if (!race)
    return;
  nn_check(wait_for(raced, PATIENCE_MS));
  for (int i = 0; i <= gpu; i++)
    nn_check_has(bp_race_window_get_words(race, i), " steps/s");
  nn_check(bp_race_window_get_words(race, gpu)[0] != '\0');
  nn_check_has(bp_race_window_get_outcome(race), " times as fast as ");
  take_picture("race.png");
  gtk_window_close(GTK_WINDOW(race));
}

/* The reason stands where its time would. */
static void test_race_without(void)
{
  int gpu = g_get_num_processors() > 1 ? 2 : 1;
  g_setenv("FAKE_CUDA", "fails", TRUE);
  run_race();
  if (!race)
    return;
  nn_check(wait_for(raced, PATIENCE_MS));
  nn_check_str(bp_race_window_get_words(race, gpu),
               "CUDA is not available: this made-up machine has no NVIDIA driver.");
  nn_check_has(bp_race_window_get_words(race, 0), " steps/s");
  gtk_window_close(GTK_WINDOW(race));
  g_unsetenv("FAKE_CUDA");
}

/* Closed in the middle of it, it ends. */
static void test_race_closed(void)
{
  run_race();
  if (!race)
    return;
  BpRaceWindow *gone = race;
  g_object_add_weak_pointer(G_OBJECT(gone), (gpointer *)&race);
  gtk_window_close(GTK_WINDOW(gone));
  for (int i = 0; i < 5000 && race; i++)
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
  nn_check(race == NULL);
}

int main(int argc, char **argv)
{
  g_setenv("BACKPROP_CUDA_MODULE", argc > 1 ? argv[1] : "", TRUE);
  make_warnings_fatal();
  if (!gtk_init_check()) {
    nn_test_skip("the device", "there is no display");
    return nn_test_done() ? 77 : 0;
  }
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  if (g_getenv("BACKPROP_DARK"))
    adw_init();
  app = GTK_APPLICATION(bp_application_new());
  nn_check(g_application_register(G_APPLICATION(app), NULL, NULL));
  if (g_getenv("BACKPROP_DARK"))
    adw_style_manager_set_color_scheme(adw_style_manager_get_default(),
                                       ADW_COLOR_SCHEME_FORCE_DARK);
  session = bp_session_new(NULL);
  window = bp_window_new(app, session);
  g_object_unref(session); /* the window keeps it */
  gtk_window_present(GTK_WINDOW(window));
  bp_devices_set_compute(session->devices, 0, "auto");
  bp_data_store_open(session->data, "practice");
  nn_test("what there is to choose from", test_chooser);
  nn_test("the fastest for the recipe", test_fastest);
  nn_test("a card that fails, and the CPU", test_dies);
  nn_test("the race", test_race);
  nn_test("the race without a card", test_race_without);
  nn_test("a race that is closed", test_race_closed);
  int status = nn_test_done();
  g_object_unref(app);
  return status;
}
