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

/* Bytes of a sample lie anywhere in a large file: they are asked for a few samples early, those of
 * the next batch during this one, and not all at once, since only so many lines are fetched
 * together. Inlined in any case: gcc leaves out calls of a function that does nothing else. */
static inline __attribute__((always_inline)) void prefetch(const NnFusedWorker *w, size_t k,
                                                           size_t n, NnFusedRange own)
{
  enum { AHEAD = 8, LINE = 64, MOST = 4096 };
  size_t size = w->fused->plan.C * w->fused->plan.S, count = own.n1 - own.n0;
  n += AHEAD < count ? AHEAD : count;
  if (n >= own.n1) {
    n -= count;
    k++;
  }
  if (!w->run->ids || k >= w->run->n_steps || size > MOST)
    return;
  const uint8_t *pixels = sample_of(w, k, n).pixels;
  for (size_t i = 0; i < size; i += LINE)
    __builtin_prefetch(pixels + i);
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
  NnFusedRange own = {.n0 = nn_fused_share(p->N, w->thread, w->n_threads),
                      .n1 = nn_fused_share(p->N, w->thread + 1, w->n_threads)};
  for (size_t n = own.n0; n < own.n1; n++) {
    prefetch(w, k, n, own);
    NnFusedSample sample = sample_of(w, k, n);
    f->labels[n] =
        w->run->ids ? p->classes[w->run->ids[k * p->N + n]] : w->run->labels[k * p->N + n];
    if (f->lists)
      f->samples.counts[n] =
          (uint32_t)f->fused->list(&sample, f->samples.entries + n * f->samples.slot,
                                   f->samples.ends + n * f->samples.n_parts);
    else
      look_up(&sample, place_of(f, k) + n * p->C * p->S);
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

void nn_fused_turn(const NnFusedWorker *w, size_t n0, size_t n1, const NnFusedLists *inputs)
{
  const NnFused *f = w->fused;
  size_t K = f->plan.C * f->plan.S;
  f->fused->turn(&f->samples, n0, n1, nn_fused_share(K, w->thread, w->n_threads),
                 nn_fused_share(K, w->thread + 1, w->n_threads), inputs);
}
