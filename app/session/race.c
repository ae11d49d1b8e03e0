/* race.c: see race.h. */
#include "race.h"
#include "app/run/measure.h"
#include "ui/i18n.h"
#include <stdatomic.h>

/* Before a lap is timed, and how long one may take. */
static const double WARM_UP = 0.2, MOST_SECONDS = 4;

typedef struct {
  NnConfig *recipe;
  BpData *data;
  char *device;
  int n_threads;
  _Atomic bool stop;
} Start;

static void start_free(gpointer data)
{
  Start *start = data;
  nn_config_free(start->recipe);
  bp_data_unref(start->data);
  g_free(start->device);
  g_free(start);
}

/* A first trainer warms the device up. */
static bool run(Start *start, NnLoader *loader, NnBackend **backend, BpLap *lap, NnError *err)
{
  if (!nn_loader_open(loader, start->data->set, NN_VIEW_TRAIN, start->recipe, err) ||
      !nn_backend_open(start->device, start->n_threads, backend, err))
    return false;
  BpSpeed speed;
  BpMeasurement wanted = {.recipe = start->recipe,
                          .train = &loader->source,
                          .backend = *backend,
                          .seconds = WARM_UP,
                          .one_epoch = true,
                          .stop = &start->stop};
  if (!bp_measure(&wanted, &speed, err))
    return false;
  wanted.seconds = MOST_SECONDS;
  if (!bp_measure(&wanted, &speed, err))
    return false;
  lap->whole = speed.whole_epoch;
  lap->epoch_seconds = speed.step_seconds * (double)speed.steps_per_epoch;
  lap->steps_per_second = 1 / speed.step_seconds;
  return true;
}

static void lap_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Start *start = data;
  NnLoader loader = {0};
  NnBackend *backend = NULL;
  NnError err = {0};
  BpLap *lap = g_new0(BpLap, 1);
  lap->ok = run(start, &loader, &backend, lap, &err);
  g_strlcpy(lap->text, lap->ok ? backend->device : err.text, sizeof lap->text);
  nn_loader_clear(&loader);
  nn_backend_close(backend);
  g_task_return_pointer(task, lap, g_free);
}

static void on_cancelled(GCancellable *cancellable, Start *start)
{
  atomic_store(&start->stop, true);
}

void bp_race_lap(const NnConfig *recipe, BpData *data, const char *device, int n_threads,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
  Start *start = g_new0(Start, 1);
  start->recipe = nn_config_copy(recipe, NULL);
  start->data = bp_data_ref(data);
  start->device = g_strdup(device);
  start->n_threads = n_threads;
  g_task_set_task_data(task, start, start_free);
  if (!start->recipe) {
    g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_FAILED,
                            _("There is not enough memory to start a run."));
    return;
  }
  /* The task outlives the connection: the callback releases it, on this thread. */
  gulong id = g_signal_connect(cancellable, "cancelled", G_CALLBACK(on_cancelled), start);
  g_object_set_data_full(G_OBJECT(task), "bp-connection", GSIZE_TO_POINTER(id), NULL);
  g_task_run_in_thread(task, lap_thread);
}

BpLap *bp_race_lap_finish(GAsyncResult *result)
{
  GTask *task = G_TASK(result);
  gulong id = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(task), "bp-connection"));
  if (id)
    g_signal_handler_disconnect(g_task_get_cancellable(task), id);
  return g_task_propagate_pointer(task, NULL);
}
