/* npz.c: NumPy's archive: a zip file without compression that holds an .npy for each tensor.
 * numpy.org/doc/stable/reference/generated/numpy.lib.format.html; PKWARE's APPNOTE 6.3.9. */
#include "engine/mem.h"
#include "host-weights.h"
#include <stdio.h>
#include <string.h>

enum {
  NAME = 512,
  NPY = 128,
  LOCAL = 0x04034b50,
  CENTRAL = 0x02014b50,
  END = 0x06054b50,
  STORED = 20
};

/* What the directory says of a member. */
typedef struct {
  uint32_t crc, size, at;
} Member;

static uint32_t crc32_add(uint32_t crc, const unsigned char *bytes, size_t n)
{
  static uint32_t table[256];
  for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++)
      c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  crc = ~crc;
  for (size_t i = 0; i < n; i++)
    crc = table[(crc ^ bytes[i]) & 255] ^ (crc >> 8);
  return ~crc;
}

static void put(FILE *file, uint32_t value, int n_bytes)
{
  for (int i = 0; i < n_bytes; i++)
    putc((int)(value >> (8 * i)) & 255, file);
}

/* "…{'descr': '<f4', 'fortran_order': False, 'shape': (64, 784), }…\n", a multiple of 64. */
static size_t npy_header(const NnNamedTensor *t, char header[NPY + NAME])
{
  char text[NAME], dims[24 * NN_MAX_DIMS] = "";
  size_t used = 0;
  for (int i = 0; i < t->shape.n_dims; i++)
    used += (size_t)snprintf(dims + used, sizeof dims - used, "%zu,", t->shape.dims[i]);
  const char *type = t->role == NN_TENSOR_COUNTER ? "<i8" : sizeof(nn_real) == 4 ? "<f4" : "<f8";
  int n = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
                   type, dims);
  size_t total = (10 + (size_t)n + 1 + 63) / 64 * 64, length = total - 10;
  memset(header, ' ', total);
  memcpy(header, "\x93NUMPY\x01\x00", 8);
  header[8] = (char)(length & 255);
  header[9] = (char)(length >> 8);
  memcpy(header + 10, text, (size_t)n);
  header[total - 1] = '\n';
  return total;
}

/* Version, flags, method, time and date (1980), checksum, sizes, length of the name. */
static void put_entry(FILE *file, const Member *member, size_t name_length)
{
  put(file, STORED, 2);
  put(file, 0, 4);
  put(file, 0x00210000, 4);
  put(file, member->crc, 4);
  put(file, member->size, 4);
  put(file, member->size, 4);
  put(file, (uint32_t)name_length, 2);
}

static Member put_member(const NnHostWeights *weights, int i, uint32_t at, FILE *file)
{
  char header[NPY + NAME], name[NAME];
  size_t bytes, n = npy_header(&weights->dict->tensors[i], header);
  const void *values = nn_host_weights_get(weights, i, &bytes);
  uint32_t crc = crc32_add(0, (const unsigned char *)header, n);
  Member member = {crc32_add(crc, values, bytes), (uint32_t)(n + bytes), at};
  int length = snprintf(name, sizeof name, "%s.npy", weights->dict->tensors[i].name);
  put(file, LOCAL, 4);
  put_entry(file, &member, (size_t)length);
  put(file, 0, 2);
  fwrite(name, 1, (size_t)length, file);
  fwrite(header, 1, n, file);
  fwrite(values, 1, bytes, file);
  return member;
}

/* Returns its bytes. */
static uint32_t put_directory_entry(const NnHostWeights *weights, int i, const Member *member,
                                    FILE *file)
{
  char name[NAME];
  int length = snprintf(name, sizeof name, "%s.npy", weights->dict->tensors[i].name);
  put(file, CENTRAL, 4);
  put(file, STORED, 2);
  put_entry(file, member, (size_t)length);
  put(file, 0, 4); /* no extra field, no comment */
  put(file, 0, 4); /* disk, attributes */
  put(file, 0, 4);
  put(file, member->at, 4);
  fwrite(name, 1, (size_t)length, file);
  return 46 + (uint32_t)length;
}

bool nn_npz_write(const NnHostWeights *weights, const NnConfig *recipe, FILE *file, NnError *err)
{
  (void)recipe; /* the format has no place for it */
  int n = weights->dict->n;
  uint32_t at = 0, directory = 0;
  size_t all =
      (nn_model_n_params(weights->model) + nn_model_n_buffers(weights->model)) * sizeof(nn_real);
  if (all > UINT32_MAX / 2)
    return nn_fail(
        err, NN_ERR_ARG, NULL,
        "An .npz file holds at most 2 GB here; use .safetensors for so large a network.");
  Member *members = nn_alloc_array((size_t)n, sizeof *members);
  if (!members)
    return nn_fail_nomem(err, "the weights");
  for (int i = 0; i < n; i++) {
    members[i] = put_member(weights, i, at, file);
    at += 30 + (uint32_t)strlen(weights->dict->tensors[i].name) + 4 + members[i].size;
  }
  for (int i = 0; i < n; i++)
    directory += put_directory_entry(weights, i, &members[i], file);
  put(file, END, 4);
  put(file, 0, 4); /* disks */
  put(file, (uint32_t)n, 2);
  put(file, (uint32_t)n, 2);
  put(file, directory, 4);
  put(file, at, 4);
  put(file, 0, 2);
  nn_free(members);
  return true;
}
