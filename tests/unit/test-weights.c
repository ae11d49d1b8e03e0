/* test-weights.c: weights into files and back, and files that somebody has damaged or made to do
 * harm. That PyTorch and NumPy read what is written here is suite torch's question. */
#include "tests/check.h"
#include "counting.h"
#include "data-kinds.h"
#include "engine/export/weights.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char recipe_text[] =
    "{\"data\": {\"transforms\": []}, \"network\": [\"Flatten\", {\"kind\": \"Linear\", "
    "\"out_features\": 3}, \"BatchNorm1d\", {\"kind\": \"Linear\", \"out_features\": 2, "
    "\"weight_norm\": true}]}";
static NnConfig *recipe;
static NnBackend *backend;
static char folder[] = "/tmp/backprop-weights-XXXXXX", path[64];

static NnModel *made_model(unsigned seed)
{
  NnModel *model = NULL;
  NnMt19937 mt;
  NnModelOptions options = {
      .recipe = recipe, .input = nn_shape_3d(1, 2, 2), .batch_size = 4, .backend = backend};
  nn_mt_seed(&mt, seed);
  nn_check(nn_model_new(&options, &model, NULL) && nn_model_init(model, &mt, NULL));
  return model;
}

static bool same_weights(const NnModel *a, const NnModel *b)
{
  return memcmp(nn_model_params((NnModel *)a), nn_model_params((NnModel *)b),
                nn_model_n_params(a) * sizeof(nn_real)) == 0;
}

static size_t read_all(unsigned char *bytes, size_t most)
{
  FILE *file = fopen(path, "rb");
  size_t n = file ? fread(bytes, 1, most, file) : 0;
  if (file)
    fclose(file);
  return n;
}

static void write_all(const void *bytes, size_t n)
{
  FILE *file = fopen(path, "wb");
  nn_check(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0);
}

/* Opens and loads into a new model, which stays as it was if that is refused. */
static bool load(NnError *err)
{
  NnLearned *weights = NULL;
  NnModel *model = made_model(5), *before = made_model(5);
  bool ok = nn_learned_open(path, &weights, err) && nn_learned_load(weights, model, err);
  nn_check(ok || same_weights(model, before));
  nn_learned_free(weights);
  nn_model_free(model);
  nn_model_free(before);
  return ok;
}

static void test_round_trip(void)
{
  NnModel *model = made_model(1), *other = made_model(2);
  NnLearned *weights = NULL;
  NnConfig *again = NULL;
  NnError err = {0};
  const NnStateDict *dict = nn_model_state_dict(model);
  for (int i = 0; i < dict->n; i++)
    if (dict->tensors[i].role == NN_TENSOR_COUNTER)
      *nn_model_counter(model, &dict->tensors[i]) = 77;
  if (!nn_check(nn_learned_save(path, model, recipe, &err) &&
                nn_learned_open(path, &weights, &err) && nn_learned_load(weights, other, &err)))
    printf("#   %s\n", err.text);
  nn_check(same_weights(model, other));
  for (int i = 0; i < dict->n; i++)
    if (dict->tensors[i].role == NN_TENSOR_COUNTER)
      nn_check_int((long long)*nn_model_counter(other, &dict->tensors[i]), 77);
  nn_check(nn_recipe_parse(nn_learned_recipe(weights), "file", &again, &err) &&
           nn_config_equal(again, recipe));
  nn_config_free(again);
  nn_learned_free(weights);
  nn_model_free(other);
  nn_model_free(model);
}

static void test_names(void)
{
  NnError err = {0};
  nn_check(nn_learned_check_name("a.safetensors", &err) && nn_learned_check_name("b.npz", &err) &&
           nn_learned_check_name("c.onnx", &err));
  nn_check(!nn_learned_check_name("a.pt", &err));
  nn_check_has(err.text, "a.pt");
  nn_check(!nn_learned_check_name(".npz", &err));
}

/* ---- files that nobody should trust ---- */

static void check_refused(const char *header, size_t n_data, const char *says)
{
  static unsigned char bytes[4096];
  NnError err = {0};
  size_t n = strlen(header);
  memset(bytes, 0, sizeof bytes);
  bytes[0] = (unsigned char)n;
  bytes[1] = (unsigned char)(n >> 8);
  memcpy(bytes + 8, header, n);
  write_all(bytes, 8 + n + n_data);
  nn_check(!load(&err));
  nn_check_has(err.text, says);
  nn_check_has(err.text, path);
}

#define ENTRY(name, type, shape, offsets) \
  "\"" name "\": {\"dtype\": \"" type "\", \"shape\": " shape ", \"data_offsets\": " offsets "}"

static void test_lies(void)
{
  check_refused("{" ENTRY("a", "F32", "[2]", "[0, 8]") "," ENTRY("b", "F32", "[2]", "[4, 12]") "}",
                12, "overlap");
  check_refused("{" ENTRY("a", "F32", "[2]", "[0, 8]") "," ENTRY("b", "F32", "[1]", "[12, 16]") "}",
                16, "gaps");
  check_refused("{" ENTRY("a", "F32", "[2]", "[0, 8]") "}", 12, "follows");
  check_refused("{" ENTRY("a", "F32", "[2]", "[0, 12]") "}", 12, "another size");
  check_refused("{" ENTRY("a", "F32", "[2]", "[0, 8]") "}", 4, "outside");
  check_refused("{" ENTRY("a", "F32", "[2]", "[8, 0]") "}", 8, "outside");
  check_refused("{" ENTRY("a", "F32", "[2]", "[-8, 0]") "}", 8, "outside");
  check_refused("{" ENTRY("a", "F33", "[2]", "[0, 8]") "}", 8, "unknown type");
  check_refused("{" ENTRY("a", "F32", "[-2]", "[0, 8]") "}", 8, "no possible shape");
  check_refused("{" ENTRY("a", "F32", "[4294967296, 4294967296]", "[0, 8]") "}", 8,
                "no possible shape");
  check_refused("{" ENTRY("a", "F32", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", "[0, 4]") "}", 4,
                "no possible shape");
  check_refused("{" ENTRY("a", "F32", "2", "[0, 8]") "}", 8, "no possible shape");
  check_refused("{\"a\": 5}", 0, "unknown type");
  check_refused("{" ENTRY("a", "F32", "[1]", "[0, 4]") "," ENTRY("a", "F32", "[1]", "[0, 4]") "}",
                4, "twice");
  check_refused("{\"a\": ", 0, "not JSON");
  check_refused("[1, 2]", 0, "does not begin");
  check_refused("{}", 0, "has no \"1.weight\"");
  check_refused("{" ENTRY("1.weight", "F32", "[4, 3]", "[0, 48]") "}", 48, "another shape");
  check_refused("{" ENTRY("1.weight", "F16", "[3, 4]", "[0, 24]") "}", 24, "type F16");
}

static void test_foreign(void)
{
  NnError err = {0};
  static unsigned char huge[16] = {0xff, 0xe0, 0xf5, 0x05, 0, 0, 0, 0, '{'};
  write_all("PK\003\004 and so on: what torch.save() writes", 40);
  nn_check(!load(&err));
  nn_check_has(err.text, "save_file");
  write_all(huge, sizeof huge); /* a header of 100 MB, which is not there */
  nn_check(!load(&err));
  nn_check_has(err.text, "ends within its header");
  write_all("", 0);
  nn_check(!load(&err));
  unlink(path);
  nn_check(!load(&err));
  nn_check_has(err.text, "could not be opened");
}

/* Of a header of 9 MB that is there. */
static void test_large_header(void)
{
  enum { SIZE = 9 << 20 };
  unsigned char *bytes = malloc(8 + SIZE);
  NnError err = {0};
  memset(bytes, ' ', 8 + SIZE);
  for (int i = 0; i < 8; i++)
    bytes[i] = (unsigned char)((uint64_t)SIZE >> (8 * i));
  memcpy(bytes + 8, "{}", 2);
  write_all(bytes, 8 + SIZE);
  nn_check(!load(&err));
  nn_check_has(err.text, "8 MB");
  free(bytes);
}

/* Cut off anywhere it is refused; with a bit turned it is refused, or holds other numbers. */
static void test_damage(void)
{
  static unsigned char bytes[8192], copy[8192];
  NnModel *model = made_model(1);
  NnError err = {0};
  nn_check(nn_learned_save(path, model, recipe, &err));
  nn_model_free(model);
  size_t size = read_all(bytes, sizeof bytes), n_values = size;
  for (size_t n = 0; n < size; n += n < 16 || n + 64 > size ? 1 : 13) {
    write_all(bytes, n);
    nn_check(!load(&err));
  }
  for (size_t i = 0; i < n_values; i += 3) {
    memcpy(copy, bytes, size);
    copy[i] ^= (unsigned char)(1 << (i % 8));
    write_all(copy, size);
    load(&err);
  }
}

static void test_not_finite(void)
{
  NnModel *model = made_model(1);
  NnError err = {0};
  nn_model_params(model)[3] = NAN;
  nn_check(nn_learned_save(path, model, recipe, &err));
  nn_check(!load(&err));
  nn_check_has(err.text, "not finite");
  nn_model_free(model);
}

/* Each by itself, with a vector or an image before it. */
static void check_layer(const NnKind *kind)
{
  char text[128], name[80];
  NnError err = {0};
  NnModel *model = NULL;
  NnConfig *own = nn_config_copy(recipe, &err);
  snprintf(text, sizeof text, "[{\"kind\": \"%s\"}]", kind->name);
  snprintf(name, sizeof name, "%s/layer.onnx", folder);
  nn_check(nn_config_set_path(own, "network", text, &err));
  NnModelOptions options = {
      .recipe = own, .input = nn_shape_1d(8), .batch_size = 2, .backend = backend};
  if (!nn_model_new(&options, &model, &err)) {
    options.input = nn_shape_3d(4, 8, 8);
    nn_check(nn_model_new(&options, &model, &err));
  }
  if (!nn_check(model && nn_learned_check_model(name, model, &err) &&
                nn_learned_save(name, model, own, &err)))
    printf("#   %s: %s\n", kind->name, err.text);
  unlink(name);
  nn_model_free(model);
  nn_config_free(own);
}

static void test_every_layer(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++)
    check_layer(*kind);
}

static void test_no_operator(void)
{
  NnError err = {0};
  NnModel *model = NULL;
  NnConfig *own = nn_config_copy(recipe, &err);
  nn_check(nn_config_set_path(own, "network.2.track_running_stats", "false", &err));
  NnModelOptions options = {
      .recipe = own, .input = nn_shape_3d(1, 2, 2), .batch_size = 2, .backend = backend};
  nn_check(nn_model_new(&options, &model, &err));
  nn_check(nn_learned_check_model("x.npz", model, &err));
  nn_check(!nn_learned_check_model("x.onnx", model, &err));
  nn_check_has(err.text, "network.2");
  nn_model_free(model);
  nn_config_free(own);
}

/* Other files than the first, of which nothing is read here. */
static void test_other_memory(void)
{
  static const char *const endings[] = {"npz", "onnx"};
  NnModel *model = made_model(1);
  NnError err = {0};
  for (int i = 0; i < 2; i++)
    for (size_t k = 1, calls = k; calls >= k; k++) {
      char name[80];
      snprintf(name, sizeof name, "%s/w.%s", folder, endings[i]);
      counting_start(k);
      bool ok = nn_learned_save(name, model, recipe, &err);
      calls = counting_calls;
      nn_check_int(ok, calls < k);
      nn_check_int(counting_stop(), 0);
      nn_check_int(unlink(name) == 0, ok); /* nothing is left of one that failed */
    }
  nn_model_free(model);
}

static void test_memory(void)
{
  NnModel *model = made_model(1);
  NnError err = {0};
  for (size_t k = 1, calls = k; calls >= k; k++) {
    NnLearned *weights = NULL;
    counting_start(k);
    bool ok = nn_learned_save(path, model, recipe, &err);
    ok = ok && nn_learned_open(path, &weights, &err) && nn_learned_load(weights, model, &err);
    calls = counting_calls;
    nn_learned_free(weights);
    nn_check_int(ok, calls < k);
    nn_check_int(counting_stop(), 0);
  }
  nn_model_free(model);
}

int main(void)
{
  NnError err = {0};
  add_data_kinds();
  if (!mkdtemp(folder) || !nn_check(nn_backend_open("ref", 1, &backend, &err) &&
                                    nn_recipe_parse(recipe_text, "test", &recipe, &err)))
    return 1;
  snprintf(path, sizeof path, "%s/w.safetensors", folder);
  nn_test("what is written is read back, with its recipe", test_round_trip);
  nn_test("the name's ending says what is written", test_names);
  nn_test("headers that lie", test_lies);
  nn_test("files of another kind", test_foreign);
  nn_test("a header that is too large", test_large_header);
  nn_test("cut off or damaged anywhere", test_damage);
  nn_test("numbers that are not finite", test_not_finite);
  nn_test("when memory runs out, at any point", test_memory);
  nn_test("every layer can be written as ONNX", test_every_layer);
  nn_test("but not without running statistics", test_no_operator);
  nn_test("the same of other files", test_other_memory);
  nn_config_free(recipe);
  nn_backend_close(backend);
  unlink(path);
  rmdir(folder);
  return nn_test_done();
}
