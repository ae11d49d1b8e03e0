/* fused-rest.c: what a run that goes on elsewhere needs besides weights and states to come to the
 * same bits: the first layer's rows as they are here, and what each has missed (fused-lazy.h).
 * Caught up, they are the same to the eye, but rounded once more.
 *
 *   Head │ level of each row (K) │ numbers of each row: w, then states, J each │ */
#include "fused.h"
#include <string.h>

typedef struct {
  uint32_t done, epoch;
  NnFusedMissed missed[NN_FUSED_WINDOW];
} Head;

static size_t levels_size(const NnFused *f)
{
  return (f->layers[0].weights.K + 3) / 4 * 4;
}

static size_t row_size(const NnFused *f)
{
  return (1 + (size_t)f->plan.n_state) * f->layers[0].weights.J * sizeof(float);
}

size_t nn_fused_rest_size(const NnFused *f)
{
  return sizeof(Head) + levels_size(f) + f->layers[0].weights.K * row_size(f);
}

/* Between the rows and their numbers in the rest. */
static void copy_rows(const NnFused *f, char *numbers, bool out)
{
  const NnFusedWeights *w = &f->layers[0].weights;
  size_t size = w->J * sizeof(float);
  for (size_t k = 0; k < w->K; k++)
    for (int s = 0; s <= f->plan.n_state; s++, numbers += size) {
      float *row = w->rows + k * w->row + (size_t)s * w->Jp;
      memcpy(out ? (void *)numbers : row, out ? (void *)row : numbers, size);
    }
}

const void *nn_fused_rest(NnFused *f, size_t *size)
{
  const NnFusedLazy *lazy = f->lazy;
  *size = lazy && lazy->done > 0 && nn_fused_is_as_given(f) ? nn_fused_rest_size(f) : 0;
  if (*size == 0)
    return NULL;
  Head head = {.done = lazy->done, .epoch = lazy->epoch};
  memcpy(head.missed, lazy->missed, lazy->done * sizeof *head.missed);
  memcpy(f->rest, &head, sizeof head);
  memcpy(f->rest + sizeof head, lazy->level, f->layers[0].weights.K);
  copy_rows(f, f->rest + sizeof head + levels_size(f), true);
  return f->rest;
}

/* A file may say anything. */
static bool is_possible(const NnFused *f, const Head *head, const char *level)
{
  bool ok = head->done <= NN_FUSED_WINDOW;
  for (size_t k = 0; k < f->layers[0].weights.K; k++)
    ok &= (uint8_t)level[k] <= head->done;
  return ok;
}

void nn_fused_set_rest(NnFused *f, const void *bytes, size_t size)
{
  f->has_rest = f->lazy && size == nn_fused_rest_size(f);
  if (f->has_rest)
    memcpy(f->rest, bytes, size);
}

void nn_fused_take_rest(NnFused *f)
{
  Head head;
  if (!f->has_rest)
    return;
  f->has_rest = false;
  memcpy(&head, f->rest, sizeof head);
  if (!is_possible(f, &head, f->rest + sizeof head))
    return;
  f->lazy->done = head.done;
  f->lazy->epoch = head.epoch;
  memcpy(f->lazy->missed, head.missed, sizeof head.missed);
  memcpy(f->lazy->level, f->rest + sizeof head, f->layers[0].weights.K);
  copy_rows(f, f->rest + sizeof head + levels_size(f), false);
}
