/* byte-file.c: see byte-file.h. Reading order: opening, plain reading, gzip reading, closing. */
#include "byte-file.h"
#include "engine/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  INPUT_BYTES = 1 << 16,
  GZIP_ONLY = 15 + 16, /* inflateInit2: the largest window, and a gzip header must be there */
  MAX_RATIO = 1032
};

/* `format`: for the path and the system's reason. */
static bool fail_io(const NnByteFile *file, const char *format, NnError *err)
{
  return nn_fail(err, NN_ERR_IO, file->path, format, file->path, strerror(errno));
}

/* Up to n bytes from the descriptor; fewer only at the end of the file. */
static bool read_raw(NnByteFile *file, void *out, size_t n, size_t *got, NnError *err)
{
  size_t done = 0;
  while (done < n) {
    ssize_t r = read(file->fd, (uint8_t *)out + done, n - done);
    if (r < 0 && errno == EINTR)
      continue;
    if (r < 0)
      return fail_io(file, N_("%s could not be read: %s."), err);
    if (r == 0)
      break;
    done += (size_t)r;
  }
  *got = done;
  return true;
}

/* zlib's memory comes from our allocator too, so that tests can make it fail. */
static voidpf z_alloc(voidpf opaque, uInt items, uInt size)
{
  return nn_alloc_array(items, size);
}

static void z_free(voidpf opaque, voidpf memory)
{
  nn_free(memory);
}

static bool start_gzip(NnByteFile *file, NnError *err)
{
  file->input = nn_alloc(INPUT_BYTES);
  if (!file->input)
    return nn_fail_nomem(err, "reading a gzip file");
  file->z = (z_stream){.zalloc = z_alloc, .zfree = z_free};
  if (inflateInit2(&file->z, GZIP_ONLY) != Z_OK) {
    nn_free(file->input);
    return nn_fail_nomem(err, "reading a gzip file");
  }
  file->gzip = true;
  return true;
}

/* Looks at what was opened: a regular file, and gzip or not. */
static bool inspect(NnByteFile *file, NnError *err)
{
  struct stat st;
  if (fstat(file->fd, &st) != 0)
    return fail_io(file, N_("%s could not be examined: %s."), err);
  if (!S_ISREG(st.st_mode))
    return nn_fail(err, NN_ERR_IO, file->path,
                   S_ISDIR(st.st_mode) ? N_("%s is a directory, but a file is needed.")
                                       : N_("%s is a device or pipe, but a file is needed."),
                   file->path);
  file->size = (uint64_t)st.st_size;
  uint8_t start[2];
  ssize_t n = pread(file->fd, start, sizeof start, 0);
  if (n < 0)
    return fail_io(file, N_("%s could not be read: %s."), err);
  if (n == 2 && start[0] == 0x1f && start[1] == 0x8b)
    return start_gzip(file, err);
  return true;
}

bool nn_byte_file_open(NnByteFile *file, const char *path, NnError *err)
{
  *file = (NnByteFile){.path = path};
  /* O_NONBLOCK: opening a pipe must not wait for its other end. */
  file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd < 0)
    return fail_io(file, N_("%s could not be opened: %s."), err);
  if (!inspect(file, err)) {
    close(file->fd);
    return false;
  }
  return true;
}

static bool refill(NnByteFile *file, NnError *err)
{
  size_t got = 0;
  if (!read_raw(file, file->input, INPUT_BYTES, &got, err))
    return false;
  file->z.next_in = file->input;
  file->z.avail_in = (uInt)got;
  return true;
}

/* Behind the end of a gzip member: the end of the file, another member, or foreign bytes. */
static bool next_member(NnByteFile *file, NnError *err)
{
  if (file->z.avail_in == 0 && !refill(file, err))
    return false;
  if (file->z.avail_in == 0) {
    file->ended = true;
    return true;
  }
  if (file->z.next_in[0] != 0x1f)
    return nn_fail(
        err, NN_ERR_FORMAT, file->path,
        "%s has extra bytes after the end of its compressed data; download the file again.",
        file->path);
  inflateReset(&file->z);
  return true;
}

static bool fail_inflate(const NnByteFile *file, int result, NnError *err)
{
  if (result == Z_MEM_ERROR)
    return nn_fail_nomem(err, "reading a gzip file");
  if (result == Z_BUF_ERROR)
    return nn_fail(err, NN_ERR_FORMAT, file->path,
                   "%s is cut off: its compressed data stops at byte %llu, before its end mark; "
                   "download the file again.",
                   file->path, (unsigned long long)file->size);
  return nn_fail(
      err, NN_ERR_FORMAT, file->path,
      "%s is damaged: its compressed data cannot be unpacked (%s); download the file again.",
      file->path, file->z.msg ? file->z.msg : nn_text(N_("not gzip")));
}

static bool read_gzip(NnByteFile *file, uint8_t *out, size_t n, size_t *got, NnError *err)
{
  size_t done = 0;
  while (done < n && !file->ended) {
    if (file->z.avail_in == 0 && !refill(file, err))
      return false;
    size_t room = n - done < (1u << 30) ? n - done : (1u << 30); /* avail_out is 32 bits wide */
    file->z.next_out = out + done;
    file->z.avail_out = (uInt)room;
    int result = inflate(&file->z, Z_NO_FLUSH);
    done += room - file->z.avail_out;
    if (result == Z_STREAM_END) {
      if (!next_member(file, err))
        return false;
    } else if (result != Z_OK) {
      return fail_inflate(file, result, err);
    }
  }
  *got = done;
  return true;
}

bool nn_byte_file_read(NnByteFile *file, void *out, size_t n, size_t *got, NnError *err)
{
  if (file->gzip)
    return read_gzip(file, out, n, got, err);
  return read_raw(file, out, n, got, err);
}

void nn_byte_file_close(NnByteFile *file)
{
  if (file->gzip) {
    inflateEnd(&file->z);
    nn_free(file->input);
  }
  close(file->fd);
}

uint64_t nn_byte_file_limit(const NnByteFile *file)
{
  return file->gzip ? file->size * MAX_RATIO : file->size;
}
