/* fused-update.c: the gradient of the weights, and their update, in one pass.
 *
 *     x[·, k] of the batch: the samples in which input k is not 0
 *        │
 *        ▼                 dz n=0 │ d d d d … │         g = Σ x[n, k]·dz[n, ·]
 *     (n, x) (n, x) …  ──►     n=1 │ d d d d … │  ──►    in registers, then in one line of the
 *                                                       first-level cache
 *     W  k │ w w w w … │ m m m m … │ v v v v … │  ◄──   w, m, v ← update(w, g, m, v)
 *
 * A row of W is read and written once in a step, and a gradient is never in memory, unless all of
 * them have to be known first: then they are stored, and the update comes later. The bias is the
 * row of an input that is 1 in every sample. Gradients add up in the order of the samples. */
#include "fused-vector.h"
#include "engine/elem/loops.h"
#include <string.h>

enum { BLOCK = NN_BLOCK_UNITS * NN_FUSED_UNIT };

extern const NnKernels NN_KERNELS_NAME(all);

/* ---- gradients ---- */

NN_INLINE void of_entries(const NnFusedUpdate *u, size_t k, size_t c, int units, float *g)
{
  const NnFusedEntry *e = u->inputs->entries + k * u->inputs->slot;
  const NnFusedEntry *end = e + u->inputs->counts[k];
  NnVector sums[8];
  NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    sums[v] = u->adds ? nn_load(g + v * NN_WIDTH) : nn_splat(0);
  for (; e < end; e++) {
    const float *dz = u->dz + e->at * u->weights->Jp + c;
    NN_UNROLL
    for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
      sums[v] += e->x * nn_load(dz + v * NN_WIDTH);
  }
  NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    nn_store(g + v * NN_WIDTH, sums[v]);
}

NN_INLINE void of_column(const NnFusedUpdate *u, size_t k, size_t c, int units, float *g)
{
  const float *x = u->x + k, *dz = u->dz + c;
  NnVector sums[8];
  NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    sums[v] = nn_splat(0);
  for (size_t n = 0; n < u->N; n++, x += u->ldx, dz += u->weights->Jp)
    NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    sums[v] += *x * nn_load(dz + v * NN_WIDTH);
  NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    nn_store(g + v * NN_WIDTH, sums[v]);
}

/* One row of at most a block of columns. */
typedef void (*Gradient)(const NnFusedUpdate *u, size_t k, size_t c, size_t n, float *g);

#define NN_X(name, units)                                                                       \
  NN_INLINE void name##_entries(const NnFusedUpdate *u, size_t k, size_t c, size_t n, float *g) \
  {                                                                                             \
    for (size_t i = 0; i < n; i += (units)*NN_FUSED_UNIT)                                       \
      of_entries(u, k, c + i, units, g + i);                                                    \
  }                                                                                             \
  NN_INLINE void name##_column(const NnFusedUpdate *u, size_t k, size_t c, size_t n, float *g)  \
  {                                                                                             \
    for (size_t i = 0; i < n; i += (units)*NN_FUSED_UNIT)                                       \
      of_column(u, k, c + i, units, g + i);                                                     \
  }
NN_X(block, NN_BLOCK_UNITS)
NN_X(half, NN_BLOCK_UNITS / 2)
NN_X(unit, 1)
#undef NN_X

/* The row of an input that is 1 in every sample. */
static void bias(const NnFusedUpdate *u, size_t k, size_t c, size_t n, float *g)
{
  (void)k;
  for (size_t i = 0; i < n; i++)
    g[i] = 0;
  for (size_t sample = 0; sample < u->N; sample++)
    for (size_t i = 0; i < n; i++)
      g[i] += u->dz[sample * u->weights->Jp + c + i];
}

static void scaled(const NnFusedUpdate *u, size_t k, size_t c, size_t n, float *g)
{
  const float *stored = u->stored + k * u->weights->Jp + c;
  for (size_t i = 0; i < n; i++)
    g[i] = u->factor * stored[i];
}

static Gradient gradient_of(const NnFusedUpdate *u, size_t k, size_t n)
{
  if (u->stored)
    return scaled;
  if (k == u->weights->K)
    return bias;
  if (n == BLOCK)
    return u->x ? block_column : block_entries;
  if (n == BLOCK / 2)
    return u->x ? half_column : half_entries;
  return u->x ? unit_column : unit_entries;
}

static bool is_adjusted(const NnFusedUpdate *u)
{
  return u->l1 != 0 || u->l2 != 0 || u->clip_value > 0;
}

/* By the loops of the single operations. A NaN stays one. */
static void adjust(const NnFusedUpdate *u, size_t k, size_t c, size_t n, float *g)
{
  const NnFusedWeights *w = u->weights;
  const NnKernels *kernels = &NN_KERNELS_NAME(all);
  if ((u->l1 != 0 || u->l2 != 0) && (k < w->K || u->bias_penalty))
    kernels->add_penalty(n, w->rows + k * w->row + c, u->l1, u->l2, g);
  if (u->clip_value > 0)
    kernels->vector->clamp(n, u->clip_value, g);
}

/* ---- updates ---- */

/* Columns that only fill up the last unit stay 0, whatever an update makes of 0. */
static void clear_padding(const NnFusedWeights *w, int n_state, float *row)
{
  for (int s = 0; s <= n_state; s++)
    for (size_t j = w->J; j < w->Jp; j++)
      row[(size_t)s * w->Jp + j] = 0;
}

/* Rows of at most a block of columns: all inputs, or the bias alone. `gradient` and `loop` are
 * constants, so that each optimizer keeps its scalars in registers from row to row. */
NN_INLINE void update_rows(const NnFusedUpdate *u, size_t k0, size_t k1, size_t c, size_t n,
                           Gradient gradient, NnOptLoop loop)
{
  const NnFusedWeights *w = u->weights;
  const uint32_t *rows = k0 < w->K ? u->rows : NULL;
  size_t n_rows = rows ? u->n_rows : k1 - k0;
  bool adjusted = is_adjusted(u);
  float scalars[NN_MAX_SCALARS];
  _Alignas(64) float g[BLOCK];
  memcpy(scalars, u->scalars, sizeof scalars);
  for (size_t i = 0; i < n_rows; i++) {
    size_t k = rows ? rows[i] : k0 + i;
    float *row = w->rows + k * w->row, *state[NN_MAX_STATE];
    gradient(u, k, c, n, g);
    if (adjusted)
      adjust(u, k, c, n, g);
    for (int s = 0; s < NN_MAX_STATE; s++)
      state[s] = row + (size_t)(s + 1) * w->Jp + c;
    loop(u->n_state, scalars, n / NN_FUSED_UNIT * NN_FUSED_UNIT, g, state, row + c);
    if (c + n > w->J)
      clear_padding(w, u->n_state, row);
  }
}

typedef void (*UpdateRows)(const NnFusedUpdate *, size_t k0, size_t k1, size_t c, size_t n);
#define NN_X(name)                                                                          \
  static void name##_rows(const NnFusedUpdate *u, size_t k0, size_t k1, size_t c, size_t n) \
  {                                                                                         \
    if (n == BLOCK)                                                                         \
      update_rows(u, k0, k1, c, BLOCK, gradient_of(u, k0, n), name##_update_loop);          \
    else                                                                                    \
      update_rows(u, k0, k1, c, n, gradient_of(u, k0, n), name##_update_loop);              \
  }
NN_OPTIMIZERS(NN_X)
#undef NN_X
#define NN_X(name) name##_rows,
static const UpdateRows optimizers[] = {NN_OPTIMIZERS(NN_X)};
#undef NN_X

/* ---- Adam and AdamW as they mostly are ---- */

/* What does nothing then is a constant, and the compiler leaves it out. */
NN_INLINE void usual_adam(int n_state, const float *scalars, size_t n, const float *g,
                          float *const *state, float *w)
{
  float k[NN_MAX_SCALARS];
  (void)n_state;
  memcpy(k, scalars, sizeof k);
  k[NN_ADAM_SIGN] = 1;
  k[NN_ADAM_DECAY] = k[NN_ADAM_W1_LARGE] = k[NN_ADAM_AMSGRAD] = 0;
  adam_update_loop(2, k, n, g, state, w);
}

static bool is_usual_adam(const NnFusedUpdate *u)
{
  const float *k = u->scalars;
  return (u->optimizer == NN_OPT_adam || u->optimizer == NN_OPT_adamw) && u->n_state == 2 &&
         k[NN_ADAM_SIGN] == 1 && k[NN_ADAM_DECAY] == 0 && k[NN_ADAM_W1_LARGE] == 0;
}

static void usual_adam_rows(const NnFusedUpdate *u, size_t k0, size_t k1, size_t c, size_t n)
{
  if (u->stored || k0 == u->weights->K)
    update_rows(u, k0, k1, c, n, gradient_of(u, k0, n), usual_adam);
  else if (n == BLOCK && !u->x)
    update_rows(u, k0, k1, c, BLOCK, block_entries, usual_adam);
  else if (n == BLOCK)
    update_rows(u, k0, k1, c, BLOCK, block_column, usual_adam);
  else if (n == BLOCK / 2 && !u->x)
    update_rows(u, k0, k1, c, BLOCK / 2, half_entries, usual_adam);
  else
    update_rows(u, k0, k1, c, n, gradient_of(u, k0, n), usual_adam);
}

/* ---- gradients for later ---- */

static void store_rows(const NnFusedUpdate *u, size_t k0, size_t k1, size_t c, size_t n)
{
  Gradient gradient = gradient_of(u, k0, n);
  const uint32_t *rows = k0 < u->weights->K ? u->rows : NULL;
  size_t n_rows = rows ? u->n_rows : k1 - k0;
  for (size_t i = 0; i < n_rows; i++) {
    size_t k = rows ? rows[i] : k0 + i;
    float *g = u->store + k * u->weights->Jp + c;
    gradient(u, k, c, n, g);
    adjust(u, k, c, n, g);
  }
}

/* Inputs [k0, k1), or the bias: k0 = K. */
void NN_KERNELS_NAME(fused_update)(const NnFusedUpdate *u, size_t k0, size_t k1, size_t c0,
                                   size_t c1)
{
  UpdateRows rows = u->store           ? store_rows
                    : is_usual_adam(u) ? usual_adam_rows
                                       : optimizers[u->optimizer];
  for (size_t c = c0; c < c1; c += BLOCK)
    rows(u, k0, k1, c, c1 - c < BLOCK ? c1 - c : BLOCK);
}
