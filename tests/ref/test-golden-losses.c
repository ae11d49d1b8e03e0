/* test-golden-losses.c: every loss against PyTorch, from the files golden/loss-NAME.json; their
 * form is described in golden/README.md. Compiled twice: in float64 with backend ref, at the file's
 * tolerance, and in float32 with backend cpu. */
#include "engine/losses/loss.h"
#include "engine/recipe/recipe.h"
#include "golden.h"
#include "tests/unit/data-kinds.h"
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef NN_ONLY_REF
static const char *const backend_name = "ref";
#else
static const char *const backend_name = "cpu";
#endif

enum { MAX_VALUES = 1024 };

static NnBackend *backend;
static const char *file_name;
static double abs_tol, rel_tol, worst; /* worst: largest |found − wanted| / (1 + |wanted|) */

static void compare(const nn_real *found, size_t n, const json_t *test_case, const char *key)
{
  GoldenArray wanted = golden_array(golden_get(test_case, key));
  if (!nn_check_int(wanted.n, n) || !nn_check_close(found, wanted.values, n, abs_tol, rel_tol))
    printf("#   %s of %s, case %s, backend %s\n", key, file_name, golden_string(test_case, "name"),
           backend_name);
  for (size_t i = 0; i < n && i < wanted.n; i++) {
    double is = (double)found[i], should = (double)wanted.values[i];
    worst = fmax(worst, fabs(is - should) / (1 + fabs(should)));
  }
}

/* The loss as a recipe writes it; owned by the recipe that is returned too. */
static const NnConfig *make_loss(const json_t *test_case, NnConfig **recipe)
{
  NnError err = {0};
  char *text = json_dumps(golden_get(test_case, "config"), 0);
  *recipe = nn_recipe_new(&err);
  if (!nn_check(nn_config_set_path(*recipe, "loss", text, &err)))
    printf("# %s\n", err.text);
  free(text);
  return nn_config_child(*recipe, "loss");
}

/* The loss of the batch, as a step adds it up. */
static nn_real loss_of(const NnLoss *loss, const NnLossBatch *batch)
{
  loss->kind->compute(loss, batch);
  return (nn_real)(backend->ops->sum(backend, batch->row_loss, batch->N) / batch->divisor);
}

static void run_case(const json_t *test_case)
{
  NnConfig *recipe;
  const NnConfig *config = make_loss(test_case, &recipe);
  GoldenArray logits = golden_array(golden_get(test_case, "logits"));
  const json_t *list = golden_get(test_case, "labels");
  size_t N = json_array_size(list);
  int32_t labels[MAX_VALUES];
  nn_real row_loss[MAX_VALUES], dlogits[MAX_VALUES];
  NnError err = {0};
  NnLoss loss = {0}, wrong = {0};
  if (nn_check(N <= MAX_VALUES && logits.n <= MAX_VALUES)) {
    for (size_t i = 0; i < N; i++)
      labels[i] = (int32_t)json_integer_value(json_array_get(list, i));
    int C = (int)golden_number(test_case, "classes");
    nn_check(nn_loss_init(&loss, config, backend, C, &err));
    double divisor = loss.kind->divisor(&loss, N, labels);
    NnLossBatch batch = {N, logits.values, labels, divisor, row_loss, dlogits};
    nn_real found = loss_of(&loss, &batch);
    compare(&found, 1, test_case, "loss");
    compare(row_loss, N, test_case, "row_loss");
    compare(dlogits, logits.n, test_case, "dlogits");
    batch.dlogits = NULL;
    found = loss_of(&loss, &batch);
    compare(&found, 1, test_case, "loss");
    nn_check(!nn_loss_init(&wrong, config, backend, C + 1, &err) ==
             (nn_config_count(config, "weight") > 0)); /* a weight for each class */
  }
  nn_loss_clear(&loss);
  nn_loss_clear(&wrong);
  nn_config_free(recipe);
}

static void run_file(void)
{
  const json_t *file = golden_load(file_name), *cases = golden_get(file, "cases");
  abs_tol = rel_tol = golden_number(file, "tol");
  if (sizeof(nn_real) == sizeof(float)) {
    abs_tol = 1e-5;
    rel_tol = 1e-4;
  }
  worst = 0;
  nn_check_str(golden_string(file, "class"), "loss");
  nn_check(json_array_size(cases) > 0);
  for (size_t i = 0; i < json_array_size(cases); i++)
    run_case(json_array_get(cases, i));
  printf("# agreement loss %s %.3g %g\n", golden_string(file, "name"), worst, rel_tol);
}

int main(void)
{
  NnError err = {0};
  glob_t found = {0};
  add_data_kinds();
  if (!nn_backend_open(backend_name, 0, &backend, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  glob(GOLDEN_DIR "/golden/loss-*.json", 0, NULL, &found);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    file_name = found.gl_pathv[i] + sizeof GOLDEN_DIR;
    nn_test(file_name, run_file);
  }
  globfree(&found);
  nn_backend_close(backend);
  return nn_test_done();
}
