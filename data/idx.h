/* idx.h: IDX files, the format of MNIST: four bytes 0, 0, type, number of dimensions; each
 * dimension as 32 bits, high byte first; then the values, row-major. Plain or gzipped. Source: the
 * format's description on MNIST's page, yann.lecun.com/exdb/mnist.
 *
 * In two steps, so that the values go straight into memory whose size was checked first:
 *   nn_idx_open() reads and checks the header; nn_idx_read() the values and the end of the file, or
 *   nn_idx_take(), which gives the memory, too.
 * Pictures are unsigned bytes (type 08), as in MNIST and its relatives; labels may also be integers
 * of 16 (0b) or 32 bits (0c), for more than 256 classes. Thread: one at a time. */
#pragma once
#include "file-block.h"

enum { NN_IDX_MAX_DIMS = 3 };

typedef struct {
  NnByteFile file;
  int n_dims;
  size_t dims[NN_IDX_MAX_DIMS]; /* 1 … NN_MAX_SAMPLES, then 1 … NN_MAX_SIDE each */
  size_t width;                 /* bytes of one value: 1, 2 or 4 */
  size_t n_bytes;               /* width times their product: how much nn_idx_read() writes */
} NnIdx;

/* Opens `path` (borrowed until nn_idx_close()), which must have n_dims dimensions: 1 for labels, 3
 * for pictures. Everything that the size of the file can tell is checked here, before anyone
 * allocates. On false nothing is left open. Errors: NN_ERR_IO, NN_ERR_FORMAT, NN_ERR_NOMEM. */
bool nn_idx_open(NnIdx *idx, const char *path, int n_dims, NnError *err);
/* Writes the values to `out`, once, as they are in the file, and checks that the file ends there.
 * On false `out` may be partly written. Errors: NN_ERR_IO, NN_ERR_FORMAT. */
bool nn_idx_read(NnIdx *idx, uint8_t *out, NnError *err);
/* The same, once: *block, which the caller frees, ends with the values; the header is before them.
 * The shortest way that the file allows. Errors: as above, NN_ERR_NOMEM. */
bool nn_idx_take(NnIdx *idx, NnFileBlock *block, NnError *err);
/* Bytes of memory that nn_idx_take() will take: none of a file that is mapped. */
size_t nn_idx_memory(const NnIdx *idx);
void nn_idx_close(NnIdx *idx);
