/* test-golden-inits.c: every initialization against PyTorch's own draws, from the files
 * golden/init-NAME.json; their form is described in golden/README.md. In float32, as PyTorch
 * draws. */
#include "engine/inits/init.h"
#include "golden.h"
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *file_name;   /* "golden/init-normal_.json" */
static const char *kind_name;   /* "normal_" */
static const json_t *test_case; /* the case at hand */
static double tol, worst;       /* worst: largest |found − wanted| / (1 + |wanted|) */

static void complain(const char *what)
{
  printf("#   %s of %s, case %s\n", what, kind_name, golden_string(test_case, "name"));
}

static NnInitTarget read_target(const json_t *object)
{
  const json_t *shape = golden_get(object, "shape");
  NnInitTarget target = {.fan_in = (size_t)golden_number(object, "fan_in"),
                         .fan_out = (size_t)golden_number(object, "fan_out")};
  target.shape.n_dims = (int)json_array_size(shape);
  for (int i = 0; i < target.shape.n_dims; i++)
    target.shape.dims[i] = (size_t)json_number_value(json_array_get(shape, (size_t)i));
  return target;
}

static void compare(const nn_real *found, const nn_real *wanted, size_t n)
{
  if (!nn_check_close(found, wanted, n, tol, tol))
    complain("values");
  for (size_t i = 0; i < n; i++) {
    double difference = fabs((double)found[i] - (double)wanted[i]) / (1 + fabs((double)wanted[i]));
    worst = difference > worst ? difference : worst;
  }
}

static void run_tensor(const NnConfig *config, const json_t *object, NnMt19937 *mt)
{
  enum { MOST = 4096 };
  static nn_real values[MOST + 1];
  NnError err = {0};
  NnInitTarget target = read_target(object);
  GoldenArray wanted = golden_array(golden_get(object, "values"));
  size_t n = nn_shape_size(target.shape);
  if (!nn_check_int(n, wanted.n) || !nn_check(n <= MOST))
    return;
  for (size_t i = 0; i <= n; i++)
    values[i] = NAN;
  target.values = values;
  if (!nn_check(nn_init_apply(config, &target, mt, "network.0.weight_init", &err))) {
    complain(err.text);
    return;
  }
  compare(values, wanted.values, n);
  nn_check(isnan(values[n]));
}

/* The number after all draws tells whether as many were taken from the stream. */
static void run_draws(const NnConfig *config)
{
  const json_t *tensors = golden_get(test_case, "tensors");
  NnMt19937 mt;
  nn_real next;
  nn_mt_seed(&mt, (uint64_t)golden_number(test_case, "seed"));
  nn_check(json_array_size(tensors) > 0);
  for (size_t i = 0; i < json_array_size(tensors); i++)
    run_tensor(config, json_array_get(tensors, i), &mt);
  nn_mt_uniform(&mt, &next, 1, 0, 1);
  if (!golden_close(&next, 1, test_case, "next", 0))
    complain("the number after the draws");
}

static void run_refused(const NnConfig *config)
{
  NnError err = {0};
  NnInitTarget target = read_target(test_case);
  if (!nn_check(!nn_init_check(config, target.shape, "network.0.weight_init", &err)) ||
      !nn_check(strlen(err.text) > 20))
    complain("refusal");
}

static void run_file(void)
{
  const json_t *file = golden_load(file_name);
  const json_t *cases = golden_get(file, "cases");
  kind_name = golden_string(file, "name");
  tol = golden_number(file, "tol");
  worst = 0;
  nn_check_str(golden_string(file, "class"), "init");
  nn_check(json_array_size(cases) > 0);
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    NnConfig *config = golden_config(NN_CLASS_INIT, kind_name, golden_get(test_case, "params"));
    if (json_object_get(test_case, "refused"))
      run_refused(config);
    else
      run_draws(config);
    nn_config_free(config);
  }
  printf("# agreement init %s %.3g %g\n", kind_name, worst, tol);
}

int main(void)
{
  glob_t found = {0};
  size_t head = strlen(GOLDEN_DIR "/");
  if (glob(GOLDEN_DIR "/golden/init-*.json", 0, NULL, &found) != 0) {
    printf("Bail out! no file %s/golden/init-*.json\n", GOLDEN_DIR);
    return 1;
  }
  for (size_t i = 0; i < found.gl_pathc; i++) {
    file_name = found.gl_pathv[i] + head;
    nn_test(file_name, run_file);
  }
  globfree(&found);
  return nn_test_done();
}
