/* fused-pace.h: whether the threads of a step are worth it just now. They meet several times in
 * some 20 µs, so a neighbor who takes a core for a moment stops all of them, and a small network is
 * faster on one thread anyway. As any number of threads gives the same bits, both ways are tried,
 * the slower one again now and then. Private to the fused step. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Zeros: nothing is known; the first steps are a trial of all threads. */
typedef struct {
  bool together;        /* is faster, as far as is known */
  double step_seconds;  /* that way, a mean of the last few calls; 0: not known */
  double other_seconds; /* the other way, when it was tried last */
  bool on_trial;        /* the other way's turn */
  size_t n_trial;       /* steps, and */
  double trial_seconds, next_trial, wait;
} NnFusedPace;

/* How many of the next n steps to do, and whether together. */
size_t nn_fused_pace_next(NnFusedPace *pace, size_t n, double now, bool *together);
/* That many have been done in so many seconds. */
void nn_fused_pace_note(NnFusedPace *pace, size_t n, double seconds, double now);
