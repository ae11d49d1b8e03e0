/* deferred-device.c: see deferred-device.h. Every operation is noted as a command, with copies of
 * the host's arrays, and run later in the order of the notes. */
#include "deferred-private.h"
#include <stdio.h>

enum { GUARD = 64 };

/* ---- memory ---- */

typedef struct {
  size_t bytes;
  unsigned char guard[GUARD - sizeof(size_t)];
} Head;

void *late_here(const Late *late, const void *address)
{
  uintptr_t tag = late_tag(late);
  if (address && tag && !((uintptr_t)address & tag)) {
    late->device->n_broken++;
    fprintf(stderr, "# %p is not the device's memory\n", address);
    abort();
  }
  return address ? (void *)((uintptr_t)address & ~tag) : NULL;
}

static void *late_alloc(const NnBackend *backend, size_t bytes)
{
  Late *late = late_of(backend);
  if (late->device->most_bytes && late->device->bytes + bytes > late->device->most_bytes)
    return NULL;
  Head *head = aligned_alloc(64, (sizeof *head + bytes + GUARD + 63) / 64 * 64);
  head->bytes = bytes;
  memset(head->guard, 0xA5, sizeof head->guard);
  memset(head + 1, 0, bytes);
  memset((char *)(head + 1) + bytes, 0xA5, GUARD);
  late->device->n_blocks++;
  late->device->bytes += bytes;
  return (void *)((uintptr_t)(head + 1) | late_tag(late));
}

static void late_free(const NnBackend *backend, void *memory)
{
  Late *late = late_of(backend);
  late_flush(late);
  Head *head = (Head *)late_here(late, memory) - 1;
  const unsigned char *end = (unsigned char *)(head + 1) + head->bytes;
  for (size_t i = 0; i < GUARD; i++)
    if (end[i] != 0xA5 || (i < sizeof head->guard && head->guard[i] != 0xA5)) {
      late->device->n_broken++;
      break;
    }
  late->device->n_blocks--;
  late->device->bytes -= head->bytes;
  free(head);
}

/* ---- commands ---- */

/* Notes a command, which takes over its host array. */
void late_note(const NnBackend *backend, Command command)
{
  Late *late = late_of(backend);
  Command *c = malloc(sizeof *c);
  for (int i = 0; i < N_POINTERS; i++)
    command.p[i] = late_here(late, command.p[i]);
  *c = command;
  *late->last = c;
  late->last = &c->next;
}

void late_flush(Late *late)
{
  Command *c = late->first;
  late->first = NULL;
  late->last = &late->first;
  while (c) {
    Command *next = c->next;
    c->run(late, c);
    free(c->host);
    free(c);
    c = next;
  }
}

void *late_copy_host(const void *from, size_t bytes)
{
  void *copy = malloc(bytes + 1);
  memcpy(copy, from, bytes);
  return copy;
}

/* Something with a host result: not within a step. */
const NnBackendOps *late_now(const NnBackend *backend)
{
  Late *late = late_of(backend);
  if (late->open_step)
    late->device->n_refused++;
  late_flush(late);
  return late->ref->ops;
}

static void late_upload(const NnBackend *backend, void *to, const void *from, size_t bytes)
{
  late_now(backend);
  late_of(backend)->device->n_batches_up++;
  memcpy(late_here(late_of(backend), to), from, bytes);
}

static void late_download(const NnBackend *backend, void *to, const void *from, size_t bytes)
{
  late_now(backend);
  memcpy(to, late_here(late_of(backend), from), bytes);
}

static bool late_sync(const NnBackend *backend, NnError *err)
{
  Late *late = late_of(backend);
  late_now(backend);
  return !late->lost || nn_fail(err, NN_ERR_DEVICE, "device", "The made-up device is lost.");
}

/* ---- steps ---- */

/* Takes the step's loss off ref, once its penalties have been added. */
void late_settle(Late *late)
{
  NnStepResult result;
  if (!late->pending)
    return;
  late->pending = false;
  OPS->step_results(REF, &result, 1, NULL);
  late->frozen = late->frozen || !isfinite((float)result.loss);
  if (late->n_results < STEPS_AHEAD)
    late->results[late->n_results] = result;
  late->n_results++;
  if (late->n_results > late->device->most_under_way)
    late->device->most_under_way = late->n_results;
}

static void late_begin(const NnBackend *backend)
{
  late_of(backend)->open_step = true;
}

RUN(end)
{
  (void)c;
  late_settle(late);
}

static void late_end(const NnBackend *backend)
{
  late_note(backend, (Command){.run = run_end});
  late_of(backend)->open_step = false;
}

/* s: N, C; d[0]: divisor */
RUN(loss)
{
  NnStepLoss step = {c->s[0], c->s[1], c->p[0], c->p[1], c->p[2], c->d[0]};
  late_settle(late);
  OPS->step_loss(REF, &step);
  late->pending = true;
  late->device->n_steps++;
  if (late->device->fail_at_step && late->device->n_steps >= late->device->fail_at_step)
    late->lost = true;
}

static void late_loss(const NnBackend *backend, const NnStepLoss *step)
{
  late_note(backend,
            (Command){.run = run_loss,
                      .s = {step->N, step->C},
                      .d = {step->divisor},
                      .p = {(void *)step->row_loss, (void *)step->logits, (void *)step->labels}});
}

RUN(penalty)
{
  OPS->step_penalty(REF, c->p[0], c->s[0], c->d[0], c->d[1]);
}

static void late_penalty(const NnBackend *backend, const nn_real *w, size_t n, double l1, double l2)
{
  late_note(backend, (Command){.run = run_penalty, .s = {n}, .d = {l1, l2}, .p = {(void *)w}});
}

static bool late_results(const NnBackend *backend, NnStepResult *results, size_t n, NnError *err)
{
  Late *late = late_of(backend);
  late_now(backend);
  late_settle(late);
  if (n != late->n_results || n > STEPS_AHEAD)
    late->device->n_broken++;
  memcpy(results, late->results, (n < STEPS_AHEAD ? n : STEPS_AHEAD) * sizeof *results);
  late->n_results = 0;
  late->frozen = false;
  late->device->n_collected++;
  return late_sync(backend, err);
}

/* s: C, S, N; host: ids */
RUN(gather)
{
  NnGather gather = {.pixels = c->p[0],
                     .classes = c->p[1],
                     .table = c->p[2],
                     .C = c->s[0],
                     .S = c->s[1],
                     .N = c->s[2],
                     .ids = c->host,
                     .x = c->p[3],
                     .labels = c->p[4]};
  OPS->gather(REF, &gather);
  late->device->n_gathered++;
}

static void late_gather(const NnBackend *backend, const NnGather *g)
{
  late_note(backend, (Command){.run = run_gather,
                               .s = {g->C, g->S, g->N},
                               .host = late_copy_host(g->ids, g->N * sizeof *g->ids),
                               .p = {(void *)g->pixels, (void *)g->classes, (void *)g->table, g->x,
                                     g->labels}});
}

/* ---- opening ---- */

static void late_close(NnBackend *backend)
{
  Late *late = late_of(backend);
  late_flush(late);
  nn_backend_close(late->ref);
  free(late);
}

static const NnBackendOps own = {
    .api = NN_BACKEND_API,
    .name = "late",
    .close = late_close,
    .alloc = late_alloc,
    .free = late_free,
    .upload = late_upload,
    .download = late_download,
    .sync = late_sync,
    .step_begin = late_begin,
    .step_end = late_end,
    .step_loss = late_loss,
    .step_penalty = late_penalty,
    .step_results = late_results,
    .gather = late_gather,
};

bool late_open(LateDevice *device, NnBackend **backend, NnError *err)
{
  static NnBackendOps late_ops;
  Late *late = calloc(1, sizeof *late);
  late_ops = own;
  late_add_operations(&late_ops);
  late_add_whole_steps(&late_ops);
  late->device = device;
  late->last = &late->first;
  late->backend = (NnBackend){.ops = &late_ops,
                              .n_threads = 1,
                              .host_memory = device->in_host_memory,
                              .steps_ahead = device->in_host_memory ? 1 : STEPS_AHEAD,
                              .device = "A made-up device"};
  if (!nn_backend_open("ref", 1, &late->ref, err)) {
    free(late);
    return false;
  }
  *backend = &late->backend;
  return true;
}
