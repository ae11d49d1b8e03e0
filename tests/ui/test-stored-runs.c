/* test-stored-runs.c: runs lie on the disk: what a session has trained is there in the next one,
 * with the same curves and the same predictions; it can be renamed, pinned, deleted and brought
 * back, is followed while another program trains it, and goes on when it was interrupted. No
 * display is needed. Argument: backprop-cli. */
#include "app/run/run-file.h"
#include "app/session/session.h"
#include "app/session/stored-run.h"
#include "engine/recipe/recipe.h"
#include "gtk-check.h"
#include "tests/check.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>

enum { PATIENCE_MS = 60000 };

static const char *cli;
static BpSession *session;

static bool loaded(void)
{
  return bp_data_store_get(session->data) && !bp_data_store_is_loading(session->data);
}

static bool idle(void)
{
  return bp_session_is_idle(session);
}

static void start_session(void)
{
  session = bp_session_new(NULL);
  bp_devices_set_compute(session->devices, 1, "cpu");
  bp_runs_open_folder(session->runs);
  bp_course_set_exercise(session->course, BP_LAB);
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, "data.dataset", "practice", NULL));
  nn_check(nn_config_set_path(recipe, "data.batch_size", "64", NULL));
  nn_check(nn_config_set_path(recipe, "data.validation_fraction", "0.1", NULL));
  nn_check(nn_config_set_path(recipe, "loop.epochs", "2", NULL));
  bp_course_take_recipe(session->course, recipe);
  bp_data_store_open(session->data, NULL);
  nn_check(wait_for(loaded, PATIENCE_MS) && wait_for(idle, PATIENCE_MS)); /* the folder is read */
}

static void end_session(void)
{
  bp_session_abort(session);
  nn_check(wait_for(idle, PATIENCE_MS));
  g_clear_object(&session);
}

static guint n_listed(void)
{
  return g_list_model_get_n_items(bp_runs_get_list(session->runs));
}

static BpRun *listed(guint i)
{
  BpRun *run = g_list_model_get_item(bp_runs_get_list(session->runs), i);
  g_object_unref(run); /* the list keeps it */
  return run;
}

static BpRun *train(void)
{
  bp_course_train(session->course, FALSE);
  nn_check(bp_runner_is_active(session->runner));
  nn_check(wait_for(idle, PATIENCE_MS));
  return bp_runner_get_run(session->runner);
}

/* ---- what comes back ---- */

static BpRun *looked_at;

static bool has_curves(void)
{
  return looked_at->has_curves;
}

static bool evaluated(void)
{
  return bp_runs_get_evaluation(session->runs) != NULL;
}

static bool same_series(const BpSeries *a, const BpSeries *b)
{
  size_t n = bp_series_length(a);
  bool same = n == bp_series_length(b);
  for (size_t i = 0; same && i < n; i++)
    same = bp_series_x(a, i) == bp_series_x(b, i) && bp_series_y(a, i) == bp_series_y(b, i);
  return same;
}

static bool same_evaluation(const BpEvaluation *a, const BpEvaluation *b)
{
  gsize n = a->n * (gsize)a->n_classes;
  return a->step == b->step && a->n == b->n && a->n_mistakes == b->n_mistakes &&
         memcmp(a->probabilities, b->probabilities, n * sizeof *a->probabilities) == 0;
}

static void check_same(BpRun *now, const BpRun *then)
{
  nn_check_str(now->name, then->name);
  nn_check_str(now->exercise, then->exercise);
  nn_check_int(now->status, then->status);
  nn_check_int(now->number, then->number);
  nn_check_int(now->steps, then->steps);
  nn_check_int(now->epochs, then->epochs);
  nn_check_int(now->n_steps, then->n_steps);
  nn_check_int(now->steps_per_epoch, then->steps_per_epoch);
  nn_check(now->test_accuracy == then->test_accuracy && now->test_loss == then->test_loss);
  nn_check(now->train_accuracy == then->train_accuracy && now->seconds == then->seconds);
  nn_check(now->validation_loss == then->validation_loss);
  nn_check(nn_config_equal(now->recipe, then->recipe));
  nn_check(now->practice == then->practice && bp_run_same_data(now, then));
}

/* The run as the session that trained it has it, against that of the next one. */
static void test_comes_back(void)
{
  start_session();
  nn_check_int(n_listed(), 0);
  g_autoptr(BpRun) then = g_object_ref(train());
  nn_check_int(then->status, BP_RUN_FINISHED);
  nn_check(then->path && then->stored);
  BpCurves curves;
  nn_check(then->has_curves == false); /* nobody looks */
  bp_run_hold_curves(then);
  looked_at = then;
  nn_check(wait_for(has_curves, PATIENCE_MS));
  curves = then->curves;
  BpEvaluation *said = then->evaluation;
  nn_check(said != NULL);
  end_session();
  start_session();
  nn_check_int(n_listed(), 1);
  BpRun *now = looked_at = listed(0);
  check_same(now, then);
  nn_check(!now->has_curves && !now->evaluation); /* nobody looks yet */
  bp_run_hold_curves(now);
  nn_check(wait_for(has_curves, PATIENCE_MS));
  nn_check_int(bp_series_length(now->curves.loss), then->steps);
  nn_check(same_series(now->curves.loss, curves.loss));
  nn_check(same_series(now->curves.accuracy, curves.accuracy));
  nn_check(same_series(now->curves.validation_loss, curves.validation_loss));
  bp_run_release_curves(now);
  nn_check(!now->has_curves && bp_series_length(now->curves.loss) == 0);
  bp_runs_show(session->runs, (BpMoment){now, BP_NEWEST});
  nn_check(wait_for(evaluated, PATIENCE_MS));
  if (said && evaluated())
    nn_check(same_evaluation(bp_runs_get_evaluation(session->runs), said));
  bp_run_release_curves(then);
}

/* The curves in memory while it was trained are those in the file. */
static void test_same_curves(void)
{
  BpRun *run = looked_at = NULL;
  bp_course_train(session->course, FALSE);
  run = looked_at = bp_runner_get_run(session->runner);
  bp_run_hold_curves(run);
  nn_check(wait_for(idle, PATIENCE_MS));
  BpCurves again;
  NnError err = {0};
  nn_check(run->has_curves && run->stored);
  if (!nn_check(bp_stored_read_curves(run->path, run->recipe, &again, &err)))
    return;
  nn_check(same_series(run->curves.loss, again.loss));
  nn_check(same_series(run->curves.lr, again.lr));
  nn_check(same_series(run->curves.accuracy, again.accuracy));
  nn_check(same_series(run->curves.seconds, again.seconds));
  nn_check(same_series(run->curves.validation_accuracy, again.validation_accuracy));
  bp_curves_clear(&again);
  bp_run_release_curves(run);
}

/* ---- what a person does with them ---- */

static void test_renamed_pinned_deleted(void)
{
  nn_check_int(n_listed(), 2);
  nn_check_int(listed(0)->number, 2);
  BpRun *run = listed(1);
  bp_runs_rename(session->runs, run, "my first");
  bp_runs_set_pinned(session->runs, run, TRUE);
  g_autoptr(BpRun) gone = g_object_ref(listed(0));
  g_autofree char *path = g_strdup(gone->path);
  nn_check(bp_runs_delete(session->runs, gone));
  nn_check_int(n_listed(), 1);
  nn_check(!g_file_test(path, G_FILE_TEST_EXISTS));
  end_session();
  start_session();
  nn_check_int(n_listed(), 1);
  nn_check_str(listed(0)->name, "my first");
  nn_check(listed(0)->pinned);
  nn_check_int(listed(0)->number, 1);
  nn_check(!bp_runs_delete(session->runs, gone) || n_listed() == 1); /* it is not there any more */
}

static guint wanted;

static bool so_many(void)
{
  return n_listed() == wanted;
}

static void test_undo(void)
{
  g_autoptr(BpRun) run = g_object_ref(listed(0));
  nn_check(bp_runs_delete(session->runs, run));
  nn_check_int(n_listed(), 0);
  nn_check(bp_runs_get_shown_run(session->runs) == NULL);
  bp_runs_undelete(session->runs, run);
  nn_check_int(n_listed(), 1);
  nn_check(bp_runs_get_shown_run(session->runs) == run);
  nn_check(g_file_test(run->path, G_FILE_TEST_EXISTS));
  spend(1500); /* the folder has changed, and is looked at */
  nn_check_int(n_listed(), 1);
  nn_check(listed(0) == run);
}

/* ---- several at once ---- */

static bool newest_finished(void)
{
  return listed(0)->status == BP_RUN_FINISHED;
}

static bool renamed(void)
{
  return g_str_equal(listed(0)->name, "seen by both");
}

/* Each sees what the other has trained and renamed; neither touches it. */
static void test_two_sessions(void)
{
  BpSession *first = session;
  start_session();
  BpSession *second = session;
  nn_check_int(n_listed(), 1);
  BpRun *run = train();
  nn_check_int(run->number, 3); /* 2 was that of the one that was deleted */
  session = first;
  wanted = 2;
  nn_check(wait_for(so_many, PATIENCE_MS));
  nn_check_str(listed(0)->path, run->path);
  nn_check_int(listed(0)->number, 3);
  nn_check(wait_for(newest_finished, PATIENCE_MS)); /* looked at now and then */
  nn_check_int(listed(0)->steps, run->steps);
  bp_runs_rename(second->runs, run, "seen by both");
  nn_check(wait_for(renamed, PATIENCE_MS));
  session = second;
  end_session();
  session = first;
}

/* ---- other programs ---- */

/* Another program. */
static GPid train_elsewhere(const char *path)
{
  g_autofree char *out = g_strdup_printf("--out=%s", path);
  const char *argv[] = {cli,
                        "train",
                        "--data=practice",
                        "--set",
                        "data.dataset=practice",
                        "--set",
                        "data.validation_fraction=0.1",
                        "--set",
                        "loop.epochs=500",
                        "--set",
                        "data.batch_size=64",
                        "--set",
                        "network.1.out_features=256", /* slower: fewer steps to read */
                        "--threads=1",
                        out,
                        NULL};
  GPid pid;
  nn_check(g_spawn_async(NULL, (char **)argv, NULL,
                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid,
                         NULL));
  return pid;
}

static BpRun *run_of(const char *path)
{
  for (guint i = 0; i < n_listed(); i++)
    if (g_str_equal(listed(i)->path, path))
      return listed(i);
  return NULL;
}

static gsize drawn, epochs_drawn;
static int n_loaded;

static bool has_grown(void)
{
  return bp_series_length(looked_at->curves.loss) > drawn &&
         bp_series_length(looked_at->curves.validation_loss) > epochs_drawn;
}

static void count_loaded(void)
{
  n_loaded++;
}

/* The points that are there are the first of the others. */
static bool begins(const BpSeries *a, const BpSeries *b)
{
  size_t n = bp_series_length(a);
  bool same = n <= bp_series_length(b);
  for (size_t i = 0; same && i < n; i++)
    same = bp_series_x(a, i) == bp_series_x(b, i) && bp_series_y(a, i) == bp_series_y(b, i);
  return same;
}

/* What is drawn of a run that another program trains grows with it, by what is new alone, and is
 * what its file has; then that program is killed. */
static void test_followed(void)
{
  g_autofree char *folder = g_path_get_dirname(listed(0)->path);
  g_autofree char *path = g_build_filename(folder, "killed.bprun", NULL);
  GPid pid = train_elsewhere(path);
  BpCurves again;
  wanted = 3;
  nn_check(wait_for(so_many, PATIENCE_MS));
  looked_at = run_of(path);
  if (nn_check(looked_at != NULL)) {
    bp_run_hold_curves(looked_at);
    nn_check(wait_for(has_curves, PATIENCE_MS));
    g_signal_connect(looked_at, "curves-loaded", G_CALLBACK(count_loaded), NULL);
    for (int i = 0; i < 2; i++) {
      drawn = bp_series_length(looked_at->curves.loss);
      epochs_drawn = bp_series_length(looked_at->curves.validation_loss);
      nn_check(wait_for(has_grown, PATIENCE_MS));
    }
    nn_check_int(n_loaded, 0);
    nn_check_int(looked_at->status, BP_RUN_ACTIVE);
    if (nn_check(bp_stored_read_curves(path, looked_at->recipe, &again, NULL))) {
      nn_check(begins(looked_at->curves.loss, again.loss));
      nn_check(begins(looked_at->curves.accuracy, again.accuracy));
      nn_check(begins(looked_at->curves.seconds, again.seconds));
      nn_check(begins(looked_at->curves.test_loss, again.test_loss));
      nn_check(begins(looked_at->curves.validation_loss, again.validation_loss));
      bp_curves_clear(&again);
    }
    bp_run_release_curves(looked_at);
  }
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

static bool resumed(void)
{
  return bp_runner_get_state(session->runner) == BP_STATE_TRAINING &&
         bp_runner_get_status(session->runner)->epoch > 4;
}

static void test_interrupted(void)
{
  g_autofree char *first = g_path_get_dirname(listed(0)->path);
  g_autofree char *path = g_build_filename(first, "killed.bprun", NULL);
  end_session();
  start_session();
  nn_check_int(n_listed(), 3);
  BpRun *run = run_of(path);
  if (!nn_check(run != NULL))
    return;
  g_autofree char *caption = bp_run_dup_caption(run);
  nn_check_int(run->status, BP_RUN_INTERRUPTED);
  nn_check_has(caption, "interrupted");
  nn_check(bp_run_can_resume(run));
  bp_run_hold_curves(run);
  bp_runs_show(session->runs, (BpMoment){run, BP_NEWEST});
  nn_check(wait_for(evaluated, PATIENCE_MS)); /* by its newest checkpoint */
  nn_check(bp_runner_resume_stored(session->runner, run));
  nn_check(wait_for(resumed, PATIENCE_MS));
  bp_runner_stop(session->runner);
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(run->status, BP_RUN_STOPPED);
  nn_check_int(n_listed(), 3);                                  /* it is no other run */
  nn_check_int(bp_series_length(run->curves.loss), run->steps); /* from its very first step on */
  BpCurves again;
  if (nn_check(bp_stored_read_curves(path, run->recipe, &again, NULL)))
    nn_check(same_series(run->curves.loss, again.loss));
  bp_curves_clear(&again);
  nn_check(bp_run_can_resume(run)); /* once more */
  bp_run_release_curves(run);
}

static char *notice;
static void on_notice(BpSession *from, const char *text);

/* Stop also ends the loading of the data that a run goes on with; the run stays as it was. */
static void test_stopped_before_it_goes_on(void)
{
  end_session();
  start_session();
  BpRun *run = listed(0);
  gulong handler = g_signal_connect(session, "notice", G_CALLBACK(on_notice), NULL);
  guint64 steps = run->steps;
  nn_check(run->data == NULL && bp_run_can_resume(run));
  nn_check(bp_runner_resume_stored(session->runner, run));
  bp_runner_stop(session->runner);
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(run->status, BP_RUN_STOPPED);
  nn_check_int(run->steps, steps);
  nn_check(notice == NULL); /* who has stopped it knows */
  nn_check(bp_run_can_resume(run));
  nn_check_int(bp_runner_get_state(session->runner), BP_STATE_IDLE);
  g_signal_handler_disconnect(session, handler);
}

/* ---- what cannot be ---- */

static void on_notice(BpSession *from, const char *text)
{
  g_free(notice);
  notice = g_strdup(text);
}

/* Something else with a run's ending is left alone, and said. */
static void test_no_run(void)
{
  g_autofree char *folder = g_path_get_dirname(listed(0)->path);
  g_autofree char *path = g_build_filename(folder, "letter.bprun", NULL), *there = NULL;
  nn_check(g_file_set_contents(path, "Dear reader", -1, NULL));
  end_session();
  session = bp_session_new(NULL);
  g_signal_connect(session, "notice", G_CALLBACK(on_notice), NULL);
  bp_runs_open_folder(session->runs);
  nn_check_int(n_listed(), 0); /* nobody waits for the disk */
  nn_check(wait_for(idle, PATIENCE_MS));
  nn_check_int(n_listed(), 3);
  nn_check_int(listed(0)->number, 4);
  nn_check_int(listed(1)->number, 3);
  nn_check_int(listed(2)->number, 1);
  nn_check_has(notice ? notice : "", "letter.bprun");
  nn_check(g_file_get_contents(path, &there, NULL, NULL));
  nn_check_str(there ? there : "", "Dear reader");
}

int main(int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp("backprop-runs-XXXXXX", NULL);
  g_setenv("XDG_DATA_HOME", home, TRUE);
  g_unsetenv("BACKPROP_DATA");
  cli = argc > 1 ? argv[1] : "backprop-cli";
  make_warnings_fatal();
  nn_test("a run comes back with its curves and predictions", test_comes_back);
  nn_test("its file has the curves that were drawn", test_same_curves);
  nn_test("renamed, pinned, deleted", test_renamed_pinned_deleted);
  nn_test("a deleted run comes back", test_undo);
  nn_test("two sessions at once", test_two_sessions);
  nn_test("a run of another program is followed", test_followed);
  nn_test("an interrupted run goes on", test_interrupted);
  nn_test("stopped before it goes on", test_stopped_before_it_goes_on);
  nn_test("a file that is no run", test_no_run);
  end_session();
  g_free(notice);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", home);
  return g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL) ? nn_test_done() : 1;
}
