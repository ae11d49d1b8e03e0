/* fused-batch.c: a batch, out of the data set's bytes or as the host has prepared it. */
#include "fused.h"

static NnFusedSample sample_of(const NnFusedWorker *w, size_t k, size_t n)
{
  const NnStepPlan *p = &w->fused->plan;
  size_t at = k * p->N + n, size = p->C * p->S;
  NnFusedSample sample = {.C = p->C, .S = p->S, .table = p->table, .zero = w->fused->zero};
  if (w->run->ids)
    sample.pixels = p->pixels + w->run->ids[at] * size;
  else
    sample.x = w->run->x + at * size;
  return sample;
}

/* Bytes of the next batch, which lie anywhere in a large file, are asked for early. */
static void prefetch(const NnFusedWorker *w, size_t k, size_t n)
{
  size_t size = w->fused->plan.C * w->fused->plan.S;
  if (!w->run->ids || k + 1 >= w->run->n_steps || size > 4096)
    return;
  const uint8_t *next = sample_of(w, k + 1, n).pixels;
  for (size_t i = 0; i < size; i += 64)
    __builtin_prefetch(next + i);
}

static void look_up(const NnFusedSample *sample, float *x)
{
  for (size_t c = 0; c < sample->C; c++)
    for (size_t s = 0; s < sample->S; s++)
      x[c * sample->S + s] = sample->table[c * 256 + sample->pixels[c * sample->S + s]];
}

/* One thread may be a step ahead of another that still reads the batch before. */
static float *place_of(const NnFused *f, size_t k)
{
  return f->x + k % 2 * f->plan.N * f->plan.C * f->plan.S;
}

void nn_fused_fetch(const NnFusedWorker *w, size_t k)
{
  NnFused *f = w->fused;
  const NnStepPlan *p = &f->plan;
  size_t n1 = nn_fused_share(p->N, w->thread + 1, w->n_threads);
  for (size_t n = nn_fused_share(p->N, w->thread, w->n_threads); n < n1; n++) {
    NnFusedSample sample = sample_of(w, k, n);
    f->labels[n] =
        w->run->ids ? p->classes[w->run->ids[k * p->N + n]] : w->run->labels[k * p->N + n];
    if (f->lists)
      f->samples.counts[n] =
          (uint32_t)f->fused->list(&sample, f->samples.entries + n * f->samples.slot);
    else
      look_up(&sample, place_of(f, k) + n * p->C * p->S);
    prefetch(w, k, n);
  }
}

/* Lists pay where at least half of the values are 0. */
void nn_fused_choose(NnFusedWorker *w, size_t k)
{
  const NnFused *f = w->fused;
  size_t n = 0, size = f->plan.N * f->plan.C * f->plan.S;
  for (size_t i = 0; i < f->plan.N && f->lists && !w->run->ids; i++)
    n += f->samples.counts[i];
  w->x = !f->lists ? place_of(f, k) : n > size / 2 ? w->run->x + k * size : NULL;
}

void nn_fused_turn(const NnFusedWorker *w)
{
  NnFused *f = w->fused;
  size_t K = f->plan.C * f->plan.S;
  if (!w->x)
    f->fused->turn(&f->samples, f->plan.N, nn_fused_share(K, w->thread, w->n_threads),
                   nn_fused_share(K, w->thread + 1, w->n_threads), &f->inputs);
}
