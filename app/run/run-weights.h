/* run-weights.h: what a kept run has learned, as a file that others read. Without GLib. Thread:
 * any.
 */
#pragma once
#include "run-file.h"

/* Writes the weights of the run in file `run`, as they were after `step` updates or, where no
 * checkpoint is of that step, before and nearest to it; UINT64_MAX: its newest. The name of `to`
 * says what kind of file it becomes (engine/export/weights.h). Needs no data. Errors: those of
 * run-file.h and nn_learned_save(); NN_ERR_ARG: no checkpoint has been kept. */
bool bp_run_save_weights(const char *run, uint64_t step, const char *to, NnError *err);
