/* test-init.c: what initialisations refuse, and that they fill all and only their values. */
#include "engine/init.h"
#include "tests/check.h"
#include <math.h>

enum { N = 60 };

static NnConfig *config_of(const char *name)
{
  const NnKind *kind = nn_kind_find(NN_CLASS_INIT, name);
  nn_check(kind);
  return kind ? nn_config_new(kind, NULL) : NULL;
}

static const NnInitKind *init_of(const NnKind *kind)
{
  return (const NnInitKind *)kind;
}

/* Every kind of the registry, on a bias, a matrix and a convolution's weight. */
static void test_fills(void)
{
  const NnShape shapes[] = {
      nn_shape_1d(N), nn_shape_2d(12, 5), {.n_dims = 4, .dims = {5, 3, 2, 2}}};
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_INIT); *kind; kind++) {
    NnConfig *config = nn_config_new(*kind, NULL);
    for (int s = 0; s < 3; s++) {
      nn_real values[N + 1];
      NnMt19937 mt;
      NnInitTarget target = {.shape = shapes[s], .fan_in = 12, .fan_out = 20, .values = values};
      for (int i = 0; i <= N; i++)
        values[i] = 77;
      nn_mt_seed(&mt, 1);
      bool fits = shapes[s].n_dims >= init_of(*kind)->min_dims &&
                  shapes[s].n_dims <= init_of(*kind)->max_dims;
      nn_check(nn_init_apply(config, &target, &mt, "here", NULL) == fits);
      bool changed = true;
      for (int i = 0; i < N; i++)
        changed = changed && (values[i] != 77) == fits;
      nn_check(changed);
      nn_check(values[N] == 77);
    }
    nn_config_free(config);
  }
}

static void test_dims(void)
{
  static const char *const names[] = {"xavier_uniform_", "xavier_normal_", "kaiming_uniform_"};
  for (int i = 0; i < 3; i++) {
    NnConfig *config = config_of(names[i]);
    NnError err = {0};
    nn_check(!nn_init_check(config, nn_shape_1d(64), "network.1.bias_init", &err));
    nn_check_int(err.status, NN_ERR_SHAPE);
    nn_check_str(err.where, "network.1.bias_init");
    nn_check_has(err.text, names[i]);
    nn_check_has(err.text, "at least 2 dimensions");
    nn_check_has(err.text, "64");
    nn_check(nn_init_check(config, nn_shape_2d(64, 10), "", NULL));
    nn_config_free(config);
  }
}

static void test_uniform_limits(void)
{
  NnConfig *config = config_of("uniform_");
  NnError err = {0};
  nn_check(nn_config_set_number(config, "a", 2, NULL));
  nn_check(!nn_init_check(config, nn_shape_1d(3), "bias_init", &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_str(err.where, "bias_init.a");
  nn_check_has(err.text, "a is 2 and b is 1");
  nn_check(nn_config_set_number(config, "b", 2, NULL));
  nn_check(nn_init_check(config, nn_shape_1d(3), "bias_init", NULL)); /* no width is allowed */
  nn_config_free(config);
  config = config_of("normal_");
  nn_check(!nn_config_set_number(config, "std", -1, &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_config_free(config);
}

static void test_constants(void)
{
  static const char *const names[] = {"zeros_", "ones_", "constant_"};
  static const double wanted[] = {0, 1, 0.3};
  for (int k = 0; k < 3; k++) {
    NnConfig *config = config_of(names[k]);
    nn_real values[3] = {77, 77, 77};
    NnInitTarget target = {.shape = nn_shape_1d(3), .fan_in = 1, .fan_out = 1, .values = values};
    NnMt19937 mt, untouched;
    nn_mt_seed(&mt, 1);
    nn_mt_seed(&untouched, 1);
    nn_check(k < 2 || nn_config_set_number(config, "val", wanted[k], NULL));
    nn_check(nn_init_apply(config, &target, &mt, "", NULL));
    for (int i = 0; i < 3; i++)
      nn_check(values[i] == (nn_real)wanted[k]);
    nn_check(nn_mt_u32(&mt) == nn_mt_u32(&untouched)); /* nothing was drawn */
    nn_config_free(config);
  }
}

static void test_gains(void)
{
  nn_check_near(nn_init_gain(NN_GAIN_LINEAR, 0), 1, 0, 0);
  nn_check_near(nn_init_gain(NN_GAIN_SIGMOID, 0), 1, 0, 0);
  nn_check_near(nn_init_gain(NN_GAIN_TANH, 0), 1.6666666666666667, 1e-15, 0);
  nn_check_near(nn_init_gain(NN_GAIN_RELU, 9), 1.4142135623730951, 1e-15, 0);
  nn_check_near(nn_init_gain(NN_GAIN_LEAKY_RELU, 0.1), 1.4071950894605838, 1e-15, 0);
  nn_check_near(nn_init_gain(NN_GAIN_SELU, 0), 0.75, 0, 0);
}

int main(void)
{
  nn_test("every kind fills what it accepts and no more", test_fills);
  nn_test("too few dimensions are refused", test_dims);
  nn_test("limits in the wrong order are refused", test_uniform_limits);
  nn_test("constants draw nothing", test_constants);
  nn_test("gains", test_gains);
  return nn_test_done();
}
