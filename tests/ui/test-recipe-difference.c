/* What runs are called by: wanted is what a person would say that was changed. */
#include "../check.h"
#include "app/session/recipe-difference.h"
#include "app/session/run.h"
#include "data/kinds.h"
#include "engine/recipe/recipe.h"

static const char network[] =
    "{\"version\": 1, \"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", "
    "\"out_features\": 64}, {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\", \"p\": 0.2}, {\"kind\": "
    "\"Linear\", \"out_features\": 64}, {\"kind\": \"ReLU\"}, {\"kind\": \"Linear\", "
    "\"out_features\": 10}]}";

static NnConfig *recipe(void)
{
  NnConfig *config = NULL;
  NnError err = {0};
  nn_check(nn_recipe_parse(network, "r.json", &config, &err));
  nn_check_str(err.text, "");
  return config;
}

static void set(NnConfig *config, const char *path, const char *text)
{
  NnError err = {0};
  nn_check(nn_config_set_path(config, path, text, &err));
  nn_check_str(err.text, "");
}

/* Sets up to three paths in a copy of the recipe; what it differs by. */
static void check_change(const char *const *changes, const char *wanted)
{
  NnConfig *base = recipe(), *changed = recipe();
  for (int i = 0; changes[i]; i += 2)
    set(changed, changes[i], changes[i + 1]);
  g_auto(GStrv) differences = bp_recipe_differences(base, NULL, changed);
  g_autofree char *all = g_strjoinv("|", differences);
  nn_check_str(all, wanted);
  nn_config_free(base);
  nn_config_free(changed);
}

#define CHANGES(...) ((const char *[]){__VA_ARGS__, NULL})

static void test_values(void)
{
  check_change(CHANGES("optimizer.lr", "0.01"), "lr 0.01");
  check_change(CHANGES("optimizer.lr", "0.0025"), "lr 2.5e-3");
  check_change(CHANGES("data.batch_size", "64"), "batch 64");
  check_change(CHANGES("seed", "3"), "seed 3");
  check_change(CHANGES("loop.epochs", "5"), "epochs 5");
  check_change(CHANGES("data.shuffle", "false"), "shuffle off");
  check_change(CHANGES("optimizer.betas", "[0.8, 0.99]"), "betas (0.8, 0.99)");
  check_change(CHANGES("scheduler.gamma", "0.5"), "gamma 0.5");
  check_change(CHANGES("data.validation_fraction", "0.1"), "validation 0.1");
}

static void test_kinds(void)
{
  check_change(CHANGES("optimizer.kind", "RMSprop"), "RMSprop|lr 0.01");
  check_change(CHANGES("optimizer.kind", "Adam"), "Adam");
  check_change(CHANGES("scheduler.kind", "none"), "− ExponentialLR");
  check_change(CHANGES("scheduler.kind", "CosineAnnealingLR"), "CosineAnnealingLR");
  check_change(CHANGES("data.dataset.kind", "practice"), "Practice digits");
}

static void check_network(const char *json, const char *wanted)
{
  check_change(CHANGES("network", json), wanted);
}

#define LINEAR(n)   "{\"kind\": \"Linear\", \"out_features\": " #n "}"
#define LAYER(name) "{\"kind\": \"" name "\"}"
#define DROPOUT(p)  "{\"kind\": \"Dropout\", \"p\": " #p "}"

static void test_layers(void)
{
  check_network("[" LAYER("Flatten") "," LINEAR(64) "," LAYER("BatchNorm1d") "," LAYER(
                    "ReLU") "," DROPOUT(0.2) "," LINEAR(64) "," LAYER("ReLU") "," LINEAR(10) "]",
                "+ BatchNorm1d");
  check_network(
      "[" LAYER("Flatten") "," LINEAR(64) "," LAYER("BatchNorm1d") "," LAYER("ReLU") "," DROPOUT(
          0.2) "," LINEAR(64) "," LAYER("BatchNorm1d") "," LAYER("ReLU") "," LINEAR(10) "]",
      "+ 2 BatchNorm1d");
  check_network("[" LAYER("Flatten") "," LINEAR(64) "," LAYER("ReLU") "," LINEAR(64) "," LAYER(
                    "ReLU") "," LINEAR(10) "]",
                "− Dropout");
  check_network("[" LAYER("Flatten") "," LINEAR(128) "," LAYER("GELU") "," DROPOUT(0.5) "," LINEAR(
                    128) "," LAYER("GELU") "," LINEAR(10) "]",
                "Linear 128|ReLU → GELU|Dropout 0.5");
  check_network("[]", "− Flatten|− 3 Linear|− 2 ReLU|− Dropout");
  check_change(CHANGES("network.1.weight_init.kind", "kaiming_uniform_"), "Kaiming uniform");
  check_change(CHANGES("network.1.bias", "false"), "Linear bias off");
  check_change(CHANGES("data.transforms", "[" LAYER("ToTensor") "," LAYER("RandomRotation") "]"),
               "+ RandomRotation"); /* ToTensor is the default */
}

static void test_order_and_title(void)
{
  NnConfig *base = recipe(), *before = recipe(), *now = recipe();
  set(before, "optimizer.lr", "0.01");
  set(before, "data.batch_size", "64");
  set(now, "optimizer.lr", "0.01");
  set(now, "data.batch_size", "64");
  set(now, "seed", "3");
  g_auto(GStrv) differences = bp_recipe_differences(base, before, now);
  g_autofree char *all = g_strjoinv("|", differences);
  nn_check_str(all, "seed 3|batch 64|lr 0.01"); /* the newest change first */
  g_autofree char *three = bp_differences_title((const char *const *)differences);
  nn_check_str(three, "seed 3, batch 64, +1 more");
  g_autofree char *two = bp_differences_title((const char *const[]){"a", "b", NULL});
  nn_check_str(two, "a, b");
  g_autofree char *one = bp_differences_title((const char *const[]){"a", NULL});
  nn_check_str(one, "a");
  nn_check(bp_differences_title((const char *const[]){NULL}) == NULL);
  g_autofree char *title = bp_recipe_title(base);
  nn_check_str(title, "AdamW 1e-3");
  g_auto(GStrv) nothing = bp_recipe_differences(base, before, base);
  nn_check_int((int)g_strv_length(nothing), 0);
  nn_config_free(base);
  nn_config_free(before);
  nn_config_free(now);
}

static BpData *data(const char *title)
{
  NnDataset *set;
  nn_check(nn_dataset_new("mnist", title, nn_shape_3d(1, 28, 28), 10, &set, NULL));
  return bp_data_new(set);
}

/* Adds a run of `config` to the front of the list, as the session does; its title is as wanted. */
static void check_run(GListStore *runs, const char *exercise, NnConfig *config, BpData *data,
                      const char *wanted)
{
  guint number = g_list_model_get_n_items(G_LIST_MODEL(runs)) + 1;
  g_autoptr(BpRun) run = bp_run_new(number, exercise, config, data);
  bp_run_take_name(run, G_LIST_MODEL(runs));
  g_list_store_insert(runs, 0, run);
  g_autofree char *title = bp_run_dup_title(run);
  nn_check_str(title, wanted);
}

/* Whoever reads the list or a chart knows which is meant. */
static void check_distinct(GListModel *runs)
{
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++)
    for (guint j = 0; j < i; j++) {
      g_autoptr(BpRun) x = g_list_model_get_item(runs, i), y = g_list_model_get_item(runs, j);
      nn_check(!g_str_equal(x->name, y->name));
    }
}

static void test_runs(void)
{
  g_autoptr(GListStore) runs = g_list_store_new(BP_TYPE_RUN);
  g_autoptr(BpData) mnist = data("MNIST"), practice = data("Practice digits");
  NnConfig *config = recipe();
  check_run(runs, "network", config, mnist, "Run 1 · AdamW 1e-3");
  set(config, "optimizer.lr", "0.01");
  check_run(runs, "network", config, mnist, "Run 2 · lr 0.01");
  check_run(runs, "network", config, mnist, "Run 3 · lr 0.01 (2)");
  set(config, "seed", "3");
  check_run(runs, "network", config, mnist, "Run 4 · seed 3, lr 0.01"); /* both, the newest first */
  set(config, "optimizer.lr", "0.001");
  set(config, "seed", "0");
  check_run(runs, "network", config, mnist, "Run 5 · AdamW 1e-3 (2)"); /* as the first again */
  check_run(runs, "network", config, practice, "Run 6 · Practice digits");
  check_run(runs, "optimizers", config, mnist,
            "Run 7 · AdamW 1e-3 (3)"); /* the same recipe, where it may be */
  check_run(runs, "optimizers", config, mnist, "Run 8 · AdamW 1e-3 (4)");
  set(config, "data.batch_size", "512");
  set(config, "loop.epochs", "30");
  check_run(runs, "loop", config, mnist, "Run 9 · AdamW 1e-3, batch 512, epochs 30");
  check_run(runs, "loop", config, mnist, "Run 10 · AdamW 1e-3, batch 512, epochs 30 (2)");
  set(config, "optimizer.lr", "0.01");
  check_run(runs, "loop", config, mnist, "Run 11 · lr 0.01, batch 512, epochs 30");
  check_distinct(G_LIST_MODEL(runs));
  nn_config_free(config);
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("values", test_values);
  nn_test("other kinds", test_kinds);
  nn_test("layers and transforms", test_layers);
  nn_test("runs are named by what differs", test_runs);
  nn_test("the newest change comes first, two are shown", test_order_and_title);
  return nn_test_done();
}
