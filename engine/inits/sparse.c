/* sparse.c: torch.nn.init.sparse_: N(0, std²), then in every column (the weights of one input) a
 * share of the rows becomes zero, drawn by a permutation of its own. Martens 2010. */
#include "init.h"
#include <math.h>

enum { SPARSITY, STD };

static const NnParamSpec params[] = {
    {.key = "sparsity",
     .label = N_("Sparsity"),
     .type = NN_PARAM_FLOAT,
     .def = 0.9,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.05,
     .doc = N_("The fraction of each input's weights that start at zero.")},
    {.key = "std",
     .label = N_("Standard deviation"),
     .type = NN_PARAM_FLOAT,
     .def = 0.01,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .step = 0.01,
     .doc = N_("The standard deviation of the normal distribution of the other weights.")},
    {0}};

/* How many of a column are zero: PyTorch's order[:n], which counts from the end when n < 0. */
static size_t count_zeros(double sparsity, size_t rows)
{
  double n = ceil(sparsity * (double)rows);
  if (n < 0)
    n = fmax(0, n + (double)rows);
  return n < (double)rows ? (size_t)n : rows;
}

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  size_t rows = target->shape.dims[0], columns = target->shape.dims[1];
  size_t zeros = count_zeros(numbers[SPARSITY], rows);
  uint32_t *order = target->scratch;
  nn_mt_normal(mt, target->values, rows * columns, 0, numbers[STD]);
  for (size_t c = 0; c < columns; c++) {
    nn_mt_randperm(mt, order, rows);
    for (size_t i = 0; i < zeros; i++)
      target->values[order[i] * columns + c] = 0;
  }
}

const NnInitKind nn_sparse_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "sparse_",
             .torch = "sparse_(tensor, sparsity=, *)",
             .label = N_("Sparse"),
             .doc = N_("Sets most weights to zero, so that every input reaches only a few units."),
             .source = "Martens 2010; torch.nn.init.sparse_",
             .params = params},
    .min_dims = 2,
    .max_dims = 2,
    .scratch = 1,
    .fill = fill};
