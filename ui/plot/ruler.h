/* ruler.h: what the steps of a run are on the x axis: steps, epochs, or seconds of training.
 *
 * Without a clock the axis counts equal parts of `per_unit` steps: 1 for steps, the steps of an
 * epoch for epochs. A clock is a series from steps to what the axis counts; between its points it
 * runs straight, and behind the last one as fast as on the whole so far. Pure arithmetic; any
 * thread that may read the clock. Both functions grow with their argument. */
#pragma once
#include "series.h"

typedef struct {
  double per_unit; /* > 0; 0 stands for 1 */
  BpSeries *clock; /* x: steps, y: finite and never falling; NULL: none. Borrowed */
} BpRuler;

/* A step on the axis, and back. */
double bp_ruler_place(const BpRuler *ruler, double step);
double bp_ruler_step(const BpRuler *ruler, double place);
