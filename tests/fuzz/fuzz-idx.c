/* fuzz-idx.c: throws any bytes at the IDX reader. It may refuse or accept them, but must keep its
 * word: a refusal has a sentence, an acceptance has sizes in range and no more memory than the file
 * can fill.
 *
 * fuzz-corpus.c calls it on a corpus of its own making, as one of the tests. With clang's
 * libFuzzer, from the root of the project:
 *   clang -g -O1 -std=gnu11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -I. -Idata \
 *     tests/fuzz/fuzz-idx.c data/idx.c data/byte-file.c engine/error.c engine/mem.c -lz -o fuzz-idx
 *   ./fuzz-idx -max_len=4096 -max_total_time=60 */
#include "fuzz.h"
#include "data/dataset.h"
#include "data/idx.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int fuzz_n_accepted;

/* A promise broken: stops the fuzzer, and so does a failed plain test. */
#define KEEP(promise)                                                               \
  do {                                                                              \
    if (!(promise)) {                                                               \
      fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #promise); \
      abort();                                                                      \
    }                                                                               \
  } while (0)

static int memory_file(const uint8_t *data, size_t size)
{
  int fd = memfd_create("idx", MFD_CLOEXEC);
  KEEP(fd >= 0);
  for (size_t done = 0; done < size;) {
    ssize_t n = write(fd, data + done, size - done);
    KEEP(n > 0);
    done += (size_t)n;
  }
  return fd;
}

static void keep_sizes(const NnIdx *idx, int n_dims, size_t file_size)
{
  size_t product = 1;
  for (int i = 0; i < n_dims; i++) {
    KEEP(idx->dims[i] >= 1 && idx->dims[i] <= (i == 0 ? NN_MAX_SAMPLES : NN_MAX_SIDE));
    product *= idx->dims[i];
  }
  KEEP(idx->width == 1 || (n_dims == 1 && (idx->width == 2 || idx->width == 4)));
  KEEP(idx->n_dims == n_dims && idx->n_bytes == product * idx->width);
  KEEP(idx->n_bytes <= 1032 * file_size);
}

/* Was it accepted? */
static bool read_idx(const char *path, int n_dims, size_t file_size, NnError *err)
{
  NnIdx idx;
  if (!nn_idx_open(&idx, path, n_dims, err))
    return false;
  keep_sizes(&idx, n_dims, file_size);
  uint8_t *out = malloc(idx.n_bytes); /* of the exact size: the sanitizer sees a byte too many */
  KEEP(out);
  bool ok = nn_idx_read(&idx, out, err);
  nn_idx_close(&idx);
  free(out);
  return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  char path[64];
  int fd = memory_file(data, size), n_accepted = 0;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  for (int n_dims = 1; n_dims <= NN_IDX_MAX_DIMS; n_dims += 2) {
    NnError err = {0};
    bool ok = read_idx(path, n_dims, size, &err);
    n_accepted += ok;
    KEEP(ok == (err.status == NN_OK));
    size_t n = strlen(err.text);
    KEEP(ok || (err.status == NN_ERR_FORMAT && n > 0 && err.text[n - 1] == '.'));
  }
  close(fd);
  KEEP(n_accepted <= 1); /* labels or pictures, not both */
  fuzz_n_accepted += n_accepted;
  return 0;
}
