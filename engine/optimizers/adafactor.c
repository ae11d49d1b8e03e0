/* adafactor.c: Adafactor, which keeps of each matrix's squared gradients only the means of rows and
 * columns.
 *
 *   w = t^τ;  ρ = min(lr, 1/√t);  α = max(ε2, RMS(θ))·ρ;  θ ← θ·(1 − lr·λ)
 *   matrices:  r ← r + w·(mean of g² over rows − r), c likewise over columns,
 *              V = r·c / max(mean of r, ε1);   vectors:  V ← V + w·(g² − V)
 *   u = g/√max(V, ε1²);  θ ← θ − α/max(1, RMS(u)/d)·u
 *
 * A tensor of more than two dimensions is a list of matrices of its last two. RMS: root of the mean
 * square of a whole tensor. */
#include "optimizer-params.h"
#include "optimizer.h"
#include <float.h>
#include <math.h>
#include <stdio.h>

enum { LR, BETA2_DECAY, EPS1, EPS2, D, WEIGHT_DECAY, MAXIMIZE };

static const double eps[] = {NAN, 1e-3};

static const NnParamSpec params[] = {
    {.key = "lr",
     .label = N_("Learning rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0.01,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The largest relative step; each step is scaled by the root mean square of its "
               "weights and decreases with 1/√step.")},
    {.key = "beta2_decay",
     .label = N_("Beta2 decay"),
     .type = NN_PARAM_FLOAT,
     .def = -0.8,
     .min = -INFINITY,
     .max = 0,
     .soft_min = -10,
     .soft_max = 0,
     .step = 0.1,
     .doc = N_("How quickly the average of squared gradients comes to cover more steps; closer to "
               "0 is slower.")},
    {.key = "eps",
     .label = N_("Epsilons"),
     .type = NN_PARAM_FLOATS,
     .defs = eps,
     .min_len = 2,
     .max_len = 2,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .flags = NN_PARAM_NULL_ENTRIES,
     .doc = N_("The first prevents division by zero (null: the machine epsilon), the second is the "
               "smallest root mean square that weights are assumed to have.")},
    {.key = "d",
     .label = N_("Clipping"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = 1,
     .max = INFINITY,
     .soft_min = 1,
     .soft_max = 1000,
     .step = 0.5,
     .doc = N_("If the root mean square of a tensor's update exceeds this, the update is scaled "
               "down to it.")},
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  if (!isnan(nn_config_value(config, "eps")->numbers[1]))
    return true;
  char place[NN_PATH];
  nn_path_key(place, where, "eps.1");
  return nn_fail(err, NN_ERR_ARG, place, "%s is null; allowed is a number of at least 0.", place);
}

static int n_state(const double *numbers)
{
  (void)numbers; /* its memory is smaller than the parameters, and in the workspace */
  return 0;
}

static NnAdafactor tensor_of(const NnParamView *view)
{
  const size_t *dims = view->shape.dims;
  int n = view->shape.n_dims;
  NnAdafactor f = {.batch = 1, .rows = 1, .cols = view->n};
  if (n < 2)
    return f;
  f.rows = dims[n - 2];
  f.cols = dims[n - 1];
  f.batch = view->n / (f.rows * f.cols);
  return f;
}

static bool is_factored(const NnParamView *view)
{
  return view->shape.n_dims >= 2;
}

static size_t moments_size(const NnParamView *view)
{
  NnAdafactor f = tensor_of(view);
  return is_factored(view) ? f.batch * (f.rows + f.cols) : view->n;
}

/* The moments of all tensors, then the update of one. */
static size_t workspace(const double *numbers, const NnOptimizerTarget *target)
{
  (void)numbers;
  size_t size = 0, largest = 0;
  for (int i = 0; i < target->n_tensors; i++) {
    size += moments_size(&target->tensors[i]);
    largest = target->tensors[i].n > largest ? target->tensors[i].n : largest;
  }
  return size + largest;
}

static double root_mean_square(const NnBackend *backend, const nn_real *x, size_t n)
{
  double sum_abs, sum_squares;
  backend->ops->norms(backend, x, n, &sum_abs, &sum_squares);
  return sqrt(sum_squares / (double)n);
}

static void step_tensor(NnOptimizer *self, const NnOptimizerTarget *target, const NnParamView *view,
                        nn_real *moments, nn_real *u)
{
  const NnBackend *backend = target->backend;
  const double *k = self->numbers;
  double t = (double)self->t, least = sizeof(nn_real) == 4 ? FLT_EPSILON : DBL_EPSILON;
  nn_real *w = target->w + view->offset;
  double length = fmax(k[EPS2], root_mean_square(backend, w, view->n)) * fmin(k[LR], 1 / sqrt(t));
  if (k[WEIGHT_DECAY] != 0)
    backend->ops->scale(backend, 1 - k[LR] * k[WEIGHT_DECAY], w, view->n);
  NnAdafactor f = tensor_of(view);
  f.weight = pow(t, k[BETA2_DECAY]);
  f.eps = isnan(k[EPS1]) ? least : k[EPS1];
  f.dw = target->dw + view->offset;
  f.row_var = is_factored(view) ? moments : NULL;
  f.col_var = is_factored(view) ? moments + f.batch * f.rows : NULL;
  f.variance = is_factored(view) ? NULL : moments;
  f.u = u;
  backend->ops->adafactor(backend, &f);
  length /= fmax(1, root_mean_square(backend, u, view->n) / k[D]);
  backend->ops->axpy(backend, k[MAXIMIZE] != 0 ? length : -length, u, w, view->n);
}

static void step(NnOptimizer *self, const NnOptimizerTarget *target)
{
  nn_real *moments = target->workspace, *u = moments;
  for (int i = 0; i < target->n_tensors; i++)
    u += moments_size(&target->tensors[i]);
  for (int i = 0; i < target->n_tensors; i++) {
    step_tensor(self, target, &target->tensors[i], moments, u);
    moments += moments_size(&target->tensors[i]);
  }
}

/* The moments; the update of one tensor behind them is scratch. */
static void each_state(const NnOptimizer *self, const NnOptimizerTarget *target,
                       NnOptimizerVisit *visit, void *user)
{
  nn_real *moments = target->workspace;
  (void)self;
  for (int i = 0; i < target->n_tensors; i++) {
    const NnParamView *view = &target->tensors[i];
    NnAdafactor f = tensor_of(view);
    NnOptimizerTensor tensor = {
        .param = i, .name = "variance", .shape = view->shape, .values = moments};
    if (is_factored(view)) {
      int last = view->shape.n_dims - 1;
      tensor.name = "row_var";
      tensor.shape.dims[last] = 1;
      visit(user, &tensor);
      tensor = (NnOptimizerTensor){.param = i,
                                   .name = "col_var",
                                   .shape = view->shape,
                                   .values = moments + f.batch * f.rows};
      tensor.shape.dims[last - 1] = 1;
    }
    visit(user, &tensor);
    moments += moments_size(view);
  }
}

const NnOptimizerKind nn_adafactor_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Adafactor",
             .torch = "Adafactor(model.parameters(), lr=, *)",
             .doc = N_("Adapts its steps as Adam does, but stores the squared gradients of a "
                       "matrix only as averages of its rows and columns."),
             .source = "Shazeer & Stern 2018; torch.optim.Adafactor",
             .params = params,
             .check = check},
    .n_state = n_state,
    .needs = "scale adafactor axpy",
    .momentum = -1,
    .step = step,
    .workspace = workspace,
    .each_state = each_state};
