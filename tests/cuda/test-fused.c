/* test-fused.c: the fused steps of small networks against the same steps made of ref's operations,
 * for odd widths and batches, several optimizers, with a cluster and without. Runs on the device
 * "cuda": a GPU, or the emulator. */
#include "engine/backend/backend.h"
#include "engine/elem/list.h"
#include "engine/mem.h"
#include "engine/optimizers/optimizer.h"
#include "engine/rng.h"
#include "tests/check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4, N_SAMPLES = 40, N_STEPS = 6 };

typedef struct {
  int n_linear;
  size_t sizes[MOST + 1];
  size_t N, C;
  bool bias, weighted;
  int elem;
  double smoothing;
  const char *optimizer;
} Case;

static NnBackend *ref, *cuda;
static NnKeyedRng rng;

/* What both sides start from; host memory. */
typedef struct {
  Case k;
  NnStepPlan plan; /* offsets; its pointers are filled per backend */
  size_t F, n_classes;
  uint8_t *pixels;
  int32_t classes[N_SAMPLES];
  nn_real table[2 * 256], class_weight[32];
  nn_real *params;
  uint32_t *ids;
  double scalars[N_STEPS * NN_MAX_SCALARS], divisors[N_STEPS];
  int n_state;
} Start;

static nn_real normal(double scale)
{
  return (nn_real)(scale * nn_keyed_normal(&rng));
}

static void plan_layers(Start *s)
{
  NnStepPlan *p = &s->plan;
  for (int i = 0; i < s->k.n_linear; i++) {
    NnStepLayer *l = &p->layers[p->n_layers++];
    *l = (NnStepLayer){.op = NN_STEP_LINEAR, .in = s->k.sizes[i], .out = s->k.sizes[i + 1]};
    l->weight = p->n_params;
    p->n_params += l->in * l->out;
    l->has_bias = s->k.bias;
    l->bias = p->n_params;
    p->n_params += l->has_bias ? l->out : 0;
    if (i + 1 < s->k.n_linear)
      p->layers[p->n_layers++] = (NnStepLayer){.op = NN_STEP_ACTIVATION,
                                               .in = l->out,
                                               .out = l->out,
                                               .elem = s->k.elem,
                                               .numbers = {(nn_real)0.1}};
  }
}

static void start_data(Start *s)
{
  s->F = s->k.sizes[0];
  s->n_classes = s->k.sizes[s->k.n_linear];
  s->pixels = nn_alloc(N_SAMPLES * s->F);
  s->ids = nn_alloc_array(N_STEPS * s->k.N, sizeof *s->ids);
  s->params = nn_alloc_array(s->plan.n_params, sizeof *s->params);
  for (size_t i = 0; i < N_SAMPLES * s->F; i++)
    s->pixels[i] = (uint8_t)(nn_keyed_u32(&rng) % 256);
  for (int i = 0; i < N_SAMPLES; i++)
    s->classes[i] = (int32_t)(nn_keyed_u32(&rng) % s->n_classes);
  for (int i = 0; i < 512; i++)
    s->table[i] = (nn_real)(i % 256) / 255 - (i < 256 ? 0 : (nn_real)0.5);
  for (int i = 0; i < 32; i++)
    s->class_weight[i] = (nn_real)0.5 + (nn_real)(i % 3);
  for (size_t i = 0; i < s->plan.n_params; i++)
    s->params[i] = normal(0.1);
  for (size_t i = 0; i < N_STEPS * s->k.N; i++)
    s->ids[i] = nn_keyed_u32(&rng) % N_SAMPLES;
}

static void start_rules(Start *s)
{
  NnError err;
  NnOptimizer o;
  const NnKind *kind = nn_kind_find(NN_CLASS_OPTIMIZER, s->k.optimizer);
  NnConfig *config = nn_config_new(kind, &err);
  nn_check(nn_optimizer_init(&o, config, &err));
  for (int t = 0; t < N_STEPS; t++) {
    nn_optimizer_prepare(&o, s->scalars + t * NN_MAX_SCALARS);
    s->divisors[t] = (double)s->k.N + t % 2;
  }
  s->n_state = s->plan.n_state = o.n_state;
  s->plan.optimizer = o.kind->elem;
  nn_config_free(config);
}

static void start(Start *s, const Case *k)
{
  *s = (Start){.k = *k};
  plan_layers(s);
  start_data(s);
  start_rules(s);
  s->plan.C = k->C;
  s->plan.S = s->F / k->C;
  s->plan.n_samples = N_SAMPLES;
  s->plan.N = k->N;
  s->plan.n_classes = s->n_classes;
  s->plan.smoothing = k->smoothing;
}

static void *on(const NnBackend *b, const void *from, size_t bytes)
{
  void *memory = b->ops->alloc(b, bytes);
  nn_check(memory != NULL);
  if (from)
    b->ops->upload(b, memory, from, bytes);
  return memory;
}

/* The plan with its memory on that backend. */
static NnStepPlan place(const Start *s, const NnBackend *b)
{
  NnStepPlan p = s->plan;
  size_t n = p.n_params * sizeof(nn_real);
  p.pixels = on(b, s->pixels, N_SAMPLES * s->F);
  p.classes = on(b, s->classes, sizeof s->classes);
  p.table = on(b, s->table, sizeof s->table);
  p.class_weight = s->k.weighted ? on(b, s->class_weight, sizeof s->class_weight) : NULL;
  p.w = on(b, s->params, n);
  p.dw = on(b, NULL, n);
  for (int i = 0; i < p.n_state; i++)
    p.state[i] = on(b, NULL, n);
  return p;
}

static void release(const NnStepPlan *p, const NnBackend *b)
{
  const void *memory[] = {p->pixels, p->classes, p->table, p->class_weight, p->w, p->dw};
  for (int i = 0; i < 6; i++)
    if (memory[i])
      b->ops->free(b, (void *)memory[i]);
  for (int i = 0; i < p->n_state; i++)
    b->ops->free(b, p->state[i]);
}

/* ---- the same steps, operation by operation ---- */

typedef struct {
  nn_real *values[NN_STEP_MAX_LAYERS + 1], *grads[NN_STEP_MAX_LAYERS + 1];
  int32_t labels[64];
  nn_real row_loss[64];
} Memory;

static void forward(const NnStepPlan *p, Memory *m)
{
  for (int i = 0; i < p->n_layers; i++) {
    const NnStepLayer *l = &p->layers[i];
    nn_real *x = m->values[i], *y = m->values[i + 1];
    if (l->op == NN_STEP_ACTIVATION) {
      ref->ops->activation_forward(ref, l->elem, l->numbers, p->N * l->out, x, y);
      continue;
    }
    ref->ops->gemm(ref, false, true, p->N, l->out, l->in, 1, x, p->w + l->weight, 0, y);
    if (l->has_bias)
      ref->ops->add_bias(ref, p->N, l->out, p->w + l->bias, y);
  }
}

static void backward(const NnStepPlan *p, Memory *m)
{
  for (int i = p->n_layers - 1; i >= 0; i--) {
    const NnStepLayer *l = &p->layers[i];
    nn_real *x = m->values[i], *y = m->values[i + 1], *dy = m->grads[i + 1], *dx = m->grads[i];
    if (l->op == NN_STEP_ACTIVATION) {
      ref->ops->activation_backward(ref, l->elem, l->numbers, p->N * l->out, x, y, dy, dx);
      continue;
    }
    ref->ops->gemm(ref, true, false, l->out, l->in, p->N, 1, dy, x, 0, p->dw + l->weight);
    if (l->has_bias)
      ref->ops->sum_rows(ref, p->N, l->out, dy, false, p->dw + l->bias);
    ref->ops->gemm(ref, false, false, p->N, l->in, l->out, 1, dy, p->w + l->weight, 0, dx);
  }
}

static NnStepResult ref_step(const Start *s, NnStepPlan *p, Memory *m, int t)
{
  NnStepResult result;
  NnError err;
  NnGather g = {p->pixels,    p->classes, p->table, p->C, p->S, p->N, s->ids + (size_t)t * p->N,
                m->values[0], m->labels};
  ref->ops->gather(ref, &g);
  forward(p, m);
  nn_real *logits = m->values[p->n_layers];
  ref->ops->cross_entropy(ref, p->N, p->n_classes, logits, m->labels, p->smoothing, p->class_weight,
                          1 / s->divisors[t], m->row_loss, m->grads[p->n_layers]);
  NnStepLoss loss = {p->N, p->n_classes, m->row_loss, logits, m->labels, s->divisors[t]};
  ref->ops->step_loss(ref, &loss);
  backward(p, m);
  ref->ops->optimizer_step(ref, p->optimizer, p->n_state, s->scalars + t * NN_MAX_SCALARS,
                           p->n_params, p->dw, p->state, p->w);
  nn_check(ref->ops->step_results(ref, &result, 1, &err));
  return result;
}

static void run_ref(const Start *s, NnStepPlan *p, NnStepResult *results)
{
  Memory m;
  for (int i = 0; i <= p->n_layers; i++) {
    size_t size = p->N * (i == 0 ? s->F : p->layers[i - 1].out);
    m.values[i] = nn_alloc_array(size, sizeof(nn_real));
    m.grads[i] = nn_alloc_array(size, sizeof(nn_real));
  }
  for (int t = 0; t < N_STEPS; t++)
    results[t] = ref_step(s, p, &m, t);
  for (int i = 0; i <= p->n_layers; i++) {
    nn_free(m.values[i]);
    nn_free(m.grads[i]);
  }
}

/* ---- comparing ---- */

static void run_cuda(const Start *s, NnStepPlan *p, NnStepResult *results)
{
  NnError err;
  void *step = cuda->ops->compile_step(cuda, p);
  if (!nn_check(step != NULL))
    return;
  /* In two launches, so that weights and states come back and go again. */
  const int parts[] = {0, 2, N_STEPS};
  for (int i = 0; i < 2; i++) {
    int from = parts[i], n = parts[i + 1] - from;
    NnStepRun run = {(size_t)n, s->ids + (size_t)from * p->N, s->scalars + from * NN_MAX_SCALARS,
                     s->divisors + from};
    cuda->ops->run_steps(cuda, step, &run);
    nn_check(cuda->ops->step_results(cuda, results + from, (size_t)n, &err));
  }
  cuda->ops->free_step(cuda, step);
}

static void compare(const Start *s, const NnStepPlan *wanted, const NnStepPlan *found)
{
  size_t n = wanted->n_params;
  nn_real *host = nn_alloc_array(n, sizeof *host);
  cuda->ops->download(cuda, host, found->w, n * sizeof *host);
  nn_check_close(host, wanted->w, n, 2e-4, 2e-4);
  for (int i = 0; i < s->n_state; i++) {
    cuda->ops->download(cuda, host, found->state[i], n * sizeof *host);
    nn_check_close(host, wanted->state[i], n, 2e-5, 2e-4);
  }
  nn_free(host);
}

static void check_case(const Case *k)
{
  Start s;
  NnStepResult wanted[N_STEPS], found[N_STEPS] = {{0, 0}};
  start(&s, k);
  NnStepPlan a = place(&s, ref), b = place(&s, cuda);
  run_ref(&s, &a, wanted);
  run_cuda(&s, &b, found);
  for (int t = 0; t < N_STEPS; t++) {
    nn_check_near(found[t].loss, wanted[t].loss, 1e-6, 2e-5);
    nn_check_int((long long)found[t].correct, (long long)wanted[t].correct);
  }
  compare(&s, &a, &b);
  release(&a, ref);
  release(&b, cuda);
  nn_free(s.pixels);
  nn_free(s.ids);
  nn_free(s.params);
}

#define TUTORIAL    \
  3,                \
  {                 \
    784, 64, 64, 10 \
  }

static void test_tutorial(void)
{
  check_case(&(Case){TUTORIAL, 8, 1, true, false, NN_ACT_relu, 0, "AdamW"});
}

static void test_shapes(void)
{
  static const Case cases[] = {
      {1, {5, 3}, 1, 1, true, false, NN_ACT_relu, 0, "SGD"},
      {2, {5, 3, 2}, 7, 1, true, false, NN_ACT_tanh, 0, "SGD"},
      {3, {784, 33, 17, 10}, 8, 1, true, false, NN_ACT_relu, 0, "Adam"},
      {2, {98, 130, 31}, 32, 2, false, true, NN_ACT_gelu, 0.1, "AdamW"},
      {4, {17, 9, 8, 7, 6}, 3, 1, true, true, NN_ACT_silu, 0.2, "RMSprop"},
      {2, {50, 100, 4}, 64, 1, true, false, NN_ACT_sigmoid, 0, "SGD"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_case(&cases[i]);
}

static void test_optimizers(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    const NnOptimizerKind *o = (const NnOptimizerKind *)*kind;
    if (!o->step)
      check_case(&(Case){2, {20, 9, 5}, 8, 1, true, false, NN_ACT_tanh, 0, (*kind)->name});
  }
}

static void test_activations(void)
{
  for (int elem = 0; elem < NN_N_ACTIVATIONS; elem++)
    check_case(&(Case){2, {20, 9, 5}, 5, 1, true, false, elem, 0, "SGD"});
}

/* What does not fit, or is no chain of this kind, is left to the operations. */
static void test_declines(void)
{
  const Case fits = {2, {20, 9, 5}, 8, 1, true, false, NN_ACT_relu, 0, "SGD"};
  for (int i = 0; i < 5; i++) {
    Start s;
    Case k = fits;
    k.N = i == 0 ? 65 : k.N;
    k.sizes[1] = i == 1 ? 9000 : k.sizes[1];
    start(&s, &k);
    NnStepPlan p = place(&s, cuda);
    p.clip_norm = i == 2;
    p.l2 = i == 3 ? 0.1 : 0;
    if (i == 4)
      p.layers[p.n_layers++] = (NnStepLayer){.op = NN_STEP_ACTIVATION, .in = 5, .out = 5};
    nn_check(cuda->ops->compile_step(cuda, &p) == NULL);
    release(&p, cuda);
    nn_free(s.pixels);
    nn_free(s.ids);
    nn_free(s.params);
  }
}

/* A loss that is no number stops the training with the weights from before. */
static void test_halt(void)
{
  Start s;
  NnStepResult found[N_STEPS];
  NnError err;
  start(&s, &(Case){2, {20, 9, 5}, 8, 1, true, false, NN_ACT_relu, 0, "SGD"});
  NnStepPlan p = place(&s, cuda);
  nn_real bad = (nn_real)INFINITY;
  cuda->ops->upload(cuda, p.w + p.layers[0].bias, &bad, sizeof bad);
  void *step = cuda->ops->compile_step(cuda, &p);
  NnStepRun run = {N_STEPS, s.ids, s.scalars, s.divisors};
  cuda->ops->run_steps(cuda, step, &run);
  nn_check(cuda->ops->step_results(cuda, found, N_STEPS, &err));
  for (int t = 0; t < N_STEPS; t++)
    nn_check(!isfinite(found[t].loss));
  nn_real after[4];
  cuda->ops->download(cuda, after, p.w, sizeof after);
  nn_check(memcmp(after, s.params, sizeof after) == 0);
  cuda->ops->free_step(cuda, step);
  release(&p, cuda);
  nn_free(s.pixels);
  nn_free(s.ids);
  nn_free(s.params);
}

int main(void)
{
  NnError err;
  nn_keyed_init(&rng, 3, 1000, 0, 0);
  if (!nn_check(nn_backend_open("ref", 1, &ref, &err)))
    return 1;
  if (!nn_backend_open("cuda", 0, &cuda, &err)) {
    nn_test_skip("fused steps", err.text);
    return nn_test_done();
  }
  nn_test("the tutorial's network", test_tutorial);
  nn_test("odd shapes", test_shapes);
  nn_test("every element-wise optimizer", test_optimizers);
  nn_test("every activation", test_activations);
  nn_test("what is declined", test_declines);
  nn_test("a loss that is no number", test_halt);
  nn_backend_close(cuda);
  nn_backend_close(ref);
  return nn_test_done();
}
