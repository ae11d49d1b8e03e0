/* safetensors.c: see safetensors.h. */
#include "safetensors.h"
#include <stdio.h>
#include <string.h>

/* The format's own limit for a header. */
enum { LENGTH = 8, MOST_HEADER = 100 * 1000 * 1000, ENTRY = 4096 };

static const char *const dtype_names[] = {"I32", "I64", "U32", "F32", "F64"};
static const size_t dtype_sizes[] = {4, 8, 4, 4, 8};

size_t nn_dtype_size(NnDtype dtype)
{
  return dtype_sizes[dtype];
}

/* ---- writing ---- */

static void put(NnTensorWriter *w, const char *text, size_t n)
{
  if (w->bytes)
    memcpy(w->bytes + LENGTH + w->at, text, n);
  w->at += n;
}

void nn_tensors_begin(NnTensorWriter *writer)
{
  writer->at = writer->data = 0;
  writer->any = false;
  put(writer, "{\"__metadata__\":{", 17);
}

void nn_tensors_text(NnTensorWriter *writer, const char *key, const char *text)
{
  const char *parts[] = {writer->any ? ",\"" : "\"", key, "\":\"", text, "\""};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    put(writer, parts[i], strlen(parts[i]));
  writer->any = true;
}

void nn_tensors_end_texts(NnTensorWriter *writer)
{
  put(writer, "}", 1);
}

void nn_tensors_add(NnTensorWriter *writer, const char *name, NnDtype dtype, NnShape shape)
{
  char entry[ENTRY], dims[24 * NN_MAX_DIMS] = "";
  size_t used = 0, end = writer->data + nn_shape_size(shape) * dtype_sizes[dtype];
  for (int i = 0; i < shape.n_dims; i++)
    used += (size_t)snprintf(dims + used, sizeof dims - used, i ? ",%zu" : "%zu", shape.dims[i]);
  int n = snprintf(entry, sizeof entry,
                   ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}", name,
                   dtype_names[dtype], dims, writer->data, end);
  writer->data = end;
  put(writer, entry, (size_t)n);
}

/* Spaces behind the header, so that the values are aligned. */
size_t nn_tensors_end(NnTensorWriter *writer)
{
  put(writer, "}", 1);
  while (writer->at % LENGTH != 0)
    put(writer, " ", 1);
  writer->header = writer->at;
  for (int i = 0; writer->bytes && i < LENGTH; i++)
    writer->bytes[i] = (unsigned char)((uint64_t)writer->header >> (8 * i));
  return LENGTH + writer->header + writer->data;
}

/* FNV-1a (Fowler, Noll, Vo), eight bytes at a time, and what is left over by itself. */
uint64_t nn_tensors_checksum(const unsigned char *bytes, size_t n)
{
  const uint64_t prime = UINT64_C(1099511628211);
  uint64_t hash = UINT64_C(14695981039346656037), word;
  size_t i = 0;
  for (; i + sizeof word <= n; i += sizeof word) {
    memcpy(&word, bytes + i, sizeof word);
    hash = (hash ^ word) * prime;
    hash ^= hash >> 32; /* a word's upper bits reach the lower ones, too */
  }
  for (; i < n; i++)
    hash = (hash ^ bytes[i]) * prime;
  return hash;
}

/* ---- reading ---- */

static bool fail_format(NnError *err)
{
  return nn_fail(err, NN_ERR_FORMAT, "checkpoint",
                 "The checkpoint is damaged or incomplete; only one as this program writes it can "
                 "be continued.");
}

bool nn_tensors_open(NnTensorReader *reader, const void *bytes, size_t size, NnError *err)
{
  const unsigned char *from = bytes;
  uint64_t n = 0;
  *reader = (NnTensorReader){0};
  for (int i = 0; i < LENGTH && size > LENGTH; i++)
    n |= (uint64_t)from[i] << (8 * i);
  if (n == 0 || n > MOST_HEADER || n > size - LENGTH)
    return fail_format(err);
  reader->header = json_loadb((const char *)from + LENGTH, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
  reader->data = from + LENGTH + n;
  reader->n_data = size - LENGTH - (size_t)n;
  if (json_is_object(reader->header))
    return true;
  nn_tensors_close(reader);
  return fail_format(err);
}

void nn_tensors_close(NnTensorReader *reader)
{
  json_decref(reader->header);
  *reader = (NnTensorReader){0};
}

const char *nn_tensors_get_text(const NnTensorReader *reader, const char *key)
{
  return json_string_value(json_object_get(json_object_get(reader->header, "__metadata__"), key));
}

const void *nn_tensors_get_list(const NnTensorReader *reader, const char *name, NnDtype dtype,
                                size_t *size)
{
  const json_t *shape = json_object_get(json_object_get(reader->header, name), "shape");
  json_int_t n = json_integer_value(json_array_get(shape, 0));
  const void *values = NULL;
  if (n > 0 && (uint64_t)n <= reader->n_data)
    values = nn_tensors_get(reader, name, dtype, nn_shape_1d((size_t)n), NULL);
  *size = values ? (size_t)n * dtype_sizes[dtype] : 0;
  return values;
}

int nn_tensors_count(const NnTensorReader *reader)
{
  return (int)json_object_size(reader->header) -
         (json_object_get(reader->header, "__metadata__") != NULL);
}

static bool is_shape(const json_t *sizes, NnShape shape)
{
  if (!json_is_array(sizes) || json_array_size(sizes) != (size_t)shape.n_dims)
    return false;
  for (int i = 0; i < shape.n_dims; i++) {
    const json_t *size = json_array_get(sizes, (size_t)i);
    if (!json_is_integer(size) || json_integer_value(size) < 0 ||
        (uint64_t)json_integer_value(size) != shape.dims[i])
      return false;
  }
  return true;
}

const void *nn_tensors_get(const NnTensorReader *reader, const char *name, NnDtype dtype,
                           NnShape shape, NnError *err)
{
  const json_t *entry = json_object_get(reader->header, name);
  const json_t *offsets = json_object_get(entry, "data_offsets");
  const char *type = json_string_value(json_object_get(entry, "dtype"));
  json_int_t first = json_integer_value(json_array_get(offsets, 0));
  json_int_t end = json_integer_value(json_array_get(offsets, 1));
  if (!entry)
    nn_fail(err, NN_ERR_SHAPE, "checkpoint",
            "The checkpoint has no \"%s\", so it is of another network or another recipe.", name);
  else if (!is_shape(json_object_get(entry, "shape"), shape) || !type ||
           strcmp(type, dtype_names[dtype]) != 0)
    nn_fail(err, NN_ERR_SHAPE, "checkpoint",
            "\"%s\" has another shape or type in the checkpoint, so it is of another network or "
            "another recipe.",
            name);
  else if (first < 0 || end < first || (uint64_t)end > reader->n_data ||
           (uint64_t)(end - first) != nn_shape_size(shape) * dtype_sizes[dtype])
    fail_format(err);
  else
    return reader->data + first;
  return NULL;
}
