/* weights-read.c: a safetensors file from anywhere into a model; see weights.h. Everything that the
 * header says is looked at before a value is used: the file may have been cut off, damaged or made
 * to do harm. https://huggingface.co/docs/safetensors */
#include "weights.h"
#include "engine/mem.h"
#include "host-weights.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A header of 256 layers with a recipe has less than 1 MB; the format would allow 100. */
enum { LENGTH = 8, MOST_HEADER = 8 << 20, MOST_DIMS = 8 };
static const size_t MOST_FILE = (size_t)8 << 30;

typedef struct {
  const char *name;
  const json_t *shape;
  bool f64, i64; /* neither: F32 */
  bool other;    /* a type that no weight has here */
  const char *type;
  size_t first, end; /* of its bytes */
} Entry;

struct NnLearned {
  char *path;
  unsigned char *bytes; /* the whole file */
  json_t *header;
  const unsigned char *data;
  size_t n_data;
  Entry *entries;
  int n;
};

/* ---- the file ---- */

static bool fail_damaged(const NnLearned *w, NnError *err, const char *what)
{
  return nn_fail(err, NN_ERR_FORMAT, w->path,
                 "%s is damaged or no safetensors file: %s. Nothing was read.", w->path,
                 nn_text(what));
}

static bool fail_foreign(const NnLearned *w, size_t size, NnError *err)
{
  if (size > 4 && memcmp(w->bytes, "PK\x03\x04", 4) == 0)
    return nn_fail(err, NN_ERR_FORMAT, w->path,
                   "%s is a zip archive, as torch.save() writes it; save the weights with "
                   "safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\").",
                   w->path);
  return fail_damaged(w, err, N_("it does not begin with the length of a header"));
}

/* A pipe is neither waited for nor read. */
static bool read_file(NnLearned *w, size_t *size, NnError *err)
{
  struct stat info;
  int descriptor = open(w->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  FILE *file = descriptor >= 0 && fstat(descriptor, &info) == 0 ? fdopen(descriptor, "rb") : NULL;
  if (!file) {
    nn_fail(err, NN_ERR_IO, w->path, "%s could not be opened: %s.", w->path, strerror(errno));
    if (descriptor >= 0)
      close(descriptor);
    return false;
  }
  bool ok = S_ISREG(info.st_mode) ||
            nn_fail(err, NN_ERR_IO, w->path, "%s is not a file that weights could be in.", w->path);
  *size = ok ? (size_t)info.st_size : 0;
  ok = ok && (*size <= MOST_FILE || nn_fail(err, NN_ERR_FORMAT, w->path,
                                            "%s is larger than 8 GB, which no network of this "
                                            "program can use.",
                                            w->path));
  if (ok) {
    w->bytes = nn_alloc_unset(*size + 1);
    ok = w->bytes || nn_fail_nomem(err, "the weights");
  }
  if (ok && fread(w->bytes, 1, *size, file) != *size)
    ok = fail_damaged(w, err, N_("it became shorter while it was read"));
  fclose(file);
  return ok;
}

static bool parse_header(NnLearned *w, size_t size, NnError *err)
{
  uint64_t n = 0;
  json_error_t error;
  for (int i = 0; i < LENGTH && size >= LENGTH; i++)
    n |= (uint64_t)w->bytes[i] << (8 * i);
  if (n < 2 || size < LENGTH || w->bytes[LENGTH] != '{' || n > (uint64_t)100 * 1000 * 1000)
    return fail_foreign(w, size, err);
  if (n > size - LENGTH)
    return fail_damaged(w, err, N_("it ends within its header"));
  if (n > MOST_HEADER)
    return fail_damaged(w, err, N_("its header has more than 8 MB"));
  w->header =
      json_loadb((const char *)w->bytes + LENGTH, (size_t)n, JSON_REJECT_DUPLICATES, &error);
  if (!json_is_object(w->header))
    return json_error_code(&error) == json_error_duplicate_key && !w->header
               ? fail_damaged(w, err, N_("its header has a name twice"))
               : fail_damaged(w, err, N_("its header is not JSON"));
  w->data = w->bytes + LENGTH + n;
  w->n_data = size - LENGTH - (size_t)n;
  return true;
}

/* ---- its tensors ---- */

static bool read_offsets(const json_t *value, size_t n_data, Entry *entry)
{
  const json_t *offsets = json_object_get(value, "data_offsets");
  const json_t *first = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
  if (json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(end) ||
      json_integer_value(first) < 0 || json_integer_value(end) < json_integer_value(first) ||
      (uint64_t)json_integer_value(end) > n_data)
    return false;
  entry->first = (size_t)json_integer_value(first);
  entry->end = (size_t)json_integer_value(end);
  return true;
}

/* How many values; false: no sizes, or too many. */
static bool count_values(const json_t *shape, size_t *n)
{
  *n = 1;
  if (!json_is_array(shape) || json_array_size(shape) > MOST_DIMS)
    return false;
  for (size_t i = 0; i < json_array_size(shape); i++) {
    const json_t *size = json_array_get(shape, i);
    if (!json_is_integer(size) || json_integer_value(size) < 0 ||
        __builtin_mul_overflow(*n, (size_t)json_integer_value(size), n) || *n > MOST_FILE)
      return false;
  }
  return true;
}

/* Bytes of a value of that type; 0: there is no such type. */
static size_t size_of(const char *type)
{
  static const struct {
    const char *name;
    size_t size;
  } all[] = {{"F32", 4}, {"F64", 8}, {"I64", 8}, {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"U32", 4},
             {"U64", 8}, {"I16", 2}, {"U16", 2}, {"I8", 1},  {"U8", 1},   {"BOOL", 1}};
  for (size_t i = 0; type && i < sizeof all / sizeof *all; i++)
    if (strcmp(type, all[i].name) == 0)
      return all[i].size;
  return 0;
}

static bool read_entry(const NnLearned *w, const char *name, const json_t *value, Entry *entry,
                       NnError *err)
{
  size_t n, size;
  entry->name = name;
  entry->shape = json_object_get(value, "shape");
  entry->type = json_string_value(json_object_get(value, "dtype"));
  if ((size = size_of(entry->type)) == 0)
    return fail_damaged(w, err, N_("a tensor in it has an unknown type"));
  if (!count_values(entry->shape, &n))
    return fail_damaged(w, err, N_("a tensor in it has no possible shape"));
  if (!read_offsets(value, w->n_data, entry))
    return fail_damaged(w, err, N_("a tensor lies outside of it"));
  if (entry->end - entry->first != n * size)
    return fail_damaged(w, err, N_("a tensor in it has another size than its shape says"));
  entry->f64 = strcmp(entry->type, "F64") == 0;
  entry->i64 = strcmp(entry->type, "I64") == 0;
  entry->other = !entry->f64 && !entry->i64 && strcmp(entry->type, "F32") != 0;
  return true;
}

static int by_place(const void *a, const void *b)
{
  const Entry *x = a, *y = b;
  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

/* The values of all tensors, one after the other, and nothing else. */
static bool check_places(NnLearned *w, NnError *err)
{
  size_t at = 0;
  qsort(w->entries, (size_t)w->n, sizeof *w->entries, by_place);
  for (int i = 0; i < w->n; at = w->entries[i++].end)
    if (w->entries[i].first != at)
      return w->entries[i].first < at ? fail_damaged(w, err, N_("two tensors in it overlap"))
                                      : fail_damaged(w, err, N_("there are gaps in it"));
  return at == w->n_data || fail_damaged(w, err, N_("something follows its tensors"));
}

static bool read_entries(NnLearned *w, NnError *err)
{
  const char *name;
  json_t *value;
  w->entries = nn_alloc_array(json_object_size(w->header), sizeof *w->entries);
  if (!w->entries)
    return nn_fail_nomem(err, "the weights");
  json_object_foreach(w->header, name, value)
  {
    if (strcmp(name, "__metadata__") == 0)
      continue;
    if (!read_entry(w, name, value, &w->entries[w->n++], err))
      return false;
  }
  return check_places(w, err);
}

bool nn_learned_open(const char *path, NnLearned **weights, NnError *err)
{
  NnLearned *w = nn_alloc(sizeof *w);
  size_t size = 0;
  if (!w)
    return nn_fail_nomem(err, "the weights");
  w->path = nn_strdup(path);
  bool ok = w->path || nn_fail_nomem(err, "the weights");
  ok = ok && read_file(w, &size, err) && parse_header(w, size, err) && read_entries(w, err);
  if (!ok) {
    nn_learned_free(w);
    return false;
  }
  *weights = w;
  return true;
}

void nn_learned_free(NnLearned *weights)
{
  if (!weights)
    return;
  json_decref(weights->header);
  nn_free(weights->entries);
  nn_free(weights->bytes);
  nn_free(weights->path);
  nn_free(weights);
}

const char *nn_learned_recipe(const NnLearned *weights)
{
  return json_string_value(
      json_object_get(json_object_get(weights->header, "__metadata__"), "recipe"));
}

/* ---- into a model ---- */

static const Entry *find(const NnLearned *w, const char *name)
{
  for (int i = 0; i < w->n; i++)
    if (strcmp(w->entries[i].name, name) == 0)
      return &w->entries[i];
  return NULL;
}

static bool has_shape(const Entry *entry, NnShape shape)
{
  bool same = json_array_size(entry->shape) == (size_t)shape.n_dims;
  for (int i = 0; same && i < shape.n_dims; i++)
    same = (size_t)json_integer_value(json_array_get(entry->shape, (size_t)i)) == shape.dims[i];
  return same;
}

static bool check_fits(const NnLearned *w, const NnNamedTensor *t, const Entry *entry, NnError *err)
{
  char shape[NN_SHAPE_TEXT];
  if (!entry)
    return nn_fail(err, NN_ERR_SHAPE, w->path,
                   "%s has no \"%s\", so it is of another network than this recipe's.", w->path,
                   t->name);
  if (!has_shape(entry, t->shape))
    return nn_fail(err, NN_ERR_SHAPE, w->path,
                   "\"%s\" in %s has another shape than %s, which this recipe's network needs.",
                   t->name, w->path, nn_shape_text(t->shape, shape));
  if (entry->other || entry->i64 != (t->role == NN_TENSOR_COUNTER))
    return nn_fail(err, NN_ERR_SHAPE, w->path, "\"%s\" in %s has the type %s; allowed is %s.",
                   t->name, w->path, entry->type,
                   t->role == NN_TENSOR_COUNTER ? "I64" : "F32, F64");
  return true;
}

static double value_at(const NnLearned *w, const Entry *entry, size_t i)
{
  float f32;
  double f64;
  const unsigned char *at = w->data + entry->first;
  if (entry->f64)
    return memcpy(&f64, at + i * sizeof f64, sizeof f64), f64;
  return memcpy(&f32, at + i * sizeof f32, sizeof f32), (double)f32;
}

static bool read_values(const NnLearned *w, const NnNamedTensor *t, NnHostWeights *to, NnError *err)
{
  const Entry *entry = find(w, t->name);
  nn_real *values =
      (t->role == NN_TENSOR_PARAM ? to->values.params : to->values.buffers) + t->offset;
  if (!check_fits(w, t, entry, err))
    return false;
  for (size_t i = 0; t->role != NN_TENSOR_COUNTER && i < t->n; i++) {
    values[i] = (nn_real)value_at(w, entry, i);
    if (!isfinite(values[i]))
      return nn_fail(err, NN_ERR_FORMAT, w->path,
                     "\"%s\" in %s holds a number that is not finite, so the network cannot "
                     "compute with it.",
                     t->name, w->path);
  }
  return true;
}

static void set_counters(const NnLearned *w, const NnHostWeights *to)
{
  for (int i = 0; i < to->dict->n; i++) {
    const NnNamedTensor *t = &to->dict->tensors[i];
    if (t->role == NN_TENSOR_COUNTER)
      memcpy(nn_model_counter(to->model, t), w->data + find(w, t->name)->first, sizeof(uint64_t));
  }
}

bool nn_learned_load(const NnLearned *weights, NnModel *model, NnError *err)
{
  NnHostWeights to;
  if (!nn_host_weights_init(&to, model, err))
    return false;
  bool ok = true;
  for (int i = 0; ok && i < to.dict->n; i++)
    ok = read_values(weights, &to.dict->tensors[i], &to, err);
  if (ok && weights->n != to.dict->n)
    ok = nn_fail(err, NN_ERR_SHAPE, weights->path,
                 "%s has %d tensors, but this recipe's network has %d; it is of another one.",
                 weights->path, weights->n, to.dict->n);
  if (ok) {
    const NnBackend *backend = nn_model_backend(model);
    nn_model_load(model, &to.values);
    set_counters(weights, &to);
    ok = backend->ops->sync(backend, err);
  }
  nn_host_weights_clear(&to);
  return ok;
}
