/* test-activation.c: slopes at the kinks, extreme values, NaN. */
#include "engine/layers/layer.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static NnBackend *ref;

typedef struct {
  nn_real y, slope;
} Point;

static Point at(const NnKind *kind, nn_real x)
{
  NnConfig *config = nn_config_new(kind, NULL);
  nn_real dy = 1;
  Point point = {77, 77};
  NnLayer layer = {.kind = (const NnLayerKind *)kind,
                   .in = nn_shape_1d(1),
                   .out = nn_shape_1d(1),
                   .x = &x,
                   .y = &point.y,
                   .dy = &dy,
                   .dx = &point.slope};
  NnPass pass = {.backend = ref, .N = 1, .training = true};
  nn_config_flatten(config, layer.numbers, NN_MAX_NUMBERS);
  layer.kind->forward(&layer, &pass);
  layer.kind->backward(&layer, &pass);
  layer.dx = NULL; /* the first layer of a network: nothing below wants it */
  layer.kind->backward(&layer, &pass);
  nn_config_free(config);
  return point;
}

static void check_point(const char *name, double x, double y, double slope)
{
  Point point = at(nn_kind_find(NN_CLASS_LAYER, name), (nn_real)x);
  nn_check_near(point.y, y, 1e-7, 1e-6);
  nn_check_near(point.slope, slope, 1e-7, 1e-6);
}

static void test_kinks(void)
{
  check_point("ReLU", 0, 0, 0);
  check_point("ReLU", 1e-30, 0, 1);
  check_point("ReLU", -1e-30, 0, 0);
  check_point("LeakyReLU", 0, 0, 0.01);
  check_point("LeakyReLU", -2, -0.02, 0.01);
  check_point("LeakyReLU", 2, 2, 1);
  check_point("Tanh", 0, 0, 1);
  check_point("Sigmoid", 0, 0.5, 0.25);
}

static void test_far_out(void)
{
  check_point("ReLU", 1e30, 1e30, 1);
  check_point("ReLU", -1e30, 0, 0);
  check_point("Tanh", 1e30, 1, 0);
  check_point("Tanh", -1e30, -1, 0);
  check_point("Sigmoid", 1e30, 1, 0);
  check_point("Sigmoid", -1e30, 0, 0);
}

/* Values and slopes of huge inputs are still numbers: no infinity meets a zero on the way. */
static void check_finite(const NnKind *kind)
{
  static const double places[] = {1e30, 1e18, 1e6, 700, 100, 60, 15};
  for (int sign = -1; sign <= 1; sign += 2)
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
      double x = sign * places[i];
      Point point = at(kind, (nn_real)x);
      if (!nn_check(fabs((double)point.y) <= 1.1 * fabs(x)) ||
          !nn_check(fabs((double)point.slope) <= 2))
        printf("#   %s at %g: %g, slope %g\n", kind->name, x, (double)point.y, (double)point.slope);
    }
}

/* The element-wise ones: PReLU, which learns, is a layer of its own. */
static bool is_activation(const NnKind *kind)
{
  if (!kind->group || strcmp(kind->group, "activation") != 0)
    return false;
  NnLayerPlan plan = {0};
  NnConfig *config = nn_config_new(kind, NULL);
  nn_check(((const NnLayerKind *)kind)->plan(config, nn_shape_1d(1), "", &plan, NULL));
  nn_config_free(config);
  return plan.n_params == 0;
}

/* No activation may hide that a run has diverged. */
static void test_nan(void)
{
  int n = 0;
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++) {
    if (!is_activation(*kind))
      continue;
    n++;
    if (!nn_check(isnan(at(*kind, (nn_real)NAN).y)))
      printf("#   %s\n", (*kind)->name);
  }
  nn_check(n >= 4);
}

static void test_stable(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++)
    if (is_activation(*kind))
      check_finite(*kind);
}

static void test_limits(void)
{
  NnError err = {0};
  NnConfig *config = nn_config_new(nn_kind_find(NN_CLASS_LAYER, "Hardtanh"), NULL);
  nn_check(nn_config_check(config, "network.2", NULL));
  nn_check(nn_config_set_number(config, "min_val", 1, NULL));
  nn_check(!nn_config_check(config, "network.2", &err));
  nn_check_str(err.where, "network.2.min_val");
  nn_check_has(err.text, "min_val is 1 and max_val is 1");
  nn_config_free(config);
}

/* One that is not of each value by itself may take vectors alone, and says how images become some.
 */
static void test_shape(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++) {
    if (!is_activation(*kind))
      continue;
    NnConfig *config = nn_config_new(*kind, NULL);
    NnLayerPlan plan = {0};
    NnError err = {0};
    NnShape in = nn_shape_3d(2, 3, 4);
    const NnLayerKind *layer = (const NnLayerKind *)*kind;
    if (!layer->plan(config, in, "", &plan, &err)) {
      nn_check_has(err.text, "Flatten");
      in = nn_shape_1d(24);
      plan = (NnLayerPlan){0};
      nn_check(layer->plan(config, in, "", &plan, NULL));
    }
    nn_check(nn_shape_equal(plan.out, in));
    nn_config_free(config);
  }
}

int main(void)
{
  NnError err = {0};
  if (!nn_backend_open("ref", 1, &ref, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  nn_test("values and slopes at the kinks", test_kinks);
  nn_test("values and slopes far out", test_far_out);
  nn_test("huge values give numbers", test_stable);
  nn_test("limits in the wrong order are refused", test_limits);
  nn_test("a NaN stays a NaN", test_nan);
  nn_test("the shape stays", test_shape);
  nn_backend_close(ref);
  return nn_test_done();
}
