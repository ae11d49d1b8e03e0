/* bench-ops.c: how long single operations take on a device, one JSON object a line:
 *
 *   bench-ops DEVICE [REPEATS]
 *
 * Each is listed REPEATS times in one step, so that a GPU runs them as one graph and the time of
 * a launch from the host is left out; the best of five such steps counts. Not a test. */
#include "engine/backend/backend.h"
#include "engine/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_REPEATS = 200, ROUNDS = 5 };

static NnBackend *backend;
static int repeats = 50;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static nn_real *filled(size_t n)
{
  nn_real *host = nn_alloc_array(n, sizeof *host), *memory;
  memory = backend->ops->alloc(backend, n * sizeof *host);
  for (size_t i = 0; host && i < n; i++)
    host[i] = (nn_real)((double)(i * 7919 % 2003) / 1001.5 - 1);
  if (host && memory)
    backend->ops->upload(backend, memory, host, n * sizeof *host);
  nn_free(host);
  return memory;
}

/* Seconds of one call, the best of some rounds; NAN-free: a failed device ends the program. */
static double best(void (*call)(const void *), const void *what)
{
  double least = 1e30;
  for (int round = 0; round < ROUNDS; round++) {
    NnError err;
    bool ok = backend->ops->sync(backend, &err);
    double start = now();
    backend->ops->step_begin(backend);
    for (int i = 0; i < repeats; i++)
      call(what);
    backend->ops->step_end(backend);
    if (!ok || !backend->ops->sync(backend, &err)) {
      fprintf(stderr, "bench-ops: %s\n", err.text);
      exit(1);
    }
    double took = (now() - start) / repeats;
    least = took < least ? took : least;
  }
  return least;
}

static void report(const char *op, const char *shape, double seconds, double flop, double bytes)
{
  printf(
      "{\"op\": \"%s\", \"shape\": \"%s\", \"seconds\": %.4g, \"flop\": %.6g, \"bytes\": %.6g}\n",
      op, shape, seconds, flop, bytes);
  fflush(stdout);
}

/* ---- products ---- */

typedef struct {
  bool ta, tb;
  size_t M, N, K;
  nn_real *A, *B, *C;
} Product;

static void multiply(const void *what)
{
  const Product *p = what;
  backend->ops->gemm(backend, p->ta, p->tb, p->M, p->N, p->K, 1, p->A, p->B, 0, p->C);
}

/* y = x·Wᵀ, dx = dy·W and dW = dyᵀ·x of a Linear of `in` and `out` at a batch of N. */
static void linear(size_t N, size_t in, size_t out)
{
  static const char *names[] = {"Linear y", "Linear dx", "Linear dW"};
  Product ways[] = {
      {false, true, N, out, in}, {false, false, N, in, out}, {true, false, out, in, N}};
  double numbers = (double)(N * in + N * out + in * out);
  for (int i = 0; i < 3; i++) {
    Product *p = &ways[i];
    char shape[64];
    p->A = filled(p->M * p->K);
    p->B = filled(p->K * p->N);
    p->C = filled(p->M * p->N);
    snprintf(shape, sizeof shape, "%zu × %zu × %zu", p->M, p->N, p->K);
    report(names[i], shape, best(multiply, p), 2.0 * (double)(N * in * out), 4 * numbers);
    backend->ops->free(backend, p->A);
    backend->ops->free(backend, p->B);
    backend->ops->free(backend, p->C);
  }
}

/* ---- convolution ---- */

static void forward(const void *what)
{
  backend->ops->conv_forward(backend, what);
}

static void backward(const void *what)
{
  backend->ops->conv_backward(backend, what);
}

static void backward_dx(const void *what)
{
  NnConv v = *(const NnConv *)what;
  v.dweight = v.dbias = NULL;
  backend->ops->conv_backward(backend, &v);
}

static void free_conv(NnConv *v)
{
  const nn_real *memory[] = {v->x,  v->dy,      v->weight, v->bias, v->y,
                             v->dx, v->dweight, v->dbias,  v->work};
  for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
    backend->ops->free(backend, (void *)(uintptr_t)memory[i]);
}

/* kernel × kernel filters, the picture keeping its size. */
static void convolution(size_t N, size_t C, size_t K, size_t size, size_t kernel)
{
  NnConv v = {.N = N, .C = C, .K = K, .groups = 1, .mode = NN_PAD_ZEROS};
  for (int a = 0; a < 2; a++) {
    v.in[a] = v.out[a] = size;
    v.kernel[a] = kernel;
    v.stride[a] = v.dilation[a] = 1;
    v.before[a] = v.after[a] = kernel / 2;
  }
  size_t n_x = N * C * size * size, n_y = N * K * size * size, n_w = K * C * kernel * kernel;
  v.x = filled(n_x);
  v.dx = filled(n_x);
  v.dy = filled(n_y);
  v.y = filled(n_y);
  v.weight = filled(n_w);
  v.dweight = filled(n_w);
  v.bias = filled(K);
  v.dbias = filled(K);
  v.work = backend->ops->alloc(backend, nn_conv_work(&v) * sizeof *v.work);
  char shape[96];
  double flop = 2.0 * (double)n_y * (double)(C * kernel * kernel),
         bytes = 4.0 * (double)(n_x + n_y);
  snprintf(shape, sizeof shape, "%zu: %zu → %zu, %zu², %zu × %zu", N, C, K, size, kernel, kernel);
  report("Conv2d y", shape, best(forward, &v), flop, bytes);
  report("Conv2d dx", shape, best(backward_dx, &v), flop, bytes);
  nn_real *dx = v.dx;
  v.dx = NULL;
  report("Conv2d dW, db", shape, best(backward, &v), flop, bytes);
  v.dx = dx;
  free_conv(&v);
}

int main(int n_arguments, char **arguments)
{
  NnError err;
  const char *device = n_arguments > 1 ? arguments[1] : "cuda";
  repeats = n_arguments > 2 ? atoi(arguments[2]) : repeats;
  if (repeats < 1 || repeats > MOST_REPEATS || !nn_backend_open(device, 1, &backend, &err)) {
    fprintf(stderr, "bench-ops: %s\n",
            repeats < 1 || repeats > MOST_REPEATS ? "1 to 200 repeats are allowed." : err.text);
    return 1;
  }
  bool brief = repeats == 1; /* to see that it runs */
  linear(8, 784, 64);
  linear(brief ? 16 : 512, 784, 64);
  if (!brief)
    linear(512, 784, 512);
  linear(brief ? 8 : 512, brief ? 40 : 2048, brief ? 48 : 2048);
  convolution(brief ? 2 : 512, 1, 32, 28, 3);
  convolution(brief ? 2 : 512, brief ? 8 : 32, brief ? 8 : 64, 14, 3);
  convolution(brief ? 2 : 512, brief ? 8 : 64, brief ? 8 : 64, 14, 5);
  nn_backend_close(backend);
  return 0;
}
