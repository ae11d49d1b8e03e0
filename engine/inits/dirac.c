/* dirac.c: torch.nn.init.dirac_: a convolution that passes its channels on unchanged: a 1 in the
 * middle of filter d for channel d, in each group of filters anew. Draws nothing. */
#include "init.h"

enum { GROUPS };

static const NnParamSpec params[] = {
    {.key = "groups",
     .label = N_("Groups"),
     .type = NN_PARAM_INT,
     .def = 1,
     .min = 1,
     .max = 65536,
     .step = 1,
     .doc = N_("Number of groups of filters; each starts again with the first channel.")},
    {0}};

static bool check_shape(const NnConfig *config, NnShape shape, const char *where, NnError *err)
{
  size_t groups = (size_t)nn_config_int(config, "groups");
  return shape.dims[0] % groups == 0 ||
         nn_fail(err, NN_ERR_SHAPE, where,
                 "%s: groups of dirac_ is %zu, which does not divide the %zu filters.", where,
                 groups, shape.dims[0]);
}

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)mt;
  const size_t *dims = target->shape.dims;
  size_t groups = (size_t)numbers[GROUPS], per_group = dims[0] / groups;
  size_t height = dims[2], width = target->shape.n_dims > 3 ? dims[3] : 1;
  size_t filter = dims[1] * height * width, n = nn_shape_size(target->shape);
  size_t middle = height / 2 * width + width / 2;
  for (size_t i = 0; i < n; i++)
    target->values[i] = 0;
  for (size_t g = 0; g < groups; g++)
    for (size_t d = 0; d < per_group && d < dims[1]; d++)
      target->values[(g * per_group + d) * filter + d * height * width + middle] = 1;
}

const NnInitKind nn_dirac_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "dirac_",
             .torch = "dirac_(tensor, *)",
             .label = N_("Dirac"),
             .doc = N_("Makes a convolution pass its input channels through unchanged, as far as "
                       "there are filters."),
             .source = "torch.nn.init.dirac_",
             .params = params},
    .min_dims = 3,
    .max_dims = NN_MAX_DIMS,
    .check_shape = check_shape,
    .fill = fill};
