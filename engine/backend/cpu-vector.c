/* cpu-vector.c: operations on flat lists of values over the pool of threads. */
#include "cpu.h"

enum { SMALL = 1 << 16, CHUNK = 1 << 14, MOST_CHUNKS = 256 };

typedef struct Vector Vector;
struct Vector {
  const NnVectorKernels *kernels;
  void (*function)(Vector *, size_t from, size_t count, size_t chunk);
  size_t n, size; /* elements; of one chunk */
  nn_real a;
  const nn_real *x;
  nn_real *y;
  double sums[MOST_CHUNKS];
};

static void vector_chunk(void *job, size_t chunk)
{
  Vector *v = job;
  size_t from = chunk * v->size;
  v->function(v, from, nn_chunk_end(from, v->size, v->n) - from, chunk);
}

/* The chunks are the same on any number of threads, and so are their sums. */
static size_t vector_run(const NnBackend *backend, Vector *v)
{
  v->kernels = nn_cpu_of(backend)->kernels->vector;
  v->size = CHUNK;
  while (nn_chunks(v->n, v->size) > MOST_CHUNKS)
    v->size *= 2;
  size_t n = nn_chunks(v->n, v->size);
  if (v->n >= SMALL)
    nn_pool_run(nn_cpu_of(backend)->pool, vector_chunk, v, n);
  else
    for (size_t chunk = 0; chunk < n; chunk++)
      vector_chunk(v, chunk);
  return n;
}

static void chunk_dot(Vector *v, size_t from, size_t count, size_t chunk)
{
  v->sums[chunk] = v->kernels->dot(count, v->x + from, v->y + from);
}

static void chunk_axpy(Vector *v, size_t from, size_t count, size_t chunk)
{
  (void)chunk;
  v->kernels->axpy(count, v->a, v->x + from, v->y + from);
}

static void chunk_scale(Vector *v, size_t from, size_t count, size_t chunk)
{
  (void)chunk;
  v->kernels->scale(count, v->a, v->y + from);
}

static void chunk_clamp(Vector *v, size_t from, size_t count, size_t chunk)
{
  (void)chunk;
  v->kernels->clamp(count, v->a, v->y + from);
}

static void chunk_round(Vector *v, size_t from, size_t count, size_t chunk)
{
  (void)chunk;
  v->kernels->round_bf16(count, v->y + from);
}

double nn_cpu_dot(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n)
{
  Vector v = {.function = chunk_dot, .n = n, .x = x, .y = (nn_real *)y}; /* only read */
  size_t n_chunks = vector_run(backend, &v);
  double sum = 0;
  for (size_t i = 0; i < n_chunks; i++)
    sum += v.sums[i];
  return sum;
}

void nn_cpu_axpy(const NnBackend *backend, double a, const nn_real *x, nn_real *y, size_t n)
{
  vector_run(backend, &(Vector){.function = chunk_axpy, .n = n, .a = (nn_real)a, .x = x, .y = y});
}

void nn_cpu_scale(const NnBackend *backend, double a, nn_real *x, size_t n)
{
  vector_run(backend, &(Vector){.function = chunk_scale, .n = n, .a = (nn_real)a, .y = x});
}

void nn_cpu_clamp(const NnBackend *backend, double limit, nn_real *x, size_t n)
{
  vector_run(backend, &(Vector){.function = chunk_clamp, .n = n, .a = (nn_real)limit, .y = x});
}

void nn_cpu_round_bf16(const NnBackend *backend, nn_real *x, size_t n)
{
  vector_run(backend, &(Vector){.function = chunk_round, .n = n, .y = x});
}
