/* choose-device.h: which device trains a recipe faster, found by trying. Used by the window and
 * the command line. */
#pragma once
#include "engine/train/trainer.h"

typedef struct {
  const NnConfig *recipe;
  const NnSource *train;
  uint64_t max_steps;       /* of the run to come; 0: all its epochs */
  int n_threads;            /* of the processor; 0: all */
  const _Atomic bool *stop; /* NULL, or: ends it soon after it becomes true; then it is the CPU */
} BpTrial;

typedef struct {
  const char *device;         /* for nn_backend_open(): "cpu" or "cuda" */
  bool tried;                 /* there is a GPU, and both were compared, or need not be */
  char why[NN_SENTENCE + 64]; /* one sentence for a person */
} BpChoice;

/* Takes well under a second on either device; without CUDA no time at all. Cannot fail: where one
 * device cannot train the recipe it is the other. Thread: any; the backends are its own. */
void bp_choose_device(const BpTrial *trial, BpChoice *choice);
