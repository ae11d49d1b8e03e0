/* ruler.c: see ruler.h. */
#include "ruler.h"
#include <math.h>

/* Steps of the clock's point i, and what it shows then. */
static void read_clock(const BpSeries *clock, size_t i, double *step, double *place)
{
  *step = bp_series_x(clock, i);
  *place = bp_series_y(clock, i);
}

/* The straight line through two points of the clock, as a function of its first coordinate. */
static double straight(double x0, double y0, double x1, double y1, double x)
{
  return x1 > x0 ? y0 + (y1 - y0) * ((x - x0) / (x1 - x0)) : y0;
}

double bp_ruler_place(const BpRuler *ruler, double step)
{
  const BpSeries *clock = ruler->clock;
  size_t n = clock ? bp_series_length(clock) : 0;
  if (n < 2)
    return step / (ruler->per_unit > 0 ? ruler->per_unit : 1);
  size_t i = bp_series_count_below(clock, step, true);
  size_t from = i == n || i == 0 ? 0 : i - 1, to = i == n ? n - 1 : i == 0 ? 1 : i;
  double s0, p0, s1, p1;
  read_clock(clock, from, &s0, &p0);
  read_clock(clock, to, &s1, &p1);
  return i == n ? p1 + straight(0, 0, s1 - s0, p1 - p0, step - s1) : straight(s0, p0, s1, p1, step);
}

/* The number of points of the clock that show less. */
static size_t count_earlier(const BpSeries *clock, double place)
{
  size_t begin = 0, end = bp_series_length(clock);
  while (begin < end) {
    size_t middle = begin + (end - begin) / 2;
    if (bp_series_y(clock, middle) < place)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

double bp_ruler_step(const BpRuler *ruler, double place)
{
  const BpSeries *clock = ruler->clock;
  size_t n = clock ? bp_series_length(clock) : 0;
  if (n < 2)
    return place * (ruler->per_unit > 0 ? ruler->per_unit : 1);
  size_t i = count_earlier(clock, place);
  size_t from = i == n || i == 0 ? 0 : i - 1, to = i == n ? n - 1 : i == 0 ? 1 : i;
  double s0, p0, s1, p1;
  read_clock(clock, from, &s0, &p0);
  read_clock(clock, to, &s1, &p1);
  return i == n ? s1 + straight(0, 0, p1 - p0, s1 - s0, place - p1)
                : straight(p0, s0, p1, s1, place);
}
