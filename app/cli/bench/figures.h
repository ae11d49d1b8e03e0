/* figures.h: what whole programs take: time from their start to their end, to the first step, and
 * memory. */
#pragma once
#include "engine/error.h"

typedef struct {
  double seconds;    /* from before the program is started until it has ended */
  double first_step; /* likewise, until the first step of the training */
  double megabytes;  /* most memory at any time */
} BenchFigures;

/* Trains the tutorial once, or `steps` of it (0: all), with data from `data`. NN_ERR_IO. */
bool bench_figures(const char *data, int steps, BenchFigures *figures, NnError *err);

/* A process that keeps the last core busy until it is stopped. */
int bench_neighbor_start(void);
void bench_neighbor_stop(int process);
/* From now on this thread, and what it starts, stays on the last of its cores, or may use all. */
void bench_use_one_core(bool one);
