/* results.h: what has been measured, and how it is said: a line for each row as text, or all as
 * JSON, of which tests/bench/results.py makes the page and the charts. */
#pragma once
#include "cases.h"
#include "machine.h"
#include "trial.h"

enum { BENCH_MOST_ROUNDS = 9, BENCH_MOST_CASES = 64, BENCH_MOST_POINTS = 64 };

typedef struct {
  int n;
  double values[BENCH_MOST_ROUNDS]; /* one of each round; NaN: could not be measured */
} BenchSeries;

typedef struct {
  double median, low, high; /* low, high: the extremes; all NaN: nothing was measured */
} BenchSpread;

/* How cost grows: a point for each size. */
typedef struct {
  const char *series; /* "width"; NULL ends the list */
  int size, batch_size;
  BenchWork work; /* of a step */
  double seconds; /* a step */
} BenchPoint;

typedef struct {
  BenchMachine machine;
  char data[512];
  const char *torch, *jax; /* versions; NULL: not there */
  bool quick;
  double share;                        /* of pixels that are not 0 */
  double load[2];                      /* bench_machine_load() before and after */
  BenchSeries rates[BENCH_MOST_CASES]; /* of bench_cases, in its order: steps a second */
  BenchWork work[BENCH_MOST_CASES];    /* of our own cases */
  char why[BENCH_MOST_CASES][256];     /* what prevented one; "": nothing */
  BenchSeries tutorial, start_gzipped, start_unpacked, memory; /* figures of whole programs */
  BenchPoint points[BENCH_MOST_POINTS + 1];
} BenchResults;

BenchSpread bench_spread(const BenchSeries *series);
/* A row's figure: the ratio of each round by itself, so that what slows a whole round down falls
 * out of it. */
BenchSpread bench_row_spread(const BenchResults *results, const BenchRow *row);
/* The same of the best round of each: on a machine that others use, what they took least from. */
double bench_row_best(const BenchResults *results, const BenchRow *row);
/* The least time of a step on so many cores (1, or all), by the larger of its two kinds of work. */
double bench_least_seconds(const BenchMachine *machine, const BenchWork *work, bool all_cores);

void bench_print_text(const BenchResults *results);
bool bench_print_json(const BenchResults *results, NnError *err); /* NN_ERR_NOMEM */
