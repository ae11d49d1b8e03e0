/* test-recipe.c: the default recipe, reading and writing, and what bad files get. */
#include "tests/check.h"
#include "counting.h"
#include "data-kinds.h"
#include "engine/recipe/recipe.h"
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/backprop-test-XXXXXX";

static const char *file(const char *name)
{
  static char path[2][256];
  static int turn;
  turn = !turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", directory, name);
  return path[turn];
}

static void write_file(const char *path, const char *bytes, size_t n)
{
  FILE *f = fopen(path, "wb");
  nn_check(f && fwrite(bytes, 1, n, f) == n);
  if (f)
    fclose(f);
}

static bool same_file(const char *path, const char *wanted)
{
  char bytes[8192];
  FILE *f = fopen(path, "rb");
  size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
  if (f)
    fclose(f);
  return n == strlen(wanted) && memcmp(bytes, wanted, n) == 0;
}

static NnConfig *parse(const char *text)
{
  NnConfig *recipe = NULL;
  NnError err = {0};
  nn_check(nn_recipe_parse(text, "r.json", &recipe, &err));
  nn_check_str(err.text, "");
  return recipe;
}

/* Notepad puts one before UTF-8; lines are counted as without it. */
static void test_mark(void)
{
  NnConfig *recipe = NULL;
  NnError err = {0};
  nn_check(nn_recipe_parse("\xef\xbb\xbf{\"seed\": 3}", "text", &recipe, &err));
  nn_check(recipe && nn_config_seed(recipe, "seed") == 3);
  nn_config_free(recipe);
  nn_check(!nn_recipe_parse("\xef\xbb\xbf{\n\"sed\": 3}", "text", &recipe, &err));
  nn_check_has(err.text, "text, line 2: the recipe has no parameter \"sed\"");
  nn_check(!nn_recipe_parse("\xef\xbb\xbf", "text", &recipe, &err));
  nn_check_has(err.text, "text is empty");
}

/* ---- seeds: what torch.Generator().manual_seed(seed).initial_seed() makes of them ---- */

static void test_seeds(void)
{
  static const struct {
    const char *text;
    uint64_t seed;
  } cases[] = {{"0", 0},
               {"2147483648", 2147483648},
               {"9007199254740993", 9007199254740993},
               {"9223372036854775807", 9223372036854775807u},
               {"9223372036854775808", 9223372036854775808u},
               {"18446744073709551615", 18446744073709551615u},
               {"-1", 18446744073709551615u},
               {"-2", 18446744073709551614u},
               {"-4294967296", 18446744069414584320u},
               {"-9223372036854775808", 9223372036854775808u}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char json[64];
    NnConfig *recipe = NULL, *again = NULL, *set = nn_recipe_new(NULL);
    snprintf(json, sizeof json, "{\"loop\": {}, \"seed\": %s }", cases[i].text);
    if (!nn_check(nn_recipe_parse(json, "text", &recipe, NULL)))
      continue;
    nn_check(nn_config_seed(recipe, "seed") == cases[i].seed);
    char *text = nn_recipe_text(recipe, NULL);
    snprintf(json, sizeof json, "\"seed\": %s\n}", cases[i].text);
    nn_check_has(text, json);
    nn_check(nn_recipe_parse(text, "text", &again, NULL) && nn_config_equal(recipe, again));
    nn_check(nn_config_set_path(set, "seed", cases[i].text, NULL) && nn_config_equal(recipe, set));
    nn_free(text);
    nn_config_free(recipe);
    nn_config_free(again);
    nn_config_free(set);
  }
}

/* ---- what is right ---- */

/* The tutorial's settings, spelled out once more from its text. */
static const char complete[] =
    "{\"version\": 1, \"data\": {\"dataset\": \"mnist\", \"batch_size\": 8, \"shuffle\": true,"
    " \"drop_last\": false, \"transforms\": [{\"kind\": \"ToTensor\"}]}, \"network\": ["
    "{\"kind\": \"Flatten\"},"
    "{\"kind\": \"Linear\", \"out_features\": 64, \"bias\": true, \"weight_init\":"
    " {\"kind\": \"xavier_uniform_\", \"gain\": 1}, \"bias_init\": {\"kind\": \"zeros_\"}},"
    "{\"kind\": \"ReLU\"},"
    "{\"kind\": \"Linear\", \"out_features\": 64, \"bias\": true, \"weight_init\":"
    " {\"kind\": \"xavier_uniform_\", \"gain\": 1}, \"bias_init\": {\"kind\": \"zeros_\"}},"
    "{\"kind\": \"ReLU\"},"
    "{\"kind\": \"Linear\", \"out_features\": 10, \"bias\": true, \"weight_init\":"
    " {\"kind\": \"xavier_uniform_\", \"gain\": 1}, \"bias_init\": {\"kind\": \"zeros_\"}}],"
    "\"loss\": {\"kind\": \"CrossEntropyLoss\"}, \"regularization\": {\"l1\": 0, \"l2\": 0},"
    "\"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001, \"betas\": [0.9, 0.999], \"eps\": 1e-8,"
    " \"weight_decay\": 0.01}, \"scheduler\": {\"kind\": \"ExponentialLR\", \"gamma\": 0.1,"
    " \"interval\": \"epoch\"}, \"loop\": {\"epochs\": 3}, \"seed\": 0}";

static void test_default(void)
{
  NnConfig *made = nn_recipe_new(NULL), *empty = parse("{}"), *full = parse(complete);
  nn_check(nn_config_equal(made, full));
  nn_check(nn_config_equal(made, empty));
  NnError err = {0};
  nn_check(nn_recipe_check(made, &err));
  nn_check_int(nn_config_count(made, "network"), 6);
  nn_check_int(nn_config_int(nn_config_child(made, "data"), "batch_size"), 8);
  nn_check(isnan(nn_config_number(nn_config_at(made, "network", 1), "in_features")));
  nn_config_free(made);
  nn_config_free(empty);
  nn_config_free(full);
}

/* Named kinds start from their own defaults, sections from the tutorial's. */
static void test_left_out(void)
{
  NnConfig *recipe = parse("{\"network\": [{\"kind\": \"Linear\", \"out_features\": 5}],"
                           " \"optimizer\": {\"lr\": 0.5}, \"data\": {\"shuffle\": false},"
                           " \"scheduler\": \"none\"}");
  const NnConfig *linear = nn_config_at(recipe, "network", 0),
                 *data = nn_config_child(recipe, "data");
  nn_check_str(nn_config_child(linear, "weight_init")->kind->name, "default");
  nn_check_str(nn_config_child(recipe, "optimizer")->kind->name, "AdamW");
  nn_check_str(nn_config_child(recipe, "scheduler")->kind->name, "none");
  nn_check_near(nn_config_number(nn_config_child(recipe, "optimizer"), "lr"), 0.5, 0, 0);
  nn_check_int(nn_config_int(data, "batch_size"), 8);
  nn_check_int(nn_config_count(data, "transforms"), 1);
  nn_check(!nn_config_bool(data, "shuffle"));
  nn_config_free(recipe);
}

static void check_round_trip(const NnConfig *recipe)
{
  NnError err = {0};
  NnConfig *back = NULL;
  char *text = nn_recipe_text(recipe, &err), *again = NULL;
  nn_check(nn_recipe_parse(text, "text", &back, &err));
  nn_check_str(err.text, "");
  nn_check(back && nn_config_equal(recipe, back));
  again = back ? nn_recipe_text(back, &err) : NULL;
  nn_check_str(again, text);
  nn_check(text[strlen(text) - 1] == '\n' && text[strlen(text) - 2] == '}');
  nn_free(text);
  nn_free(again);
  nn_config_free(back);
}

/* Every kind of every class, in its place in a recipe, with its first number somewhere else. */
static void test_round_trip(void)
{
  static const struct {
    NnKindClass klass;
    const char *path;
  } places[] = {{NN_CLASS_LAYER, "network.2"},
                {NN_CLASS_INIT, "network.1.weight_init"},
                {NN_CLASS_OPTIMIZER, "optimizer"},
                {NN_CLASS_SCHEDULER, "scheduler"},
                {NN_CLASS_LOSS, "loss"},
                {NN_CLASS_DATASET, "data.dataset"},
                {NN_CLASS_TRANSFORM, "data.transforms.0"}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (const NnKind *const *kind = nn_kinds(places[i].klass); *kind; kind++) {
      NnConfig *recipe = nn_recipe_new(NULL);
      NnError err = {0};
      nn_check(nn_config_set_path(recipe, places[i].path, (*kind)->name, &err));
      if (nn_param_index((*kind)->params, "schedulers") >= 0) /* has to be given */
        nn_check(nn_config_set_path(recipe, "scheduler.schedulers", "[\"StepLR\"]", &err));
      nn_check_str(err.text, "");
      check_round_trip(recipe);
      nn_config_free(recipe);
    }
}

static void test_exact_numbers(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  static const double rates[] = {0.1, 1.0 / 3, 0.1 + 0.2, 1e-5, 5e-324, 2.2250738585072014e-308};
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
    nn_check(nn_config_set_number(nn_config_child(recipe, "optimizer"), "lr", rates[i], NULL));
    check_round_trip(recipe);
  }
  nn_config_free(recipe);
}

static void test_derived(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  char *text = nn_recipe_text(recipe, NULL);
  nn_check(strstr(text, "in_features") == NULL);
  nn_free(text);
  nn_config_set_path(recipe, "network.1.in_features", "784", NULL);
  text = nn_recipe_text(recipe, NULL);
  nn_check_has(text, "\"in_features\": 784");
  nn_free(text);
  check_round_trip(recipe);
  nn_config_free(recipe);
}

/* ---- what is wrong ---- */

static const struct {
  const char *text, *where, *says;
} refused[] = {
    {"[1]", "", "r.json, line 1: a recipe must be an object, {…}; this is a list of length 1."},
    {"\n3", "", "r.json, line 2: a recipe must be an object"},
    {"{\n\"version\": 2, \"new\": 1}", "version",
     "r.json, line 2: this recipe is version 2; this program reads version 1."},
    {"{\"new\": 1, \"version\": 2}", "version", "this recipe is version 2"},
    {"{\"version\": 0}", "version", "r.json, line 1: version is 0; allowed is 1."},
    {"{\"version\": \"1\"}", "version", "version is \"1\"; allowed is 1."},
    {"{\n\n\"data\": {\"batchsize\": 8}}", "data.batchsize",
     "r.json, line 3: data has no parameter \"batchsize\"; did you mean \"batch_size\"? It takes "
     "dataset, batch_size, shuffle, drop_last, validation_fraction, "
     "test_batch_size, transforms, test_transforms."},
    {"{\"optimiser\": {}}", "optimiser",
     "the recipe has no parameter \"optimiser\"; did you mean "},
    {"{\"zzz\": {}}", "zzz", "the recipe has no parameter \"zzz\". It takes version, data"},
    {"{\"network\": [\n{\"kind\": \"Flatten\"},\n{\"kind\": \"Linear\",\n\"out_features\": 0}]}",
     "network.1.out_features",
     "r.json, line 4: network.1.out_features is 0; allowed is a whole number from 1 to 65536."},
    {"{\"network\": [\n{\"kind\":\n\"Relu\"}]}", "network.0.kind",
     "r.json, line 2: network.0.kind is \"Relu\"; no layer has that name. Did you mean "
     "\"ReLU\"?"},
    {"{\"network\": [{\"kind\": \"Quux\"}]}", "network.0.kind", "has that name. Allowed: Linear"},
    {"{\"network\": [{\"p\": 1}]}", "network.0", "network.0 has no \"kind\"; allowed is one layer"},
    {"{\"network\": [{\"kind\": 3}]}", "network.0.kind", "network.0.kind is 3; allowed is one lay"},
    {"{\"network\": [3]}", "network.0", "network.0 is 3; allowed is one layer: Linear"},
    {"{\"network\": {}}", "network", "network is an object; allowed is a list of 0 to 256"},
    {"{\"network\": [{\"kind\": \"Linear\", \"weight_init\": {\"kind\": \"zeros\"}}]}",
     "network.0.weight_init.kind", "no init has that name. Did you mean \"zeros_\"?"},
    {"{\"optimizer\": {\"kind\": \"AdamW\",\n \"lr\": \"x\"}}", "optimizer.lr",
     "r.json, line 2: optimizer.lr is \"x\"; allowed is a number of at least 0"},
    {"{\"optimizer\": {\"lr\": -1}}", "optimizer.lr", "optimizer.lr is -1; allowed is a number"},
    {"{\"optimizer\": {\"betas\": [0.9]}}", "optimizer.betas", "is a list of length 1; allowed is"},
    {"{\"optimizer\": {\"betas\": [0.9, 0.9, 0.9]}}", "optimizer.betas", "allowed is a list of 2"},
    {"{\"optimizer\": {\"betas\": [0.9,\n1]}}", "optimizer.betas.1", "r.json, line 2: optimizer.b"},
    {"{\"optimizer\": {\"betas\": [0.9, \"a\"]}}", "optimizer.betas.1",
     "is \"a\"; allowed is a nu"},
    {"{\"optimizer\": {\"kind\": \"SGD\", \"nesterov\": true}}", "optimizer.nesterov",
     "r.json, line 1"},
    {"{\"optimizer\": {\"kind\": \"SGD\", \"betas\": [0, 0]}}", "optimizer.betas",
     "optimizer (SGD) h"},
    {"{\"scheduler\": {\"interval\": \"Epoch\"}}", "scheduler.interval", "one of epoch, batch."},
    {"{\"data\": {\"shuffle\": 1}}", "data.shuffle",
     "data.shuffle is 1; allowed is true or false."},
    {"{\"data\": {\"dataset\": \"mnits\"}}", "data.dataset", "Did you mean \"mnist\"?"},
    {"{\"data\": {\"kind\": \"data\"}}", "data.kind", "data has no parameter \"kind\""},
    {"{\"loop\": null}", "loop", "loop is null; allowed is an object."},
    {"{\"seed\": 1.5}", "seed",
     "seed is 1.5; allowed is a whole number from -9223372036854775808 to 18446744073709551615."},
    {"{\"seed\": 18446744073709551616}", "seed",
     "seed is 18446744073709551616; allowed is a whole"},
    {"{\"seed\": -9223372036854775809}", "seed",
     "seed is -9223372036854775809; allowed is a whole"},
    {"{\"seed\": 1e19}", "seed", "seed is 1e19; allowed is a whole number"},
    {"{\"seed\": \"one\"}", "seed", "seed is \"one\"; allowed is a whole number"},
    {"{\"seed\": null}", "seed", "seed is null; allowed is a whole number"},
    {"{\"seed\": 99999999999999999999}", "seed",
     "seed is 99999999999999999999; allowed is a whole"},
    {"{\"seed\": 1,\n \"seed\": 2}", "r.json", "r.json, line 2, column "},
    {"{\"loss\": \"MSE\"}", "loss", "no loss has that name. Allowed: CrossEntropyLoss."},
    {"{\"a\\nb\": 1}", "a?b", "has no parameter \"a?b\""}};

static void test_refused(void)
{
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    NnError err = {0};
    NnConfig *recipe = NULL;
    counting_start(0);
    nn_check(!nn_recipe_parse(refused[i].text, "r.json", &recipe, &err));
    nn_check_int(counting_stop(), 0);
    nn_check(recipe == NULL);
    nn_check_has(err.text, refused[i].says);
    nn_check_str(err.where, refused[i].where);
    nn_check(!nn_recipe_parse(refused[i].text, "r.json", &recipe, NULL));
  }
}

/* The complete text, cut anywhere or with any byte changed, is read or refused, never more. */
static void test_damaged(void)
{
  static char text[sizeof complete];
  int n_refused = 0;
  for (size_t i = 0; i < sizeof complete - 1; i++)
    for (int how = 0; how < 4; how++) {
      memcpy(text, complete, sizeof complete);
      text[i] = "\0}9\""[how];
      NnConfig *recipe = NULL;
      NnError err = {0};
      bool ok = nn_recipe_parse(text, "r.json", &recipe, &err);
      nn_check(ok == (recipe != NULL) && ok == !*err.text);
      n_refused += !ok;
      nn_config_free(recipe);
    }
  nn_check(n_refused > (int)sizeof complete); /* all that are cut, and more */
}

static void test_memory(void)
{
  for (size_t k = 1;; k++) {
    NnError err = {0};
    NnConfig *recipe = NULL;
    char *text = NULL;
    counting_start(k);
    bool ok = nn_recipe_parse(complete, "r.json", &recipe, &err);
    nn_check(ok == (recipe != NULL));
    if (ok)
      ok = (text = nn_recipe_text(recipe, &err));
    nn_check_int(ok, counting_calls < k); /* no failure was passed over */
    nn_check(!ok || (text[0] == '{' && strstr(text, "\"seed\": 0")));
    nn_config_free(recipe);
    nn_free(text);
    nn_check_int(counting_stop(), 0);
    nn_check_int(err.status, ok ? NN_OK : NN_ERR_NOMEM);
    if (ok) {
      nn_check(k > 100); /* a failure at each of the allocations that a recipe takes */
      break;
    }
  }
}

/* ---- files ---- */

static void test_save_load(void)
{
  NnConfig *recipe = nn_recipe_new(NULL), *back = NULL;
  NnError err = {0};
  nn_config_set_path(recipe, "seed", "42", NULL);
  nn_check(nn_recipe_save(recipe, file("new.json"), &err));
  nn_check(nn_recipe_load(file("new.json"), &back, &err));
  nn_check_str(err.text, "");
  nn_check(back && nn_config_equal(recipe, back));
  nn_config_free(recipe);
  nn_config_free(back);
}

/* An existing file keeps its mode, and a link stays a link. */
static void test_save_over(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  NnError err = {0};
  struct stat about;
  write_file(file("old.json"), "old", 3);
  chmod(file("old.json"), 0640);
  nn_check_int(symlink("old.json", file("link.json")), 0);
  nn_check(nn_recipe_save(recipe, file("link.json"), &err));
  nn_check_str(err.text, "");
  nn_check(lstat(file("link.json"), &about) == 0 && S_ISLNK(about.st_mode));
  nn_check(stat(file("old.json"), &about) == 0 && about.st_size > 100);
  nn_check_int(about.st_mode & 07777, 0640);
  nn_config_free(recipe);
}

/* A file size limit stands in for a full disk: the write fails half-way. */
static void test_save_full(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  NnError err = {0};
  struct rlimit limit, small;
  write_file(file("kept.json"), "what was there", 14);
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &small);
  bool ok = nn_recipe_save(recipe, file("kept.json"), &err);
  setrlimit(RLIMIT_FSIZE, &limit);
  nn_check(!ok);
  nn_check_int(err.status, NN_ERR_IO);
  nn_check_has(err.text, "kept.json cannot be written: ");
  nn_check(same_file(file("kept.json"), "what was there"));
  char temporary[300]; /* and nothing else was left behind */
  snprintf(temporary, sizeof temporary, "%s.%ld-0.tmp", file("kept.json"), (long)getpid());
  nn_check(access(temporary, F_OK) != 0);
  nn_config_free(recipe);
}

static void test_save_nowhere(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  NnError err = {0};
  nn_check(!nn_recipe_save(recipe, file("missing/x.json"), &err));
  nn_check_int(err.status, NN_ERR_IO);
  nn_check_has(err.text, "missing/x.json cannot be written: No such file");
  nn_check(!nn_recipe_save(recipe, directory, &err));
  nn_check_has(err.text, "cannot be written: ");
  nn_config_free(recipe);
}

static void check_load(const char *path, NnStatus status, const char *says)
{
  NnConfig *recipe = NULL;
  NnError err = {0};
  nn_check(!nn_recipe_load(path, &recipe, &err));
  nn_check(recipe == NULL);
  nn_check_int(err.status, status);
  nn_check_has(err.text, says);
  nn_check(strncmp(err.text, path, strlen(path)) == 0);
}

static void test_load_refused(void)
{
  static char big[(1 << 20) + 1];
  check_load(file("none.json"), NN_ERR_IO, "cannot be opened: No such file");
  check_load(directory, NN_ERR_IO, "is a directory; a recipe must be a file.");
  nn_check_int(mkfifo(file("pipe"), 0600), 0);
  check_load(file("pipe"), NN_ERR_IO, "is not a regular file");
  write_file(file("empty.json"), "", 0);
  check_load(file("empty.json"), NN_ERR_FORMAT, "is empty");
  write_file(file("zero.json"), "{}\0{}", 5);
  check_load(file("zero.json"), NN_ERR_FORMAT, "has a zero byte at 2");
  memset(big, ' ', sizeof big);
  memcpy(big, "{}", 2);
  write_file(file("big.json"), big, sizeof big);
  check_load(file("big.json"), NN_ERR_FORMAT, "has 1048577 bytes; a recipe has at most 1 MiB");
  write_file(file("seed.json"), "{\n\"seed\":1.5}", 13);
  check_load(file("seed.json"), NN_ERR_ARG, "seed.json, line 2: seed is 1.5; allowed is");
}

static void test_load_largest(void)
{
  static char big[1 << 20];
  NnConfig *recipe = NULL;
  memset(big, ' ', sizeof big);
  memcpy(big, "{}", 2);
  write_file(file("largest.json"), big, sizeof big);
  nn_check(nn_recipe_load(file("largest.json"), &recipe, NULL));
  nn_config_free(recipe);
}

/* Root may read every file, so for root this is tried as somebody else. */
static void test_load_unreadable(void)
{
  bool root = geteuid() == 0;
  write_file(file("secret.json"), "{}", 2);
  chmod(file("secret.json"), 0);
  if (root && seteuid(65534) != 0) {
    nn_skip("root may read every file, and cannot be anybody else here");
    return;
  }
  check_load(file("secret.json"), NN_ERR_IO, "cannot be opened: Permission denied");
  if (root)
    nn_check_int(seteuid(0), 0);
}

static void clean_up(void)
{
  static const char *const names[] = {"new.json",  "old.json",     "link.json",  "kept.json",
                                      "pipe",      "zero.json",    "big.json",   "empty.json",
                                      "seed.json", "largest.json", "secret.json"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    unlink(file(names[i]));
  nn_check_int(rmdir(directory), 0); /* nothing else is there */
}

/* Before the data room's kinds are known, the recipe's data set is left open. */
static void test_without_data(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  nn_check(recipe && nn_config_child(nn_config_child(recipe, "data"), "dataset") == NULL);
  check_round_trip(recipe);
  nn_config_free(recipe);
  NnError err = {0};
  nn_check(!nn_recipe_parse("{\"data\": {\"dataset\": \"mnist\"}}", "r.json", &recipe, &err));
  nn_check_has(err.text, "no dataset has that name. Allowed: none, as there are none here.");
}

int main(void)
{
  if (!mkdtemp(directory))
    return 1;
  nn_test("without the data room a recipe can still be made", test_without_data);
  add_data_kinds();
  nn_test("the default recipe is the tutorial's", test_default);
  nn_test("what a recipe leaves out", test_left_out);
  nn_test("seeds of 64 bits, as PyTorch maps them", test_seeds);
  nn_test("a byte-order mark", test_mark);
  nn_test("every kind survives writing and reading", test_round_trip);
  nn_test("numbers survive to the last bit", test_exact_numbers);
  nn_test("what the shapes tell is written only if it was given", test_derived);
  nn_test("bad recipes: line, key, what was found, what is allowed", test_refused);
  nn_test("damaged recipes are refused in one sentence", test_damaged);
  nn_test("every allocation may fail", test_memory);
  nn_test("saved and loaded", test_save_load);
  nn_test("saving over a file, through a link", test_save_over);
  nn_test("a full disk leaves the old file", test_save_full);
  nn_test("saving to where nothing can be", test_save_nowhere);
  nn_test("files that are no recipes", test_load_refused);
  nn_test("the largest file that is read", test_load_largest);
  nn_test("a file without permission", test_load_unreadable);
  nn_test("nothing is left behind", clean_up);
  return nn_test_done();
}
