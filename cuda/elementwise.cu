/* elementwise.cu: operations that treat every element by itself, among them the activations, whose
 * formulas are those of engine/elem/. */
#include "context.h"
#include "engine/elem/list.h"
#include "engine/kind-elements.h"

/* ---- activations ---- */

enum { N_NUMBERS = 8 }; /* an activation's parameters that a kernel is given */
struct Numbers {
  nn_real p[N_NUMBERS];
};

struct ActivationNode {
  int elem;
  Numbers numbers;
  size_t n;
  const nn_real *x, *y, *dy;
  nn_real *out;
};

#define NN_X(name)                                                                                \
  static __global__ void name##_forward(Numbers k, size_t n, const nn_real *x, nn_real *y)        \
  {                                                                                               \
    size_t i = nn_index();                                                                        \
    if (i < n)                                                                                    \
      y[i] = nn_##name##_forward(x[i], k.p);                                                      \
  }                                                                                               \
  static __global__ void name##_backward(Numbers k, size_t n, const nn_real *x, const nn_real *y, \
                                         const nn_real *dy, nn_real *dx)                          \
  {                                                                                               \
    size_t i = nn_index();                                                                        \
    if (i < n)                                                                                    \
      dx[i] = dy[i] * nn_##name##_backward(x[i], y[i], k.p);                                      \
  }
NN_ACTIVATIONS(NN_X)
#undef NN_X

#define NN_X(name) name##_forward,
static void (*const forward_kernels[])(Numbers, size_t, const nn_real *,
                                       nn_real *) = {NN_ACTIVATIONS(NN_X)};
#undef NN_X
#define NN_X(name) name##_backward,
static void (*const backward_kernels[])(Numbers, size_t, const nn_real *, const nn_real *,
                                        const nn_real *, nn_real *) = {NN_ACTIVATIONS(NN_X)};
#undef NN_X

static void run_forward(NnContext *context, const void *values, const NnLive &)
{
  const ActivationNode *a = (const ActivationNode *)values;
  nn_run(context, nn_each(context, a->n), forward_kernels[a->elem], a->numbers, a->n, a->x, a->out);
}

static void run_backward(NnContext *context, const void *values, const NnLive &)
{
  const ActivationNode *a = (const ActivationNode *)values;
  nn_run(context, nn_each(context, a->n), backward_kernels[a->elem], a->numbers, a->n, a->x, a->y,
         a->dy, a->out);
}

static ActivationNode activation(int elem, const nn_real *numbers, size_t n)
{
  ActivationNode a = nn_zeroed<ActivationNode>();
  a.elem = elem;
  a.n = n;
  for (int i = 0; numbers && i < N_NUMBERS; i++)
    a.numbers.p[i] = numbers[i];
  return a;
}

static void activation_forward(const NnBackend *backend, int elem, const nn_real *numbers, size_t n,
                               const nn_real *x, nn_real *y)
{
  ActivationNode a = activation(elem, numbers, n);
  a.x = x;
  a.out = y;
  nn_submit(backend, run_forward, a);
}

static void activation_backward(const NnBackend *backend, int elem, const nn_real *numbers,
                                size_t n, const nn_real *x, const nn_real *y, const nn_real *dy,
                                nn_real *dx)
{
  ActivationNode a = activation(elem, numbers, n);
  a.x = x;
  a.y = y;
  a.dy = dy;
  a.out = dx;
  nn_submit(backend, run_backward, a);
}

/* ---- two operands ---- */

struct PairNode {
  const nn_real *a, *b;
  nn_real *y;
  size_t n;
};

static __global__ void add_kernel(const nn_real *a, const nn_real *b, nn_real *y, size_t n)
{
  size_t i = nn_index();
  if (i < n)
    y[i] = a[i] + b[i];
}

static __global__ void multiply_kernel(const nn_real *a, const nn_real *b, nn_real *y, size_t n)
{
  size_t i = nn_index();
  if (i < n)
    y[i] = a[i] * b[i];
}

static __global__ void divide_kernel(const nn_real *a, const nn_real *b, nn_real *y, size_t n)
{
  size_t i = nn_index();
  if (i < n)
    y[i] = a[i] / b[i];
}

template <void (*kernel)(const nn_real *, const nn_real *, nn_real *, size_t)>
static void run_pair(NnContext *context, const void *values, const NnLive &)
{
  const PairNode *p = (const PairNode *)values;
  nn_run(context, nn_each(context, p->n), kernel, p->a, p->b, p->y, p->n);
}

template <void (*kernel)(const nn_real *, const nn_real *, nn_real *, size_t)>
static void submit_pair(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                        size_t n)
{
  PairNode p = nn_zeroed<PairNode>();
  p.a = a;
  p.b = b;
  p.y = y;
  p.n = n;
  nn_submit(backend, run_pair<kernel>, p);
}

static void add(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  submit_pair<add_kernel>(backend, x, y, y, n);
}

static void multiply(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                     size_t n)
{
  submit_pair<multiply_kernel>(backend, a, b, y, n);
}

static void divide(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                   size_t n)
{
  submit_pair<divide_kernel>(backend, a, b, y, n);
}

void nn_cuda_add_elementwise(NnBackendOps *ops)
{
  ops->activation_forward = activation_forward;
  ops->activation_backward = activation_backward;
  ops->add = add;
  ops->multiply = multiply;
  ops->divide = divide;
}
