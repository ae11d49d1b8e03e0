/* cases.h: what is measured, and what is to come out. */
#pragma once
#include <stdbool.h>

/* Whose way it is. */
typedef enum {
  BENCH_OURS,
  BENCH_WRITTEN, /* PyTorch: the notebook's loop */
  BENCH_FASTEST, /* PyTorch: the fastest eager way that we could write */
  BENCH_STACK,   /* PyTorch: modules and autograd, for the stack of many kinds */
  BENCH_CNN,     /* the same for the CNN */
  BENCH_SCAN     /* JAX: one jitted scan over an epoch */
} BenchWay;

typedef struct {
  const char *name; /* unique; NULL ends the table */
  BenchWay way;
  int batch_size;
  bool all_cores;
  bool neighbor;           /* another process keeps one core busy meanwhile */
  bool operations;         /* "cpu:operations": no step is claimed as a whole */
  const char *const *sets; /* KEY, VALUE, …, NULL: what differs from the tutorial; NULL: nothing */
  bool in_quick;           /* --quick measures it, too */
} BenchCase;
extern const BenchCase bench_cases[];
/* −1: none. */
int bench_case_find(const char *name);

typedef enum { BENCH_TIMES, BENCH_SECONDS, BENCH_MEGABYTES } BenchUnit;

/* A row of what is to be reached. */
typedef struct {
  const char *title;   /* NULL ends the table */
  int batch_size;      /* 0: none in particular */
  const char *of, *to; /* names of cases: how many times as fast the first is. `to` NULL: `of` names
                        * a figure of whole programs, see results.h */
  double floor, goal;  /* goal 0: none beyond the floor */
  BenchUnit unit;      /* seconds and bytes are to be below */
} BenchRow;
extern const BenchRow bench_rows[];
