/* fused-rows.c: which rows of the first layer have missed updates, and when they catch up
 * (fused-lazy.h): those whose input is in the batch, before the forward pass; all of them at the
 * end of a window or an epoch, and before a step that has to move every row. What happens when
 * depends on the steps alone, not on who looks at the weights in between. */
#include "fused.h"
#include <string.h>

static void catch_up(const NnFusedWorker *w, NnFusedLazy *lazy, bool all)
{
  const NnFused *f = w->fused;
  const NnFusedWeights *weights = &f->layers[0].weights;
  NnFusedRange own = nn_fused_columns(w, weights->Jp);
  NnFusedFactors factors;
  for (size_t k = 0; k < weights->K && lazy->done > 0; k++)
    if ((all || f->inputs.counts[k] > 0) && nn_fused_missed(lazy, k, &factors)) {
      f->fused->catch_up(weights->rows + k * weights->row, weights->Jp, f->plan.n_state, own.c0,
                         own.c1, &factors);
      lazy->level[k] = (uint8_t)lazy->done;
    }
}

/* From here on no row has missed anything: a new window. */
static void level_all(const NnFusedWorker *w, NnFusedLazy *lazy)
{
  catch_up(w, lazy, true);
  lazy->done = 0;
  memset(lazy->level, 0, w->fused->layers[0].weights.K);
}

void nn_fused_share_lazy(NnFused *fused, int n_threads)
{
  size_t K = fused->layers[0].weights.K;
  for (int i = 1; i < n_threads && fused->lazy; i++) {
    uint8_t *level = fused->lazy[i].level;
    memcpy(level, fused->lazy[0].level, K);
    fused->lazy[i] = fused->lazy[0];
    fused->lazy[i].level = level;
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
  else
    catch_up(w, lazy, false);
  lazy->epoch = w->run->epochs[k];
  w->lazy = can ? lazy : NULL;
}

void nn_fused_end_rows(const NnFusedWorker *w, size_t k)
{
  const NnFused *f = w->fused;
  if (w->lazy)
    nn_fused_lazy_step(w->lazy, f->plan.optimizer, w->run->scalars + k * NN_MAX_SCALARS,
                       f->layers[0].weights.K, f->inputs.counts);
}
