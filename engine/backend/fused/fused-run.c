/* fused-run.c: the fused step as the cpu backend offers it: compile_step() and what follows. */
#include "fused-run.h"
#include "fused.h"
#include "engine/backend/host.h"
#include <time.h>

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
  size_t first, n; /* of its steps */
  _Atomic bool halted;
  NnStepResult *results; /* (n_steps) */
} Job;

/* Some steps of a run, on one of their threads. */
static void work(void *data, size_t thread)
{
  Job *job = data;
  NnFusedWorker w = {.fused = job->fused,
                     .run = job->run,
                     .thread = (int)thread,
                     .n_threads = job->fused->barrier.n_threads,
                     .halted = job->halted};
  for (size_t k = job->first; k < job->first + job->n; k++)
    nn_fused_step(&w, k, &job->results[k]);
  if (w.halted)
    job->halted = true;
}

static double seconds_now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* As many of the job's steps from `first` on as go one way; returns how many. */
static size_t run_some(const NnBackend *backend, const NnStepRun *run, Job *job)
{
  NnFused *f = job->fused;
  bool together = false;
  double began = seconds_now();
  job->n = run->n_steps - job->first;
  if (backend->n_threads > 1)
    job->n = nn_fused_pace_next(&f->pace, job->n, began, &together);
  f->barrier.n_threads = together ? backend->n_threads : 1;
  nn_fused_share_lazy(f, f->barrier.n_threads);
  nn_pool_run(f->pool, work, job, (size_t)f->barrier.n_threads);
  if (backend->n_threads > 1) {
    double now = seconds_now();
    nn_fused_pace_note(&f->pace, job->n, now - began, now);
  }
  return job->n;
}

void nn_cpu_run_steps(const NnBackend *backend, void *step, const NnStepRun *run)
{
  NnStepResult results[NN_HOST_STEPS];
  Job job = {.fused = step, .run = run, .halted = nn_host_diverged(backend), .results = results};
  if (nn_fused_take_weights(step))
    nn_fused_take_rest(step);
  while (job.first < run->n_steps)
    job.first += run_some(backend, run, &job);
  for (size_t k = 0; k < run->n_steps; k++)
    nn_host_add_result(backend, &results[k]);
}
