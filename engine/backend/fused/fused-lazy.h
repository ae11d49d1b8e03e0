/* fused-lazy.h: rows of the first layer whose input is 0 in a whole batch. Their gradient is 0, but
 * Adam and SGD with momentum still move them, and AdamW shrinks them. Such a row is left as it is
 * until its input is not 0 again; then all that it has missed is done at once.
 *
 * With g = 0 in the steps i = 1 … n that it has missed, Adam's formulas become
 *
 *   mᵢ = β1·mᵢ₋₁;  vᵢ = β2·vᵢ₋₁;  wᵢ = κᵢ·wᵢ₋₁ − ηᵢ·mᵢ/(√vᵢ·ρᵢ + ε)      (κ = 1 − lr·λ)
 *
 * and with Bᵢ, Cᵢ the products of the β1 and β2 up to i, eᵢ = ε/(√Cᵢ·ρᵢ), Aᵢ = ηᵢ·Bᵢ/(√Cᵢ·ρᵢ)
 *
 *   wₙ = Πκ·w − Σ Aᵢ·(κᵢ₊₁…κₙ)·m/(√v + eᵢ)  ≈  Πκ·w − S·m·r·(1 + s²·r²),  r = 1/(√v + e*)
 *
 * where S = Σ Aᵢ·(κᵢ₊₁…κₙ), and e* and s² are the mean and the variance of the eᵢ with these
 * weights: what is left out is of third order in the spread of the eᵢ, and matters where √v is no
 * larger than they are. (With the newest eᵢ for e*, weights of rare pixels would be wrong in their
 * third digit after 100 steps.) The factors are the same for all rows that have missed the same
 * steps; they are kept for each step of a window, at whose end all rows are made level. SGD's are
 * exact: wₙ = w − S·b.
 *
 * Every thread has all of this for itself, and the same. */
#pragma once
#include "engine/tensor.h"
#include "fused-kernels.h"

enum { NN_FUSED_WINDOW = 64 };

/* Since step q of the window, for a row that is level there: products and sums as above. */
typedef struct {
  double keep, sum, eps_sum, eps2_sum; /* Πκ, S, S·e*, S·(e*² + s²) */
  double m, v, inverse_root;           /* B, C, 1/√C */
} NnFusedMissed;

typedef struct {
  uint32_t done;  /* steps of the window */
  uint32_t epoch; /* of the last of them */
  NnFusedMissed missed[NN_FUSED_WINDOW];
  uint8_t *level;    /* (K) after which step of the window each row is */
  uint32_t *touched; /* (n_touched of K) rows whose input is in this batch */
  size_t n_touched;
  uint32_t *late; /* (K) room for those of them that have to catch up */
} NnFusedLazy;

/* Whether an optimizer has such a form, and with these numbers in this step. */
bool nn_fused_may_be_lazy(int optimizer, int n_state);
bool nn_fused_is_lazy(int optimizer, const double *scalars);
/* One more step has been done: to the rows touched. All others have missed it. */
void nn_fused_lazy_step(NnFusedLazy *lazy, int optimizer, const double *scalars);
/* What row k has missed. false: nothing. */
bool nn_fused_missed(const NnFusedLazy *lazy, size_t k, NnFusedFactors *factors);
