/* machine.c: see machine.h. */
#include "machine.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "engine/train/clock.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { TRIES = 7, MOST_CORES = 256 };
static const double SECONDS = 0.02; /* of each try */

/* ---- the loops ---- */

/* Enough independent chains to hide the latency of a multiply-add (4 cycles, 2 or 3 at once), in
 * the registers that there are. */
#define LOOPS(name, attributes, bytes, CHAINS)                                               \
  typedef float name##_vector __attribute__((vector_size(bytes), may_alias));                \
  attributes static double name##_flops(float *out, size_t rounds)                           \
  {                                                                                          \
    name##_vector c[CHAINS], a = {0}, b = {0};                                               \
    a += 0.999f, b += 0.001f;                                                                \
    for (int i = 0; i < CHAINS; i++)                                                         \
      c[i] = a * (float)i;                                                                   \
    for (size_t r = 0; r < rounds; r++)                                                      \
      _Pragma("GCC unroll 32") for (int i = 0; i < CHAINS; i++) c[i] = c[i] * a + b;         \
    for (int i = 1; i < CHAINS; i++)                                                         \
      c[0] += c[i];                                                                          \
    memcpy(out, &c[0], sizeof *out);                                                         \
    return 2.0 * (double)rounds * CHAINS * ((bytes) / sizeof(float));                        \
  }                                                                                          \
  attributes static void name##_update(float *memory, size_t n)                              \
  {                                                                                          \
    name##_vector *v = (name##_vector *)memory, a = {0}, b = {0};                            \
    a += 0.999f, b += 0.001f;                                                                \
    _Pragma("GCC unroll 8") for (size_t i = 0; i < n * sizeof *memory / (bytes); i++) v[i] = \
        v[i] * a + b;                                                                        \
  }

typedef struct {
  const char *name;
  double (*flops)(float *out, size_t rounds);
  void (*update)(float *memory, size_t n);
} Loops;

LOOPS(plain, , 16, 12)
#ifdef __x86_64__
LOOPS(avx2, __attribute__((target("avx2,fma"))), 32, 12)
LOOPS(avx512, __attribute__((target("avx512f,prefer-vector-width=512"))), 64, 24)
#endif

static Loops loops(void)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f"))
    return (Loops){"AVX-512", avx512_flops, avx512_update};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return (Loops){"AVX2", avx2_flops, avx2_update};
  return (Loops){"SSE2", plain_flops, plain_update};
#else
  return (Loops){"128 bits", plain_flops, plain_update};
#endif
}

/* ---- measuring ---- */

typedef struct {
  Loops loops;
  size_t n; /* numbers of memory that each thread updates; 0: the multiply-adds are counted */
  pthread_barrier_t *together;
  double rate;
} Work;

/* Work a second while all of them are at it. */
static double run(Work *work, float *memory)
{
  double done = 0, started, gone;
  pthread_barrier_wait(work->together);
  started = nn_seconds();
  do {
    if (work->n == 0) {
      done += work->loops.flops(memory, 20000);
    } else {
      work->loops.update(memory, work->n);
      done += 2.0 * (double)(work->n * sizeof *memory);
    }
    gone = nn_seconds() - started;
  } while (gone < SECONDS);
  return done / gone;
}

static void *work_thread(void *data)
{
  Work *work = data;
  float *memory = nn_alloc_array(work->n + 16, sizeof *memory);
  for (int i = 0; i < TRIES; i++) {
    double rate = memory ? run(work, memory) : (pthread_barrier_wait(work->together), 0);
    work->rate = rate > work->rate ? rate : work->rate;
  }
  nn_free(memory);
  return NULL;
}

/* The sum of all threads' best. */
static double measure(size_t bytes, int n_threads)
{
  pthread_t threads[MOST_CORES];
  Work work[MOST_CORES];
  pthread_barrier_t together;
  double sum = 0;
  pthread_barrier_init(&together, NULL, (unsigned)n_threads);
  for (int i = 0; i < n_threads; i++) {
    work[i] = (Work){.loops = loops(), .n = bytes / sizeof(float), .together = &together};
    if (pthread_create(&threads[i], NULL, work_thread, &work[i]) != 0)
      abort(); /* the others wait for it */
  }
  for (int i = 0; i < n_threads; i++) {
    pthread_join(threads[i], NULL);
    sum += work[i].rate;
  }
  pthread_barrier_destroy(&together);
  return sum;
}

/* ---- what it is ---- */

static void read_processor(char *text, size_t size)
{
  char line[256], *colon;
  FILE *file = fopen("/proc/cpuinfo", "re");
  snprintf(text, size, "unknown");
  while (file && fgets(line, sizeof line, file))
    if (strncmp(line, "model name", 10) == 0 && (colon = strchr(line, ':'))) {
      colon[strcspn(colon, "\n")] = '\0';
      snprintf(text, size, "%s", colon + 2);
      break;
    }
  if (file)
    fclose(file);
}

double bench_machine_load(void)
{
  double load;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

void bench_machine_measure(BenchMachine *machine)
{
  struct utsname name;
  long l2 = sysconf(_SC_LEVEL2_CACHE_SIZE), l3 = sysconf(_SC_LEVEL3_CACHE_SIZE);
  int cores = nn_machine_cores();
  *machine = (BenchMachine){.cores = cores < MOST_CORES ? cores : MOST_CORES,
                            .l2 = l2 > 0 ? (double)l2 : 0,
                            .l3 = l3 > 0 ? (double)l3 : 0};
  read_processor(machine->processor, sizeof machine->processor);
  if (uname(&name) == 0)
    snprintf(machine->kernel, sizeof machine->kernel, "%.20s %.70s", name.sysname, name.release);
  snprintf(machine->instructions, sizeof machine->instructions, "%s", loops().name);
  machine->memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
  for (int all = 0; all < 2; all++) {
    int n = all ? machine->cores : 1;
    machine->flops[all] = measure(0, n);
    machine->l2_bytes[all] = measure(l2 > 0 ? (size_t)l2 / 2 : 1 << 18, n);
    machine->l3_bytes[all] = l3 > 0 ? measure((size_t)l3 / 4 / (size_t)n, n) : 0;
    machine->memory_bytes[all] = measure((size_t)1 << 27, n);
  }
}
