/* fused-run.h: compile_step(), run_steps(), sync_step() and free_step() of the cpu backend
 * (engine/backend/step.h); fused.h says what they claim. Private to the cpu backend. */
#pragma once
#include "engine/backend/backend.h"

void *nn_cpu_compile_step(const NnBackend *backend, const NnStepPlan *plan);
void nn_cpu_run_steps(const NnBackend *backend, void *step, const NnStepRun *run);
void nn_cpu_sync_step(const NnBackend *backend, void *step);
const void *nn_cpu_step_rest(const NnBackend *backend, void *step, size_t *size);
void nn_cpu_set_step_rest(const NnBackend *backend, void *step, const void *bytes, size_t size);
void nn_cpu_free_step(const NnBackend *backend, void *step);
