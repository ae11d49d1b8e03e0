/* test-program.c: a recipe as a PyTorch program. That PyTorch computes the same with it is suite
 * torch's question; here, without PyTorch, that the lines are the ones its documentation has, that
 * what has no name there is spelled out rightly, and that no memory is lost. */
#include "tests/check.h"
#include "tests/unit/counting.h"
#include "app/run/program.h"
#include "data/data.h"
#include "data/loaders.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include <stdio.h>
#include <string.h>

enum { SIDE = 7, N = 8 };

static bool write_program(const NnConfig *recipe, bool notebook, char **text, NnError *err)
{
  return bp_program_write(recipe, nn_shape_3d(1, 28, 28), notebook, text, NULL, err);
}

static void check_line(const char *json, const char *line)
{
  NnError err = {0};
  NnConfig *recipe = NULL;
  char *text = NULL;
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, &err) &&
                write_program(recipe, false, &text, &err)))
    printf("#   %s\n", err.text);
  else
    nn_check_has(text, line);
  nn_free(text);
  nn_config_free(recipe);
}

static void test_lines(void)
{
  check_line("{}", "\noptimizer = optim.AdamW(model.parameters(), lr=0.001)\n");
  check_line("{}", "\nscheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.1)\n");
  check_line("{}", "\n    nn.Linear(784, 64),\n");
  check_line("{}", "\ntransform = transforms.ToTensor()\n");
  check_line("{}", "\nfor layer in model.modules():\n    if isinstance(layer, nn.Linear):\n"
                   "        nn.init.xavier_uniform_(layer.weight)\n"
                   "        nn.init.zeros_(layer.bias)\n");
  check_line("{\"seed\": -1}", "\ntorch.manual_seed(-1)\n");
  check_line("{\"optimizer\": {\"kind\": \"Adam\", \"lr\": 1, \"betas\": [0, 0.99]}}",
             "optim.Adam(model.parameters(), lr=1.0, betas=(0.0, 0.99))");
  check_line("{\"loss\": {\"kind\": \"CrossEntropyLoss\", \"weight\": [1,1,1,1,1,1,1,1,1,2]}}",
             "weight=torch.tensor([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0])");
  check_line("{\"scheduler\": {\"kind\": \"OneCycleLR\"}}",
             "    optimizer, max_lr=0.01, total_steps=3 * len(train_loader)\n)");
  check_line("{\"scheduler\": {\"kind\": \"MultiplicativeLR\"}}", "(optimizer, lambda step: 0.95)");
  check_line("{\"data\": {\"transforms\": [\"ToTensor\", {\"kind\": \"Normalize\"}]}}",
             "transforms.Normalize((0.1307,), (0.3081,))");
  check_line("{\"optimizer\": {\"kind\": \"LBFGS\"}}", "optimizer.step(closure)");
  check_line("{\"regularization\": {\"clip_norm\": 1}}",
             "            nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n");
}

static void test_refused(void)
{
  NnError err = {0};
  NnConfig *recipe = NULL;
  char *text = NULL;
  nn_check(nn_recipe_parse("{\"network\": [{\"kind\": \"Linear\"}]}", "test", &recipe, &err));
  nn_check(!write_program(recipe, false, &text, &err) && text == NULL);
  nn_check_has(err.text, "Linear");
  nn_config_free(recipe);
}

static void test_transforms_have_names(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_TRANSFORM); *kind; kind++) {
    nn_check((*kind)->torch != NULL);
    nn_check_has((*kind)->torch, (*kind)->name);
  }
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_DATASET); *kind; kind++)
    nn_check((*kind)->torch != NULL);
}

/* ---- spelled out ---- */

/* Test pictures of a recipe, all of them; returns how many values. */
static size_t test_pictures(const NnConfig *recipe, const NnDataset *dataset, nn_real *x)
{
  NnLoader loader;
  NnError err = {0};
  uint32_t indices[N];
  int32_t labels[N];
  for (uint32_t i = 0; i < N; i++)
    indices[i] = i;
  if (!nn_check(nn_loader_open(&loader, dataset, NN_VIEW_TEST, recipe, &err))) {
    printf("#   %s\n", err.text);
    return 0;
  }
  size_t n = N * nn_shape_size(loader.source.shape);
  loader.source.gather(&loader.source, indices, N, 0, x, labels);
  nn_loader_clear(&loader);
  return n;
}

static void check_spelled(const NnDataset *dataset, const char *transforms)
{
  static nn_real found[N * 32 * 32], wanted[N * 32 * 32];
  NnError err = {0};
  NnConfig *recipe = nn_recipe_new(&err), *spelled = NULL;
  nn_check(nn_config_set_path(recipe, "data.transforms", transforms, &err));
  if (!nn_check(nn_transforms_spell_out(recipe, dataset->shape, &spelled, &err)))
    printf("#   %s\n", err.text);
  else {
    nn_check(nn_config_count(nn_config_child(spelled, "data"), "test_transforms") > 0);
    size_t n = test_pictures(recipe, dataset, wanted);
    nn_check_int((long long)test_pictures(spelled, dataset, found), (long long)n);
    nn_check(memcmp(found, wanted, n * sizeof *found) == 0);
  }
  nn_config_free(spelled);
  nn_config_free(recipe);
}

static void test_spelled(void)
{
  static const char *const lists[] = {
      "[{\"kind\": \"RandomCrop\", \"size\": 6}, \"ToTensor\"]",
      "[{\"kind\": \"RandomCrop\", \"size\": [5, 8], \"padding\": [1, 0, 2, 1], \"fill\": 9}, "
      "\"ToTensor\"]",
      "[{\"kind\": \"RandomCrop\", \"size\": 10, \"pad_if_needed\": true, \"fill\": 50}, "
      "\"ToTensor\"]",
      "[{\"kind\": \"RandomResizedCrop\", \"size\": [4, 6]}, \"ToTensor\"]",
      "[\"ToTensor\", {\"kind\": \"RandomResizedCrop\", \"size\": 12, \"antialias\": false}]",
      "[{\"kind\": \"RandomRotation\"}, {\"kind\": \"RandomHorizontalFlip\", \"p\": 1}, "
      "\"ToTensor\", {\"kind\": \"RandomErasing\"}]",
      "[{\"kind\": \"RandomApply\", \"p\": 1, \"transforms\": [{\"kind\": \"RandomVerticalFlip\", "
      "\"p\": 1}, {\"kind\": \"RandomHorizontalFlip\"}]}, \"ToTensor\"]"};
  NnDataset *dataset = NULL;
  NnShape shape = nn_shape_3d(1, SIDE, SIDE);
  nn_check(nn_dataset_new("mnist", "Made", shape, 10, &dataset, NULL));
  nn_check(nn_split_alloc(&dataset->train, shape, N, NULL) &&
           nn_split_alloc(&dataset->test, shape, N, NULL));
  for (size_t i = 0; i < N * SIDE * SIDE; i++)
    dataset->test.images[i] = (uint8_t)(i * 2654435761u >> 7);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    check_spelled(dataset, lists[i]);
  nn_dataset_free(dataset);
}

/* ---- memory ---- */

static const char large[] =
    "{\"data\": {\"transforms\": [{\"kind\": \"RandomCrop\", \"padding\": 2}, \"ToTensor\"]},"
    " \"network\": [\"Flatten\", {\"kind\": \"Residual\", \"layers\": [{\"kind\": \"Linear\","
    " \"out_features\": 784, \"weight_init\": \"eye_\"}]}, {\"kind\": \"Linear\","
    " \"out_features\": 10}], \"scheduler\": {\"kind\": \"SequentialLR\", \"warmup_steps\": 5,"
    " \"milestones\": [9], \"schedulers\": [{\"kind\": \"OneCycleLR\"}, {\"kind\": \"StepLR\"}]}}";

static void test_memory(void)
{
  for (int notebook = 0; notebook < 2; notebook++)
    for (size_t k = 1, calls = k; calls >= k; k++) {
      NnConfig *recipe = NULL;
      char *text = NULL;
      NnError err = {0};
      nn_check(nn_recipe_parse(large, "test", &recipe, &err));
      counting_start(k);
      bool ok = write_program(recipe, notebook, &text, &err);
      calls = counting_calls;
      nn_check_int(ok, calls < k);
      nn_check(ok || err.status == NN_ERR_NOMEM);
      nn_free(text);
      nn_check_int(counting_stop(), 0);
      nn_config_free(recipe);
    }
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("lines are those of PyTorch's documentation", test_lines);
  nn_test("a network that cannot be is refused", test_refused);
  nn_test("every transform and data set has its name", test_transforms_have_names);
  nn_test("without chance, in torchvision's words: the same pictures", test_spelled);
  nn_test("when memory runs out, at any point", test_memory);
  return nn_test_done();
}
