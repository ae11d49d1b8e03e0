/* fused-rows.c: which rows of the first layer have missed updates, and when they catch up
 * (fused-lazy.h): those whose input is in the batch, before the forward pass; all of them at the
 * end of a window or an epoch, and before a step that has to move every row. What happens when
 * depends on the steps alone, not on who looks at the weights in between. */
#include "fused.h"
#include <string.h>

/* Row k, for this thread's columns. */
static void catch_up(const NnFusedWorker *w, NnFusedLazy *lazy, size_t k)
{
  const NnFused *f = w->fused;
  const NnFusedWeights *weights = &f->layers[0].weights;
  NnFusedRange own = nn_fused_columns(w, weights->Jp);
  NnFusedFactors factors;
  if (!nn_fused_missed(lazy, k, &factors))
    return;
  f->fused->catch_up(weights->rows + k * weights->row, weights->Jp, f->plan.n_state, own.c0, own.c1,
                     &factors);
  lazy->level[k] = (uint8_t)lazy->done;
}

/* From here on no row has missed anything: a new window. */
static void level_all(const NnFusedWorker *w, NnFusedLazy *lazy)
{
  size_t K = w->fused->layers[0].weights.K;
  for (size_t k = 0; k < K; k++)
    catch_up(w, lazy, k);
  lazy->done = 0;
  memset(lazy->level, 0, K);
}

/* The rows whose input is in the batch, and those of them that have missed something. No branch for
 * each input, which could not be foreseen. Returns the number of the latter. */
static size_t find_touched(const NnFusedWorker *w, NnFusedLazy *lazy)
{
  const uint32_t *counts = w->fused->inputs[0].counts;
  uint32_t K = (uint32_t)w->fused->layers[0].weights.K, *touched = lazy->touched;
  size_t n = 0, n_late = 0;
  for (uint32_t k = 0; k < K; k++) {
    touched[n] = k;
    n += counts[k] > 0;
  }
  for (size_t i = 0; i < n; i++) {
    lazy->late[n_late] = touched[i];
    n_late += lazy->level[touched[i]] != lazy->done;
  }
  lazy->n_touched = n;
  return n_late;
}

void nn_fused_share_lazy(NnFused *fused, int n_threads)
{
  size_t K = fused->layers[0].weights.K;
  for (int i = 1; i < n_threads && fused->lazy; i++) {
    NnFusedLazy *lazy = &fused->lazy[i], own = *lazy;
    memcpy(own.level, fused->lazy[0].level, K);
    *lazy = fused->lazy[0];
    lazy->level = own.level;
    lazy->touched = own.touched;
    lazy->late = own.late;
  }
}

void nn_fused_begin_rows(NnFusedWorker *w, size_t k)
{
  const NnStepPlan *p = &w->fused->plan;
  NnFusedLazy *lazy = w->fused->lazy ? &w->fused->lazy[w->thread] : NULL;
  w->lazy = NULL;
  if (!lazy)
    return;
  bool can = !w->x && nn_fused_is_lazy(p->optimizer, w->run->scalars + k * NN_MAX_SCALARS);
  if (!can || lazy->done == NN_FUSED_WINDOW || lazy->epoch != w->run->epochs[k])
    level_all(w, lazy);
  size_t n_late = can ? find_touched(w, lazy) : 0;
  for (size_t i = 0; i < n_late; i++)
    catch_up(w, lazy, lazy->late[i]);
  lazy->epoch = w->run->epochs[k];
  w->lazy = can ? lazy : NULL;
}

void nn_fused_end_rows(const NnFusedWorker *w, size_t k)
{
  const NnFused *f = w->fused;
  if (w->lazy)
    nn_fused_lazy_step(w->lazy, f->plan.optimizer, w->run->scalars + k * NN_MAX_SCALARS);
}
