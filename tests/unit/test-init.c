/* test-init.c: what initializations refuse, and that they fill all and only their values. */
#include "engine/inits/init.h"
#include "tests/check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Largest |⟨row i, row j⟩ − [i = j]·gain²| over the shorter side of a matrix (R, K). */
static double worst_angle(const nn_real *w, size_t R, size_t K, double gain)
{
  bool wide = R <= K;
  size_t count = wide ? R : K, n = wide ? K : R;
  double worst = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j <= i; j++) {
      double sum = i == j ? -gain * gain : 0;
      for (size_t k = 0; k < n; k++)
        sum += wide ? (double)w[i * K + k] * (double)w[j * K + k]
                    : (double)w[k * K + i] * (double)w[k * K + j];
      worst = fmax(worst, fabs(sum));
    }
  return worst;
}

static void test_orthogonal(void)
{
  static const size_t sizes[][2] = {{96, 96}, {40, 70}, {70, 40}, {1, 9}, {9, 1}};
  static nn_real values[96 * 96];
  NnConfig *config = config_of("orthogonal_");
  nn_check(nn_config_set_number(config, "gain", 2, NULL));
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t R = sizes[i][0], K = sizes[i][1];
    NnMt19937 mt;
    NnInitTarget target = {.shape = nn_shape_2d(R, K), .fan_in = K, .fan_out = R, .values = values};
    nn_mt_seed(&mt, i);
    nn_check(nn_init_apply(config, &target, &mt, "", NULL));
    nn_check_near(worst_angle(values, R, K, 2), 0, 2e-6, 0);
  }
  nn_config_free(config);
}

static void test_sparse(void)
{
  enum { R = 23, K = 17 };
  static const double shares[] = {0, 0.3, 0.9, 1};
  static const int zeros[] = {0, 7, 21, 23}; /* share × 23, rounded up */
  static nn_real values[R * K];
  for (int s = 0; s < 4; s++) {
    NnConfig *config = config_of("sparse_");
    NnMt19937 mt;
    NnInitTarget target = {.shape = nn_shape_2d(R, K), .fan_in = K, .fan_out = R, .values = values};
    nn_mt_seed(&mt, 5);
    nn_check(nn_config_set_number(config, "sparsity", shares[s], NULL));
    nn_check(nn_init_apply(config, &target, &mt, "", NULL));
    for (int c = 0; c < K; c++) {
      int found = 0;
      for (int r = 0; r < R; r++)
        found += values[r * K + c] == 0;
      nn_check_int(found, zeros[s]);
    }
    nn_config_free(config);
  }
}

/* Both ways of drawing: a wide range of the curve, and a narrow one at its side. */
static void test_truncated(void)
{
  static const double limits[][2] = {{-2, 2}, {-0.1, 0.1}, {1.5, 3}};
  static nn_real values[20000];
  for (int i = 0; i < 3; i++) {
    NnConfig *config = config_of("trunc_normal_");
    double low = limits[i][0], high = limits[i][1], sum = 0;
    NnMt19937 mt;
    NnInitTarget target = {.shape = nn_shape_1d(20000), .values = values};
    nn_mt_seed(&mt, 3);
    nn_check(nn_config_set_number(config, "b", high, NULL));
    nn_check(nn_config_set_number(config, "a", low, NULL));
    nn_check(nn_init_apply(config, &target, &mt, "", NULL));
    bool inside = true;
    for (int k = 0; k < 20000; k++) {
      inside = inside && values[k] >= (nn_real)low && values[k] <= (nn_real)high;
      sum += (double)values[k] / 20000;
    }
    nn_check(inside);
    /* mean = (φ(a) − φ(b))/(Φ(b) − Φ(a)) */
    double mass = (erf(high / sqrt(2)) - erf(low / sqrt(2))) / 2;
    double mean = (exp(-low * low / 2) - exp(-high * high / 2)) / sqrt(2 * M_PI) / mass;
    nn_check_near(sum, mean, 0.03, 0);
    nn_config_free(config);
  }
}

static void test_dirac_groups(void)
{
  NnConfig *config = config_of("dirac_");
  NnError err = {0};
  NnShape shape = {.n_dims = 4, .dims = {6, 2, 3, 3}};
  nn_check(nn_config_set_number(config, "groups", 4, NULL));
  nn_check(!nn_init_check(config, shape, "network.0.weight_init", &err));
  nn_check_int(err.status, NN_ERR_SHAPE);
  nn_check_has(err.text, "groups of dirac_ is 4");
  nn_check_has(err.text, "6 filters");
  nn_check(nn_config_set_number(config, "groups", 3, NULL));
  nn_check(nn_init_check(config, shape, "network.0.weight_init", NULL));
  nn_config_free(config);
}

/* Far out in a tail hardly a draw is kept. The part that is was counted in four million draws of
 * PyTorch. */
static void test_truncated_tail(void)
{
  static const struct {
    double mean, std, a, b, part;
  } cases[] = {{0, 0.01, 1, 2, 0.0001045},
               {50, 1, -2, 2, 0.0052555},
               {1000, 1, -2, 2, 0.0002575},
               {-5, 0.1, -2, 2, 0.000848},
               {0, 0.3, 2, 2.05, 0.601694},
               {0, 0.01, 0.03, 1, 0.0031945},
               {0, -0.01, 0.03, 1, 0.0031945},
               {0, 1e-6, -2, 2, 1},
               {0, 1e-6, 1, 2, 0},
               {0, 1e-6, 1, 1, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnConfig *config = config_of("trunc_normal_");
    NnError err = {0};
    nn_config_set_number(config, "mean", cases[i].mean, NULL);
    nn_config_set_number(config, "std", cases[i].std, NULL);
    nn_config_set_number(config, "a", cases[i].a, NULL);
    nn_config_set_number(config, "b", cases[i].b, NULL);
    nn_check(nn_config_check(config, "network.1.weight_init", &err) == (cases[i].part >= 1e-3));
    const char *draws = strstr(err.text, " draws one would be kept");
    if (draws) {
      while (draws[-1] != ' ')
        draws--;
      if (cases[i].part > 0)
        nn_check_near(1 / strtod(draws, NULL), cases[i].part, 0, 0.05);
      nn_check_str(err.where, "network.1.weight_init");
    }
    nn_config_free(config);
  }
}

int main(void)
{
  nn_test("every kind fills what it accepts and no more", test_fills);
  nn_test("too few dimensions are refused", test_dims);
  nn_test("limits in the wrong order are refused", test_uniform_limits);
  nn_test("constants draw nothing", test_constants);
  nn_test("gains", test_gains);
  nn_test("orthogonal vectors stand at right angles", test_orthogonal);
  nn_test("sparse columns have their share of zeros", test_sparse);
  nn_test("a truncated normal stays in its range", test_truncated);
  nn_test("a range far out in a tail is refused", test_truncated_tail);
  nn_test("groups of dirac_ must divide the filters", test_dirac_groups);
  return nn_test_done();
}
