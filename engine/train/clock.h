/* clock.h: seconds of a steady clock. */
#pragma once
#include <time.h>

static inline double nn_seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
