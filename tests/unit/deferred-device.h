/* deferred-device.h: a made-up device for tests. It computes with ref, so that every bit can be
 * compared, but like a device: its memory cannot be touched by the host (addresses carry a tag, so
 * that following one crashes; blocks lie between guard words), and it puts off whatever it is told
 * until somebody wants a result. Up to 64 steps may be under way. It holds what the networks of
 * these tests need.
 */
#pragma once
#include "engine/backend/backend.h"

typedef struct {
  bool whole_steps;    /* claims compile_step for what it knows */
  bool in_host_memory; /* the host may touch its memory; one step in flight */
  size_t fail_at_step; /* from this step's result on the device is lost; 0: never */
  size_t most_bytes;   /* of its memory; 0: no limit */
  /* counted, for the test to look at */
  size_t n_steps, n_whole, n_batches_up, n_gathered, n_collected, most_under_way, n_refused,
      n_synced;
  long n_blocks;   /* alive */
  size_t n_broken; /* blocks whose guards were written, addresses that are no device memory */
  size_t bytes;
} LateDevice;

/* *device is borrowed, and read and counted in, until the backend is closed. */
bool late_open(LateDevice *device, NnBackend **backend, NnError *err);
