/* file-block.c: see file-block.h. */
#include "file-block.h"
#include "engine/mem.h"
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef NN_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

bool nn_file_block_is_mapped(const NnByteFile *file, size_t n)
{
  return !file->gzip && n >= NN_MAP_FROM && file->size == n;
}

/* Pages that are written to become copies; few are, so no memory is set aside for all. */
static void map(NnFileBlock *block, const NnByteFile *file, size_t n)
{
  void *bytes = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file->fd, 0);
  if (bytes != MAP_FAILED)
    *block = (NnFileBlock){.bytes = bytes, .n = n, .mapped = true};
}

#ifdef NN_HAVE_LIBDEFLATE
/* The compressed bytes, all of them. */
static bool read_packed(const NnByteFile *file, uint8_t *packed)
{
  for (uint64_t done = 0; done < file->size;) {
    ssize_t n = pread(file->fd, packed + done, file->size - done, (off_t)done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    done += (uint64_t)n;
  }
  return true;
}

/* One gzip member that is the whole file and unpacks to n bytes. Its checksum is compared. */
static bool unpack(const NnByteFile *file, const uint8_t *packed, uint8_t *out, size_t n)
{
  size_t used = 0, made = 0;
  struct libdeflate_decompressor *unpacker = libdeflate_alloc_decompressor();
  bool ok = unpacker &&
            libdeflate_gzip_decompress_ex(unpacker, packed, file->size, out, n, &used, &made) ==
                LIBDEFLATE_SUCCESS &&
            used == file->size && made == n;
  libdeflate_free_decompressor(unpacker);
  return ok;
}

static bool unpack_at_once(NnFileBlock *block, const NnByteFile *file, size_t n, NnError *err)
{
  uint8_t *packed = nn_alloc_unset(file->size);
  if (!packed)
    return nn_fail_nomem(err, "reading a gzip file");
  bool ok = nn_file_block_alloc(block, n, err);
  if (ok && !(read_packed(file, packed) && unpack(file, packed, block->bytes, n)))
    nn_file_block_free(block);
  nn_free(packed);
  return ok;
}
#else
static bool unpack_at_once(NnFileBlock *block, const NnByteFile *file, size_t n, NnError *err)
{
  return true;
}
#endif

bool nn_file_block_take(NnFileBlock *block, const NnByteFile *file, size_t n, NnError *err)
{
  *block = (NnFileBlock){0};
  if (file->gzip)
    return unpack_at_once(block, file, n, err);
  if (nn_file_block_is_mapped(file, n))
    map(block, file, n);
  return true;
}

bool nn_file_block_alloc(NnFileBlock *block, size_t n, NnError *err)
{
  *block = (NnFileBlock){.bytes = nn_alloc_unset(n), .n = n};
  return block->bytes || nn_fail_nomem(err, "the images of a dataset");
}

void nn_file_block_free(NnFileBlock *block)
{
  if (block->mapped)
    munmap(block->bytes, block->n);
  else
    nn_free(block->bytes);
  *block = (NnFileBlock){0};
}
