/* practice-warp.c: one hand writes one digit: the way of writing is chosen, its points are moved,
 * joined by curves, bent, slanted and turned.
 *
 * The bending is a sum of a few long waves of random direction: a smooth field, as in the elastic
 * distortions of Simard et al. 2003 ("Best practices for convolutional neural networks applied to
 * visual document analysis"), but applied to the pen's path instead of the picture. */
#include "practice-draw.h"
#include <math.h>

enum { N_WAVES = 4 };

typedef struct {
  float along_x, along_y, phase; /* where on the wave a point is: a sine of these */
  float shift_x, shift_y;        /* how far it moves at the wave's top */
} Wave;

typedef struct {
  float xx, xy, yx, yy; /* slant, turn and stretch in one matrix */
  float jitter;         /* how far single points miss their place: a tidy or a hasty hand */
  float radius;         /* of the pen */
  float pressure, pressure_phase; /* how its width changes along the way */
  Wave waves[N_WAVES];
} Hand;

static float between(NnKeyedRng *rng, float low, float high)
{
  return low + (high - low) * (float)nn_keyed_uniform(rng);
}

static float normal(NnKeyedRng *rng, float mean, float deviation)
{
  return mean + deviation * (float)nn_keyed_normal(rng);
}

static float clamp(float value, float low, float high)
{
  return value < low ? low : value > high ? high : value;
}

static void choose_matrix(Hand *hand, int label, NnKeyedRng *rng)
{
  /* A one is slanted more than the rest: nothing else in its shape holds it upright. */
  float slant = label == 1 ? normal(rng, 0.3f, 0.32f) : normal(rng, 0.14f, 0.28f);
  float turn = normal(rng, 0.0f, 0.12f);
  float stretch = expf(normal(rng, 0.06f, 0.17f));
  slant = clamp(slant, -0.6f, 1.1f);
  float c = cosf(turn), s = sinf(turn);
  /* Stretch x, slant to the right (y points down), then turn. */
  hand->xx = c * stretch;
  hand->xy = -c * slant - s;
  hand->yx = s * stretch;
  hand->yy = c - s * slant;
}

static void choose_hand(Hand *hand, int label, NnKeyedRng *rng)
{
  choose_matrix(hand, label, rng);
  hand->jitter = between(rng, 1.0f, 5.0f);
  hand->radius = clamp(1.18f * expf(normal(rng, 0.0f, 0.3f)), 0.7f, 2.3f);
  hand->pressure = between(rng, 0.0f, 0.2f);
  hand->pressure_phase = between(rng, 0.0f, 6.2832f);
  float height = label == 1 ? 2.5f : 5.0f; /* a bent one is soon something else */
  for (int i = 0; i < N_WAVES; i++) {
    Wave *wave = &hand->waves[i];
    float length = between(rng, 70.0f, 220.0f), angle = between(rng, 0.0f, 6.2832f);
    wave->along_x = cosf(angle) * 6.2832f / length;
    wave->along_y = sinf(angle) * 6.2832f / length;
    wave->phase = between(rng, 0.0f, 6.2832f);
    wave->shift_x = normal(rng, 0.0f, height);
    wave->shift_y = normal(rng, 0.0f, height);
  }
}

static const NnStrokeWay *choose_way(int label, NnKeyedRng *rng)
{
  int n;
  const NnStrokeWay *ways = nn_practice_ways(label, &n);
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += ways[i].weight;
  int ticket = (int)(nn_keyed_uniform(rng) * sum);
  int i = 0;
  while (ticket >= ways[i].weight)
    ticket -= ways[i++].weight;
  return &ways[i];
}

typedef struct {
  float x, y;
} Point;

/* How much of each pose: random shares, uniform over all blends (the logarithms of uniform numbers,
 * scaled to a sum of one), then moved a little beyond the poses themselves. */
static void choose_shares(int n, NnKeyedRng *rng, float shares[NN_POSES])
{
  const float beyond = 1.25f;
  float sum = 1e-3f, middle = 1.0f / (float)n;
  for (int k = 0; k < n; k++)
    sum += shares[k] = -logf(between(rng, 1.0f, 0.01f));
  for (int k = 0; k < n; k++)
    shares[k] = middle + beyond * (shares[k] / sum - middle);
}

/* Blends the poses and moves every point, most of the way as the one before: a hand that has missed
 * its place goes on from there. */
static void place_points(const NnStrokeWay *way, const Hand *hand, NnKeyedRng *rng,
                         Point points[NN_STROKE_POINTS])
{
  const float kept = 0.6f, fresh = 0.8f; /* kept² + fresh² = 1 */
  float shares[NN_POSES];
  Point miss = {0, 0};
  choose_shares(way->n_poses, rng, shares);
  for (int i = 0; i < way->n_points; i++) {
    miss.x = kept * miss.x + normal(rng, 0, fresh * hand->jitter);
    miss.y = kept * miss.y + normal(rng, 0, fresh * hand->jitter);
    points[i] = miss;
    for (int k = 0; k < way->n_poses; k++) {
      points[i].x += shares[k] * (float)way->points[k * way->n_points + i].x;
      points[i].y += shares[k] * (float)way->points[k * way->n_points + i].y;
    }
  }
}

static void bend(const Hand *hand, NnTracePoint *point)
{
  float x = point->x, y = point->y;
  for (int i = 0; i < N_WAVES; i++) {
    const Wave *wave = &hand->waves[i];
    float height = sinf(wave->along_x * point->x + wave->along_y * point->y + wave->phase);
    x += wave->shift_x * height;
    y += wave->shift_y * height;
  }
  point->x = hand->xx * x + hand->xy * y;
  point->y = hand->yx * x + hand->yy * y;
}

static void add_point(NnTrace *trace, const Hand *hand, float x, float y)
{
  NnTracePoint *point = &trace->points[trace->n];
  float wobble = sinf(0.12f * (float)trace->n + hand->pressure_phase);
  *point = (NnTracePoint){x, y, hand->radius * (1.0f + hand->pressure * wobble), false};
  bend(hand, point);
  trace->n++;
}

/* Half the way from the point before to the point after: the direction of a Catmull-Rom curve
 * (Catmull & Rom 1974). At an end or a corner there is only one neighbor to head for. */
static Point direction(const Point *points, int i, bool first, bool last)
{
  Point before = points[first ? i : i - 1], after = points[last ? i : i + 1];
  float half = first || last ? 1.0f : 0.5f;
  return (Point){half * (after.x - before.x), half * (after.y - before.y)};
}

/* The curve from point i to i + 1, without its last point: a cubic Hermite piece. */
static void add_curve(NnTrace *trace, const Hand *hand, const Point *points, int i, Point ends[2])
{
  Point p = points[i], q = points[i + 1];
  for (int step = 0; step < NN_SMOOTH_STEPS; step++) {
    float t = (float)step / NN_SMOOTH_STEPS, t2 = t * t, t3 = t2 * t;
    float at_p = 2 * t3 - 3 * t2 + 1, from_p = t3 - 2 * t2 + t;
    float at_q = 3 * t2 - 2 * t3, from_q = t3 - t2;
    add_point(trace, hand, at_p * p.x + at_q * q.x + from_p * ends[0].x + from_q * ends[1].x,
              at_p * p.y + at_q * q.y + from_p * ends[0].y + from_q * ends[1].y);
  }
}

void nn_practice_trace(int label, NnKeyedRng *rng, NnTrace *trace)
{
  Hand hand;
  Point points[NN_STROKE_POINTS];
  const NnStrokeWay *way = choose_way(label, rng);
  const NnStrokePoint *plan = way->points;
  choose_hand(&hand, label, rng);
  place_points(way, &hand, rng, points);
  trace->n = 0;
  bool starts = true;
  for (int i = 0; i < way->n_points; i++) {
    if (plan[i].move == NN_PEN_UP) {
      add_point(trace, &hand, points[i].x, points[i].y);
      trace->points[trace->n - 1].up = true;
      starts = true;
      continue;
    }
    Point ends[2] = {direction(points, i, starts || plan[i].move == NN_PEN_CORNER, false),
                     direction(points, i + 1, false, plan[i + 1].move != NN_PEN_SMOOTH)};
    add_curve(trace, &hand, points, i, ends);
    starts = false;
  }
}
