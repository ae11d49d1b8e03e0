/* test-golden-optimizers.c: every optimizer against PyTorch, from the files
 * golden/optimizer-NAME.json; their form is described in golden/README.md.
 *
 * Each case steps through nn_optimizer_step(), as the trainer does. Compiled twice: in float64 with
 * backend ref, at the file's tolerance, and in float32 with backend cpu. */
#include "engine/mem.h"
#include "engine/optimizers/optimizer.h"
#include "golden.h"
#include "tests/unit/data-kinds.h"
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NN_ONLY_REF
static const char *const backend_name = "ref";
#else
static const char *const backend_name = "cpu";
#endif

enum { MAX_TENSORS = 8, MAX_VALUES = 256 };

static NnBackend *backend;
static const char *file_name;    /* "golden/optimizer-SGD.json" */
static const json_t *test_case;  /* the case at hand */
static double tol, worst;        /* worst: largest |found − wanted| / (1 + |wanted|) */
static NnOptimizer optimizer;    /* of the case, */
static NnOptimizerTarget target; /* and what it works on, */
static NnParamView views[MAX_TENSORS];
static nn_real w[MAX_VALUES], dw[MAX_VALUES], state[NN_MAX_STATE][MAX_VALUES];

static void compare(double found, double wanted, const char *what)
{
  double difference = fabs(found - wanted) / (1 + fabs(wanted));
  if (!(difference <= worst))
    worst = difference;
  if (nn_check_near(found, wanted, tol, tol))
    return;
  const json_t *name = json_object_get(test_case, "name");
  printf("#   %s of %s, case %s, backend %s\n", what, file_name, json_string_value(name),
         backend_name);
}

static void compare_params(const json_t *wanted)
{
  GoldenArray values = golden_array(wanted);
  if (!nn_check_int(values.n, target.n))
    return;
  for (size_t i = 0; i < values.n; i++)
    compare((double)w[i], (double)values.values[i], "a parameter");
}

/* The optimizer of the case, read as a recipe is; false if it is refused, which only some cases
 * want. */
static bool make_optimizer(void)
{
  NnError err = {0};
  char *text = json_dumps(golden_get(test_case, "config"), 0);
  NnConfig *recipe = nn_config_new(nn_kind_find(NN_CLASS_SECTION, "recipe"), &err);
  bool ok = text && recipe && nn_config_set_path(recipe, "optimizer", text, &err) &&
            nn_optimizer_init(&optimizer, nn_config_child(recipe, "optimizer"), &err);
  nn_config_free(recipe);
  free(text);
  if (json_object_get(test_case, "refused"))
    return nn_check(!ok) && nn_check_has(err.where, "optimizer.") &&
           nn_check(strcmp(err.where, "optimizer.kind") != 0) && false;
  if (!nn_check(ok))
    printf("#   %s: %s\n", file_name, err.text);
  return ok;
}

static void take_shapes(void)
{
  const json_t *shapes = golden_get(test_case, "shapes");
  if (json_object_get(test_case, "momenta"))
    nn_optimizer_cycles_momentum(&optimizer);
  target = (NnOptimizerTarget){.backend = backend, .tensors = views, .w = w, .dw = dw};
  target.n_tensors = (int)json_array_size(shapes);
  nn_check(target.n_tensors > 0 && target.n_tensors <= MAX_TENSORS);
  for (int i = 0; i < target.n_tensors; i++) {
    GoldenArray dims = golden_array(json_array_get(shapes, (size_t)i));
    NnShape shape = {.n_dims = (int)dims.n};
    for (size_t k = 0; k < dims.n; k++)
      shape.dims[k] = (size_t)dims.values[k];
    views[i] = (NnParamView){target.n, nn_shape_size(shape), shape};
    target.n += views[i].n;
  }
  nn_check(target.n <= MAX_VALUES);
  for (int i = 0; i < NN_MAX_STATE; i++)
    target.state[i] = i < optimizer.n_state ? state[i] : NULL;
}

/* Zeroed state and workspace, and the first values. */
static bool take_target(void)
{
  GoldenArray start = golden_array(golden_get(test_case, "start"));
  memset(state, 0, sizeof state);
  take_shapes();
  if (!nn_check_int(start.n, target.n))
    return false;
  memcpy(w, start.values, start.n * sizeof *w);
  size_t n = nn_optimizer_workspace(&optimizer, &target);
  target.workspace = n > 0 ? nn_alloc_array(n, sizeof(nn_real)) : NULL;
  return nn_check(n == 0 || target.workspace);
}

static void run_steps(void)
{
  const json_t *grads = golden_get(test_case, "grads"), *after = golden_get(test_case, "after");
  const json_t *factors = golden_get(test_case, "lr_factors");
  const json_t *momenta = json_object_get(test_case, "momenta");
  size_t compared = 0;
  for (size_t i = 0; i < json_array_size(grads); i++) {
    char step[32];
    snprintf(step, sizeof step, "%zu", i + 1);
    GoldenArray grad = golden_array(json_array_get(grads, i));
    if (!nn_check_int(grad.n, target.n))
      return;
    memcpy(dw, grad.values, grad.n * sizeof *dw);
    if (json_object_get(factors, step))
      optimizer.numbers[0] *= golden_number(factors, step);
    if (json_object_get(momenta, step))
      optimizer.numbers[optimizer.kind->momentum] = golden_number(momenta, step);
    nn_optimizer_step(&optimizer, &target);
    if (json_object_get(after, step)) {
      compare_params(json_object_get(after, step));
      compared++;
    }
  }
  nn_check_int(compared, json_object_size(after));
  nn_check(compared >= 3);
}

/* Rosenbrock's function with its minimum at (a, a², …), over all values in a row. */
typedef struct {
  double a;
  int evals;
} Valley;

static double valley(void *user)
{
  Valley *v = user;
  double loss = 0;
  v->evals++;
  memset(dw, 0, sizeof dw);
  for (size_t i = 0; i + 1 < target.n; i++) {
    double x = (double)w[i], rise = (double)w[i + 1] - x * x, side = v->a - x;
    loss += 100 * rise * rise + side * side;
    dw[i] += (nn_real)(-400 * x * rise - 2 * side);
    dw[i + 1] += (nn_real)(200 * rise);
  }
  return loss;
}

/* The trainer evaluates once at entry; the optimizer asks for more. */
static void run_valley(const json_t *steps)
{
  for (size_t i = 0; i < json_array_size(steps); i++) {
    const json_t *step = json_array_get(steps, i);
    Valley v = {.a = golden_number(step, "center")};
    target.closure = valley;
    target.user = &v;
    target.loss = valley(&v);
    compare(target.loss, golden_number(step, "loss"), "the loss");
    nn_optimizer_step(&optimizer, &target);
    nn_check_int(v.evals, golden_number(step, "evals"));
    compare_params(golden_get(step, "after"));
  }
}

static void run_case(void)
{
  const json_t *steps = json_object_get(test_case, "steps");
  if (!make_optimizer() || !take_target())
    return;
  if (steps)
    run_valley(steps);
  else
    run_steps();
  nn_free(target.workspace);
}

/* In float32 a number now and then rounds to another bfloat16 (Muon), and small differences grow
 * from iteration to iteration down a narrow valley (LBFGS). */
static double float_tolerance(const char *name)
{
  return strcmp(name, "LBFGS") == 0 ? 5e-3 : strcmp(name, "Muon") == 0 ? 1e-3 : 2e-5;
}

static void run_file(void)
{
  const json_t *file = golden_load(file_name);
  const json_t *cases = golden_get(file, "cases");
  nn_check_str(golden_string(file, "class"), "optimizer");
  nn_check(json_array_size(cases) > 1);
  worst = 0;
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    tol = sizeof(nn_real) == sizeof(float) ? float_tolerance(golden_string(file, "name"))
                                           : golden_number(file, "tol");
    run_case();
  }
  printf("# agreement optimizer %s %.3g %g\n", golden_string(file, "name"), worst, tol);
}

int main(void)
{
  NnError err = {0};
  glob_t found = {0};
  size_t head = strlen(GOLDEN_DIR "/");
  add_data_kinds();
  if (!nn_backend_open(backend_name, 0, &backend, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  if (glob(GOLDEN_DIR "/golden/optimizer-*.json", 0, NULL, &found) != 0)
    printf("Bail out! no file %s/golden/optimizer-*.json\n", GOLDEN_DIR);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    file_name = found.gl_pathv[i] + head;
    nn_test(file_name, run_file);
  }
  globfree(&found);
  nn_backend_close(backend);
  return nn_test_done();
}
