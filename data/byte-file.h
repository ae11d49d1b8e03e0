/* byte-file.h: reads a file from front to back, plain or gzipped. The content decides which (gzip
 * starts with 1f 8b), not the name: downloads are often renamed.
 *
 * zlib's inflate is driven here rather than through gzread(), which passes over foreign bytes
 * behind the compressed data in silence and allocates where a test cannot make it fail. Format: RFC
 * 1952 (gzip). Thread: one at a time. */
#pragma once
#include "engine/error.h"
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

typedef struct {
  const char *path; /* borrowed; for errors */
  int fd;
  bool gzip;
  bool ended;     /* gzip: the last member's checksum was read and agreed */
  uint64_t size;  /* of the file on disk, in bytes */
  z_stream z;     /* gzip only */
  uint8_t *input; /* gzip only: compressed bytes read ahead, owned */
} NnByteFile;

/* Opens `path`, which must stay alive until nn_byte_file_close(). Errors: NN_ERR_IO (missing, not
 * readable, not a regular file), NN_ERR_NOMEM; nothing is left open then. */
bool nn_byte_file_open(NnByteFile *file, const char *path, NnError *err);
/* Reads the next n bytes into out; *got < n only where the content ends. When the end of gzipped
 * content is reached, its checksum has been verified. Errors: NN_ERR_IO, NN_ERR_FORMAT (compressed
 * data cut off or damaged, foreign bytes behind it). */
bool nn_byte_file_read(NnByteFile *file, void *out, size_t n, size_t *got, NnError *err);
void nn_byte_file_close(NnByteFile *file);
/* The most bytes the content can have, from the size on disk alone: deflate shrinks by a factor of
 * 1032 at most (zlib's technical notes). A header that claims more is wrong. */
uint64_t nn_byte_file_limit(const NnByteFile *file);
