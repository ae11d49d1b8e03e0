/* practice-draw.h: the three steps of a practice digit, private to practice*.c:
 * a way of writing (practice-strokes.c) → a trace of the pen (practice-warp.c) → pixels
 * (practice-draw.c).
 *
 * Lengths before the pixels are in hundredths of the digit's height, x to the right, y down. */
#pragma once
#include "practice.h"
#include "engine/rng.h"

enum {
  NN_POSES = 4,          /* forms of one way of writing that are blended */
  NN_STROKE_POINTS = 20, /* control points of one way of writing, at most */
  NN_SMOOTH_STEPS = 6,   /* straight pieces from one control point to the next */
  NN_TRACE_POINTS = NN_STROKE_POINTS * NN_SMOOTH_STEPS
};

/* What the pen does at a control point. */
typedef enum {
  NN_PEN_SMOOTH, /* goes through on a curve */
  NN_PEN_CORNER, /* changes its direction at once */
  NN_PEN_UP      /* last point of a stroke: the next one starts elsewhere */
} NnPenMove;

typedef struct {
  int8_t x, y;
  uint8_t move; /* NnPenMove */
} NnStrokePoint;

/* One way of writing a digit: the same points in several forms ("poses"), between which a hand
 * chooses freely, so that a wide and a slim zero have everything between them too. */
typedef struct {
  uint8_t label;
  uint8_t weight; /* how often, relative to the digit's other ways */
  uint8_t n_points, n_poses;
  const NnStrokePoint *points; /* (n_poses, n_points); every pose makes the same moves */
} NnStrokeWay;

/* The ways of writing `label`; *n of them. */
const NnStrokeWay *nn_practice_ways(int label, int *n);

typedef struct {
  float x, y;
  float radius; /* half the pen's width here */
  bool up;      /* nothing is drawn from here to the next point */
} NnTracePoint;

typedef struct {
  int n;
  NnTracePoint points[NN_TRACE_POINTS];
} NnTrace;

/* Writes `label` once, by a hand that `rng` chooses. */
void nn_practice_trace(int label, NnKeyedRng *rng, NnTrace *trace);
/* Draws a trace in MNIST's form; moves and scales its points in place. */
void nn_practice_render(NnTrace *trace, NnKeyedRng *rng, uint8_t pixels[NN_PRACTICE_PIXELS]);
