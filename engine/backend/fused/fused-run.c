/* fused-run.c: the fused step as the cpu backend offers it: compile_step() and what follows. */
#include "fused-run.h"
#include "fused.h"
#include "engine/backend/host.h"

void *nn_cpu_compile_step(const NnBackend *backend, const NnStepPlan *plan)
{
  const NnCpu *cpu = nn_cpu_of(backend);
  return cpu->fuses ? nn_fused_new(cpu, backend->n_threads, plan) : NULL;
}

void nn_cpu_free_step(const NnBackend *backend, void *step)
{
  (void)backend;
  nn_fused_free(step);
}

void nn_cpu_sync_step(const NnBackend *backend, void *step)
{
  (void)backend;
  nn_fused_give_weights(step);
}

const void *nn_cpu_step_rest(const NnBackend *backend, void *step, size_t *size)
{
  (void)backend;
  return nn_fused_rest(step, size);
}

void nn_cpu_set_step_rest(const NnBackend *backend, void *step, const void *bytes, size_t size)
{
  (void)backend;
  nn_fused_set_rest(step, bytes, size);
}

typedef struct {
  NnFused *fused;
  const NnStepRun *run;
  bool halted;
  NnStepResult *results; /* (n_steps) */
} Job;

/* All steps of a run, on one of its threads. */
static void work(void *data, size_t thread)
{
  const Job *job = data;
  NnFusedWorker w = {.fused = job->fused,
                     .run = job->run,
                     .thread = (int)thread,
                     .n_threads = job->fused->barrier.n_threads,
                     .halted = job->halted};
  for (size_t k = 0; k < job->run->n_steps; k++)
    nn_fused_step(&w, k, &job->results[k]);
}

void nn_cpu_run_steps(const NnBackend *backend, void *step, const NnStepRun *run)
{
  NnStepResult results[NN_HOST_STEPS];
  Job job = {step, run, nn_host_diverged(backend), results};
  if (nn_fused_take_weights(step))
    nn_fused_take_rest(step);
  job.fused->barrier.n_threads = backend->n_threads;
  nn_fused_share_lazy(step, backend->n_threads);
  nn_pool_run(job.fused->pool, work, &job, (size_t)backend->n_threads);
  for (size_t k = 0; k < run->n_steps; k++)
    nn_host_add_result(backend, &results[k]);
}
