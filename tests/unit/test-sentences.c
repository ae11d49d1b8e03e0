/* test-sentences.c: whatever is refused leaves one whole sentence behind. Every error starts as
 * memory that nobody has written to, so that a `return false` without a sentence shows. */
#include "blobs.h"
#include "counting.h"
#include "data-kinds.h"
#include "engine/recipe/json.h"
#include "engine/out-file.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "sentence.h"
#include <sys/stat.h>
#include <unistd.h>

enum { LONG = 10000 };
static char longest[LONG + 1]; /* ü has two bytes: the middle may fall into it */
static NnSource train;

static NnConfig *new_recipe(void)
{
  NnError err;
  poison(&err);
  NnConfig *recipe = nn_recipe_new(&err);
  nn_check(recipe != NULL);
  return recipe;
}

/* It is refused, in a sentence. */
static bool refused(NnConfig *recipe, const char *path, const char *text)
{
  NnError err;
  poison(&err);
  if (nn_config_set_path(recipe, path, text, &err))
    return false;
  check_sentence(&err, path);
  return true;
}

/* ---- dotted keys ---- */

/* All paths of up to five of these parts, none of which leads anywhere that takes "x\x01". */
static void test_paths(void)
{
  static const char *const parts[] = {".",    "network", "0",   "9", "kind", "optimizer",
                                      "data", "betas",   "-1.", "é", "1"};
  enum { N = sizeof parts / sizeof *parts, DEEP = 5 };
  NnConfig *recipe = new_recipe();
  int count = 1, n_refused = 0;
  for (int deep = 1; deep <= DEEP; deep++) {
    count *= N;
    for (int i = 0; i < count; i++) {
      char path[64] = "";
      for (int k = 0, rest = i; k < deep; k++, rest /= N)
        strcat(path, parts[rest % N]);
      n_refused += refused(recipe, path, "x\x01");
    }
  }
  nn_check_int(n_refused, N + N * N + N * N * N + N * N * N * N + N * N * N * N * N);
  nn_config_free(recipe);
}

static void test_empty_parts(void)
{
  static const char *const paths[] = {"",         ".",           "..",           "network..1",
                                      "network.", "network..",   ".network",     "network.1..p",
                                      "a..b",     "optimizer..", "optimizer..lr"};
  NnConfig *recipe = new_recipe();
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    NnError err;
    char quoted[40];
    nn_check(refused(recipe, paths[i], "1"));
    nn_config_set_path(recipe, paths[i], "1", &err);
    snprintf(quoted, sizeof quoted, "\"%s\" is not a key", paths[i]);
    nn_check_has(err.text, quoted);
  }
  nn_config_free(recipe);
}

/* ---- values ---- */

static const char *const bad_values[] = {"{",   "[",         "\"x\"", "null",      "[[]]",
                                         "[1]", "[1, 2, 3]", "-1e99", "{\"a\":1}", "{\"kind\": 3}",
                                         "",    "\xff",      "true",  "1e400",     "[null, \"a\"]",
                                         "NaN", longest};

/* Every parameter of `config`, which stands at `path`, gets every bad value. */
static int try_values(NnConfig *recipe, const NnKind *kind, const char *path)
{
  int n_refused = 0;
  for (const NnParamSpec *spec = kind->params; spec && spec->key; spec++)
    for (size_t i = 0; i < sizeof bad_values / sizeof *bad_values; i++) {
      char key[NN_PATH];
      NnError err;
      NnConfig *copy = nn_config_copy(recipe, NULL);
      nn_path_key(key, path, spec->key);
      if (refused(copy, key, bad_values[i]))
        n_refused++;
      else if (poison(&err), !nn_recipe_check(copy, &err)) /* what only the rules refuse */
        check_sentence(&err, key);
      nn_config_free(copy);
    }
  return n_refused;
}

static void test_values(void)
{
  static const struct {
    NnKindClass klass;
    const char *path, *format;
  } places[] = {{NN_CLASS_LAYER, "network.0", "[{\"kind\": \"%s\"}]"},
                {NN_CLASS_LOSS, "loss", "{\"kind\": \"%s\"}"},
                {NN_CLASS_OPTIMIZER, "optimizer", "{\"kind\": \"%s\"}"},
                {NN_CLASS_SCHEDULER, "scheduler", "{\"kind\": \"%s\"}"},
                {NN_CLASS_INIT, "network.1.weight_init", "{\"kind\": \"%s\"}"}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (const NnKind *const *kind = nn_kinds(places[i].klass); *kind; kind++) {
      char text[80];
      NnError err;
      NnConfig *recipe = new_recipe();
      snprintf(text, sizeof text, places[i].format, (*kind)->name);
      const char *path = places[i].klass == NN_CLASS_LAYER ? "network" : places[i].path;
      nn_check(nn_config_set_path(recipe, path, text, &err));
      int n_params = nn_param_count((*kind)->params);
      nn_check(try_values(recipe, *kind, places[i].path) >= 8 * n_params);
      nn_config_free(recipe);
    }
}

static void test_sections(void)
{
  static const char *const paths[] = {"", "data", "regularization", "loop"};
  for (int i = 0; i < 4; i++) {
    NnConfig *recipe = new_recipe();
    const NnConfig *config = *paths[i] ? nn_config_child(recipe, paths[i]) : recipe;
    nn_check(try_values(recipe, config->kind, paths[i]) > 8);
    nn_config_free(recipe);
  }
}

/* ---- lists of names ---- */

/* Every kind of that class stands in the sentence, in full, and it ends after the last. */
static void check_all_kinds(const NnError *err, NnKindClass klass)
{
  char end[64] = "";
  for (const NnKind *const *kind = nn_kinds(klass); *kind; kind++) {
    nn_check_has(err->text, (*kind)->name);
    snprintf(end, sizeof end, "%s.", (*kind)->name);
  }
  nn_check_has(err->text, end);
  check_sentence(err, end);
}

static void test_lists_of_kinds(void)
{
  static const struct {
    const char *path, *text;
    NnKindClass klass;
  } cases[] = {{"network.0", "{\"kind\": \"Dense\"}", NN_CLASS_LAYER},
               {"network.0", longest, NN_CLASS_LAYER},
               {"network", "3", NN_CLASS_LAYER},
               {"network.1.weight_init", "he", NN_CLASS_INIT},
               {"optimizer", "3", NN_CLASS_OPTIMIZER},
               {"optimizer.kind", longest, NN_CLASS_OPTIMIZER},
               {"scheduler", "Cosine", NN_CLASS_SCHEDULER},
               {"loss", "L2", NN_CLASS_LOSS},
               {"data.dataset", "cifar", NN_CLASS_DATASET},
               {"data.transforms", "[\"Blur\"]", NN_CLASS_TRANSFORM}};
  NnConfig *recipe = new_recipe();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnError err;
    poison(&err);
    nn_check(!nn_config_set_path(recipe, cases[i].path, cases[i].text, &err));
    check_all_kinds(&err, cases[i].klass);
  }
  nn_config_free(recipe);
}

/* An unknown parameter of every kind: all that it has are listed. */
static void test_lists_of_keys(void)
{
  for (int klass = 0; klass < nn_class_count(); klass++)
    for (const NnKind *const *kind = nn_kinds((NnKindClass)klass); *kind; kind++)
      for (int i = 0; i < 2; i++) {
        NnError err;
        poison(&err);
        nn_check(!nn_fail_key(&err, *kind, i ? longest : "network.0", i ? longest : "zz"));
        check_sentence(&err, (*kind)->name);
        for (const NnParamSpec *spec = (*kind)->params; spec && spec->key; spec++)
          nn_check_has(err.text, spec->key);
      }
}

/* What is allowed for every parameter of every kind, in words: none of them is cut. */
static void test_ranges(void)
{
  char text[NN_RANGE_TEXT];
  for (int klass = 0; klass < nn_class_count(); klass++)
    for (const NnKind *const *kind = nn_kinds((NnKindClass)klass); *kind; kind++)
      for (const NnParamSpec *spec = (*kind)->params; spec && spec->key; spec++)
        nn_check(strlen(nn_param_range_text(spec, text)) < NN_RANGE_TEXT - 100 &&
                 !strstr(text, "…"));
}

/* ---- long texts ---- */

/* Both ends of the sentence and both ends of the long text are there. */
static void check_elided(const NnError *err, const char *end)
{
  check_sentence(err, end);
  nn_check_has(err->text, "aü");
  nn_check_has(err->text, "…");
  nn_check_has(err->text, "üz");
  size_t n = strlen(err->text), n_end = strlen(end);
  nn_check(n >= n_end && strcmp(err->text + n - n_end, end) == 0);
}

static void test_long_texts(void)
{
  NnError err;
  NnConfig *recipe = new_recipe(), *read = NULL;
  NnBackend *backend;
  char path[LONG + 20], json[LONG + 80];
  snprintf(path, sizeof path, "optimizer.%s", longest);
  nn_check(!nn_config_set_path(recipe, path, "1", &err));
  check_elided(&err, "has 10010 bytes; a key has at most 511.");
  snprintf(path, sizeof path, "network.%.300süz", longest);
  nn_check(!nn_config_set_path(recipe, path, "1", &err));
  check_elided(&err, "üz\".");
  nn_check(!nn_config_set_path(recipe, "seed", longest, &err));
  check_elided(&err, "to 18446744073709551615.");
  nn_check(!nn_config_set_path(recipe, "data.shuffle", longest, &err));
  check_elided(&err, "allowed is true or false.");
  nn_check(!nn_recipe_load(longest, &read, &err));
  check_elided(&err, "cannot be opened: File name too long.");
  nn_check(!nn_recipe_save(recipe, longest, &err));
  check_sentence(&err, "save");
  nn_check(!nn_recipe_parse("{", longest, &read, &err));
  check_elided(&err, ".");
  nn_check(!nn_backend_open(longest, 1, &backend, &err));
  check_elided(&err, "allowed are auto, cpu, ref and cuda.");
  snprintf(json, sizeof json, "{\"version\": 1, \"%s\": 1}", longest);
  nn_check(!nn_recipe_parse(json, longest, &read, &err));
  check_elided(&err, "It takes version, data, network, loss, regularization, optimizer, "
                     "scheduler, loop, seed.");
  snprintf(json, sizeof json, "{\"version\": 1, \"optimizer\": {\"kind\": \"%s\"}}", longest);
  nn_check(!nn_recipe_parse(json, longest, &read, &err));
  check_elided(&err, "Muon, LBFGS.");
  nn_config_free(recipe);
}

/* A recipe in which Residual stands in Residual, `deep` times: every key of it can be named, or it
 * is refused. */
static void test_deep(void)
{
  for (int deep = 1; deep < 500; deep = deep < 60 ? deep + 1 : 3 * deep) {
    static char json[40000];
    NnError err;
    NnConfig *recipe = NULL;
    strcpy(json, "{\"version\": 1, \"network\": [");
    for (int i = 0; i < deep; i++)
      strcat(json, "{\"kind\": \"Residual\", \"layers\": [");
    strcat(json, "{\"kind\": \"Linear\", \"out_features\": 0}");
    for (int i = 0; i < deep; i++)
      strcat(json, "]}");
    strcat(json, "]}");
    poison(&err);
    nn_check(!nn_recipe_parse(json, "deep.json", &recipe, &err));
    check_sentence(&err, "deep");
    nn_check(!strstr(err.where, "…"));
    nn_check_has(err.text,
                 strstr(err.text, "too deeply") ? "allowed are keys of" : "out_features is 0");
  }
}

/* ---- files ---- */

static void test_files(void)
{
  static const struct {
    const char *name;
    size_t n;
    const char *bytes;
  } files[] = {{"empty", 0, ""},
               {"list", 2, "[]"},
               {"zero", 3, "{\0}"},
               {"text", 5, "hello"},
               {"open", 1, "{"},
               {"number", 1, "3"},
               {"latin", 6, "{\"\xe4\":1}"},
               {"newer", 14, "{\"version\": 2}"}};
  char folder[] = "sentences-XXXXXX", path[64];
  NnConfig *recipe = NULL;
  NnError err;
  if (!nn_check(mkdtemp(folder) != NULL))
    return;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
    FILE *file = fopen(path, "wb");
    nn_check(file && fwrite(files[i].bytes, 1, files[i].n, file) == files[i].n);
    fclose(file);
    poison(&err);
    nn_check(!nn_recipe_load(path, &recipe, &err));
    check_sentence(&err, files[i].name);
    unlink(path);
  }
  const char *const none[] = {folder, "/dev/null", "no such file", "/dev/zero/x", ""};
  recipe = new_recipe();
  for (int i = 0; i < 5; i++) {
    NnConfig *read;
    NnOutFile out;
    poison(&err);
    nn_check(!nn_recipe_load(none[i], &read, &err));
    check_sentence(&err, none[i]);
    poison(&err);
    snprintf(path, sizeof path, "%s/no/%d", folder, i);
    nn_check(!nn_recipe_save(recipe, i == 0 ? folder : i == 1 ? "" : path, &err));
    check_sentence(&err, "save");
    poison(&err);
    nn_check(!nn_out_open(&out, path, &err));
    check_sentence(&err, "open");
  }
  nn_config_free(recipe);
  rmdir(folder);
}

/* Cut anywhere, a recipe is refused; with any byte changed it is read, or refused. */
static void test_broken_text(void)
{
  NnConfig *recipe = new_recipe(), *read = NULL;
  NnError err;
  char *text = nn_recipe_text(recipe, &err);
  size_t n = strlen(text);
  nn_config_free(recipe);
  for (size_t i = 0; i + 2 < 2 * n; i++) {
    char *at = &text[i % n], before = *at;
    *at = i < n ? '\0' : '7';
    poison(&err);
    if (nn_recipe_parse(text, "cut.json", &read, &err))
      nn_config_free(read);
    else
      check_sentence(&err, i < n ? "cut" : "changed");
    *at = before;
  }
  nn_free(text);
}

/* ---- networks and runs ---- */

static void test_networks(void)
{
  NnShape shapes[] = {nn_shape_1d(1), nn_shape_1d(7), nn_shape_3d(1, 1, 1), nn_shape_3d(3, 5, 2)};
  static const char *const behind[] = {"", ", \"ReLU\"", ", \"Conv2d\"", ", \"BatchNorm1d\""};
  int n_refused = 0;
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++)
    for (int i = 0; i < 16; i++) {
      char text[80];
      NnError err;
      NnConfig *recipe = new_recipe();
      snprintf(text, sizeof text, "[\"%s\"%s]", (*kind)->name, behind[i / 4]);
      nn_check(nn_config_set_path(recipe, "network", text, &err));
      poison(&err);
      if (!nn_model_check(recipe, shapes[i % 4], 3, NULL, NULL, NULL, &err)) {
        check_sentence(&err, text);
        n_refused++;
      }
      nn_config_free(recipe);
    }
  nn_check(n_refused > 300);
}

/* Each optimizer with each schedule, some of which cycle a momentum that is not there. */
static void test_runs(void)
{
  for (const NnKind *const *optimizer = nn_kinds(NN_CLASS_OPTIMIZER); *optimizer; optimizer++)
    for (const NnKind *const *scheduler = nn_kinds(NN_CLASS_SCHEDULER); *scheduler; scheduler++)
      for (int batch = 1; batch < 100; batch += 49) {
        NnError err;
        NnConfig *recipe = new_recipe();
        nn_config_set_number(nn_config_child(recipe, "data"), "batch_size", batch, &err);
        nn_config_set_number(nn_config_child(recipe, "data"), "drop_last", 1, &err);
        nn_check(nn_config_set_path(recipe, "network", "[\"BatchNorm1d\", \"Linear\"]", &err));
        nn_check(nn_config_set_kind(recipe, "optimizer", *optimizer, &err));
        nn_check(nn_config_set_kind(recipe, "scheduler", *scheduler, &err));
        NnTrainerOptions options = {.recipe = recipe, .train = &train, .max_steps = 3};
        poison(&err);
        if (!nn_trainer_check(&options, &err))
          check_sentence(&err, (*scheduler)->name);
        nn_config_free(recipe);
      }
}

/* Every allocation fails once. */
static void test_memory(void)
{
  static const char json[] = "{\"version\": 1, \"data\": {\"batch_size\": 4}, \"network\": ["
                             "{\"kind\": \"Linear\", \"out_features\": 3}]}";
  for (size_t k = 1;; k++) {
    NnError err;
    NnConfig *recipe = NULL;
    NnTrainer *trainer = NULL;
    NnBackend *backend = NULL;
    poison(&err);
    counting_start(k);
    bool ok = nn_recipe_parse(json, "test", &recipe, &err) &&
              nn_config_set_path(recipe, "optimizer", "{\"kind\": \"SGD\", \"lr\": .1}", &err) &&
              nn_backend_open("ref", 1, &backend, &err);
    NnTrainerOptions options = {.recipe = recipe, .train = &train, .backend = backend};
    ok = ok && nn_trainer_new(&options, &trainer, &err);
    nn_trainer_free(trainer);
    nn_backend_close(backend);
    nn_config_free(recipe);
    nn_check_int(counting_stop(), 0);
    if (ok)
      break;
    check_sentence(&err, "memory");
    nn_check_int(err.status, NN_ERR_NOMEM);
  }
}

int main(void)
{
  longest[0] = 'a';
  for (int i = 1; i + 2 < LONG; i += 2)
    memcpy(longest + i, "ü", 2);
  longest[LONG - 1] = 'z';
  add_data_kinds();
  train = blobs_source(64);
  nn_test("dotted keys of any parts", test_paths);
  nn_test("dotted keys with empty parts", test_empty_parts);
  nn_test("bad values of every parameter of every kind", test_values);
  nn_test("bad values of the recipe's own keys", test_sections);
  nn_test("a list of kinds is whole", test_lists_of_kinds);
  nn_test("a list of parameters is whole", test_lists_of_keys);
  nn_test("what is allowed is whole", test_ranges);
  nn_test("a long text loses its middle, the sentence nothing", test_long_texts);
  nn_test("keys that are nested deeply", test_deep);
  nn_test("files that are no recipes, or cannot be written", test_files);
  nn_test("recipes cut and changed", test_broken_text);
  nn_test("networks that do not fit", test_networks);
  nn_test("runs that cannot be", test_runs);
  nn_test("every allocation fails once", test_memory);
  return nn_test_done();
}
