/* weights.c: weights into files; see weights.h. What reads them is weights-read.c. */
#include "weights.h"
#include "engine/mem.h"
#include "engine/out-file.h"
#include "engine/recipe/json-text.h"
#include "engine/recipe/recipe.h"
#include "engine/train/safetensors.h"
#include "host-weights.h"
#include <string.h>

typedef bool Writer(const NnHostWeights *weights, const NnConfig *recipe, FILE *file, NnError *err);

static Writer *writer_of(const char *path)
{
  static const struct {
    const char *ending;
    Writer *write;
  } all[] = {
      {".safetensors", nn_safetensors_write}, {".npz", nn_npz_write}, {".onnx", nn_onnx_write}};
  size_t length = strlen(path);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    size_t n = strlen(all[i].ending);
    if (length > n && strcmp(path + length - n, all[i].ending) == 0)
      return all[i].write;
  }
  return NULL;
}

bool nn_learned_check_name(const char *path, NnError *err)
{
  return writer_of(path) ||
         nn_fail(err, NN_ERR_ARG, path,
                 "%s: weights are written to a file whose name ends in .safetensors (for PyTorch), "
                 ".npz (for NumPy) or .onnx (the whole network).",
                 path);
}

bool nn_learned_check_model(const char *path, NnModel *model, NnError *err)
{
  NnHostWeights weights;
  if (writer_of(path) != nn_onnx_write)
    return true;
  bool ok = nn_host_weights_init(&weights, model, err) && nn_onnx_check(&weights, err);
  nn_host_weights_clear(&weights);
  return ok;
}

/* ---- safetensors ---- */

/* The recipe as it stands between the quotes of a JSON string, in text, which the caller frees;
 * NULL: no memory. */
static char *escaped_recipe(const NnConfig *recipe, NnJsonText *text)
{
  char *plain = nn_recipe_text(recipe, NULL);
  json_t *string = plain ? json_string(plain) : NULL;
  if (string)
    nn_json_add_value(text, string, 0);
  json_decref(string);
  nn_free(plain);
  if (!string || text->failed)
    return NULL;
  text->data[text->length - 1] = '\0';
  return text->data + 1;
}

static size_t list(const NnHostWeights *weights, const char *recipe, NnTensorWriter *writer)
{
  nn_tensors_begin(writer);
  nn_tensors_text(writer, "format", "pt");
  nn_tensors_text(writer, "recipe", recipe);
  nn_tensors_end_texts(writer);
  for (int i = 0; i < weights->dict->n; i++) {
    const NnNamedTensor *t = &weights->dict->tensors[i];
    nn_tensors_add(writer, t->name, t->role == NN_TENSOR_COUNTER ? NN_I64 : NN_DTYPE_REAL,
                   t->shape);
  }
  return nn_tensors_end(writer);
}

bool nn_safetensors_write(const NnHostWeights *weights, const NnConfig *recipe, FILE *file,
                          NnError *err)
{
  NnTensorWriter writer = {0};
  NnJsonText text = {0};
  char *recipe_text = escaped_recipe(recipe, &text);
  unsigned char *header = NULL;
  size_t n = 0;
  if (recipe_text) {
    list(weights, recipe_text, &writer);
    n = writer.header + sizeof(uint64_t);
    header = nn_alloc(n);
  }
  if (header) {
    writer.bytes = header;
    list(weights, recipe_text, &writer);
    fwrite(header, 1, n, file);
    for (int i = 0; i < weights->dict->n; i++) {
      const void *values = nn_host_weights_get(weights, i, &n);
      fwrite(values, 1, n, file);
    }
  }
  nn_free(text.data);
  bool ok = header || nn_fail_nomem(err, "the weights");
  nn_free(header);
  return ok;
}

/* ---- any ---- */

bool nn_learned_save(const char *path, NnModel *model, const NnConfig *recipe, NnError *err)
{
  NnHostWeights weights;
  NnOutFile out = {0};
  if (!nn_learned_check_name(path, err) || !nn_host_weights_init(&weights, model, err))
    return false;
  nn_model_snapshot(model, &weights.values);
  const NnBackend *backend = nn_model_backend(model);
  bool ok = backend->ops->sync(backend, err) && nn_out_open(&out, path, err) &&
            writer_of(path)(&weights, recipe, out.file, err) &&
            (!ferror(out.file) || nn_out_failed(&out, err));
  ok = nn_out_close(&out, ok, ok ? err : NULL) && ok;
  nn_host_weights_clear(&weights);
  return ok;
}
