/* fused-weights.c: weights and the optimizer's states, between the plan's form, which is PyTorch's
 * (out × in), and that of the fused step (fused.h). No number changes on its way.
 *
 * Whoever looks at them where the plan says must not change what follows: a row that has missed
 * updates is brought there as if it had caught up, and stays as it is here, unless somebody has
 * written there in the meantime. */
#include "fused.h"
#include <string.h>

typedef enum { TAKE, GIVE, COMPARE } Way;

/* The plan's list of weights, or of a state. */
static float *list_of(const NnFused *fused, int s)
{
  return s == 0 ? fused->plan.w : fused->plan.state[s - 1];
}

/* n numbers that lie one after the other here, and so far apart there. false: they differ. */
static bool move(Way way, float *there, size_t apart, float *here, size_t n)
{
  bool same = true;
  for (size_t j = 0; j < n; j++, there += apart, here++)
    if (way == TAKE)
      *here = *there;
    else if (way == GIVE)
      *there = *here;
    else
      same &= memcmp(here, there, sizeof *here) == 0;
  return same;
}

/* Row k as everyone else sees it: caught up. */
static float *row_of(const NnFused *f, const NnFusedParams *p, size_t k)
{
  const NnFusedWeights *w = p->weights;
  float *row = w->rows + k * w->row;
  NnFusedFactors factors;
  if (p != f->params || !f->lazy || k == w->K || !nn_fused_missed(&f->lazy[0], k, &factors))
    return row;
  memcpy(f->row, row, w->row * sizeof *row);
  f->fused->catch_up(f->row, w->Jp, f->plan.n_state, 0, w->Jp, &factors);
  return f->row;
}

static bool move_params(NnFused *f, const NnFusedParams *p, Way way)
{
  const NnFusedWeights *w = p->weights;
  bool same = true;
  for (size_t k = 0; k < w->K + p->plan->has_bias && same; k++) {
    float *row = way == TAKE ? w->rows + k * w->row : row_of(f, p, k);
    size_t at = k < w->K ? p->plan->weight + k : p->plan->bias, apart = k < w->K ? w->K : 1;
    for (int s = 0; s <= f->plan.n_state; s++)
      same &= move(way, list_of(f, s) + at, apart, row + (size_t)s * w->Jp, w->J);
  }
  return same;
}

static bool move_all(NnFused *f, Way way)
{
  bool same = true;
  for (int i = 0; i < f->n_params && same; i++)
    same = move_params(f, &f->params[i], way);
  return same;
}

static void restart(NnFused *f)
{
  if (!f->lazy)
    return;
  f->lazy[0].done = 0;
  memset(f->lazy[0].level, 0, f->layers[0].weights.K);
}

bool nn_fused_is_as_given(NnFused *fused)
{
  return fused->given && !fused->mine && move_all(fused, COMPARE);
}

bool nn_fused_take_weights(NnFused *fused)
{
  bool anew = !fused->mine && !nn_fused_is_as_given(fused);
  if (anew) {
    move_all(fused, TAKE);
    restart(fused);
  }
  fused->mine = true;
  return anew;
}

void nn_fused_give_weights(NnFused *fused)
{
  if (fused->mine)
    move_all(fused, GIVE);
  fused->given |= fused->mine;
  fused->mine = false;
}
