/* trial.h: one recipe, timed on this machine, and the work that it is. */
#pragma once
#include "data/data.h"
#include "engine/train/trainer.h"

/* What a step takes at least: multiply-adds of the products (each counts two) and bytes of weights
 * and of the optimizer's state, each read and written once. `share`: of pixels that are not 0; a
 * first Linear need not multiply the others, which is exact. Activations, norms and the arithmetic
 * of the update are left out. */
typedef struct {
  double flop, bytes;
} BenchWork;

typedef struct {
  const char *const *sets; /* KEY, VALUE, …, NULL: what differs from the tutorial; NULL: nothing */
  int batch_size, n_threads;
  bool operations; /* no step is claimed as a whole */
  double seconds;  /* of training that counts; some come before */
  double share;
} BenchTrial;

/* The tutorial's recipe with those changes, that batch, and more epochs than anybody waits for. */
bool bench_recipe(const char *const *sets, int batch_size, NnConfig **recipe, NnError *err);
/* Steps a second, and the work of one. Errors: those of a training. */
bool bench_trial(const NnDataset *dataset, const BenchTrial *wanted, double *rate, BenchWork *work,
                 NnError *err);
