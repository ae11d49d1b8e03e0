/* test-weights.c: what runs have learned goes into files and comes back, and a run that has ended
 * goes on for longer. No display is needed. Argument: backprop-cli. */
#include "app/session/session.h"
#include "app/session/stored-run.h"
#include "engine/recipe/recipe.h"
#include "gtk-check.h"
#include "tests/check.h"
#include <glib/gstdio.h>

enum { PATIENCE_MS = 60000 };

static const char *cli;
static char *home;
static BpSession *session;
static char *failure;

static bool loaded(void)
{
  return bp_data_store_get(session->data) && !bp_data_store_is_loading(session->data);
}

static bool idle(void)
{
  return bp_session_is_idle(session);
}

static void on_failed(BpSession *from, const char *text)
{
  g_free(failure);
  failure = g_strdup(text);
}

/* Another recipe at hand, of which `path` is `text`. */
static void take(const char *path, const char *text)
{
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, path, text, NULL));
  bp_course_take_recipe(session->course, recipe);
}

static void start_session(void)
{
  session = bp_session_new(NULL);
  g_signal_connect(session, "failed", G_CALLBACK(on_failed), NULL);
  bp_devices_set_compute(session->devices, 1, "cpu");
  bp_runs_open_folder(session->runs);
  bp_course_set_exercise(session->course, BP_LAB);
  take("data.dataset", "practice");
  take("data.batch_size", "256");
  take("loop.epochs", "2");
  bp_data_store_open(session->data, NULL);
  nn_check(wait_for(loaded, PATIENCE_MS) && wait_for(idle, PATIENCE_MS));
}

static BpRun *train(void)
{
  bp_course_train(session->course, FALSE);
  nn_check(wait_for(idle, PATIENCE_MS));
  return bp_runner_get_run(session->runner);
}

static char *file(const char *name)
{
  return g_build_filename(home, name, NULL);
}

/* ---- saving ---- */

static void save(BpRun *run, const char *name)
{
  g_autofree char *path = file(name);
  bp_runs_save_weights(session->runs, run, path);
  nn_check(wait_for(idle, PATIENCE_MS));
}

/* What another program says of it. */
static double evaluate(const char *name)
{
  g_autofree char *path = file(name), *out = NULL, *found = NULL;
  const char *argv[] = {cli, "eval", "--json", "--data=practice", "--weights", path, NULL};
  nn_check(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, NULL));
  const char *at = out ? strstr(out, "\"accuracy\": ") : NULL;
  return at ? g_ascii_strtod(at + strlen("\"accuracy\": "), NULL) : -1;
}

static void test_saved(void)
{
  start_session();
  BpRun *run = train();
  nn_check_int(run->status, BP_RUN_FINISHED);
  save(run, "run.safetensors");
  nn_check(failure == NULL);
  nn_check(fabs(evaluate("run.safetensors") - run->test_accuracy) < 1e-12);
  for (int i = 0; i < 2; i++) {
    const char *name = i ? "run.onnx" : "run.npz";
    g_autofree char *path = file(name);
    save(run, name);
    nn_check(g_file_test(path, G_FILE_TEST_EXISTS));
  }
  nn_check(failure == NULL);
  save(run, "run.pt");
  nn_check_has(failure ? failure : "", ".safetensors");
  g_clear_pointer(&failure, g_free);
}

/* ---- opening ---- */

static bool same_answers(const BpEvaluation *a, const BpEvaluation *b)
{
  gsize n = a->n * (gsize)a->n_classes;
  return a->n == b->n && a->n_mistakes == b->n_mistakes &&
         memcmp(a->probabilities, b->probabilities, n * sizeof *a->probabilities) == 0;
}

static bool open_file(const char *name, GError **error)
{
  g_autofree char *path = file(name);
  bool ok = bp_course_open_weights(session->course, path, error);
  nn_check(wait_for(loaded, PATIENCE_MS) && wait_for(idle, PATIENCE_MS));
  return ok;
}

/* Its recipe comes with it; the network makes the same mistakes as the one that was trained. */
static void test_opened(void)
{
  g_autoptr(BpRun) trained = g_object_ref(bp_runner_get_run(session->runner));
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  g_autofree char *path = file("run.safetensors");
  nn_check(!bp_course_is_replaced_by_weights(session->course, path));
  take("network.1.out_features", "7");
  nn_check(bp_course_is_replaced_by_weights(session->course, path));
  nn_check(open_file("run.safetensors", NULL));
  nn_check(nn_config_equal(bp_course_get_recipe(session->course), recipe));
  BpRun *run = bp_runs_get_shown_run(session->runs);
  nn_check(run != trained && run->opened && failure == NULL);
  nn_check_str(run->name, "run.safetensors");
  nn_check_int(run->steps, 0);
  nn_check(run->test_accuracy == trained->test_accuracy);
  g_autofree char *caption = bp_run_dup_caption(run), *of_trained = bp_run_dup_caption(trained);
  nn_check_str(caption, of_trained);
  BpEvaluation *answers = bp_runs_get_evaluation(session->runs);
  if (nn_check(answers && trained->evaluation))
    nn_check(same_answers(answers, trained->evaluation));
  nn_config_free(recipe);
}

/* It is a run like any other: saved again it is the same file, and it goes on. */
static void test_goes_on(void)
{
  BpRun *run = bp_runs_get_shown_run(session->runs);
  g_autofree char *first = file("run.safetensors"), *second = file("again.safetensors");
  g_autofree char *a = NULL, *b = NULL;
  gsize n, m;
  save(run, "again.safetensors");
  nn_check(g_file_get_contents(first, &a, &n, NULL) && g_file_get_contents(second, &b, &m, NULL));
  nn_check(n == m && memcmp(a, b, n) == 0);
  nn_check(bp_run_can_resume(run));
  nn_check(bp_runner_resume_stored(session->runner, run));
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(run->status, BP_RUN_FINISHED);
  nn_check_int(run->steps, run->n_steps);
}

/* PyTorch's files name no recipe: here the name of the key is another. */
static void write_unnamed(const char *name, const char *metadata)
{
  g_autofree char *from = file("run.safetensors"), *to = file(name), *bytes = NULL;
  gsize size;
  nn_check(g_file_get_contents(from, &bytes, &size, NULL));
  char *at = memmem(bytes, size, "\"recipe\"", strlen("\"recipe\""));
  if (nn_check(at != NULL))
    memcpy(at, metadata, strlen(metadata));
  nn_check(g_file_set_contents(to, bytes, (gssize)size, NULL));
}

static void test_without_recipe(void)
{
  g_autoptr(GError) error = NULL;
  guint n = g_list_model_get_n_items(bp_runs_get_list(session->runs));
  write_unnamed("unnamed.safetensors", "\"author\"");
  nn_check(open_file("unnamed.safetensors", NULL));
  nn_check_int(g_list_model_get_n_items(bp_runs_get_list(session->runs)), n + 1);
  take("network.1.out_features", "7");
  nn_check(!open_file("unnamed.safetensors", &error));
  nn_check_has(error ? error->message : "", "\"1.weight\"");
  nn_check_int(nn_config_int(nn_config_at(bp_course_get_recipe(session->course), "network", 1),
                             "out_features"),
               7); /* it stays */
  nn_check_int(g_list_model_get_n_items(bp_runs_get_list(session->runs)), n + 1);
  take("network.1.out_features", "64");
}

/* ---- for longer ---- */

static bool same_series(const BpSeries *a, const BpSeries *b, size_t first)
{
  size_t n = bp_series_length(a);
  bool same = n == bp_series_length(b) && n > first;
  for (size_t i = first; same && i < n; i++)
    same = bp_series_y(a, i) == bp_series_y(b, i);
  return same;
}

static void read_curves(BpRun *run, BpCurves *curves)
{
  nn_check(bp_stored_read_curves(run->path, run->recipe, curves, NULL));
}

/* A run of two epochs that goes on for one more, and one of three. */
static void compare(const char *scheduler, bool same_losses)
{
  BpCurves on, once;
  take("scheduler", scheduler);
  take("loop.epochs", "2");
  g_autoptr(BpRun) run = g_object_ref(train());
  guint64 before = run->steps;
  nn_check(bp_run_can_train_on(run) && !bp_run_can_resume(run));
  nn_check(bp_runner_train_on(session->runner, run, 1));
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(run->status, BP_RUN_FINISHED);
  nn_check_int(run->epochs, 3);
  nn_check_int(nn_config_int(nn_config_child(run->recipe, "loop"), "epochs"), 3);
  nn_check_int(run->steps, before / 2 * 3);
  take("loop.epochs", "3");
  BpRun *whole = train();
  read_curves(run, &on);
  read_curves(whole, &once);
  nn_check(same_series(on.lr, once.lr, same_losses ? 0 : before));
  nn_check(!same_losses || same_series(on.loss, once.loss, 0));
  nn_check(!same_losses || run->test_accuracy == whole->test_accuracy);
  bp_curves_clear(&on);
  bp_curves_clear(&once);
}

/* As if it had been so planned; what spans the run, from there on. */
static void test_for_longer(void)
{
  compare("none", true);
  compare("ExponentialLR", true);
  compare("OneCycleLR", false);
}

/* The next session finds it as it is now. */
static void test_comes_back(void)
{
  guint n = g_list_model_get_n_items(bp_runs_get_list(session->runs));
  bp_session_abort(session);
  nn_check(wait_for(idle, PATIENCE_MS));
  g_clear_object(&session);
  start_session();
  nn_check_int(g_list_model_get_n_items(bp_runs_get_list(session->runs)), n);
  g_autoptr(BpRun) run = g_list_model_get_item(bp_runs_get_list(session->runs), 1);
  nn_check_int(run->epochs, 3);
  nn_check_int(nn_config_int(nn_config_child(run->recipe, "loop"), "epochs"), 3);
  nn_check_int(run->status, BP_RUN_FINISHED);
}

int main(int argc, char **argv)
{
  home = g_dir_make_tmp("backprop-weights-XXXXXX", NULL);
  g_setenv("XDG_DATA_HOME", home, TRUE);
  g_unsetenv("BACKPROP_DATA");
  cli = argc > 1 ? argv[1] : "backprop-cli";
  make_warnings_fatal();
  nn_test("the weights of a run are saved", test_saved);
  nn_test("weights open with their recipe, as a run", test_opened);
  nn_test("which is saved, and goes on", test_goes_on);
  nn_test("weights without a recipe open with the one at hand", test_without_recipe);
  nn_test("a run goes on for longer", test_for_longer);
  nn_test("and is found so", test_comes_back);
  bp_session_abort(session);
  nn_check(wait_for(idle, PATIENCE_MS));
  g_clear_object(&session);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", home);
  return g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL) ? nn_test_done() : 1;
}
