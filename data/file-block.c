/* file-block.c: see file-block.h. */
#include "file-block.h"
#include "engine/mem.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef NN_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

bool nn_file_block_is_mapped(const NnByteFile *file, size_t n)
{
  return !file->gzip && n >= NN_MAP_FROM && file->size == n;
}

/* ---- mappings, and what is gone of their files ---- */

enum { MOST_MAPPINGS = 16 }; /* a file more is copied */

/* Read by a signal handler, which can be told nothing else. */
typedef struct {
  _Atomic bool used, cut;
  _Atomic uintptr_t first; /* 0: nothing is mapped */
  _Atomic size_t n;
} Mapping;

static Mapping mappings[MOST_MAPPINGS];
static struct sigaction before;

/* From the page that could not be had to the end all becomes zeros. Another's SIGBUS comes again,
 * to whoever was there first. mmap() is a plain call of the system, which a handler may use. */
static void fill(int number, siginfo_t *info, void *context)
{
  uintptr_t at = (uintptr_t)info->si_addr & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
  int reason = errno;
  for (int i = 0; i < MOST_MAPPINGS; i++) {
    uintptr_t first = atomic_load(&mappings[i].first);
    size_t n = atomic_load(&mappings[i].n);
    if (!first || at < first || at - first >= n)
      continue;
    atomic_store(&mappings[i].cut, true);
    if (mmap((void *)at, n - (at - first), PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
      break;
    errno = reason;
    return;
  }
  sigaction(number, &before, NULL);
  errno = reason;
}

static void catch_cuts(void)
{
  struct sigaction action = {.sa_sigaction = fill, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGBUS, &action, &before);
}

/* Its number; 0: there are as many as can be watched. */
static int watch(void *bytes, size_t n)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, catch_cuts);
  for (int i = 0; i < MOST_MAPPINGS; i++) {
    bool used = false;
    if (!atomic_compare_exchange_strong(&mappings[i].used, &used, true))
      continue;
    atomic_store(&mappings[i].cut, false);
    atomic_store(&mappings[i].n, n);
    atomic_store(&mappings[i].first, (uintptr_t)bytes);
    return i + 1;
  }
  return 0;
}

static void forget(int mapping)
{
  atomic_store(&mappings[mapping - 1].first, 0);
  atomic_store(&mappings[mapping - 1].used, false);
}

bool nn_file_block_is_cut(const NnFileBlock *block)
{
  return block->mapped && atomic_load(&mappings[block->mapped - 1].cut);
}

/* Pages that are written to become copies; few are, so no memory is set aside for all. */
static void map(NnFileBlock *block, const NnByteFile *file, size_t n)
{
  void *bytes = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file->fd, 0);
  int mapping = bytes != MAP_FAILED ? watch(bytes, n) : 0;
  if (mapping)
    *block = (NnFileBlock){.bytes = bytes, .n = n, .mapped = mapping};
  else if (bytes != MAP_FAILED)
    munmap(bytes, n);
}

/* ---- reading ---- */

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
  if (block->mapped) {
    forget(block->mapped);
    munmap(block->bytes, block->n);
  } else {
    nn_free(block->bytes);
  }
  *block = (NnFileBlock){0};
}
