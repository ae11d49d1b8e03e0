/* lbfgs.c: LBFGS, which learns the curvature of the loss from the last steps and the gradients that
 * they changed. It evaluates the loss of the current batch several times per step.
 *
 * One iteration: y = g − g_old and s = t·d join the history if y·s > 1e−10, and H = y·s/y·y;
 * d = −(approximate inverse Hessian)·g by the two loops over the history; then w moves by t·d, with
 * t = lr (the very first time lr·min(1, 1/Σ|g|)) or found by the line search of wolfe.c.
 * d, t and the history live on from step to step. Read step() first.
 *
 * What the closure does in training stays in training mode: running statistics move with every
 * evaluation. Dropout masks depend on the epoch and the samples alone, so that all evaluations of a
 * step see the same ones. */
#include "optimizer.h"
#include "engine/optimizers/wolfe.h"
#include <math.h>

enum {
  LR,
  MAX_ITER,
  MAX_EVAL,
  TOLERANCE_GRAD,
  TOLERANCE_CHANGE,
  HISTORY_SIZE,
  LINE_SEARCH,
  MAXIMIZE
};
enum { MAX_HISTORY = 1000 };

/* Its own numbers between steps: iterations of its life; length and start of the history, a ring
 * of one slot more than it may hold; the last t; H. */
enum { ITERATIONS, COUNT, FIRST, LAST_T, H_DIAG };

static const char *const line_searches[] = {"strong_wolfe", NULL};

static const NnParamSpec params[] = {
    {.key = "lr",
     .label = N_("Learning rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The step size of each iteration, where 1 trusts the estimated curvature; with a "
               "line search, its starting point.")},
    {.key = "max_iter",
     .label = N_("Iterations"),
     .type = NN_PARAM_INT,
     .def = 20,
     .min = 0,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 1000,
     .step = 1,
     .doc = N_("Largest number of iterations per batch.")},
    {.key = "max_eval",
     .label = N_("Evaluations"),
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = 0,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 10000,
     .step = 1,
     .flags = NN_PARAM_NULLABLE,
     .doc =
         N_("Largest number of loss evaluations per batch; null means 1.25 times the iterations.")},
    {.key = "tolerance_grad",
     .label = N_("Gradient tolerance"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-7,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .doc = N_("Iterations on a batch end when no gradient is larger than this.")},
    {.key = "tolerance_change",
     .label = N_("Change tolerance"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-9,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .doc =
         N_("Iterations on a batch end when the loss or the parameters change by less than this.")},
    {.key = "history_size",
     .label = N_("History"),
     .type = NN_PARAM_INT,
     .def = 100,
     .min = 1,
     .max = MAX_HISTORY,
     .step = 1,
     .doc = N_("Number of past steps from which the curvature is estimated; each needs twice the "
               "memory of all parameters.")},
    {.key = "line_search_fn",
     .label = N_("Line search"),
     .type = NN_PARAM_CHOICE,
     .choices = line_searches,
     .def = NAN,
     .flags = NN_PARAM_NULLABLE,
     .doc = N_("strong_wolfe searches along each direction for a point where the loss is low "
               "enough and flat enough; null takes the full step.")},
    {.key = "maximize",
     .label = N_("Maximize"),
     .type = NN_PARAM_BOOL,
     .doc = N_("Maximizes the loss instead of minimizing it, only to see what happens.")},
    {0}};

/* One step at work. Lists of n values in the workspace: the direction d, the last gradient, the
 * line search's, and the history y and s with 1/(y·s) of each. */
typedef struct {
  NnOptimizer *optimizer;
  const NnOptimizerTarget *target;
  const NnBackendOps *ops;
  size_t n;
  int slots; /* of the history's ring */
  double loss, t;
  NnWolfe wolfe; /* wolfe.start.g is the gradient at w */
  nn_real *d, *last_g, *y, *s, *rho;
} Lbfgs;

static int n_state(const double *numbers)
{
  (void)numbers; /* what it remembers grows with the history, and is in the workspace */
  return 0;
}

static size_t workspace(const double *numbers, const NnOptimizerTarget *target)
{
  size_t slots = (size_t)numbers[HISTORY_SIZE] + 1;
  return target->n * (3 + NN_WOLFE_POINTS + 2 * slots) + slots;
}

static Lbfgs lbfgs_of(NnOptimizer *self, const NnOptimizerTarget *target)
{
  size_t n = target->n;
  Lbfgs l = {self, target, target->backend->ops, n, (int)self->numbers[HISTORY_SIZE] + 1};
  nn_real *at = target->workspace;
  l.loss = self->numbers[MAXIMIZE] != 0 ? -target->loss : target->loss;
  l.t = self->memory[LAST_T];
  l.d = at;
  l.last_g = at + n;
  l.wolfe = (NnWolfe){
      .target = target, .maximize = self->numbers[MAXIMIZE] != 0, .d = l.d, .x = at + 2 * n};
  for (int i = 0; i < NN_WOLFE_POINTS; i++)
    l.wolfe.g[i] = at + (3 + (size_t)i) * n;
  l.wolfe.start.g = l.wolfe.g[0];
  l.y = at + (3 + NN_WOLFE_POINTS) * n;
  l.s = l.y + (size_t)l.slots * n;
  l.rho = l.s + (size_t)l.slots * n;
  return l;
}

/* The i-th oldest entry of the history; i = count is the free slot. */
static size_t slot(const Lbfgs *l, int i)
{
  return (size_t)(((int)l->optimizer->memory[FIRST] + i) % l->slots);
}

/* The last step and the change of the gradient join the history, if they tell a curvature. */
static void remember(Lbfgs *l)
{
  const NnBackend *backend = l->target->backend;
  double *memory = l->optimizer->memory;
  size_t n = l->n, free_slot = slot(l, (int)memory[COUNT]);
  nn_real *y = l->y + free_slot * n, *s = l->s + free_slot * n;
  l->ops->copy(backend, l->wolfe.start.g, y, n);
  l->ops->axpy(backend, -1, l->last_g, y, n);
  l->ops->copy(backend, l->d, s, n);
  l->ops->scale(backend, l->t, s, n);
  double ys = l->ops->dot(backend, y, s, n);
  if (!(ys > 1e-10))
    return;
  nn_real rho = (nn_real)(1 / ys);
  l->ops->upload(backend, l->rho + free_slot, &rho, sizeof rho);
  memory[H_DIAG] = ys / l->ops->dot(backend, y, y, n);
  if ((int)memory[COUNT] < l->slots - 1)
    memory[COUNT]++;
  else
    memory[FIRST] = (double)slot(l, 1);
}

/* d = −H·g through the history, newest to oldest and back. */
static void find_direction(Lbfgs *l)
{
  const NnBackend *backend = l->target->backend;
  int count = (int)l->optimizer->memory[COUNT];
  nn_real rho[MAX_HISTORY + 1];
  double alpha[MAX_HISTORY];
  l->ops->download(backend, rho, l->rho, (size_t)l->slots * sizeof *rho);
  l->ops->copy(backend, l->wolfe.start.g, l->d, l->n);
  l->ops->scale(backend, -1, l->d, l->n);
  for (int i = count - 1; i >= 0; i--) {
    size_t k = slot(l, i);
    alpha[i] = l->ops->dot(backend, l->s + k * l->n, l->d, l->n) * (double)rho[k];
    l->ops->axpy(backend, -alpha[i], l->y + k * l->n, l->d, l->n);
  }
  l->ops->scale(backend, l->optimizer->memory[H_DIAG], l->d, l->n);
  for (int i = 0; i < count; i++) {
    size_t k = slot(l, i);
    double beta = l->ops->dot(backend, l->y + k * l->n, l->d, l->n) * (double)rho[k];
    l->ops->axpy(backend, alpha[i] - beta, l->s + k * l->n, l->d, l->n);
  }
}

/* The direction and the first guess of how far to go. */
static void aim(Lbfgs *l)
{
  const NnBackend *backend = l->target->backend;
  double *memory = l->optimizer->memory, lr = l->optimizer->numbers[LR];
  bool first = memory[ITERATIONS]++ == 0;
  if (first) {
    memory[COUNT] = memory[FIRST] = 0;
    memory[H_DIAG] = 1;
  } else {
    remember(l);
  }
  find_direction(l);
  l->ops->copy(backend, l->wolfe.start.g, l->last_g, l->n);
  l->t = lr;
  if (first) {
    double sum_abs, sum_squares;
    l->ops->norms(backend, l->wolfe.start.g, l->n, &sum_abs, &sum_squares);
    l->t = fmin(1, 1 / sum_abs) * lr;
  }
}

/* Moves w; the number of evaluations that it took. */
static int move(Lbfgs *l, double slope, bool last, int evals_left)
{
  const NnBackend *backend = l->target->backend;
  NnWolfe *wolfe = &l->wolfe;
  if (!isnan(l->optimizer->numbers[LINE_SEARCH])) {
    wolfe->start.f = l->loss;
    wolfe->start.slope = slope;
    NnWolfePoint found;
    int evals = nn_wolfe_search(wolfe, l->t, evals_left, &found);
    l->t = found.t;
    l->loss = found.f;
    if (found.g != wolfe->start.g)
      l->ops->copy(backend, found.g, wolfe->start.g, l->n);
    l->ops->axpy(backend, l->t, l->d, l->target->w, l->n);
    return evals;
  }
  l->ops->axpy(backend, l->t, l->d, l->target->w, l->n);
  if (last) /* nobody would look at it */
    return 0;
  l->loss = nn_wolfe_evaluate(wolfe, wolfe->start.g);
  return 1;
}

static bool is_flat(const Lbfgs *l)
{
  return l->ops->max_abs(l->target->backend, l->wolfe.start.g, l->n) <=
         l->optimizer->numbers[TOLERANCE_GRAD];
}

/* One iteration; false: the batch is done. */
static bool iterate(Lbfgs *l, bool last, int max_evals, int *evals)
{
  const NnBackend *backend = l->target->backend;
  double tolerance = l->optimizer->numbers[TOLERANCE_CHANGE];
  aim(l);
  double before = l->loss, slope = l->ops->dot(backend, l->wolfe.start.g, l->d, l->n);
  if (slope > -tolerance)
    return false;
  *evals += move(l, slope, last, max_evals - *evals);
  return !(last || *evals >= max_evals || is_flat(l) ||
           fabs(l->t) * l->ops->max_abs(backend, l->d, l->n) <= tolerance ||
           fabs(l->loss - before) < tolerance);
}

static void step(NnOptimizer *self, const NnOptimizerTarget *target)
{
  Lbfgs l = lbfgs_of(self, target);
  const double *numbers = self->numbers;
  int max_iter = (int)numbers[MAX_ITER], evals = 1;
  int max_evals =
      isnan(numbers[MAX_EVAL]) ? (int)((int64_t)max_iter * 5 / 4) : (int)numbers[MAX_EVAL];
  nn_wolfe_take_gradient(&l.wolfe, l.wolfe.start.g);
  if (is_flat(&l) || max_iter == 0)
    return;
  for (int i = 1; iterate(&l, i == max_iter, max_evals, &evals); i++) {
  }
  self->memory[LAST_T] = l.t;
}

/* The line search divides by the length of its first step. */
static bool can_start(const NnOptimizer *self, NnError *err)
{
  if (isnan(self->numbers[LINE_SEARCH]) || self->numbers[LR] != 0)
    return true;
  return nn_fail(err, NN_ERR_ARG, "optimizer.lr",
                 "optimizer.lr is 0 at the first step; with strong_wolfe LBFGS searches along a "
                 "first step of that length and divides by it (PyTorch raises an error then). Give "
                 "a learning rate above 0.");
}

/* The direction, the last gradient and the history; what the line search uses is scratch. */
static void each_state(const NnOptimizer *self, const NnOptimizerTarget *target,
                       NnOptimizerVisit *visit, void *user)
{
  Lbfgs l = lbfgs_of((NnOptimizer *)self, target);
  size_t slots = (size_t)l.slots;
  const NnOptimizerTensor tensors[] = {{-1, "d", nn_shape_1d(l.n), l.d},
                                       {-1, "prev_flat_grad", nn_shape_1d(l.n), l.last_g},
                                       {-1, "old_dirs", nn_shape_2d(slots, l.n), l.y},
                                       {-1, "old_stps", nn_shape_2d(slots, l.n), l.s},
                                       {-1, "ro", nn_shape_1d(slots), l.rho}};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
    visit(user, &tensors[i]);
}

/* Numbers of the history's ring, which address its slots. */
static bool is_memory(const double *numbers, const double *memory)
{
  double last = numbers[HISTORY_SIZE];
  return memory[COUNT] >= 0 && memory[COUNT] <= last && memory[COUNT] == floor(memory[COUNT]) &&
         memory[FIRST] >= 0 && memory[FIRST] <= last && memory[FIRST] == floor(memory[FIRST]);
}

const NnOptimizerKind nn_lbfgs_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "LBFGS",
             .torch = "LBFGS(model.parameters(), lr=, *)",
             .doc = N_("Estimates the curvature of the loss from its last steps and takes several "
                       "steps on each batch; best with batches of the whole training set."),
             .source = "Liu & Nocedal 1989; torch.optim.LBFGS",
             .params = params},
    .n_state = n_state,
    .needs = "scale axpy dot max_abs",
    .momentum = -1,
    .calls_closure = true,
    .can_start = can_start,
    .step = step,
    .workspace = workspace,
    .each_state = each_state,
    .is_memory = is_memory};
