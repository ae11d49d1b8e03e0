/* AdamW: Adam with weight decay that shrinks the weights directly.
 *
 *   w ← w·(1 − lr·λ);  m ← m + (1 − β1)(g − m);  v ← β2·v + (1 − β2)·g²
 *   w ← w − lr/(1 − β1ᵗ) · m / (√v / √(1 − β2ᵗ) + ε)                  (amsgrad: max of all v so far) */
#pragma once
#include "engine/elem/elem.h"

/* scalars */
enum { NN_ADAMW_SIGN, NN_ADAMW_KEEP, NN_ADAMW_W1, NN_ADAMW_B2, NN_ADAMW_W2, NN_ADAMW_STEP,
       NN_ADAMW_ROOT, NN_ADAMW_EPS, NN_ADAMW_AMSGRAD };
enum { NN_N_STATE_adamw = 3 }; /* m, v, max v */

NN_HD nn_real nn_adamw_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g *= k[NN_ADAMW_SIGN];
  w *= k[NN_ADAMW_KEEP];
  s[0] += k[NN_ADAMW_W1] * (g - s[0]);
  s[1] = k[NN_ADAMW_B2] * s[1] + k[NN_ADAMW_W2] * g * g;
  s[2] = s[1] > s[2] ? s[1] : s[2];
  nn_real v = k[NN_ADAMW_AMSGRAD] != 0 ? s[2] : s[1];
  return w - k[NN_ADAMW_STEP] * s[0] / (NN_M(sqrt)(v) / k[NN_ADAMW_ROOT] + k[NN_ADAMW_EPS]);
}
