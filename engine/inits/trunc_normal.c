/* trunc_normal.c: torch.nn.init.trunc_normal_: N(mean, std²) of which only [a, b] is kept. The
 * draws are those of PyTorch 2.15: where at least three in ten normal numbers fall into the range,
 * all values are drawn as normal_ does, again and again, and each takes the first that fits;
 * otherwise even draws from the range, each accepted with a chance as high as the curve is there.
 */
#include "engine/elem/elem.h"
#include "init.h"
#include <stdio.h>

enum { MEAN, STD, A, B };

static const NnParamSpec params[] = {
    {.key = "mean",
     .label = N_("Mean"),
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = -1000,
     .soft_max = 1000,
     .step = 0.01,
     .doc = N_("The mean of the normal distribution.")},
    {.key = "std",
     .label = N_("Standard deviation"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .step = 0.01,
     .flags = NN_PARAM_NONZERO,
     .doc = N_("The standard deviation before truncation; a network like this usually needs far "
               "less than 1.")},
    {.key = "a",
     .label = N_("From"),
     .type = NN_PARAM_FLOAT,
     .def = -2,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = -1000,
     .soft_max = 1000,
     .step = 0.01,
     .doc = N_("The smallest value that is kept: an absolute value, not a multiple of the standard "
               "deviation.")},
    {.key = "b",
     .label = N_("To"),
     .type = NN_PARAM_FLOAT,
     .def = 2,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = -1000,
     .soft_max = 1000,
     .step = 0.01,
     .doc = N_("The largest value that is kept.")},
    {0}};

static double normal_cdf(double x)
{
  return (1 + erf(x / sqrt(2))) / 2;
}

/* Room for candidates, acceptance draws and what is still missing. */
typedef struct {
  nn_real *candidates, *draws;
  bool *pending;
  size_t n;
} Rounds;

static Rounds rounds_of(const NnInitTarget *target)
{
  size_t n = nn_shape_size(target->shape);
  nn_real *room = target->scratch;
  return (Rounds){.candidates = room, .draws = room + n, .pending = (bool *)(room + 2 * n), .n = n};
}

/* Puts the candidates where values are missing; the rest keep theirs. */
static void take(const Rounds *r, nn_real *values)
{
  for (size_t i = 0; i < r->n; i++)
    if (r->pending[i])
      values[i] = r->candidates[i];
}

static bool any(const Rounds *r)
{
  for (size_t i = 0; i < r->n; i++)
    if (r->pending[i])
      return true;
  return false;
}

static void fill_rejecting(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  Rounds r = rounds_of(target);
  nn_real low = (nn_real)numbers[A], high = (nn_real)numbers[B];
  for (size_t i = 0; i < r.n; i++)
    r.pending[i] = true;
  do {
    nn_mt_normal(mt, r.candidates, r.n, numbers[MEAN], numbers[STD]);
    take(&r, target->values);
    for (size_t i = 0; i < r.n; i++)
      r.pending[i] = target->values[i] < low || target->values[i] > high;
  } while (any(&r));
}

/* Logarithm of the curve's height at x, relative to its highest point in the range. */
static nn_real log_height(nn_real x, const double *numbers, nn_real log_peak)
{
  nn_real z = (x - (nn_real)numbers[MEAN]) / (nn_real)numbers[STD];
  nn_real square = z * z;
  return square * (nn_real)-0.5 - log_peak;
}

static void fill_accepting(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  Rounds r = rounds_of(target);
  double mode = fmax(numbers[A], fmin(numbers[MEAN], numbers[B]));
  double peak = (mode - numbers[MEAN]) / numbers[STD];
  for (size_t i = 0; i < r.n; i++)
    r.pending[i] = true;
  do {
    nn_mt_uniform(mt, r.candidates, r.n, numbers[A], numbers[B]);
    take(&r, target->values);
    nn_mt_uniform(mt, r.draws, r.n, 0, 1);
    for (size_t i = 0; i < r.n; i++)
      r.pending[i] =
          r.pending[i] && NN_M(log)(r.draws[i]) >
                              log_height(r.candidates[i], numbers, (nn_real)(-0.5 * peak * peak));
  } while (any(&r));
}

/* Do enough normal numbers fall into the range? */
static bool draws_normal(const double *numbers)
{
  double above = normal_cdf((numbers[A] - numbers[MEAN]) / numbers[STD]);
  double below = normal_cdf((numbers[B] - numbers[MEAN]) / numbers[STD]);
  return below - above > 0.3;
}

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  if (draws_normal(numbers))
    fill_rejecting(target, numbers, mt);
  else
    fill_accepting(target, numbers, mt);
}

/* Which part of the even draws from [a, b] is accepted, in the arithmetic of fill_accepting(). */
static double accepted_part(const double *numbers)
{
  enum { POINTS = 20000 };
  double a = numbers[A], b = numbers[B], sum = 0;
  double mode = fmax(a, fmin(numbers[MEAN], b)), peak = (mode - numbers[MEAN]) / numbers[STD];
  for (int i = 0; i < POINTS; i++) {
    nn_real x = (nn_real)(a + (b - a) * (i + 0.5) / POINTS);
    nn_real height = log_height(x, numbers, (nn_real)(-0.5 * peak * peak));
    sum += height < 0 ? exp((double)height) : 1; /* a NaN is accepted */
  }
  return sum / POINTS;
}

static bool check_order(double a, double b, const char *where, NnError *err)
{
  if (a <= b)
    return true;
  char place[NN_PATH];
  nn_path_key(place, where, "a");
  return nn_fail(
      err, NN_ERR_ARG, place,
      "%s: trunc_normal_ keeps what lies between a and b, so a must not be above b; here "
      "a is %s and b is %s.",
      place, NN_SHOWN(a), NN_SHOWN(b));
}

/* PyTorch draws until every number fits, which far out in a tail is for ever. */
static bool check(const NnConfig *config, const char *where, NnError *err)
{
  static const double least = 1e-3;
  double numbers[4];
  nn_config_flatten(config, numbers, 4);
  if (!check_order(numbers[A], numbers[B], where, err))
    return false;
  double part = draws_normal(numbers) ? 1 : accepted_part(numbers);
  if (part >= least)
    return true;
  return nn_fail(err, NN_ERR_ARG, where,
                 "%s: from %s to %s the bell curve around %s with a width of %s is so steep that "
                 "of %s draws one would be kept, and finding the weights would take too long. "
                 "Choose a narrower range, or a larger std.",
                 where, NN_SHOWN(numbers[A]), NN_SHOWN(numbers[B]), NN_SHOWN(numbers[MEAN]),
                 NN_SHOWN(numbers[STD]),
                 part > 0 ? nn_number_rounded(1 / part, 2, (char[NN_NUMBER_TEXT]){0})
                          : nn_text(N_("endlessly many")));
}

const NnInitKind nn_trunc_normal_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "trunc_normal_",
             .torch = "trunc_normal_(tensor, *)",
             .label = N_("Truncated normal"),
             .doc = N_("Draws from a normal distribution without its tails, so that no weight "
                       "starts very large."),
             .source = "torch.nn.init.trunc_normal_",
             .params = params,
             .check = check},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .scratch = 3,
    .fill = fill};
