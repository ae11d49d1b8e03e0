/* test-execution.c: a run without a window: what it keeps, who may look meanwhile, and how it goes
 * on. The oracle is the trainer itself, run without any of it. */
#include "folder.h"
#include "app/run/execution.h"
#include "engine/recipe/recipe.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum {
  N_TRAIN = 200,
  N_TEST = 50,
  STEPS_PER_EPOCH = 25,
  EPOCHS = 8,
  STEPS = STEPS_PER_EPOCH * EPOCHS
};
static NnDataset *dataset;
static NnConfig *recipe;
static NnProgress wanted[STEPS]; /* of the trainer alone */

static void make_all(void)
{
  static const char json[] =
      "{\"version\": 1, \"data\": {\"batch_size\": 8}, \"network\": [{\"kind\": \"Flatten\"},"
      "{\"kind\": \"Linear\", \"out_features\": 16}, {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\"},"
      "{\"kind\": \"Linear\", \"out_features\": 10}], \"loop\": {\"epochs\": 8}}";
  NnError err = {0};
  nn_check(nn_practice_digits(1, N_TRAIN, N_TEST, &dataset, &err));
  nn_check(nn_recipe_parse(json, "test", &recipe, &err));
  nn_check_str(err.text, "");
}

static BpExecution *prepare(BpRunSpec spec)
{
  BpExecution *execution = NULL;
  NnError err = {0};
  spec.recipe = recipe;
  spec.dataset = dataset;
  spec.device = "cpu";
  spec.n_threads = 1;
  nn_check(bp_execution_prepare(&spec, &execution, &err));
  nn_check_str(err.text, "");
  return execution;
}

static void keep(BpExecution *execution, const char *name)
{
  NnError err = {0};
  BpKept kept = {.path = in_folder(name), .title = "test", .exercise = "network"};
  nn_check(bp_execution_keep(execution, &kept, &err));
  nn_check_str(err.text, "");
}

static void test_trainer_alone(void)
{
  NnLoaders loaders;
  NnBackend *cpu = NULL;
  NnTrainer *trainer = NULL;
  NnObserver *observer = NULL;
  NnResult result;
  nn_check(nn_loaders_open(&loaders, dataset, recipe, NULL) &&
           nn_backend_open("cpu", 1, &cpu, NULL));
  NnTrainerOptions options = {.recipe = recipe,
                              .train = &loaders.train.source,
                              .train_evaluated = nn_loaders_evaluated(&loaders),
                              .test = &loaders.test.source,
                              .backend = cpu};
  nn_check(nn_trainer_new(&options, &trainer, NULL));
  NnObserverSpec spec = nn_trainer_observer_spec(trainer);
  nn_check(nn_observer_new(&spec, &observer, NULL));
  nn_check(nn_trainer_run(trainer, observer, NULL, &result, NULL));
  nn_check_int(nn_observer_drain(observer, wanted, STEPS), STEPS);
  nn_observer_free(observer);
  nn_trainer_free(trainer);
  nn_backend_close(cpu);
  nn_loaders_clear(&loaders);
}

static bool same(const NnProgress *found, size_t n)
{
  bool ok = n == STEPS;
  for (size_t i = 0; ok && i < n; i++)
    ok = found[i].step == i && found[i].loss == wanted[i].loss && found[i].lr == wanted[i].lr &&
         found[i].accuracy == wanted[i].accuracy && found[i].epoch == wanted[i].epoch;
  return ok;
}

/* What the file holds is what the trainer computes; one file, closed. */
static void check_file(const char *name, BpRunStatus status)
{
  static NnProgress found[STEPS + 1];
  size_t n = 0;
  BpRunFile *file = NULL;
  BpRunInfo info = {0};
  NnEpoch *epochs = NULL;
  NnError err = {0};
  nn_check(bp_run_file_open(in_folder(name), BP_RUN_FILE_READ, &file, &err) &&
           bp_run_file_check(file, &err) && bp_run_file_steps(file, 0, found, STEPS + 1, &n, &err));
  nn_check_str(err.text, "");
  nn_check(same(found, n));
  nn_check(bp_run_file_epochs(file, &epochs, &n, NULL) && n == EPOCHS);
  nn_check(bp_run_file_info(file, &info, NULL));
  nn_check_int(info.status, status);
  nn_check_int(info.steps, STEPS);
  nn_check(info.test_accuracy == epochs[EPOCHS - 1].test_accuracy && isfinite(info.train_loss));
  nn_check_str(info.exercise, "network");
  nn_check_str(info.data_name, "practice");
  nn_free(epochs);
  bp_run_info_clear(&info);
  bp_run_file_close(file);
}

static void test_kept(void)
{
  static NnProgress found[STEPS];
  NnResult result;
  BpExecution *execution = prepare((BpRunSpec){.every_record = true, .checkpoints = true});
  keep(execution, "a.bprun");
  BpTestPoint point = {.step = 3, .loss = 2, .accuracy = 0.25}, *points = NULL;
  bp_execution_add_test_point(execution, &point);
  nn_check(bp_execution_run(execution, &result, NULL));
  nn_check_int(bp_execution_drain(execution, found, STEPS), STEPS);
  nn_check(same(found, STEPS));
  nn_check(!bp_execution_is_lost(execution, NULL));
  bp_execution_free(execution);
  check_file("a.bprun", BP_RUN_FINISHED);
  BpRunFile *file = NULL;
  size_t n = 0;
  nn_check(bp_run_file_open(in_folder("a.bprun"), BP_RUN_FILE_READ, &file, NULL) &&
           bp_run_file_test_points(file, &points, &n, NULL));
  nn_check(n == 1 && points[0].step == 3 && points[0].accuracy == 0.25);
  nn_free(points);
  bp_run_file_close(file);
}

/* ---- another thread trains ---- */

typedef struct {
  BpExecution *execution;
  NnResult result;
  NnError err;
  bool ok;
  _Atomic bool done;
} Run;

static void *run_thread(void *data)
{
  Run *run = data;
  run->ok = bp_execution_run(run->execution, &run->result, &run->err);
  atomic_store(&run->done, true);
  return NULL;
}

static void run_beside(Run *run, pthread_t *thread)
{
  *run = (Run){.execution = run->execution};
  nn_check(pthread_create(thread, NULL, run_thread, run) == 0);
}

/* Another program reads for a second, and holds the writer up: nothing waits for it but the
 * writer, and nothing is missing. */
static void test_held_up(void)
{
  Run run = {.execution = prepare((BpRunSpec){.checkpoints = true})};
  pthread_t thread;
  sqlite3 *db = NULL;
  keep(run.execution, "b.bprun");
  nn_check(sqlite3_open(in_folder("b.bprun"), &db) == SQLITE_OK);
  nn_check(sqlite3_exec(db, "BEGIN; SELECT * FROM run", NULL, NULL, NULL) == SQLITE_OK);
  run_beside(&run, &thread);
  usleep(1000000);
  nn_check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
  sqlite3_close(db);
  pthread_join(thread, NULL);
  nn_check(run.ok && !bp_execution_is_lost(run.execution, NULL));
  bp_execution_free(run.execution);
  check_file("b.bprun", BP_RUN_FINISHED);
}

/* Stopped by an order; a new execution goes on. Nobody drains the records of the first. */
static void test_goes_on(void)
{
  Run run = {.execution = prepare((BpRunSpec){.checkpoints = true})};
  BpRunFile *file = NULL;
  BpCheckpoint from = {0};
  NnResult result;
  pthread_t thread;
  keep(run.execution, "c.bprun");
  NnObserver *observer = bp_execution_observer(run.execution);
  for (int i = 0; i < 40; i++)
    nn_observer_step(observer); /* 40 batches, and a pause: in the middle of the second epoch */
  run_beside(&run, &thread);
  NnProgress record;
  for (size_t n = 0; n < 40;)
    n += bp_execution_drain(run.execution, &record, 1);
  nn_observer_stop(observer);
  pthread_join(thread, NULL);
  nn_check(run.ok && run.result.stopped);
  nn_check_int(run.result.steps, 40);
  bp_execution_free(run.execution);
  nn_check(bp_run_file_open(in_folder("c.bprun"), BP_RUN_FILE_TRAIN, &file, NULL));
  nn_check(bp_run_file_checkpoint(file, 0, &from, NULL));
  nn_check_int(from.step, 40);
  BpExecution *execution = prepare((BpRunSpec){.checkpoints = true, .from = &from});
  nn_check(bp_execution_keep_on(execution, file, NULL));
  nn_check(bp_execution_run(execution, &result, NULL));
  nn_check_int(result.steps, STEPS);
  bp_execution_free(execution);
  nn_free(from.bytes);
  check_file("c.bprun", BP_RUN_FINISHED);
}

/* Where no file can be, no run begins: said before it is trained. */
static void test_no_folder(void)
{
  NnError err = {0};
  BpExecution *execution = prepare((BpRunSpec){.checkpoints = true});
  BpKept kept = {.path = in_folder("none/x.bprun"), .title = "test"};
  nn_check(!bp_execution_keep(execution, &kept, &err));
  nn_check_has(err.text, "none/x.bprun cannot be written: No such file or directory.");
  bp_execution_free(execution);
}

int main(void)
{
  nn_backends_start();
  nn_data_register_kinds();
  folder_make();
  make_all();
  nn_test("the trainer alone", test_trainer_alone);
  nn_test("kept as it was computed", test_kept);
  nn_test("held up by a reader", test_held_up);
  nn_test("stopped, and gone on", test_goes_on);
  nn_test("no folder", test_no_folder);
  nn_dataset_free(dataset);
  nn_config_free(recipe);
  int status = nn_test_done();
  folder_remove();
  return status;
}
