/* idx.c: see idx.h. Reading order: the sentences for what can be wrong, the header, the values. */
#include "idx.h"
#include "dataset.h"
#include <ctype.h>
#include <stdio.h>

enum { TYPE_UNSIGNED_BYTE = 0x08, TYPE_SHORT = 0x0b, TYPE_INT = 0x0c };

static bool fail_magic(const NnIdx *idx, const uint8_t b[4], NnError *err)
{
  bool text = isprint(b[0]) && isprint(b[1]);
  const char *remark = text ? nn_text(N_(" (text, perhaps a web page)")) : "";
  return nn_fail(
      err, NN_ERR_FORMAT, idx->file.path,
      idx->n_dims == 1
          ? N_("%s is not an IDX file of labels: it starts with the bytes %02x %02x %02x "
               "%02x%s, expected are 00 00 08 %02x, or 0b or 0c for the 08.")
          : N_("%s is not an IDX file of images: it starts with the bytes %02x %02x %02x %02x%s, "
               "expected are 00 00 08 %02x."),
      idx->file.path, b[0], b[1], b[2], b[3], remark, idx->n_dims);
}

static bool fail_short_header(const NnIdx *idx, size_t got, NnError *err)
{
  return nn_fail(
      err, NN_ERR_FORMAT, idx->file.path,
      idx->n_dims == 1
          ? N_("%s is cut off in its header: %zu bytes found, an IDX file of labels has at "
               "least %d.")
          : N_("%s is cut off in its header: %zu bytes found, an IDX file of images has at least "
               "%d."),
      idx->file.path, got, 4 + 4 * idx->n_dims + 1);
}

static bool fail_short(const NnIdx *idx, size_t got, NnError *err)
{
  return nn_fail(err, NN_ERR_FORMAT, idx->file.path,
                 "%s is cut off: its header declares %zu bytes of values, but it has only %zu; "
                 "download the file again.",
                 idx->file.path, idx->n_bytes, got);
}

static bool fail_long(const NnIdx *idx, NnError *err)
{
  return nn_fail(err, NN_ERR_FORMAT, idx->file.path,
                 "%s is too long: its header declares %zu bytes of values, but more follow.",
                 idx->file.path, idx->n_bytes);
}

static size_t big_endian(const uint8_t b[4])
{
  return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | (size_t)b[3];
}

/* Of one value; 0 for a type that is not read. */
static size_t width_of(uint8_t type, int n_dims)
{
  if (type == TYPE_UNSIGNED_BYTE)
    return 1;
  return n_dims > 1 ? 0 : type == TYPE_SHORT ? 2 : type == TYPE_INT ? 4 : 0;
}

/* With both limits kept the product cannot overflow: 50 000 000 · 256 · 256 < 2^42. */
static bool read_dims(NnIdx *idx, const uint8_t *bytes, NnError *err)
{
  idx->n_bytes = idx->width;
  for (int i = 0; i < idx->n_dims; i++) {
    static const char *const formats[NN_IDX_MAX_DIMS] = {
        N_("%s: its header declares %zu entries, allowed are 1 to %zu."),
        N_("%s: its header declares %zu rows, allowed are 1 to %zu."),
        N_("%s: its header declares %zu columns, allowed are 1 to %zu.")};
    size_t dim = big_endian(bytes + 4 * i), max = i == 0 ? NN_MAX_SAMPLES : NN_MAX_SIDE;
    if (dim < 1 || dim > max)
      return nn_fail(err, NN_ERR_FORMAT, idx->file.path, formats[i], idx->file.path, dim, max);
    idx->dims[i] = dim;
    idx->n_bytes *= dim;
  }
  return true;
}

/* A plain file must have exactly the promised size; a gzipped one can at least not hold more than
 * deflate can have packed into it. */
static bool check_size(const NnIdx *idx, size_t n_header, NnError *err)
{
  uint64_t limit = nn_byte_file_limit(&idx->file), wanted = (uint64_t)n_header + idx->n_bytes;
  if (idx->file.gzip && wanted > limit)
    return nn_fail(err, NN_ERR_FORMAT, idx->file.path,
                   "%s: its header declares %zu bytes of values, more than its %llu compressed "
                   "bytes can hold.",
                   idx->file.path, idx->n_bytes, (unsigned long long)idx->file.size);
  if (!idx->file.gzip && wanted > limit)
    return fail_short(idx, (size_t)(limit - n_header), err);
  if (!idx->file.gzip && wanted < limit)
    return fail_long(idx, err);
  return true;
}

static bool read_header(NnIdx *idx, NnError *err)
{
  uint8_t bytes[4 + 4 * NN_IDX_MAX_DIMS];
  size_t n_header = 4 + 4 * (size_t)idx->n_dims, got;
  if (!nn_byte_file_read(&idx->file, bytes, n_header, &got, err))
    return false;
  idx->width = got >= 3 ? width_of(bytes[2], idx->n_dims) : 1;
  if (got >= 4 && (bytes[0] != 0 || bytes[1] != 0 || !idx->width || bytes[3] != idx->n_dims))
    return fail_magic(idx, bytes, err);
  if (got < n_header)
    return fail_short_header(idx, got, err);
  return read_dims(idx, bytes + 4, err) && check_size(idx, n_header, err);
}

bool nn_idx_open(NnIdx *idx, const char *path, int n_dims, NnError *err)
{
  *idx = (NnIdx){.n_dims = n_dims};
  if (!nn_byte_file_open(&idx->file, path, err))
    return false;
  if (!read_header(idx, err)) {
    nn_byte_file_close(&idx->file);
    return false;
  }
  return true;
}

bool nn_idx_read(NnIdx *idx, uint8_t *out, NnError *err)
{
  size_t got;
  uint8_t behind;
  if (!nn_byte_file_read(&idx->file, out, idx->n_bytes, &got, err))
    return false;
  if (got < idx->n_bytes)
    return fail_short(idx, got, err);
  /* Asking for one byte more also makes zlib verify the checksum at the end. */
  if (!nn_byte_file_read(&idx->file, &behind, 1, &got, err))
    return false;
  return got == 0 || fail_long(idx, err);
}

static size_t content_of(const NnIdx *idx)
{
  return 4 + 4 * (size_t)idx->n_dims + idx->n_bytes;
}

size_t nn_idx_memory(const NnIdx *idx)
{
  return nn_file_block_is_mapped(&idx->file, content_of(idx)) ? 0 : idx->n_bytes;
}

bool nn_idx_take(NnIdx *idx, NnFileBlock *block, NnError *err)
{
  size_t n = content_of(idx);
  if (!nn_file_block_take(block, &idx->file, n, err))
    return false;
  if (block->bytes)
    return true;
  if (!nn_file_block_alloc(block, n, err))
    return false;
  if (nn_idx_read(idx, block->bytes + (n - idx->n_bytes), err))
    return true;
  nn_file_block_free(block);
  return false;
}

void nn_idx_close(NnIdx *idx)
{
  nn_byte_file_close(&idx->file);
}
