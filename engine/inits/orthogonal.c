/* orthogonal.c: torch.nn.init.orthogonal_: rows (or, where there are more rows than columns,
 * columns) of length `gain` at right angles. Saxe et al. 2014.
 *
 * PyTorch factors a matrix of normal numbers into Q·R and turns the columns of Q so that R has a
 * positive diagonal. There is only one such Q, and Gram and Schmidt's way leads to it, too: each
 * vector loses its part along those before it and is brought to length 1. Done twice for each, in
 * double, it is as exact as any other way (Giraud et al. 2005). */
#include "engine/elem/elem.h"
#include "init.h"

enum { GAIN };

static const NnParamSpec params[] = {
    {.key = "gain",
     .label = N_("Gain"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 100,
     .step = 0.05,
     .doc = N_("The norm of the rows; √2 suits a ReLU that follows.")},
    {0}};

/* Four sums side by side, so that the additions need not wait for each other. */
static double dot(const double *a, const double *b, size_t n)
{
  double sums[4] = {0};
  size_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (size_t k = 0; k < 4; k++)
      sums[k] += a[i + k] * b[i + k];
  for (; i < n; i++)
    sums[0] += a[i] * b[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

/* Takes off vector j what lies along the vectors before it. */
static void straighten(double *vectors, size_t j, size_t n)
{
  double *v = vectors + j * n;
  for (size_t i = 0; i < j; i++) {
    const double *q = vectors + i * n;
    double part = dot(q, v, n);
    for (size_t k = 0; k < n; k++)
      v[k] -= part * q[k];
  }
}

/* A vector without length (a matrix of zeros) stays zero, as sign(0) = 0 makes it in PyTorch. */
static void normalize(double *v, size_t n)
{
  double length = sqrt(dot(v, v, n));
  for (size_t k = 0; k < n && length > 0; k++)
    v[k] /= length;
}

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  size_t rows = target->shape.dims[0], columns = nn_shape_size(target->shape) / rows;
  bool wide = rows < columns;
  size_t count = wide ? rows : columns, n = wide ? columns : rows;
  double *vectors = target->scratch; /* (count, n) */
  nn_mt_normal(mt, target->values, rows * columns, 0, 1);
  for (size_t j = 0; j < count; j++)
    for (size_t k = 0; k < n; k++)
      vectors[j * n + k] = (double)target->values[wide ? j * columns + k : k * columns + j];
  for (size_t j = 0; j < count; j++) {
    straighten(vectors, j, n);
    straighten(vectors, j, n);
    normalize(vectors + j * n, n);
  }
  for (size_t j = 0; j < count; j++)
    for (size_t k = 0; k < n; k++)
      target->values[wide ? j * columns + k : k * columns + j] =
          (nn_real)(vectors[j * n + k] * numbers[GAIN]);
}

const NnInitKind nn_orthogonal_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "orthogonal_",
             .torch = "orthogonal_(tensor, *)",
             .label = N_("Orthogonal"),
             .doc = N_("Makes the rows of the weight matrix orthogonal, so that the layer rotates "
                       "signals without stretching them."),
             .source = "Saxe et al. 2014; torch.nn.init.orthogonal_",
             .params = params},
    .min_dims = 2,
    .max_dims = NN_MAX_DIMS,
    .scratch = 1,
    .fill = fill};
