/* kernels.c: see kernels.h. Plain loops in the form that compilers vectorize; compiled for
 * several instruction sets by engine/meson.build, with NN_KERNELS_NAME() making the names of the
 * tables. Checked against ref.c by the tests of suite "backend". */
#include "kernels.h"
#include "engine/elem/loops.h"

extern const NnNormKernels NN_KERNELS_NAME(norm);
extern const NnVectorKernels NN_KERNELS_NAME(vector);
extern const NnPictureKernels NN_KERNELS_NAME(picture);
extern const NnFusedKernels NN_KERNELS_NAME(fused);

static void add_bias(size_t from, size_t to, size_t F, const nn_real *restrict b,
                     nn_real *restrict y)
{
  for (size_t n = from; n < to; n++)
    for (size_t f = 0; f < F; f++)
      y[n * F + f] += b[f];
}

/* Row by row, so that memory is read in order; every column still adds its rows in index order. */
static void sum_rows(size_t from, size_t to, size_t N, size_t F, const nn_real *restrict dy,
                     bool accumulate, nn_real *restrict db)
{
  for (size_t f = from; f < to && !accumulate; f++)
    db[f] = 0;
  for (size_t n = 0; n < N; n++)
    for (size_t f = from; f < to; f++)
      db[f] += dy[n * F + f];
}

static void add(size_t n, const nn_real *restrict x, nn_real *restrict y)
{
  for (size_t i = 0; i < n; i++)
    y[i] += x[i];
}

static void multiply(size_t n, const nn_real *a, const nn_real *b, nn_real *y)
{
  for (size_t i = 0; i < n; i++)
    y[i] = a[i] * b[i];
}

static void activation_forward(int elem, const nn_real *p, size_t n, const nn_real *x, nn_real *y)
{
  forward_loops[elem](p, n, x, y);
}

static void activation_backward(int elem, const nn_real *p, size_t n, const nn_real *x,
                                const nn_real *y, const nn_real *dy, nn_real *dx)
{
  backward_loops[elem](p, n, x, y, dy, dx);
}

static void update(int elem, int n_state, const nn_real *k, size_t n, const nn_real *dw,
                   nn_real *const *state, nn_real *w)
{
  update_loops[elem](n_state, k, n, dw, state, w);
}

static nn_real row_max(const nn_real *z, size_t C)
{
  nn_real largest = z[0];
  for (size_t c = 1; c < C; c++)
    largest = z[c] > largest ? z[c] : largest;
  return largest;
}

/* probs = softmax(z); returns log Σ exp z */
static double softmax_row(size_t C, const nn_real *z, nn_real *probs)
{
  nn_real largest = row_max(z, C), sum = 0;
  for (size_t c = 0; c < C; c++) {
    probs[c] = NN_M(exp)(z[c] - largest);
    sum += probs[c];
  }
  nn_real inverse = 1 / sum;
  for (size_t c = 0; c < C; c++)
    probs[c] *= inverse;
  return (double)largest + log((double)sum);
}

static void softmax(size_t from, size_t to, size_t C, const nn_real *logits, nn_real *probs)
{
  for (size_t n = from; n < to; n++)
    softmax_row(C, logits + n * C, probs + n * C);
}

static void softmax_backward(size_t from, size_t to, size_t C, const nn_real *y, const nn_real *dy,
                             nn_real *dx)
{
  for (size_t n = from; n < to; n++) {
    const nn_real *p = y + n * C, *d = dy + n * C;
    nn_real dot = 0;
    for (size_t c = 0; c < C; c++)
      dot += p[c] * d[c];
    for (size_t c = 0; c < C; c++)
      dx[n * C + c] = p[c] * (d[c] - dot);
  }
}

static double log_sum_exp(size_t C, const nn_real *z)
{
  nn_real largest = row_max(z, C), sum = 0;
  for (size_t c = 0; c < C; c++)
    sum += NN_M(exp)(z[c] - largest);
  return (double)largest + log((double)sum);
}

/* q_c = (ε/C)·w_c + (1 − ε)·w_y·[c = y]; loss = Σ q_c (log Σ exp z − z_c); dz_c = p_c·Σ q − q_c. */
static void cross_entropy(const NnCrossEntropy *e, size_t from, size_t to)
{
  size_t C = e->C;
  double even = e->smoothing / (double)C, sharp = 1 - e->smoothing;
  for (size_t n = from; n < to; n++) {
    const nn_real *z = e->logits + n * C;
    nn_real *dz = e->dlogits ? e->dlogits + n * C : NULL;
    size_t y = (size_t)e->labels[n];
    double log_sum = dz ? softmax_row(C, z, dz) : log_sum_exp(C, z);
    double q_y = sharp * (e->class_weight ? (double)e->class_weight[y] : 1);
    double loss = q_y == 0 ? 0 : q_y * (log_sum - (double)z[y]), total = q_y;
    for (size_t c = 0; even > 0 && c < C; c++) {
      double q = even * (e->class_weight ? (double)e->class_weight[c] : 1);
      total += q;
      loss += q == 0 ? 0 : q * (log_sum - (double)z[c]);
    }
    e->row_loss[n] = (nn_real)loss;
    for (size_t c = 0; dz && c < C; c++) {
      double q = even * (e->class_weight ? (double)e->class_weight[c] : 1) + (c == y ? q_y : 0);
      dz[c] = (nn_real)(e->scale * ((double)dz[c] * total - q));
    }
  }
}

static void norms(size_t n, const nn_real *w, double *sum_abs, double *sum_squares)
{
  double a = 0, q = 0;
  for (size_t i = 0; i < n; i++) {
    a += fabs((double)w[i]);
    q += (double)w[i] * (double)w[i];
  }
  *sum_abs = a;
  *sum_squares = q;
}

static void add_penalty(size_t n, const nn_real *restrict w, nn_real l1, nn_real l2,
                        nn_real *restrict dw)
{
  for (size_t i = 0; i < n; i++) {
    nn_real sign = (nn_real)(w[i] > 0) - (nn_real)(w[i] < 0);
    dw[i] += l1 * sign + 2 * l2 * w[i];
  }
}

extern const NnKernels NN_KERNELS_NAME(all);
const NnKernels NN_KERNELS_NAME(all) = {
    .add_bias = add_bias,
    .sum_rows = sum_rows,
    .add = add,
    .multiply = multiply,
    .activation_forward = activation_forward,
    .activation_backward = activation_backward,
    .norm = &NN_KERNELS_NAME(norm),
    .vector = &NN_KERNELS_NAME(vector),
    .picture = &NN_KERNELS_NAME(picture),
    .fused = &NN_KERNELS_NAME(fused),
    .cross_entropy = cross_entropy,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .norms = norms,
    .add_penalty = add_penalty,
    .update = update,
};
