/* fused-weights.c: weights and the optimizer's states, between the plan's form, which is PyTorch's
 * (out × in), and that of the fused step (fused.h). No number changes on its way. */
#include "fused.h"

/* The plan's list of weights, or of a state. */
static float *list_of(const NnFused *fused, int s)
{
  return s == 0 ? fused->plan.w : fused->plan.state[s - 1];
}

/* Places of one list: there (J, K) and (J), here K + 1 rows of J. */
static void move_list(const NnFused *fused, const NnFusedLayer *l, int s, bool take)
{
  const NnFusedWeights *w = &l->weights;
  float *there = list_of(fused, s), *here = w->rows + (size_t)s * w->Jp;
  for (size_t j = 0; j < w->J; j++)
    for (size_t k = 0; k < w->K; k++) {
      float *a = there + l->plan->weight + j * w->K + k, *b = here + k * w->row + j;
      *(take ? b : a) = *(take ? a : b);
    }
  for (size_t j = 0; j < w->J && l->plan->has_bias; j++) {
    float *a = there + l->plan->bias + j, *b = here + w->K * w->row + j;
    *(take ? b : a) = *(take ? a : b);
  }
}

static void move(NnFused *fused, bool take)
{
  if (fused->mine != take)
    for (int i = 0; i < fused->n_layers; i++)
      for (int s = 0; s <= fused->plan.n_state; s++)
        move_list(fused, &fused->layers[i], s, take);
  fused->mine = take;
}

void nn_fused_take_weights(NnFused *fused)
{
  move(fused, true);
}

void nn_fused_give_weights(NnFused *fused)
{
  move(fused, false);
}
