/* fused-lazy.c: see fused-lazy.h. */
#include "fused-lazy.h"
#include "engine/elem/list.h"
#include "engine/kind-elements.h"
#include <math.h>

bool nn_fused_may_be_lazy(int optimizer, int n_state)
{
  bool adam = optimizer == NN_OPT_adam || optimizer == NN_OPT_adamw;
  return (adam && n_state == 2) || optimizer == NN_OPT_sgd; /* 3 states: AMSGrad */
}

/* Weight decay that is added to the gradient leaves no gradient 0. */
bool nn_fused_is_lazy(int optimizer, const double *scalars)
{
  if (optimizer == NN_OPT_sgd)
    return scalars[NN_SGD_DECAY] == 0;
  return scalars[NN_ADAM_DECAY] == 0 && scalars[NN_ADAM_EPS] > 0 && scalars[NN_ADAM_B2] > 0;
}

/* What a step does to a row that misses it, besides what the row has missed before. */
typedef struct {
  double b1, b2, inverse_b2_root, inverse_root, step, keep, eps;
} AdamStep;

static void miss_adam(NnFusedMissed *x, const AdamStep *k)
{
  x->m *= k->b1;
  x->v *= k->b2;
  x->inverse_root *= k->inverse_b2_root;
  double inverse = x->inverse_root * k->inverse_root, a = k->step * x->m * inverse;
  x->keep *= k->keep;
  x->sum = k->keep * x->sum + a;
  double e = k->eps * inverse;
  x->eps_sum = k->keep * x->eps_sum + a * e;
  x->eps2_sum = k->keep * x->eps2_sum + a * e * e;
}

static void miss_sgd(NnFusedMissed *x, const double *k)
{
  double momentum = k[NN_SGD_MOMENTUM];
  if (momentum == 0)
    return;
  x->m *= momentum;
  x->sum += k[NN_SGD_LR] * x->m * (k[NN_SGD_NESTEROV] != 0 ? momentum : 1);
}

void nn_fused_lazy_step(NnFusedLazy *lazy, int optimizer, const double *scalars)
{
  uint32_t now = lazy->done++;
  lazy->missed[now] = (NnFusedMissed){.keep = 1, .m = 1, .v = 1, .inverse_root = 1};
  const AdamStep adam = {.b1 = scalars[NN_ADAM_B1],
                         .b2 = scalars[NN_ADAM_B2],
                         .inverse_b2_root = 1 / sqrt(scalars[NN_ADAM_B2]),
                         .inverse_root = 1 / scalars[NN_ADAM_ROOT],
                         .step = scalars[NN_ADAM_STEP],
                         .keep = scalars[NN_ADAM_KEEP],
                         .eps = scalars[NN_ADAM_EPS]};
  for (uint32_t q = 0; q <= now; q++)
    if (optimizer == NN_OPT_sgd)
      miss_sgd(&lazy->missed[q], scalars);
    else
      miss_adam(&lazy->missed[q], &adam);
  for (size_t i = 0; i < lazy->n_touched; i++)
    lazy->level[lazy->touched[i]] = (uint8_t)lazy->done;
}

bool nn_fused_missed(const NnFusedLazy *lazy, size_t k, NnFusedFactors *factors)
{
  if (lazy->level[k] == lazy->done)
    return false;
  const NnFusedMissed *x = &lazy->missed[lazy->level[k]];
  double eps = x->sum != 0 ? x->eps_sum / x->sum : 1;
  double spread = x->sum != 0 ? x->eps2_sum / x->sum - eps * eps : 0;
  *factors = (NnFusedFactors){.keep = (float)x->keep,
                              .sum = (float)x->sum,
                              .eps = (float)eps,
                              .spread = (float)spread,
                              .m = (float)x->m,
                              .v = (float)x->v};
  return true;
}
