/* test-pool.c: every chunk runs exactly once, however many threads there are, job after job. */
#include "engine/backend/float-mode.h"
#include "engine/backend/pool.h"
#include "tests/check.h"
#include <float.h>
#include <stdatomic.h>
#include <unistd.h>

enum { CHUNKS = 1000 };
typedef struct {
  _Atomic int counts[CHUNKS];
  double results[CHUNKS];
} Job;

static void work(void *data, size_t chunk)
{
  Job *job = data;
  atomic_fetch_add(&job->counts[chunk], 1);
  job->results[chunk] = (double)chunk * 0.5; /* plain memory: seen by the caller afterwards */
}

static void run_jobs(int n_threads, int n_jobs, unsigned pause_us)
{
  static Job job;
  NnPool *pool = NULL;
  NnError err;
  if (!nn_check(nn_pool_new(n_threads, &pool, &err)))
    return;
  for (int j = 0; j < n_jobs; j++) {
    size_t n = (size_t)(j * 37) % (CHUNKS + 1);
    job = (Job){0};
    nn_pool_run(pool, work, &job, n);
    bool ok = true;
    for (size_t i = 0; i < CHUNKS; i++)
      ok = ok && job.counts[i] == (i < n) && job.results[i] == (i < n ? (double)i * 0.5 : 0);
    if (!nn_check(ok))
      break;
    if (pause_us > 0)
      usleep(pause_us); /* long enough for the workers to fall asleep */
  }
  nn_pool_free(pool);
}

static void test_one_thread(void)
{
  run_jobs(1, 50, 0);
}

static void test_threads(void)
{
  run_jobs(2, 500, 0);
  run_jobs(5, 200, 0);
}

static void test_sleeping_workers(void)
{
  run_jobs(3, 30, 3000);
}

static void test_no_job(void)
{
  NnPool *pool = NULL;
  NnError err;
  nn_check(nn_pool_new(4, &pool, &err));
  nn_pool_free(pool);
  nn_pool_free(NULL);
}

/* Each chunk divides the smallest normal number by 8, which a flushing processor makes 0. */
enum { N_DENORMALS = 1000 };
static volatile float smallest = FLT_MIN;

static void divide(void *job, size_t chunk)
{
  ((float *)job)[chunk] = smallest / 8;
}

static void check_mode(NnPool *pool, bool flushed)
{
  static float results[N_DENORMALS];
  int zeros = 0;
  nn_pool_run(pool, divide, results, N_DENORMALS);
  for (int i = 0; i < N_DENORMALS; i++)
    zeros += results[i] == 0;
  nn_check_int(zeros, flushed ? N_DENORMALS : 0);
}

static void test_mode(void)
{
#ifndef __SSE__
  nn_skip("this processor's denormal numbers are left alone");
#else
  NnPool *pool;
  if (!nn_check(nn_pool_new(4, &pool, NULL)))
    return;
  check_mode(pool, false);
  NnFloatMode before = nn_float_mode_flush();
  check_mode(pool, true);
  NnFloatMode flushing = nn_float_mode_keep();
  check_mode(pool, false);
  nn_float_mode_set(flushing);
  check_mode(pool, true);
  nn_float_mode_set(before);
  check_mode(pool, false);
  nn_pool_free(pool);
#endif
}

int main(void)
{
  nn_test("one thread", test_one_thread);
  nn_test("several threads", test_threads);
  nn_test("workers that sleep", test_sleeping_workers);
  nn_test("no job at all", test_no_job);
  nn_test("workers treat denormal numbers as the caller does", test_mode);
  return nn_test_done();
}
