/* cuda-probe.c: see cuda-probe.h. */
#include "cuda-probe.h"
#include "engine/backend.h"
#include "gerror.h"

typedef void (*Answered)(gpointer owner);

typedef struct {
  GWeakRef owner;
  Answered answered;
} Waiting;

static BpCudaState state;
static char *reason;
static GQueue waiting = G_QUEUE_INIT; /* of Waiting */
static gboolean asking;

BpCudaState bp_cuda_get_state(void)
{
  return state;
}

const char *bp_cuda_get_reason(void)
{
  return reason ? reason : "";
}

static void ask_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  NnError err = {0};
  NnBackend *backend = NULL;
  if (!nn_backend_open("cuda", 0, &backend, &err)) {
    g_task_return_error(task, bp_error_new(&err));
    return;
  }
  nn_backend_close(backend);
  g_task_return_boolean(task, TRUE);
}

static void answer(Waiting *one)
{
  g_autoptr(GObject) owner = g_weak_ref_get(&one->owner);
  if (owner)
    one->answered(owner);
  g_weak_ref_clear(&one->owner);
  g_free(one);
}

static void ready(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  gboolean works = g_task_propagate_boolean(G_TASK(result), &error);
  state = works ? BP_CUDA_WORKS : BP_CUDA_FAILS;
  reason = error ? g_strdup(error->message) : NULL;
  for (Waiting *one; (one = g_queue_pop_head(&waiting));)
    answer(one);
}

void bp_cuda_ask(GObject *owner, Answered answered)
{
  if (state != BP_CUDA_UNKNOWN) {
    answered(owner);
    return;
  }
  Waiting *one = g_new(Waiting, 1);
  one->answered = answered;
  g_weak_ref_init(&one->owner, owner);
  g_queue_push_tail(&waiting, one);
  if (asking)
    return;
  asking = TRUE;
  g_autoptr(GTask) task = g_task_new(NULL, NULL, ready, NULL);
  g_task_run_in_thread(task, ask_thread);
}
