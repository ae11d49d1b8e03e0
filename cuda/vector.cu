/* vector.cu: operations on flat lists of values, one thread for each. Factors may differ from step
 * to step, so they are live values; they are rounded to float once, the rest is float, too. */
#include "context.h"

struct VectorNode {
  size_t n;
  const nn_real *x;
  nn_real *y;
};

static VectorNode vector(const nn_real *x, nn_real *y, size_t n)
{
  VectorNode v = nn_zeroed<VectorNode>();
  v.n = n;
  v.x = x;
  v.y = y;
  return v;
}

/* Runs a kernel of (factors, n, x, y). */
template <void (*kernel)(NnLive, size_t, const nn_real *, nn_real *)>
static void run_vector(NnContext *context, const void *values, const NnLive &live)
{
  const VectorNode *v = (const VectorNode *)values;
  nn_run(context, nn_each(context, v->n), kernel, live, v->n, v->x, v->y);
}

static __global__ void axpy_kernel(NnLive live, size_t n, const nn_real *x, nn_real *y)
{
  size_t i = nn_index();
  if (i < n)
    y[i] += *nn_live<nn_real>(live) * x[i];
}

static void axpy(const NnBackend *backend, double a, const nn_real *x, nn_real *y, size_t n)
{
  nn_real factor = (nn_real)a;
  nn_submit(backend, run_vector<axpy_kernel>, vector(x, y, n), &factor, sizeof factor);
}

static __global__ void scale_kernel(NnLive live, size_t n, const nn_real *x, nn_real *y)
{
  size_t i = nn_index();
  if (i < n)
    y[i] = *nn_live<nn_real>(live) * x[i];
}

static void scale(const NnBackend *backend, double a, nn_real *x, size_t n)
{
  nn_real factor = (nn_real)a;
  nn_submit(backend, run_vector<scale_kernel>, vector(x, x, n), &factor, sizeof factor);
}

static __global__ void clamp_kernel(NnLive live, size_t n, const nn_real *x, nn_real *y)
{
  size_t i = nn_index();
  if (i >= n)
    return;
  nn_real most = *nn_live<nn_real>(live), value = x[i];
  y[i] = value > most ? most : value < -most ? -most : value;
}

static void clamp(const NnBackend *backend, double limit, nn_real *x, size_t n)
{
  nn_real most = (nn_real)limit;
  nn_submit(backend, run_vector<clamp_kernel>, vector(x, x, n), &most, sizeof most);
}

/* bfloat16 is the upper half of a float; what is cut off rounds to the nearest, ties to even. */
static __global__ void round_bf16_kernel(NnLive live, size_t n, const nn_real *x, nn_real *y)
{
  size_t i = nn_index();
  if (i >= n)
    return;
  float value = (float)x[i];
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (value == value)
    bits += 0x7fffu + (bits >> 16 & 1);
  bits &= 0xffff0000u;
  memcpy(&value, &bits, sizeof value);
  y[i] = (nn_real)value;
}

static void round_bf16(const NnBackend *backend, nn_real *x, size_t n)
{
  nn_submit(backend, run_vector<round_bf16_kernel>, vector(x, x, n));
}

struct Penalty {
  nn_real l1, l2;
};

static __global__ void add_penalty_kernel(NnLive live, size_t n, const nn_real *w, nn_real *dw)
{
  size_t i = nn_index();
  if (i >= n)
    return;
  Penalty p = *nn_live<Penalty>(live);
  nn_real sign = (nn_real)(w[i] > 0) - (nn_real)(w[i] < 0);
  dw[i] += p.l1 * sign + 2 * p.l2 * w[i];
}

static void add_penalty(const NnBackend *backend, const nn_real *w, double l1, double l2, size_t n,
                        nn_real *dw)
{
  Penalty p = {(nn_real)l1, (nn_real)l2};
  nn_submit(backend, run_vector<add_penalty_kernel>, vector(w, dw, n), &p, sizeof p);
}

void nn_cuda_add_vector(NnBackendOps *ops)
{
  ops->axpy = axpy;
  ops->scale = scale;
  ops->clamp = clamp;
  ops->round_bf16 = round_bf16;
  ops->add_penalty = add_penalty;
}
