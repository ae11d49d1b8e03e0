/* figures.c: see figures.h. */
#include "figures.h"
#include "engine/train/clock.h"
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- cores ---- */

/* Those of the process, before anything has been changed. */
static const cpu_set_t *all_cores(void)
{
  static cpu_set_t cores;
  static bool known;
  if (!known)
    known = sched_getaffinity(0, sizeof cores, &cores) == 0;
  return &cores;
}

void bench_use_one_core(bool one)
{
  const cpu_set_t *all = all_cores();
  cpu_set_t last;
  CPU_ZERO(&last);
  for (int core = CPU_SETSIZE - 1; core >= 0; core--)
    if (CPU_ISSET(core, all)) {
      CPU_SET(core, &last);
      break;
    }
  sched_setaffinity(0, sizeof last, one ? &last : all);
}

int bench_neighbor_start(void)
{
  pid_t process = fork();
  if (process != 0)
    return process;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bench_use_one_core(true);
  volatile bool busy = true;
  while (busy) {
  }
  _exit(0);
}

void bench_neighbor_stop(int process)
{
  if (process <= 0)
    return;
  kill(process, SIGKILL);
  waitpid(process, NULL, 0);
}

/* ---- whole programs ---- */

/* This program, run once: what it prints, and what it takes. */
static bool run(const char *const *arguments, char *out, size_t size, double *seconds)
{
  int ends[2], status = 0;
  size_t n = 0;
  if (pipe2(ends, O_CLOEXEC) != 0)
    return false;
  double started = nn_seconds();
  pid_t process = vfork();
  if (process == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execv("/proc/self/exe", (char *const *)arguments);
    _exit(127);
  }
  close(ends[1]);
  for (ssize_t got = 1; process > 0 && got > 0 && n + 1 < size; n += got > 0 ? (size_t)got : 0)
    got = read(ends[0], out + n, size - 1 - n);
  out[n] = '\0';
  close(ends[0]);
  if (process < 0 || waitpid(process, &status, 0) != process)
    return false;
  *seconds = nn_seconds() - started;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool bench_figures(const char *data, int steps, BenchFigures *figures, NnError *err)
{
  char out[1 << 15], count[16], version[64];
  double loaded;
  const char *asks[] = {"backprop-cli", "--version", NULL};
  const char *trains[] = {"backprop-cli",           "train", "--json", "--data", data,
                          steps ? "--steps" : NULL, count,   NULL};
  snprintf(count, sizeof count, "%d", steps);
  *figures = (BenchFigures){0};
  if (!run(asks, version, sizeof version, &loaded) ||
      !run(trains, out, sizeof out, &figures->seconds))
    return nn_fail(err, NN_ERR_IO, NULL,
                   "backprop-cli could not be started again, to be measured.");
  json_t *report = json_loads(out, 0, NULL);
  /* the report's begins with main(); loading the program comes before */
  figures->first_step = loaded + json_number_value(json_object_get(report, "start_seconds"));
  figures->megabytes = json_number_value(json_object_get(report, "peak_memory")) / 1e6;
  json_decref(report);
  return true;
}
