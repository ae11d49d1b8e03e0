/* cuda-probe.c: see cuda-probe.h. */
#include "cuda-probe.h"
#include "engine/backend/backend.h"

typedef void (*Answered)(gpointer owner);

typedef struct {
  GWeakRef owner;
  Answered answered;
} Waiting;

static BpCudaState state;
static char *text;                    /* of NnDeviceInfo; NULL: not known yet */
static GQueue waiting = G_QUEUE_INIT; /* of Waiting */
static gboolean asking;

BpCudaState bp_cuda_get_state(void)
{
  return state;
}

const char *bp_cuda_get_reason(void)
{
  return state == BP_CUDA_FAILS ? text : "";
}

const char *bp_cuda_get_title(void)
{
  return state == BP_CUDA_WORKS ? text : "";
}

static void ask_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  NnDeviceInfo *info = g_new(NnDeviceInfo, 1);
  nn_backend_describe("cuda", info);
  g_task_return_pointer(task, info, g_free);
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
  g_autofree NnDeviceInfo *info = g_task_propagate_pointer(G_TASK(result), NULL);
  state = info->available ? BP_CUDA_WORKS : BP_CUDA_FAILS;
  text = g_strdup(info->text);
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
