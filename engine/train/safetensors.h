/* safetensors.h: named tensors in one piece of memory: the length of a header (8 bytes,
 * little-endian), the header (JSON: for each tensor its type, shape and place; texts under
 * "__metadata__"), the values. https://huggingface.co/docs/safetensors says it all; Python reads it
 * with `safetensors.numpy.load`. Private to the engine.
 *
 * Writing allocates nothing: the same calls are made once to measure, once to write the header and
 * once for the values. */
#pragma once
#include "engine/tensor.h"
#include <jansson.h>

typedef enum { NN_I32, NN_I64, NN_U32, NN_F32, NN_F64 } NnDtype;

/* Of nn_real. */
#define NN_DTYPE_REAL (sizeof(nn_real) == sizeof(float) ? NN_F32 : NN_F64)

size_t nn_dtype_size(NnDtype dtype);

/* ---- writing ---- */

typedef struct {
  unsigned char *bytes; /* NULL: it is only measured */
  size_t header;        /* bytes of the header, without its length */
  size_t data;          /* bytes of the values */
  size_t at;            /* of the header written so far */
  bool any;             /* something stands in the header */
} NnTensorWriter;

/* The header: texts first, then tensors, in the order of their values; keys and texts are as
 * they stand in JSON, with what it escapes. */
void nn_tensors_begin(NnTensorWriter *writer);
void nn_tensors_text(NnTensorWriter *writer, const char *key, const char *text);
void nn_tensors_end_texts(NnTensorWriter *writer);
void nn_tensors_add(NnTensorWriter *writer, const char *name, NnDtype dtype, NnShape shape);
/* The header is complete: bytes of the whole. */
size_t nn_tensors_end(NnTensorWriter *writer);

/* ---- reading ---- */

typedef struct {
  json_t *header; /* owned */
  const unsigned char *data;
  size_t n_data;
} NnTensorReader;

/* Borrows the bytes. NN_ERR_FORMAT: they are no such file, or it has been cut off. */
bool nn_tensors_open(NnTensorReader *reader, const void *bytes, size_t size, NnError *err);
void nn_tensors_close(NnTensorReader *reader);                                  /* also of zeros */
const char *nn_tensors_get_text(const NnTensorReader *reader, const char *key); /* NULL: none */
/* The values of a tensor, which need not be aligned. NULL, and one sentence (NN_ERR_SHAPE), where
 * it is missing or another one. */
const void *nn_tensors_get(const NnTensorReader *reader, const char *name, NnDtype dtype,
                           NnShape shape, NnError *err);
/* Of a tensor that may be missing, a list of any length: its *size bytes; NULL, 0: there is none.
 */
const void *nn_tensors_get_list(const NnTensorReader *reader, const char *name, NnDtype dtype,
                                size_t *size);
int nn_tensors_count(const NnTensorReader *reader);
/* Of the values: what tells that they are not what was written. */
uint64_t nn_tensors_checksum(const unsigned char *bytes, size_t n);
