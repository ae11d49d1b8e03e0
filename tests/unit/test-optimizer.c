/* test-optimizer.c: rules between parameters, state by need, steps of every kind. That the steps
 * are PyTorch's is shown in tests/ref. */
#include "engine/backend/backend.h"
#include "engine/mem.h"
#include "engine/optimizers/optimizer.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static NnBackend *ref;

static NnConfig *config_of(const char *name)
{
  const NnKind *kind = nn_kind_find(NN_CLASS_OPTIMIZER, name);
  nn_check(kind);
  return nn_config_new(kind, NULL);
}

static NnOptimizer optimizer_of(NnConfig *config)
{
  NnOptimizer optimizer = {0};
  nn_check(nn_optimizer_init(&optimizer, config, NULL));
  return optimizer;
}

/* One tensor of n values. */
static void step(NnOptimizer *optimizer, size_t n, nn_real *dw, nn_real *const *state, nn_real *w)
{
  NnParamView view = {0, n, nn_shape_1d(n)};
  NnOptimizerTarget target = {.backend = ref, .n = n, .n_tensors = 1, .w = w, .dw = dw};
  target.tensors = &view;
  for (int i = 0; i < optimizer->n_state; i++)
    target.state[i] = state[i];
  nn_optimizer_step(optimizer, &target);
}

static void test_nesterov(void)
{
  NnConfig *config = config_of("SGD");
  NnOptimizer optimizer;
  NnError err = {0};
  nn_check(nn_config_set_number(config, "nesterov", 1, NULL));
  nn_check(!nn_optimizer_init(&optimizer, config, &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_str(err.where, "optimizer.nesterov");
  nn_check_has(err.text, "momentum is 0");
  nn_check(nn_config_set_number(config, "momentum", 0.9, NULL));
  nn_check(nn_optimizer_init(&optimizer, config, NULL));
  nn_check(nn_config_set_number(config, "dampening", 0.1, NULL));
  nn_check(!nn_optimizer_init(&optimizer, config, &err));
  nn_check_has(err.text, "dampening is 0.1");
  nn_config_free(config);
}

static void test_ranges(void)
{
  static const double below[] = {-0.1, 0.999}, above[] = {0.9, 1};
  NnConfig *config = config_of("AdamW");
  NnError err = {0};
  nn_check(!nn_config_set_number(config, "lr", -1e-3, &err));
  nn_check(!nn_config_set_number(config, "eps", -1e-8, &err));
  nn_check(!nn_config_set_number(config, "weight_decay", -1, &err));
  nn_check(!nn_config_set_number(config, "lr", NAN, &err));
  nn_check(!nn_config_set_numbers(config, "betas", below, 2, &err));
  nn_check(!nn_config_set_numbers(config, "betas", above, 2, &err));
  nn_check(!nn_config_set_numbers(config, "betas", below + 1, 1, &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check(nn_config_set_number(config, "lr", 0, &err)); /* PyTorch allows to stand still */
  nn_config_free(config);
}

static int n_state(const char *name, const char *key, double value)
{
  NnConfig *config = config_of(name);
  nn_check(!key || nn_config_set_number(config, key, value, NULL));
  NnOptimizer optimizer = optimizer_of(config);
  nn_config_free(config);
  return optimizer.kind->n_state(optimizer.numbers);
}

static void test_state(void)
{
  nn_check_int(n_state("SGD", NULL, 0), 0);
  nn_check_int(n_state("SGD", "momentum", 0.9), 1);
  nn_check_int(n_state("Adam", NULL, 0), 2);
  nn_check_int(n_state("Adam", "amsgrad", 1), 3);
  nn_check_int(n_state("AdamW", NULL, 0), 2);
  nn_check_int(n_state("AdamW", "amsgrad", 1), 3);
  nn_check_int(n_state("RMSprop", NULL, 0), 1);
  nn_check_int(n_state("RMSprop", "momentum", 0.9), 2);
  nn_check_int(n_state("RMSprop", "centered", 1), 3);
}

/* f(w) = ½·Σ c·w² with its gradient, from memory and w in the same order; a matrix and a vector. */
enum { BOWL_N = 16 };
typedef struct {
  nn_real w[BOWL_N], dw[BOWL_N], state[NN_MAX_STATE][BOWL_N];
} Bowl;

static double bowl_loss(void *user)
{
  Bowl *b = user;
  double loss = 0;
  for (int i = 0; i < BOWL_N; i++) {
    double c = 0.5 + i % 4;
    b->dw[i] = (nn_real)(c * (double)b->w[i]);
    loss += 0.5 * c * (double)b->w[i] * (double)b->w[i];
  }
  return loss;
}

/* The loss after so many steps, from 1 or −1 everywhere. */
static double descend(const NnKind *kind, double lr, int n_steps)
{
  static const NnParamView views[] = {{0, 12, {2, {3, 4}}}, {12, 4, {1, {4}}}};
  Bowl b = {0};
  NnConfig *config = nn_config_new(kind, NULL);
  nn_check_str(kind->params[0].key, "lr");
  nn_check(nn_config_set_number(config, "lr", lr, NULL));
  NnOptimizer optimizer = optimizer_of(config);
  NnOptimizerTarget target = {.backend = ref, .n = BOWL_N, .n_tensors = 2, .tensors = views};
  target.w = b.w, target.dw = b.dw, target.closure = bowl_loss, target.user = &b;
  for (int i = 0; i < BOWL_N; i++)
    b.w[i] = i % 3 ? 1 : -1;
  for (int i = 0; i < optimizer.n_state; i++)
    target.state[i] = b.state[i];
  target.workspace = nn_alloc_array(nn_optimizer_workspace(&optimizer, &target), sizeof(nn_real));
  for (int i = 0; i < n_steps; i++) {
    target.loss = bowl_loss(&b);
    nn_optimizer_step(&optimizer, &target);
  }
  nn_check_int(optimizer.t, n_steps);
  nn_free(target.workspace);
  nn_config_free(config);
  return bowl_loss(&b);
}

/* Every kind gets down a bowl, whether its steps are as long as the gradient or of a length of
 * their own. At its usual rate or 0.05, whichever is more.
 * Muon's steps have one length, so that it ends up circling the bottom. */
static void test_descends(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    double lr = fmax(0.05, (*kind)->params[0].def);
    double start = descend(*kind, lr, 0), some = descend(*kind, lr, 10);
    double many = descend(*kind, lr, 400);
    nn_check(start > 14);
    if (!nn_check(some < start) || !nn_check(many < 0.15 * start) ||
        !nn_check(many < some || many < 1e-6))
      printf("#   %s: %g, %g, %g\n", (*kind)->name, start, some, many);
  }
}

/* Adam's decoupled decay is AdamW, to the bit. */
static void test_decoupled(void)
{
  static const char *const names[] = {"Adam", "AdamW"};
  nn_real w[2][3] = {{1, -2, 0.5}, {1, -2, 0.5}};
  for (int k = 0; k < 2; k++) {
    NnConfig *config = config_of(names[k]);
    nn_check(nn_config_set_number(config, "weight_decay", 0.1, NULL));
    nn_check(k == 1 || nn_config_set_number(config, "decoupled_weight_decay", 1, NULL));
    NnOptimizer optimizer = optimizer_of(config);
    nn_real memory[NN_MAX_STATE][3] = {{0}};
    nn_real *state[NN_MAX_STATE] = {memory[0], memory[1], memory[2], memory[3]};
    for (int i = 0; i < 5; i++) {
      nn_real dw[3] = {(nn_real)0.1 * (nn_real)i, (nn_real)-0.2, (nn_real)0.3};
      step(&optimizer, 3, dw, state, w[k]);
    }
    nn_config_free(config);
  }
  nn_check(memcmp(w[0], w[1], sizeof w[0]) == 0);
  nn_check(w[0][1] != -2);
}

/* A rate that the scheduler writes counts at once. */
static void test_lr(void)
{
  NnConfig *config = config_of("SGD");
  NnOptimizer optimizer = optimizer_of(config);
  nn_real w = 1, dw = 1;
  optimizer.numbers[0] = 0.25;
  step(&optimizer, 1, &dw, NULL, &w);
  nn_check_near(w, 0.75, 0, 0);
  optimizer.numbers[0] = 0;
  step(&optimizer, 1, &dw, NULL, &w);
  nn_check_near(w, 0.75, 0, 0);
  nn_config_free(config);
}

int main(void)
{
  NnError err = {0};
  if (!nn_backend_open("ref", 1, &ref, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  nn_test("nesterov needs momentum and no dampening", test_nesterov);
  nn_test("numbers out of range are refused", test_ranges);
  nn_test("state by need", test_state);
  nn_test("every kind descends", test_descends);
  nn_test("decoupled Adam is AdamW", test_decoupled);
  nn_test("the learning rate can be written between steps", test_lr);
  nn_backend_close(ref);
  return nn_test_done();
}
