/* wolfe.c: see wolfe.h. First steps further and further until the minimum must lie between two
 * points (bracket), then closes in on it (zoom). */
#include "engine/optimizers/wolfe.h"
#include <math.h>

/* enough descent; flat enough; no change of any parameter worth looking for */
static const double C1 = 1e-4, C2 = 0.9, LEAST_CHANGE = 1e-9;

typedef struct {
  const NnWolfe *wolfe;
  int evals, n, max_steps; /* n: refinements so far */
  NnWolfePoint ends[2];
  bool done; /* ends[0] is it */
} Search;

void nn_wolfe_take_gradient(const NnWolfe *wolfe, nn_real *g)
{
  const NnOptimizerTarget *target = wolfe->target;
  target->backend->ops->copy(target->backend, target->dw, g, target->n);
  if (wolfe->maximize)
    target->backend->ops->scale(target->backend, -1, g, target->n);
}

double nn_wolfe_evaluate(const NnWolfe *wolfe, nn_real *g)
{
  double loss = wolfe->target->closure(wolfe->target->user);
  nn_wolfe_take_gradient(wolfe, g);
  return wolfe->maximize ? -loss : loss;
}

/* A gradient that neither of the two points nor the start holds. */
static nn_real *spare(const NnWolfe *wolfe, const NnWolfePoint *a, const NnWolfePoint *b)
{
  int i = 1;
  while (wolfe->g[i] == a->g || wolfe->g[i] == b->g)
    i++;
  return wolfe->g[i];
}

static NnWolfePoint look(Search *s, double t, nn_real *g)
{
  const NnOptimizerTarget *target = s->wolfe->target;
  const NnBackend *backend = target->backend;
  NnWolfePoint point = {.t = t, .g = g};
  backend->ops->axpy(backend, t, s->wolfe->d, target->w, target->n);
  point.f = nn_wolfe_evaluate(s->wolfe, g);
  backend->ops->copy(backend, s->wolfe->x, target->w, target->n);
  point.slope = backend->ops->dot(backend, g, s->wolfe->d, target->n);
  s->evals++;
  return point;
}

/* Where the cubic through both points has its minimum, held between low and high. */
static double cubic(const NnWolfePoint *p, const NnWolfePoint *q, double low, double high)
{
  double d1 = p->slope + q->slope - 3 * (p->f - q->f) / (p->t - q->t);
  double square = d1 * d1 - p->slope * q->slope;
  if (!(square >= 0))
    return (low + high) / 2;
  double d2 = sqrt(square);
  const NnWolfePoint *near = p->t <= q->t ? p : q, *far = p->t <= q->t ? q : p;
  double t =
      far->t - (far->t - near->t) * ((far->slope + d2 - d1) / (far->slope - near->slope + 2 * d2));
  t = low > t ? low : t;
  return high < t ? high : t;
}

static bool sinks_enough(const Search *s, const NnWolfePoint *p)
{
  const NnWolfePoint *start = &s->wolfe->start;
  return !(p->f > start->f + C1 * p->t * start->slope);
}

static bool is_flat_enough(const Search *s, const NnWolfePoint *p)
{
  return fabs(p->slope) <= -C2 * s->wolfe->start.slope;
}

static void bracket(Search *s, double t)
{
  NnWolfePoint before = s->wolfe->start, now = look(s, t, spare(s->wolfe, &before, &before));
  for (; s->n < s->max_steps; s->n++) {
    bool low = sinks_enough(s, &now) && !(s->n > 1 && now.f >= before.f);
    s->done = low && is_flat_enough(s, &now);
    s->ends[0] = s->done ? now : before;
    s->ends[1] = now;
    if (s->done || !low || now.slope >= 0)
      return;
    double next = cubic(&before, &now, now.t + 0.01 * (now.t - before.t), 10 * now.t);
    before = now;
    now = look(s, next, spare(s->wolfe, &before, &before));
  }
  s->ends[0] = s->wolfe->start; /* out of steps */
  s->ends[1] = now;
}

/* The next point to look at: the cubic's, but not twice in a row near an end. */
static double choose(const Search *s, bool *stuck)
{
  double a = s->ends[0].t, b = s->ends[1].t, low = fmin(a, b), high = fmax(a, b);
  double t = cubic(&s->ends[0], &s->ends[1], low, high), margin = 0.1 * (high - low);
  if (!(fmin(high - t, t - low) < margin)) {
    *stuck = false;
  } else if (*stuck || t >= high || t <= low) {
    t = fabs(t - high) < fabs(t - low) ? high - margin : low + margin;
    *stuck = false;
  } else {
    *stuck = true;
  }
  return t;
}

/* Closes in; the index of the lower end. */
static int zoom(Search *s)
{
  const NnOptimizerTarget *target = s->wolfe->target;
  double d_max = target->backend->ops->max_abs(target->backend, s->wolfe->d, target->n);
  int low = s->done || s->ends[0].f <= s->ends[1].f ? 0 : 1;
  bool stuck = false;
  for (; !s->done && s->n < s->max_steps; s->n++) {
    NnWolfePoint *ends = s->ends;
    if (fabs(ends[1].t - ends[0].t) * d_max < LEAST_CHANGE)
      break;
    NnWolfePoint now = look(s, choose(s, &stuck), spare(s->wolfe, &ends[0], &ends[1]));
    if (!sinks_enough(s, &now) || now.f >= ends[low].f) {
      ends[1 - low] = now;
      low = ends[0].f <= ends[1].f ? 0 : 1;
      continue;
    }
    s->done = is_flat_enough(s, &now);
    if (!s->done && now.slope * (ends[1 - low].t - ends[low].t) >= 0)
      ends[1 - low] = ends[low];
    ends[low] = now;
  }
  return low;
}

int nn_wolfe_search(const NnWolfe *wolfe, double t, int max_steps, NnWolfePoint *found)
{
  const NnOptimizerTarget *target = wolfe->target;
  Search s = {.wolfe = wolfe, .max_steps = max_steps};
  target->backend->ops->copy(target->backend, target->w, wolfe->x, target->n);
  bracket(&s, t);
  *found = s.ends[zoom(&s)];
  return s.evals;
}
