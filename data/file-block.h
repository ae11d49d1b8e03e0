/* file-block.h: the content of a file in one piece.
 *
 * A plain file that is large is mapped: its pages come when they are looked at and can be given
 * back any time, so that it need not fit into memory. Where such a file is cut off while it is in
 * use, or its disk fails, zeros take the place of what is gone, and nn_file_block_is_cut() says so;
 * smaller ones are copied. A gzipped file is unpacked by
 * libdeflate, where the program was built with it, which takes a third of zlib's time but needs all
 * of the file at once. It only ever says yes: what it does not like is left to zlib, who knows why.
 * Thread: any. */
#pragma once
#include "byte-file.h"

enum { NN_MAP_FROM = 1 << 28 }; /* bytes of a plain file */

typedef struct {
  uint8_t *bytes; /* written to, too, which does not change the file */
  size_t n;
  int mapped; /* 0, or the number of its mapping */
} NnFileBlock;

/* Will a file of that content be mapped, and so take no memory of its own? */
bool nn_file_block_is_mapped(const NnByteFile *file, size_t n);
/* All n bytes of `file`'s content, from the beginning, wherever it has been read to; it ends there.
 * block->bytes NULL: it cannot be had in this way, and nn_byte_file_read() says why. NN_ERR_NOMEM.
 */
bool nn_file_block_take(NnFileBlock *block, const NnByteFile *file, size_t n, NnError *err);
/* Room for n bytes, not zeroed, to be filled by the caller. NN_ERR_NOMEM. */
bool nn_file_block_alloc(NnFileBlock *block, size_t n, NnError *err);
/* Is something of a mapped file gone that was looked for? */
bool nn_file_block_is_cut(const NnFileBlock *block);
void nn_file_block_free(NnFileBlock *block); /* {0} is allowed */
