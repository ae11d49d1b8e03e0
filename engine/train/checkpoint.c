/* checkpoint.c: what a checkpoint tells whoever has no trainer. */
#include "checkpoint.h"
#include "checkpoint-file.h"
#include "engine/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const NnShape scalar = {.n_dims = 0};

void nn_checkpoint_clear(NnCheckpoint *checkpoint)
{
  nn_free(checkpoint->bytes);
  *checkpoint = (NnCheckpoint){0};
}

/* ---- info ---- */

static bool get_scalar(const NnTensorReader *reader, const char *name, NnDtype dtype, void *value,
                       NnError *err)
{
  const void *saved = nn_tensors_get(reader, name, dtype, scalar, err);
  if (saved)
    memcpy(value, saved, nn_dtype_size(dtype));
  return saved != NULL;
}

static size_t get_number(const NnTensorReader *reader, const char *key)
{
  const char *text = nn_tensors_get_text(reader, key);
  return text ? (size_t)strtoull(text, NULL, 10) : 0;
}

static bool get_info(const NnTensorReader *reader, NnCheckpointInfo *info, NnError *err)
{
  uint64_t epoch;
  double before, now;
  const char *optimizer = nn_tensors_get_text(reader, "optimizer");
  NnCheckpointInfo found = {.n_params = get_number(reader, "n_params"),
                            .n_buffers = get_number(reader, "n_buffers")};
  if (!get_scalar(reader, "trainer.step", NN_I64, &found.step, err) ||
      !get_scalar(reader, "trainer.epoch", NN_I64, &epoch, err) ||
      !get_scalar(reader, "trainer.batch", NN_I64, &found.batch, err) ||
      !get_scalar(reader, "trainer.seconds", NN_F64, &before, err) ||
      !get_scalar(reader, "trainer.epoch_seconds", NN_F64, &now, err))
    return false;
  found.epoch = (uint32_t)epoch;
  found.seconds = before + now;
  snprintf(found.optimizer, sizeof found.optimizer, "%s", optimizer ? optimizer : "");
  *info = found;
  return true;
}

bool nn_checkpoint_info(const void *bytes, size_t size, NnCheckpointInfo *info, NnError *err)
{
  NnTensorReader reader;
  if (!nn_checkpoint_open(&reader, bytes, size, err))
    return false;
  bool ok = get_info(&reader, info, err);
  nn_tensors_close(&reader);
  return ok;
}

/* ---- weights ---- */

static const void *values_of(const NnTensorReader *reader, const NnNamedTensor *tensor,
                             NnError *err)
{
  NnDtype dtype = tensor->role == NN_TENSOR_COUNTER ? NN_I64 : NN_DTYPE_REAL;
  return nn_tensors_get(reader, tensor->name, dtype, tensor->shape, err);
}

static bool load_model(const NnTensorReader *reader, NnModel *model, NnError *err)
{
  const NnStateDict *dict = nn_model_state_dict(model);
  const NnBackend *backend = nn_model_backend(model);
  for (int i = 0; i < dict->n; i++) /* all or nothing */
    if (!values_of(reader, &dict->tensors[i], err))
      return false;
  for (int i = 0; i < dict->n; i++) {
    const NnNamedTensor *t = &dict->tensors[i];
    const void *values = values_of(reader, t, err);
    nn_real *flat = t->role == NN_TENSOR_PARAM ? nn_model_params(model) : nn_model_buffers(model);
    if (t->role == NN_TENSOR_COUNTER)
      memcpy(nn_model_counter(model, t), values, sizeof(uint64_t));
    else
      backend->ops->upload(backend, flat + t->offset, values, t->n * sizeof(nn_real));
  }
  return true;
}

bool nn_checkpoint_load_model(const void *bytes, size_t size, NnModel *model, NnError *err)
{
  NnTensorReader reader;
  if (!nn_checkpoint_open(&reader, bytes, size, err))
    return false;
  bool ok = load_model(&reader, model, err);
  nn_tensors_close(&reader);
  return ok;
}
