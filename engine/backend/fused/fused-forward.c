/* fused-forward.c: y = x·W + b.
 *
 *            W  k=0  │ w w w w … │ states │         One vector of a row of weights meets 4 samples,
 *               k=1  │ w w w w … │ states │         whose value x[n, k] is the same for all
 * columns: x[n, k] ──►  …                                  8 sums stay in registers until all k are
 * through. bias │ b b b b … │ states │ └ y[n, ·] ┘
 *
 * Where most inputs are 0, each sample goes through its own list of the others, with 8 vectors of
 * its y in registers: all samples through the inputs of one part, whose weights stay in the
 * first-level cache, then through the next. Either way a y adds up in the order of its inputs. */
#include "fused-vector.h"

enum { ROWS = 4, VECTORS = 2 };

/* ---- all inputs ---- */

NN_INLINE void dense_tile(const NnFusedForward *f, size_t n, size_t c, int rows, int vectors)
{
  const NnFusedWeights *w = f->weights;
  const float *bias = w->rows + w->K * w->row + c, *row = w->rows + c, *x = f->x + n * f->ldx;
  NnVector y[ROWS][VECTORS];
  NN_UNROLL
  for (int i = 0; i < rows; i++)
    NN_UNROLL
  for (int v = 0; v < vectors; v++)
    y[i][v] = nn_load(bias + v * NN_WIDTH);
  for (size_t k = 0; k < w->K; k++, row += w->row)
    NN_UNROLL
  for (int i = 0; i < rows; i++)
    NN_UNROLL
  for (int v = 0; v < vectors; v++)
    y[i][v] += x[(size_t)i * f->ldx + k] * nn_load(row + v * NN_WIDTH);
  NN_UNROLL
  for (int i = 0; i < rows; i++)
    NN_UNROLL
  for (int v = 0; v < vectors; v++)
    nn_store(f->y + (n + (size_t)i) * w->Jp + c + v * NN_WIDTH, y[i][v]);
}

static void dense_columns(const NnFusedForward *f, const NnFusedRange *r, size_t c)
{
  size_t n = r->n0;
  for (; n + ROWS <= r->n1; n += ROWS)
    dense_tile(f, n, c, ROWS, VECTORS);
  for (; n < r->n1; n++)
    dense_tile(f, n, c, 1, VECTORS);
}

static void dense_last(const NnFusedForward *f, const NnFusedRange *r, size_t c)
{
  size_t n = r->n0;
  for (; n + ROWS <= r->n1; n += ROWS)
    dense_tile(f, n, c, ROWS, 1);
  for (; n < r->n1; n++)
    dense_tile(f, n, c, 1, 1);
}

static void dense(const NnFusedForward *f, const NnFusedRange *r)
{
  size_t c = r->c0;
  for (; c + VECTORS * NN_WIDTH <= r->c1; c += VECTORS * NN_WIDTH)
    dense_columns(f, r, c);
  for (; c < r->c1; c += NN_WIDTH)
    dense_last(f, r, c);
}

/* ---- the inputs that are not 0 ---- */

/* What part `part` of the inputs of sample n adds to its y; the first begins with the bias. */
NN_INLINE void sparse_tile(const NnFusedForward *f, size_t n, size_t part, size_t c, int units)
{
  const NnFusedWeights *w = f->weights;
  const NnFusedEntry *entries = f->samples->entries + n * f->samples->slot;
  const uint32_t *ends = f->samples->ends + n * f->samples->n_parts + part;
  const NnFusedEntry *e = entries + (part > 0 ? ends[-1] : 0), *end = entries + ends[0];
  float *out = f->y + n * w->Jp + c;
  const float *from = part > 0 ? out : w->rows + w->K * w->row + c;
  NnVector y[8];
  if (e == end && part > 0)
    return;
  NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    y[v] = nn_load(from + v * NN_WIDTH);
  for (; e < end; e++) {
    const float *row = w->rows + e->at * w->row + c;
    NN_UNROLL
    for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
      y[v] += e->x * nn_load(row + v * NN_WIDTH);
  }
  NN_UNROLL
  for (int v = 0; v < units * NN_UNIT_VECTORS; v++)
    nn_store(out + v * NN_WIDTH, y[v]);
}

#define NN_X(name, units)                                                                 \
  static void name(const NnFusedForward *f, const NnFusedRange *r, size_t part, size_t c) \
  {                                                                                       \
    for (size_t n = r->n0; n < r->n1; n++)                                                \
      sparse_tile(f, n, part, c, units);                                                  \
  }
NN_X(sparse_block, NN_BLOCK_UNITS)
NN_X(sparse_half, NN_BLOCK_UNITS / 2) /* which is what two threads have of 64 columns */
NN_X(sparse_unit, 1)
#undef NN_X

static void sparse(const NnFusedForward *f, const NnFusedRange *r)
{
  enum { BLOCK = NN_BLOCK_UNITS * NN_FUSED_UNIT };
  for (size_t part = 0; part < f->samples->n_parts; part++) {
    size_t c = r->c0;
    for (; c + BLOCK <= r->c1; c += BLOCK)
      sparse_block(f, r, part, c);
    for (; c + BLOCK / 2 <= r->c1; c += BLOCK / 2)
      sparse_half(f, r, part, c);
    for (; c < r->c1; c += NN_FUSED_UNIT)
      sparse_unit(f, r, part, c);
  }
}

void NN_KERNELS_NAME(fused_forward)(const NnFusedForward *f, NnFusedRange r)
{
  if (f->x)
    dense(f, &r);
  else
    sparse(f, &r);
}
