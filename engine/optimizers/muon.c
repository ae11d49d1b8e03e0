/* muon.c: Muon, which turns the momentum of each matrix into the nearest matrix whose singular
 * values are all alike. Parameters that are no matrices (biases, norms, filters) are left to an
 * AdamW beside it, as a PyTorch program would do with a second optimizer.
 *
 *   b ← b + (1 − μ)(g − b);  U = g + μ(b − g) with nesterov, else b
 *   X = U/max(‖U‖, ε);  so many times:  A = XXᵀ;  X ← a·X + (b·A + c·A²)X
 *   w ← w·(1 − lr·λ) − lr·k·X
 *
 * X is kept in bfloat16, as PyTorch does: every product is rounded to it. PyTorch adds up the terms
 * of a product in another order, so that now and then a number rounds the other way; the results
 * then differ in their third digit. */
#include "optimizer-params.h"
#include "optimizer.h"
#include <math.h>
#include <string.h>

enum {
  LR,
  WEIGHT_DECAY,
  MOMENTUM,
  NESTEROV,
  NS_A,
  NS_B,
  NS_C,
  EPS,
  NS_STEPS,
  ADJUST,
  ADAMW_LR,
  ADAMW_BETA1,
  ADAMW_BETA2,
  ADAMW_EPS,
  ADAMW_WEIGHT_DECAY
};
enum { ORIGINAL, MATCH_RMS_ADAMW, SPECTRAL_UNCLAMPED };

static const double ns_coefficients[] = {3.4445, -4.775, 2.0315}, betas[] = {0.9, 0.999};
static const char *const adjust_choices[] = {"original", "match_rms_adamw", "spectral_unclamped",
                                             NULL};

static const NnParamSpec params[] = {
    NN_OPTIMIZER_LR(1e-3),
    NN_OPTIMIZER_WEIGHT_DECAY(0.1),
    {.key = "momentum",
     .label = N_("Momentum"),
     .type = NN_PARAM_FLOAT,
     .def = 0.95,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.01,
     .doc = N_("The fraction of the previous steps that is added to this one, like a ball that "
               "keeps rolling.")},
    {.key = "nesterov",
     .label = N_("Nesterov"),
     .type = NN_PARAM_BOOL,
     .def = 1,
     .doc = N_("Uses Nesterov momentum, which looks one step ahead.")},
    {.key = "ns_coefficients",
     .label = N_("Newton–Schulz coefficients"),
     .type = NN_PARAM_FLOATS,
     .defs = ns_coefficients,
     .min_len = 3,
     .max_len = 3,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = -100,
     .soft_max = 100,
     .step = 0.1,
     .doc = N_("The polynomial that is applied repeatedly to make all singular values similar.")},
    {.key = "eps",
     .label = N_("Epsilon"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-7,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .doc = N_("The smallest norm that an update is divided by before it is made orthogonal.")},
    {.key = "ns_steps",
     .label = N_("Newton–Schulz steps"),
     .type = NN_PARAM_INT,
     .def = 5,
     .min = 0,
     .max = 99,
     .step = 1,
     .doc = N_(
         "Number of times the polynomial is applied; more make the singular values more similar.")},
    {.key = "adjust_lr_fn",
     .label = N_("Adjust learning rate"),
     .type = NN_PARAM_CHOICE,
     .choices = adjust_choices,
     .def = NAN,
     .flags = NN_PARAM_NULLABLE,
     .doc =
         N_("How the shape of a matrix changes its learning rate; null is the same as original.")},
    {.key = "adamw_lr",
     .label = N_("AdamW: learning rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-3,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The learning rate of parameters that are not matrices; a schedule changes it in "
               "the same proportion.")},
    {.key = "adamw_betas",
     .label = N_("AdamW: betas"),
     .type = NN_PARAM_FLOATS,
     .defs = betas,
     .min_len = 2,
     .max_len = 2,
     .min = 0,
     .max = 1,
     .step = 0.001,
     .flags = NN_PARAM_EXCL_MAX,
     .doc = N_("How slowly AdamW's averages of the gradient and of its square change.")},
    {.key = "adamw_eps",
     .label = N_("AdamW: epsilon"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-8,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .doc = N_("Prevents division by zero in AdamW.")},
    {.key = "adamw_weight_decay",
     .label = N_("AdamW: weight decay"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0.01,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .doc = N_("Pulls every parameter that is not a matrix slightly toward zero at each step.")},
    {0}};

/* Momentum of matrices or m of AdamW; v of AdamW. */
static int n_state(const double *numbers)
{
  (void)numbers;
  return 2;
}

static bool is_matrix(const NnParamView *view)
{
  return view->shape.n_dims == 2;
}

static size_t smaller_side(const NnParamView *view)
{
  const size_t *dims = view->shape.dims;
  return dims[0] < dims[1] ? dims[0] : dims[1];
}

/* X, the next X, A and b·A + c·A² of the largest matrix. */
static size_t workspace(const double *numbers, const NnOptimizerTarget *target)
{
  (void)numbers;
  size_t largest = 0, side = 0;
  for (int i = 0; i < target->n_tensors; i++) {
    const NnParamView *view = &target->tensors[i];
    if (!is_matrix(view))
      continue;
    largest = view->n > largest ? view->n : largest;
    side = smaller_side(view) > side ? smaller_side(view) : side;
  }
  return 2 * largest + 2 * side * side;
}

static double length(const NnBackend *backend, const nn_real *x, size_t n)
{
  double sum_abs, sum_squares;
  backend->ops->norms(backend, x, n, &sum_abs, &sum_squares);
  return sqrt(sum_squares);
}

static double bf16(double x)
{
  float value = (float)x;
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0x7fffu + (bits >> 16 & 1)) & 0xffff0000u;
  memcpy(&value, &bits, sizeof bits);
  return (double)value;
}

/* x (rows, cols) → the same with all singular values near 1; the result is x or `next`. A matrix
 * that is higher than wide is worked on from its other side instead of being transposed. */
static nn_real *orthogonalize(const NnOptimizer *self, const NnBackend *backend,
                              const NnParamView *view, nn_real *x, nn_real *next)
{
  const NnBackendOps *ops = backend->ops;
  const double *k = self->numbers;
  size_t rows = view->shape.dims[0], cols = view->shape.dims[1], side = smaller_side(view);
  bool high = rows > cols;
  nn_real *gram = (x < next ? next : x) + view->n, *update = gram + side * side;
  ops->round_bf16(backend, x, view->n);
  double norm = bf16(length(backend, x, view->n)), least = bf16(k[EPS]);
  ops->scale(backend, 1 / (norm > least ? norm : least), x, view->n);
  ops->round_bf16(backend, x, view->n);
  for (int i = 0; i < (int)k[NS_STEPS]; i++) {
    ops->gemm(backend, high, !high, side, side, high ? rows : cols, 1, x, x, 0, gram);
    ops->round_bf16(backend, gram, side * side);
    ops->copy(backend, gram, update, side * side);
    ops->gemm(backend, false, false, side, side, side, k[NS_C], gram, gram, k[NS_B], update);
    ops->round_bf16(backend, update, side * side);
    ops->copy(backend, x, next, view->n);
    ops->gemm(backend, false, false, rows, cols, side, 1, high ? x : update, high ? update : x,
              k[NS_A], next);
    ops->round_bf16(backend, next, view->n);
    nn_real *old = x;
    x = next;
    next = old;
  }
  return x;
}

static double adjusted_lr(const double *k, const NnParamView *view)
{
  double rows = (double)view->shape.dims[0], cols = (double)view->shape.dims[1];
  if (k[ADJUST] == MATCH_RMS_ADAMW)
    return k[LR] * 0.2 * sqrt(fmax(rows, cols));
  double ratio = rows / cols;
  return k[LR] * sqrt(k[ADJUST] == SPECTRAL_UNCLAMPED ? ratio : fmax(1, ratio));
}

static void step_matrix(const NnOptimizer *self, const NnOptimizerTarget *target,
                        const NnParamView *view)
{
  const NnBackend *backend = target->backend;
  const NnBackendOps *ops = backend->ops;
  const double *k = self->numbers;
  nn_real *b = target->state[0] + view->offset, *w = target->w + view->offset;
  const nn_real *g = target->dw + view->offset;
  nn_real *x = target->workspace, *next = x + view->n;
  ops->scale(backend, k[MOMENTUM], b, view->n);
  ops->axpy(backend, 1 - k[MOMENTUM], g, b, view->n);
  ops->copy(backend, b, x, view->n);
  if (k[NESTEROV] != 0) {
    ops->scale(backend, k[MOMENTUM], x, view->n);
    ops->axpy(backend, 1 - k[MOMENTUM], g, x, view->n);
  }
  x = orthogonalize(self, backend, view, x, next);
  ops->scale(backend, 1 - k[LR] * k[WEIGHT_DECAY], w, view->n);
  ops->axpy(backend, -adjusted_lr(k, view), x, w, view->n);
}

extern const NnOptimizerKind nn_adamw_optimizer;

/* The scalars of the AdamW beside it. */
static void prepare_adamw(NnOptimizer *self, double scalars[NN_MAX_SCALARS])
{
  const double *k = self->numbers;
  double share = self->base_lr > 0 ? k[LR] / self->base_lr : 1, numbers[NN_MAX_NUMBERS] = {0};
  numbers[0] = k[ADAMW_LR] * share;
  memcpy(numbers + 1, k + ADAMW_BETA1, 4 * sizeof *k); /* betas, eps, weight_decay */
  memset(scalars, 0, NN_MAX_SCALARS * sizeof *scalars);
  nn_adamw_optimizer.prepare(numbers, self->t, self->memory, scalars);
}

static void step(NnOptimizer *self, const NnOptimizerTarget *target)
{
  double scalars[NN_MAX_SCALARS];
  prepare_adamw(self, scalars);
  for (int i = 0; i < target->n_tensors; i++) {
    const NnParamView *view = &target->tensors[i];
    size_t at = view->offset;
    nn_real *state[] = {target->state[0] + at, target->state[1] + at};
    if (is_matrix(view))
      step_matrix(self, target, view);
    else
      target->backend->ops->optimizer_step(target->backend, nn_adamw_optimizer.elem, 2, scalars,
                                           view->n, target->dw + at, state, target->w + at);
  }
}

/* The workspace is scratch, and a matrix has no second state. */
static void each_state(const NnOptimizer *self, const NnOptimizerTarget *target,
                       NnOptimizerVisit *visit, void *user)
{
  (void)self;
  for (int i = 0; i < target->n_tensors; i++) {
    const NnParamView *view = &target->tensors[i];
    bool matrix = is_matrix(view);
    NnOptimizerTensor first = {.param = i,
                               .name = matrix ? "momentum_buffer" : "exp_avg",
                               .shape = view->shape,
                               .values = target->state[0] + view->offset};
    NnOptimizerTensor second = {.param = i,
                                .name = "exp_avg_sq",
                                .shape = view->shape,
                                .values = target->state[1] + view->offset};
    visit(user, &first);
    if (!matrix)
      visit(user, &second);
  }
}

static const char torch_code[] =
    "class Muon(optim.Muon):\n"
    "    \"\"\"Muon for the matrices, and AdamW for all other parameters.\"\"\"\n"
    "\n"
    "    def __init__(\n"
    "        self,\n"
    "        params,\n"
    "        lr,\n"
    "        adamw_lr=0.001,\n"
    "        adamw_betas=(0.9, 0.999),\n"
    "        adamw_eps=1e-08,\n"
    "        adamw_weight_decay=0.01,\n"
    "        **settings,\n"
    "    ):\n"
    "        params = list(params)\n"
    "        matrices = {\"params\": [p for p in params if p.dim() == 2]}\n"
    "        others = {\"params\": [p for p in params if p.dim() != 2]}\n"
    "        super().__init__([matrices], lr=lr, **settings)\n"
    "        self.adamw = optim.AdamW(\n"
    "            [others],\n"
    "            lr=adamw_lr,\n"
    "            betas=adamw_betas,\n"
    "            eps=adamw_eps,\n"
    "            weight_decay=adamw_weight_decay,\n"
    "        )\n"
    "        self.ratio = adamw_lr / lr\n"
    "\n"
    "    def zero_grad(self):\n"
    "        super().zero_grad()\n"
    "        self.adamw.zero_grad()\n"
    "\n"
    "    def step(self):\n"
    "        self.adamw.param_groups[0][\"lr\"] = self.ratio * self.param_groups[0][\"lr\"]\n"
    "        self.adamw.step()\n"
    "        super().step()\n";

const NnOptimizerKind nn_muon_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Muon",
             .torch = "Muon(model.parameters(), lr=, *)",
             .torch_code = torch_code,
             .doc = N_("Orthogonalizes the momentum of each weight matrix, so that it changes "
                       "equally in all directions; parameters that are not matrices (biases, "
                       "norms, filters) are trained with AdamW."),
             .source = "Jordan et al. 2024; torch.optim.Muon",
             .params = params},
    .n_state = n_state,
    .needs = "scale axpy round_bf16 gemm",
    .momentum = MOMENTUM,
    .step = step,
    .workspace = workspace,
    .each_state = each_state};
