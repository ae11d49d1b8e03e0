/* test-operations.c: a backend whose table lacks an operation. It is not opened where nothing works
 * without it; else whatever needs the operation is refused with its name, and all else trains.
 * Every kind is tried without every operation: one that forgets to say what it needs crashes here.
 */
#include "byte-source.h"
#include "data-kinds.h"
#include "engine/backend/backend.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include <stdio.h>
#include <string.h>

static NnBackendOps ops;
static const NnBackendOps *whole; /* ref's table */
static NnBackend *ref;            /* with a table of its own */

static void leave_out(int i)
{
  ops = *whole;
  ref->ops = &ops;
  memset((char *)&ops + nn_operations[i].offset, 0, sizeof(void (*)(void)));
}

/* One step and its evaluation. 1: it trained; 0: it was refused by name; −1: no such recipe. */
static int try_recipe(const char *network, const char *rest, const char *lacking)
{
  char json[1024];
  NnConfig *recipe = NULL;
  NnTrainer *trainer = NULL;
  NnResult result;
  NnError err = {0};
  snprintf(
      json, sizeof json,
      "{\"version\": 1, \"data\": {\"batch_size\": 30, \"transforms\": []}, \"network\": [%s]%s}",
      network, rest);
  if (!nn_recipe_parse(json, "test", &recipe, &err))
    return -1;
  NnTrainerOptions options = {
      .recipe = recipe, .train = &test.source, .test = &test.source, .backend = ref};
  options.max_steps = 1;
  int found = -1;
  if (nn_trainer_new(&options, &trainer, &err))
    found = nn_check(nn_trainer_run(trainer, NULL, NULL, &result, &err));
  else if (err.status == NN_ERR_UNSUPPORTED)
    found = nn_check_has(err.text, lacking) ? 0 : -1;
  nn_trainer_free(trainer);
  nn_config_free(recipe);
  return found;
}

#define NETWORK "{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 3}"

typedef struct {
  const char *lacking;
  int refused, trained;
} Tally;

static void count(Tally *tally, int found)
{
  tally->refused += found == 0;
  tally->trained += found == 1;
}

static void try_layers(Tally *tally)
{
  static const char *const places[] = {
      "{\"kind\": \"%s\"%s}, {\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 3}",
      "{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 8}, {\"kind\": \"%s\"%s}, "
      "{\"kind\": \"Linear\", \"out_features\": 3}"};
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++)
    for (int i = 0; i < 2; i++) {
      char network[512], more[64] = "";
      snprintf(network, sizeof network, places[i], (*kind)->name, more);
      count(tally, try_recipe(network, "", tally->lacking));
      for (const NnParamSpec *p = (*kind)->params; p && p->key; p++) {
        if (p->type != NN_PARAM_BOOL)
          continue;
        snprintf(more, sizeof more, ", \"%s\": %s", p->key, p->def ? "false" : "true");
        snprintf(network, sizeof network, places[i], (*kind)->name, more);
        count(tally, try_recipe(network, "", tally->lacking));
      }
    }
}

static void try_optimizers(Tally *tally)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    char rest[256];
    snprintf(rest, sizeof rest, ", \"optimizer\": {\"kind\": \"%s\"%s}", (*kind)->name,
             nn_param_index((*kind)->params, "line_search_fn") >= 0
                 ? ", \"line_search_fn\": \"strong_wolfe\", \"max_iter\": 2, \"history_size\": 2"
                 : "");
    count(tally, try_recipe(NETWORK, rest, tally->lacking));
  }
}

static void test_kinds(void)
{
  for (int i = 0; i < nn_n_operations; i++) {
    Tally tally = {.lacking = nn_operations[i].name};
    if (nn_operations[i].need != NN_BY_KIND)
      continue;
    leave_out(i);
    nn_check(nn_backend_check(ref, NULL));
    try_layers(&tally);
    try_optimizers(&tally);
    bool everywhere = strstr("gemm add_bias sum_rows", tally.lacking) != NULL; /* Linear */
    if (!nn_check(tally.refused > 0) || !nn_check(everywhere || tally.trained > 20))
      printf("#   without %s\n", tally.lacking);
  }
}

static void test_always(void)
{
  for (int i = 0; i < nn_n_operations; i++) {
    NnError err = {0};
    leave_out(i);
    bool ok = nn_backend_check(ref, &err);
    nn_check(ok == (nn_operations[i].need != NN_ALWAYS));
    if (ok)
      continue;
    nn_check_int(err.status, NN_ERR_UNSUPPORTED);
    nn_check_has(err.text, nn_operations[i].name);
  }
}

/* What a backend may leave away is left away here: it trains. */
static void test_optional(void)
{
  for (int i = 0; i < nn_n_operations; i++)
    if (nn_operations[i].need == NN_OPTIONAL) {
      leave_out(i);
      nn_check_int(try_recipe(NETWORK, "", ""), 1);
    }
}

int main(void)
{
  add_data_kinds();
  make_data();
  test.source.n_samples = 40; /* the operations are what is asked for, not what they compute */
  if (!nn_backend_open("ref", 1, &ref, NULL))
    return 1;
  whole = ref->ops;
  nn_test("what nothing works without", test_always);
  nn_test("what some kinds need", test_kinds);
  nn_test("what is optional", test_optional);
  int status = nn_test_done();
  ref->ops = whole;
  nn_backend_close(ref);
  return status;
}
