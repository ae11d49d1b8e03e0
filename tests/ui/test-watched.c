/* test-watched.c: the test images that somebody looks at are evaluated before the others, with
 * newer parameters, and to the same numbers as in an evaluation of all of them. No display is
 * needed. */
#include "app/session/session.h"
#include "engine/recipe/recipe.h"
#include "gtk-check.h"
#include "tests/check.h"

/* Slow enough for an evaluation of all to take a while; BatchNorm2d without running statistics
 * gives a sample another value in another batch. */
static const char network[] =
    "[{\"kind\": \"Conv2d\", \"out_channels\": 8, \"kernel_size\": 3},"
    " {\"kind\": \"BatchNorm2d\", \"track_running_stats\": false}, {\"kind\": \"ReLU\"},"
    " {\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 10}]";
static const BpRange first_page = {0, 96}, far_page = {3072, 96};

static BpSession *session;
static BpEvaluation *first;            /* of all */
static guint n_before, n_since, n_all; /* looks before the first of all and after it; of all */
static GPtrArray *looks;

static BpEvaluation *of_all(void)
{
  return bp_runs_get_evaluation(session->runs);
}

static void on_watched(void)
{
  BpEvaluation *look = bp_runs_get_watched(session->runs, first_page);
  nn_check(look != NULL);
  if (!look || look == of_all())
    return;
  n_before += !of_all();
  n_since += of_all() != NULL;
  nn_check(!of_all() || look->step > of_all()->step); /* never older than what was there */
  nn_check(bp_evaluation_covers(look, first_page));
  g_ptr_array_add(looks, bp_evaluation_ref(look));
}

static void on_evaluated(void)
{
  n_all += of_all() != NULL;
  if (!first && of_all())
    first = bp_evaluation_ref(of_all());
}

static bool loaded(void)
{
  return bp_data_store_get(session->data) && !bp_data_store_is_loading(session->data);
}

static bool seen_enough(void)
{
  return n_before > 0 && n_since > 2 && n_all > 1;
}

static bool caught_up(void)
{
  return of_all() && of_all()->step == bp_runner_get_status(session->runner)->step;
}

static bool quiet(void)
{
  return bp_session_is_idle(session);
}

static void start(void)
{
  session = bp_session_new(NULL);
  bp_devices_set_compute(session->devices, 1, "cpu");
  bp_course_set_exercise(session->course, BP_LAB);
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, "network", network, NULL));
  nn_check(nn_config_set_path(recipe, "data.dataset", "practice", NULL));
  nn_check(nn_config_set_path(recipe, "data.batch_size", "2", NULL));
  nn_check(nn_config_set_path(recipe, "loop.epochs", "1000", NULL));
  bp_course_take_recipe(session->course, recipe);
  bp_data_store_open(session->data, NULL);
  nn_check(wait_for(loaded, 60000));
  g_signal_connect(session->runs, "watched", G_CALLBACK(on_watched), NULL);
  g_signal_connect(session->runs, "evaluated", G_CALLBACK(on_evaluated), NULL);
  looks = g_ptr_array_new_with_free_func((GDestroyNotify)bp_evaluation_unref);
}

static void test_newer(void)
{
  bp_runner_watch(session->runner, first_page);
  bp_course_train(session->course, FALSE);
  nn_check(wait_for(seen_enough, 120000));
  nn_check(first && looks->len > 0);
  if (first && looks->len > 0) {
    BpEvaluation *look = looks->pdata[0];
    nn_check(look->step <= first->step && look->n < first->n);
    nn_check_int(first->n, bp_data_store_get(session->data)->set->test.n);
  }
  for (guint i = 1; i < looks->len; i++)
    nn_check(((BpEvaluation *)looks->pdata[i])->step > ((BpEvaluation *)looks->pdata[i - 1])->step);
}

static bool same_rows(const BpEvaluation *a, const BpEvaluation *b, BpRange range)
{
  bool same = true;
  for (guint i = range.first; i < range.first + range.n; i++)
    same &= memcmp(bp_evaluation_row(a, i), bp_evaluation_row(b, i),
                   a->n_classes * sizeof(float)) == 0 &&
            bp_evaluation_predicted(a, i) == bp_evaluation_predicted(b, i) &&
            bp_evaluation_loss(a, i) == bp_evaluation_loss(b, i);
  return same;
}

/* In a pause both come to the same step. */
static void test_same_numbers(void)
{
  bp_runner_pause(session->runner);
  spend(500);
  nn_check(wait_for(caught_up, 120000));
  if (!caught_up() || looks->len == 0)
    return;
  BpEvaluation *look = looks->pdata[looks->len - 1];
  nn_check_int(look->step, of_all()->step);
  nn_check(look->step != of_all()->step || same_rows(look, of_all(), first_page));
  nn_check(bp_runs_get_watched(session->runs, first_page) == of_all()); /* it says more */
  nn_check(bp_runs_get_watched(session->runs, far_page) == of_all());
}

static bool sees_far(void)
{
  BpRun *run = bp_runner_get_run(session->runner);
  return run->watched && bp_evaluation_covers(run->watched, far_page);
}

/* What is turned to in a pause is evaluated, though there are no newer parameters. */
static void test_another_page(void)
{
  bp_runner_watch(session->runner, far_page);
  nn_check(wait_for(sees_far, 60000));
  BpEvaluation *look = bp_runs_get_watched(session->runs, far_page);
  nn_check(look != of_all() && same_rows(look, of_all(), far_page));
  nn_check(look->first <= far_page.first && look->n < of_all()->n);
}

static void test_ends(void)
{
  bp_runner_stop(session->runner);
  nn_check(wait_for(quiet, 120000));
  nn_check_int(of_all()->step, bp_runner_get_run(session->runner)->steps);
  nn_check(bp_runs_get_watched(session->runs, first_page) == of_all());
  bp_evaluation_unref(first);
  g_ptr_array_unref(looks);
  g_object_unref(session);
}

int main(void)
{
  make_warnings_fatal();
  start();
  nn_test("what is looked at comes first, and is newer", test_newer);
  nn_test("and is the same as among all", test_same_numbers);
  nn_test("another page, in a pause", test_another_page);
  nn_test("at the end all is evaluated", test_ends);
  return nn_test_done();
}
