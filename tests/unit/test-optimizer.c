/* test-optimizer.c: rules between parameters, state by need, steps of every kind. That the steps
 * are PyTorch's is shown in tests/ref. */
#include "engine/backend.h"
#include "engine/optimizer.h"
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

static void step(NnOptimizer *optimizer, size_t n, const nn_real *dw, nn_real *const *state,
                 nn_real *w)
{
  double scalars[NN_MAX_SCALARS];
  nn_optimizer_prepare(optimizer, scalars);
  ref->ops->optimizer_step(ref, optimizer->kind->elem, optimizer->kind->n_state(optimizer->numbers),
                           scalars, n, dw, state, w);
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

/* f(w) = ½·Σ c·w², from w = (1, −2): every kind at its defaults, but for the rate, gets down. */
static void test_descends(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    NnConfig *config = nn_config_new(*kind, NULL);
    nn_check_str((*kind)->params[0].key, "lr");
    nn_check(nn_config_set_number(config, "lr", 0.05, NULL));
    NnOptimizer optimizer = optimizer_of(config);
    nn_real memory[NN_MAX_STATE][2] = {{0}}, w[2] = {1, -2};
    nn_real *state[NN_MAX_STATE] = {memory[0], memory[1], memory[2], memory[3]};
    for (int i = 0; i < 300; i++) {
      nn_real dw[2] = {w[0], 3 * w[1]};
      step(&optimizer, 2, dw, state, w);
    }
    nn_check_near(w[0], 0, 0.05, 0);
    nn_check_near(w[1], 0, 0.05, 0);
    nn_check_int(optimizer.t, 300);
    nn_config_free(config);
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
