/* test-picture.c: convolution and pooling of a backend against ref, on odd sizes, small and cut
 * into parts, and the same bits a second time, and from any number of threads. */
#include "guarded.h"
#include <stdlib.h>

static NnBackend *again; /* cpu on one thread, or the tested one once more */

/* ---- convolution ---- */

typedef struct {
  size_t N, C, K, groups;
  size_t in[2], kernel[2], stride[2], dilation[2], before[2], after[2];
  NnPadMode mode;
} Shape;

static const Shape shapes[] = {
    {1, 1, 1, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {3, 2, 5, 1, {7, 5}, {3, 2}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {17, 4, 6, 2, {9, 8}, {3, 3}, {2, 3}, {1, 1}, {1, 2}, {1, 2}, NN_PAD_ZEROS},
    {5, 3, 3, 3, {8, 9}, {2, 4}, {1, 2}, {3, 1}, {1, 1}, {2, 2}, NN_PAD_ZEROS},
    {33, 6, 4, 2, {5, 7}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {4, 6, 4, 2, {5, 7}, {1, 1}, {1, 1}, {1, 1}, {1, 0}, {0, 2}, NN_PAD_ZEROS},
    {4, 6, 4, 1, {5, 7}, {1, 1}, {2, 2}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {7, 2, 3, 1, {5, 4}, {3, 3}, {1, 1}, {1, 1}, {4, 3}, {4, 3}, NN_PAD_REFLECT},
    {7, 2, 3, 1, {3, 2}, {3, 3}, {1, 2}, {2, 1}, {5, 4}, {3, 6}, NN_PAD_REPLICATE},
    {7, 2, 3, 1, {5, 4}, {4, 2}, {2, 1}, {1, 2}, {5, 4}, {2, 3}, NN_PAD_CIRCULAR},
    {37, 8, 16, 1, {15, 13}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, NN_PAD_ZEROS},
    /* several tiles of rows for each sample */
    {2, 64, 3, 1, {33, 40}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, NN_PAD_ZEROS},
    {2, 300, 2, 1, {40, 41}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    /* many places, for tiles of each width, with and without padding and stride */
    {32, 1, 34, 1, {25, 25}, {2, 2}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {31, 18, 3, 1, {24, 24}, {1, 2}, {1, 1}, {1, 1}, {0, 1}, {0, 0}, NN_PAD_ZEROS},
    {31, 2, 20, 1, {23, 27}, {3, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {33, 34, 2, 1, {25, 24}, {1, 2}, {1, 1}, {1, 1}, {0, 1}, {0, 0}, NN_PAD_ZEROS},
    {33, 1, 40, 1, {25, 24}, {1, 2}, {1, 1}, {1, 1}, {0, 1}, {0, 1}, NN_PAD_ZEROS},
    {33, 1, 20, 1, {25, 24}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 1}, NN_PAD_ZEROS},
    {33, 1, 3, 1, {25, 24}, {1, 2}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {60, 2, 5, 1, {34, 33}, {3, 2}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, NN_PAD_ZEROS},
    {60, 1, 3, 1, {17, 18}, {3, 2}, {1, 1}, {1, 1}, {1, 1}, {1, 0}, NN_PAD_REFLECT},
    /* large filters and many of them, cut along the places */
    {5, 4, 40, 1, {9, 8}, {3, 3}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, NN_PAD_ZEROS},
    {5, 8, 70, 2, {8, 8}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, NN_PAD_ZEROS},
    {5, 4, 40, 1, {9, 8}, {3, 3}, {1, 1}, {1, 1}, {2, 0}, {0, 1}, NN_PAD_CIRCULAR},
    {2, 8, 40, 1, {12, 12}, {5, 5}, {1, 1}, {1, 1}, {2, 2}, {2, 2}, NN_PAD_ZEROS}};

typedef struct {
  NnConv v;
  size_t n_x, n_y, n_w, n_work;
  nn_real *x, *dy, *weight, *bias, *y, *dx, *dweight, *dbias, *work;
} Case;

static Case make_case(const Shape *s)
{
  Case c = {.v = {.N = s->N, .C = s->C, .K = s->K, .groups = s->groups, .mode = s->mode}};
  for (int a = 0; a < 2; a++) {
    c.v.in[a] = s->in[a];
    c.v.kernel[a] = s->kernel[a];
    c.v.stride[a] = s->stride[a];
    c.v.dilation[a] = s->dilation[a];
    c.v.before[a] = s->before[a];
    c.v.after[a] = s->after[a];
    size_t room = s->in[a] + s->before[a] + s->after[a] - s->dilation[a] * (s->kernel[a] - 1) - 1;
    c.v.out[a] = room / s->stride[a] + 1;
  }
  c.n_x = s->N * s->C * s->in[0] * s->in[1];
  c.n_y = s->N * s->K * c.v.out[0] * c.v.out[1];
  c.n_w = s->K * nn_conv_patch(&c.v);
  c.n_work = nn_conv_work(&c.v);
  c.v.x = c.x = buffer(c.n_x, true);
  c.v.dy = c.dy = buffer(c.n_y, true);
  c.v.weight = c.weight = buffer(c.n_w, true);
  c.v.bias = c.bias = buffer(s->K, true);
  return c;
}

static void release_case(Case *c)
{
  release(c->x, c->n_x);
  release(c->dy, c->n_y);
  release(c->weight, c->n_w);
  release(c->bias, c->v.K);
}

/* Outputs of one backend. add: gradients are added to what is there, the same for everyone. */
static Case run_conv(const Case *c, const NnBackend *backend, bool with_bias, bool add)
{
  Case r = *c;
  r.v.y = r.y = buffer(c->n_y, false);
  r.v.dx = r.dx = buffer(c->n_x, false);
  r.v.dweight = r.dweight = add ? copy_of(c->weight, c->n_w) : buffer(c->n_w, false);
  r.dbias = add ? copy_of(c->bias, c->v.K) : buffer(c->v.K, false);
  r.v.work = r.work = buffer(c->n_work, false);
  r.v.add_dweight = r.v.add_dbias = add;
  r.v.bias = with_bias ? c->bias : NULL;
  r.v.dbias = with_bias ? r.dbias : NULL;
  RUN(backend, conv_forward, &r.v);
  RUN(backend, conv_backward, &r.v);
  return r;
}

static void release_run(const Case *r)
{
  release(r->y, r->n_y);
  release(r->dx, r->n_x);
  release(r->dweight, r->n_w);
  release(r->dbias, r->v.K);
  release(r->work, r->n_work);
}

/* Compares, and releases the second. tol: 0 for the same bits. */
static void compare(const Case *a, Case b, bool with_bias, double tol)
{
  double patch = sqrt((double)nn_conv_patch(&a->v)), places = sqrt((double)a->n_y / (double)a->v.K);
  double fan_out = sqrt((double)a->n_w / (double)a->v.C * 4);
  nn_check_close(a->y, b.y, a->n_y, tol * patch, tol);
  nn_check_close(a->dx, b.dx, a->n_x, tol * fan_out, tol);
  nn_check_close(a->dweight, b.dweight, a->n_w, tol * places, tol);
  if (with_bias)
    nn_check_close(a->dbias, b.dbias, a->v.K, tol * places, tol);
  else
    for (size_t k = 0; k < a->v.K; k++)
      nn_check(isnan(a->dbias[k]) || a->dbias[k] == a->bias[k]);
  release_run(&b);
}

/* With $BACKPROP_TEST_HALF a shape has two of the four ways, and the next one the others. */
static void test_conv(void)
{
  bool half = getenv("BACKPROP_TEST_HALF");
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    Case c = make_case(&shapes[i]);
    for (int way = 0; way < 4; way++) {
      bool bias = way & 1, add = way & 2, odd = i & 1;
      if (half && (bias == add) == odd)
        continue;
      Case found = run_conv(&c, tested, bias, add);
      compare(&found, run_conv(&c, ref, bias, add), bias, 4e-6);
      if (!is_small() || bias)
        compare(&found, run_conv(&c, again, bias, add), bias, 0);
      release_run(&found);
    }
    release_case(&c);
  }
}

/* Each gradient may be left out by itself, and the others stay what they are. */
static void test_conv_parts(void)
{
  Case c = make_case(&shapes[2]);
  Case whole = run_conv(&c, tested, true, false), part = run_conv(&c, tested, true, false);
  for (int out = 0; out < 3; out++) {
    part.v.dx = out == 0 ? NULL : part.dx;
    part.v.dweight = out == 1 ? NULL : part.dweight;
    part.v.dbias = out == 2 ? NULL : part.dbias;
    RUN(tested, conv_backward, &part.v);
    nn_check_close(part.dx, whole.dx, c.n_x, 0, 0);
    nn_check_close(part.dweight, whole.dweight, c.n_w, 0, 0);
    nn_check_close(part.dbias, whole.dbias, c.v.K, 0, 0);
  }
  compare(&whole, part, true, 0);
  release_run(&whole);
  release_case(&c);
}

/* ---- pooling ---- */

typedef struct {
  size_t planes, in[2], kernel[2], stride[2], pad[2], dilation[2];
} Window;

static const Window windows[] = {
    {1, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {1, 1}},    {5, {7, 6}, {2, 2}, {2, 2}, {0, 0}, {1, 1}},
    {70, {26, 26}, {2, 2}, {2, 2}, {0, 0}, {1, 1}}, {70, {11, 37}, {2, 2}, {2, 2}, {0, 0}, {1, 1}},
    {9, {7, 8}, {3, 2}, {2, 3}, {1, 1}, {1, 1}},    {9, {9, 8}, {3, 2}, {1, 1}, {1, 0}, {2, 3}},
    {300, {13, 12}, {3, 3}, {2, 1}, {1, 1}, {1, 1}}};

static NnPooling pooling_of(const Window *w)
{
  NnPooling p = {.planes = w->planes, .divisor = NAN};
  for (int a = 0; a < 2; a++) {
    p.in[a] = w->in[a];
    p.kernel[a] = w->kernel[a];
    p.stride[a] = w->stride[a];
    p.pad[a] = w->pad[a];
    p.dilation[a] = w->dilation[a];
    p.out[a] =
        (w->in[a] + 2 * w->pad[a] - w->dilation[a] * (w->kernel[a] - 1) - 1) / w->stride[a] + 1;
  }
  return p;
}

typedef struct {
  nn_real *y, *dx, *index;
  size_t n_x, n_y;
} Pooled;

static Pooled run_pool(const NnBackend *backend, NnPooling p, bool max)
{
  Pooled r = {.n_x = p.planes * p.in[0] * p.in[1], .n_y = p.planes * p.out[0] * p.out[1]};
  p.y = r.y = buffer(r.n_y, false);
  p.dx = r.dx = buffer(r.n_x, false);
  p.index = r.index = buffer(r.n_y, !max);
  if (max) {
    RUN(backend, max_pool_forward, &p);
    RUN(backend, max_pool_backward, &p);
  } else {
    RUN(backend, mean_pool_forward, &p);
    RUN(backend, mean_pool_backward, &p);
  }
  return r;
}

static void compare_pools(const NnPooling *p, bool max)
{
  const NnBackend *others[] = {ref, again};
  for (int i = 0; i < 2; i++) {
    Pooled a = run_pool(tested, *p, max), b = run_pool(others[i], *p, max);
    double tol = max || i == 1 ? 0 : 2e-6;
    agree(a.y, b.y, a.n_y, tol, tol);
    agree(a.dx, b.dx, a.n_x, max ? 1e-6 : tol, tol);
    if (max)
      nn_check_close(a.index, b.index, a.n_y, 0, 0);
    release(a.index, a.n_y);
    release(b.index, b.n_y);
  }
}

/* with_ties: three values only, so that windows hold their largest more than once. */
static void pool_case(NnPooling p, bool max, bool with_ties)
{
  size_t n_x = p.planes * p.in[0] * p.in[1], n_y = p.planes * p.out[0] * p.out[1];
  nn_real *x = buffer(n_x, true), *dy = buffer(n_y, true);
  for (size_t i = 0; with_ties && i < n_x; i++)
    x[i] = x[i] > (nn_real)0.4 ? 1 : x[i] < (nn_real)-0.4 ? -1 : 0;
  p.x = x;
  p.dy = dy;
  compare_pools(&p, max);
  release(x, n_x);
  release(dy, n_y);
}

static void test_max(void)
{
  for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
    pool_case(pooling_of(&windows[i]), true, false);
    pool_case(pooling_of(&windows[i]), true, true);
  }
}

static void test_mean(void)
{
  for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
    NnPooling p = pooling_of(&windows[i]);
    if (p.dilation[0] > 1)
      continue; /* means know no dilation */
    pool_case(p, false, false);
    p.count_include_pad = true;
    pool_case(p, false, false);
    p.divisor = 7;
    pool_case(p, false, false);
  }
  NnPooling p = {.planes = 9, .in = {7, 5}, .out = {3, 8}, .adaptive = true, .divisor = NAN};
  pool_case(p, false, false);
}

/* A NaN wins in every place of a window, and of two the later one; nothing wins over −∞ alone but
 * the first place. */
static void check_special(const NnBackend *backend, size_t width)
{
  NnPooling p = pooling_of(&(Window){1, {2, 2 * width}, {2, 2}, {2, 2}, {0, 0}, {1, 1}});
  size_t n = 4 * width;
  nn_real *x = buffer(n, false);
  p.x = x;
  p.y = buffer(width, false);
  p.index = buffer(width, false);
  for (size_t at = 0; at < 4; at++) {
    for (size_t i = 0; i < n; i++)
      x[i] = (nn_real)-INFINITY;
    RUN(backend, max_pool_forward, &p);
    nn_check(isinf(p.y[0]) && p.y[0] < 0 && p.index[0] == 0);
    x[0] = (nn_real)NAN;
    x[at / 2 * 2 * width + at % 2] = (nn_real)NAN;
    RUN(backend, max_pool_forward, &p);
    nn_check(isnan(p.y[0]));
    nn_check_int(p.index[0], at / 2 * 2 * width + at % 2);
    nn_check_int(p.index[width - 1], width > 1 ? 2 * (width - 1) : p.index[0]);
  }
  release(x, n);
  release(p.y, width);
  release(p.index, width);
}

static void test_special(void)
{
  for (size_t width = 1; width <= 16; width += 5) {
    check_special(ref, width);
    check_special(tested, width);
  }
}

int main(int argc, char **argv)
{
  NnError err;
  nn_keyed_init(&rng, 2, 3, 4, 5);
  if (!open_backends(argc, argv))
    return 0;
  again = tested;
  if (tested->host_memory && !nn_check(nn_backend_open("cpu", 1, &again, &err)))
    return 1;
  nn_test("convolution", test_conv);
  nn_test("convolution with some of its gradients", test_conv_parts);
  nn_test("largest of windows", test_max);
  nn_test("means of windows", test_mean);
  nn_test("largest of not a number and minus infinity", test_special);
  if (again != tested)
    nn_backend_close(again);
  close_backends();
  return nn_test_done();
}
