/* stored-run.c: see stored-run.h. */
#include "stored-run.h"
#include "app/datasets/open-data.h"
#include "app/gerror.h"
#include "app/run/run-file.h"
#include "engine/mem.h"
#include "engine/train/checkpoint.h"
#include "inference.h"
#include "ui/i18n.h"

/* A BpStoredMoment of its own. */
typedef struct {
  char *path, *checksum, *where;
  NnConfig *recipe;
  BpData *data;
  guint64 step;
  BpLoadWatch *watch; /* whose stop ends the evaluation, too; a reference */
} Request;

static void request_free(gpointer data)
{
  Request *request = data;
  g_free(request->path);
  g_free(request->checksum);
  g_free(request->where);
  nn_config_free(request->recipe);
  bp_data_unref(request->data);
  if (request->watch)
    g_atomic_rc_box_release(request->watch);
  g_free(request);
}

/* ---- curves ---- */

enum { CHUNK = 4096 };

static bool read_steps(BpRunFile *file, BpCurves *curves, NnError *err)
{
  g_autofree NnProgress *records = g_new(NnProgress, CHUNK);
  guint64 first = 0;
  for (gsize n = CHUNK; n == CHUNK;) {
    if (!bp_run_file_steps(file, first, records, CHUNK, &n, err))
      return false;
    for (gsize i = 0; i < n; i++)
      bp_curves_add_record(curves, &records[i]);
    first = n > 0 ? records[n - 1].step + 1 : first;
  }
  return true;
}

/* Epochs and test points, which are few: all that the file has. */
typedef struct {
  NnEpoch *epochs;
  BpTestPoint *points;
  gsize n_epochs, n_points;
} Tests;

static bool read_tests(BpRunFile *file, Tests *tests, NnError *err)
{
  return bp_run_file_epochs(file, &tests->epochs, &tests->n_epochs, err) &&
         bp_run_file_test_points(file, &tests->points, &tests->n_points, err);
}

static void free_tests(Tests *tests)
{
  nn_free(tests->epochs);
  nn_free(tests->points);
}

/* Both kinds of test points in the order of their steps, as a later one refuses an earlier; without
 * the epochs that are there. */
static void add_tests(BpCurves *curves, const Tests *tests)
{
  gsize e = MIN(curves->n_epochs, tests->n_epochs), p = 0;
  const NnEpoch *epochs = tests->epochs;
  const BpTestPoint *points = tests->points;
  while (e < tests->n_epochs || p < tests->n_points)
    if (p == tests->n_points ||
        (e < tests->n_epochs && epochs[e].last_step + 1 <= points[p].step)) {
      bp_curves_add_epoch(curves, &epochs[e++]);
    } else {
      bp_curves_add_test_point(curves, points[p].step, points[p].accuracy, points[p].loss);
      p++;
    }
}

static bool read_file(BpRunFile *file, BpCurves *curves, NnError *err)
{
  Tests tests = {0};
  bool ok = read_steps(file, curves, err) && read_tests(file, &tests, err);
  if (ok)
    add_tests(curves, &tests);
  free_tests(&tests);
  return ok;
}

bool bp_stored_read_curves(const char *path, const NnConfig *recipe, BpCurves *curves, NnError *err)
{
  BpRunFile *file = NULL;
  bp_curves_init(curves, nn_config_int(nn_config_child(recipe, "data"), "batch_size"));
  bool ok = bp_run_file_open(path, BP_RUN_FILE_READ, &file, err) && read_file(file, curves, err);
  bp_run_file_close(file);
  if (!ok)
    bp_curves_clear(curves);
  return ok;
}

static void free_curves(gpointer data)
{
  bp_curves_clear(data);
  g_free(data);
}

static void curves_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  NnError err = {0};
  BpCurves *curves = g_new(BpCurves, 1);
  if (bp_stored_read_curves(request->path, request->recipe, curves, &err)) {
    g_task_return_pointer(task, curves, free_curves);
  } else {
    g_free(curves);
    g_task_return_error(task, bp_error_new(&err));
  }
}

/* Starts it on another thread. */
static void start(const BpStoredMoment *moment, GTask *task, GTaskThreadFunc function)
{
  Request *request = g_new0(Request, 1);
  request->path = g_strdup(moment->path);
  request->checksum = g_strdup(moment->checksum);
  request->where = g_strdup(moment->where);
  request->recipe = nn_config_copy(moment->recipe, NULL);
  request->data = moment->data ? bp_data_ref(moment->data) : NULL;
  request->step = moment->step;
  request->watch = moment->watch ? g_atomic_rc_box_acquire(moment->watch) : NULL;
  g_task_set_task_data(task, request, request_free);
  if (request->recipe)
    g_task_run_in_thread(task, function);
  else
    g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_FAILED,
                            _("There is not enough memory to read the run."));
}

void bp_stored_curves_async(const BpStoredMoment *moment, GObject *owner,
                            GAsyncReadyCallback callback)
{
  g_autoptr(GTask) task = g_task_new(owner, NULL, callback, NULL);
  start(moment, task, curves_thread);
}

/* ---- what has come since ---- */

enum { MOST_NEWS = 1 << 17 }; /* steps; the rest comes with the next ones */

struct BpStoredNews {
  guint64 first;
  NnProgress *steps;
  gsize n_steps;
  Tests tests;
};

void bp_stored_news_free(BpStoredNews *news)
{
  nn_free(news->steps);
  free_tests(&news->tests);
  g_free(news);
}

void bp_stored_news_add(const BpStoredNews *news, BpCurves *curves)
{
  if (news->first != curves->n_steps)
    return; /* they are others now */
  for (gsize i = 0; i < news->n_steps; i++)
    bp_curves_add_record(curves, &news->steps[i]);
  add_tests(curves, &news->tests);
}

static void news_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  BpRunFile *file = NULL;
  NnError err = {0};
  BpStoredNews *news = g_new0(BpStoredNews, 1);
  news->first = request->step;
  news->steps = nn_alloc_array(MOST_NEWS, sizeof *news->steps);
  bool ok = (news->steps || nn_fail_nomem(&err, "the curves")) &&
            bp_run_file_open(request->path, BP_RUN_FILE_READ, &file, &err) &&
            bp_run_file_steps(file, news->first, news->steps, MOST_NEWS, &news->n_steps, &err) &&
            read_tests(file, &news->tests, &err);
  bp_run_file_close(file);
  if (ok) {
    g_task_return_pointer(task, news, (GDestroyNotify)bp_stored_news_free);
  } else {
    bp_stored_news_free(news);
    g_task_return_error(task, bp_error_new(&err));
  }
}

void bp_stored_news_async(const BpStoredMoment *moment, GObject *owner,
                          GAsyncReadyCallback callback)
{
  g_autoptr(GTask) task = g_task_new(owner, NULL, callback, NULL);
  start(moment, task, news_thread);
}

/* ---- what its network says ---- */

bool bp_stored_open_data(const NnConfig *recipe, const char *where, const char *checksum,
                         BpLoadWatch *watch, BpData **data, NnError *err)
{
  BpDataRequest request = bp_data_request(recipe, where ? g_intern_string(where) : "practice");
  NnDataset *set = NULL;
  if (!bp_open_data(&request, 0, watch, &set, err))
    return false;
  *data = bp_data_new(set);
  return g_strcmp0((*data)->checksum, checksum) == 0 ||
         nn_fail(err, NN_ERR_IO, where,
                 "The images that this run was trained on have changed since.");
}

static bool read_checkpoint(const Request *request, BpCheckpoint *checkpoint, NnError *err)
{
  BpRunFile *file = NULL;
  bool ok = bp_run_file_open(request->path, BP_RUN_FILE_READ, &file, err) &&
            bp_run_file_checkpoint_at(file, request->step, checkpoint, err);
  bp_run_file_close(file);
  return ok;
}

static bool infer(Request *request, const BpCheckpoint *checkpoint, BpInference *inference,
                  BpEvaluation **evaluation, NnError *err)
{
  NnMetrics metrics;
  BpRange all = {0, (guint)request->data->set->test.n};
  if (!bp_inference_open(inference, request->recipe, request->data, err) ||
      !nn_checkpoint_load_model(checkpoint->bytes, checkpoint->size, inference->model, err))
    return false;
  float *values = g_try_new(float, all.n *(gsize)request->data->set->n_classes);
  if (!values)
    return nn_fail_nomem(err, "the predictions");
  if (!nn_evaluate(inference->model, &inference->loader.source, NULL, values, &request->watch->stop,
                   &metrics, err)) {
    g_free(values);
    return false;
  }
  *evaluation = bp_evaluation_new(request->data, checkpoint->step, all, &metrics, values);
  return true;
}

static void evaluation_thread(GTask *task, gpointer source, gpointer data,
                              GCancellable *cancellable)
{
  Request *request = data;
  BpCheckpoint checkpoint = {0};
  BpInference inference = {0};
  BpEvaluation *evaluation = NULL;
  NnError err = {0};
  if (read_checkpoint(request, &checkpoint, &err) &&
      (request->data || bp_stored_open_data(request->recipe, request->where, request->checksum,
                                            request->watch, &request->data, &err)) &&
      infer(request, &checkpoint, &inference, &evaluation, &err))
    g_task_return_pointer(task, evaluation, (GDestroyNotify)bp_evaluation_unref);
  else
    g_task_return_error(task, bp_error_new(&err));
  bp_inference_clear(&inference);
  nn_free(checkpoint.bytes);
}

void bp_stored_evaluate_async(const BpStoredMoment *moment, GObject *owner,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new(owner, NULL, callback, user_data);
  start(moment, task, evaluation_thread);
}
