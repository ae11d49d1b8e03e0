/* test-idx.c: the IDX reader on good files, and on every broken one that we know of: each must give
 * one sentence that names the file, what was found and what is allowed, and leave nothing open. */
#include "files.h"
#include "data/idx.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint32_t dims3[3] = {3, 4, 5};
static uint8_t values[256];

/* 3 pictures of 4 × 5 pixels: a header of 16 bytes and 60 values. */
static FileBytes good_pictures(void)
{
  for (int i = 0; i < 256; i++)
    values[i] = (uint8_t)(i * 37 + 11);
  return files_idx(3, dims3, values);
}

static int open_descriptors(void)
{
  int n = 0;
  DIR *dir = opendir("/proc/self/fd");
  while (dir && readdir(dir))
    n++;
  if (dir)
    closedir(dir);
  return n;
}

static const char *written(FileBytes content, const char *name)
{
  const char *path = files_path(files_new_dir(), name);
  files_write(path, content);
  return path;
}

/* In one piece: the header, and the same values. */
static void check_taken(const char *path)
{
  NnIdx idx;
  NnFileBlock block = {0};
  NnError err = {0};
  if (!nn_check(nn_idx_open(&idx, path, 3, &err)))
    return;
  nn_check_int(nn_idx_memory(&idx), 60);
  nn_check(nn_idx_take(&idx, &block, &err));
  nn_idx_close(&idx);
  nn_check_int(block.n, 76);
  nn_check(!block.mapped && memcmp(block.bytes + 16, values, 60) == 0);
  nn_file_block_free(&block);
  nn_check(block.bytes == NULL);
}

static void check_good(const char *path)
{
  check_taken(path);
  NnIdx idx;
  NnError err = {0};
  uint8_t out[61];
  memset(out, 0xaa, sizeof out);
  if (!nn_check(nn_idx_open(&idx, path, 3, &err))) {
    printf("# %s\n", err.text);
    return;
  }
  nn_check_int(idx.n_bytes, 60);
  for (int i = 0; i < 3; i++)
    nn_check_int(idx.dims[i], dims3[i]);
  nn_check(nn_idx_read(&idx, out, &err));
  nn_idx_close(&idx);
  nn_check(memcmp(out, values, 60) == 0);
  nn_check_int(out[60], 0xaa);
}

static void test_plain(void)
{
  FileBytes good = good_pictures();
  check_good(written(good, "plain"));
  check_good(written(good, "plain-in-spite-of-its-name.gz"));
  files_drop(&good);
}

static void test_gzip(void)
{
  FileBytes good = good_pictures(), packed = files_gzip(good);
  check_good(written(packed, "packed.gz"));
  check_good(written(packed, "packed-in-spite-of-its-name"));
  files_drop(&good);
  files_drop(&packed);
}

/* RFC 1952, 2.2: a gzip file may be several members, one after the other. */
static void test_members(void)
{
  FileBytes good = good_pictures(), head = files_cut(good, 31);
  FileBytes tail = {good.bytes + 31, good.n - 31};
  FileBytes first = files_gzip(head), second = files_gzip(tail);
  FileBytes both = files_join(first, second.bytes, second.n);
  check_good(written(both, "two-members.gz"));
  files_drop(&good);
  files_drop(&head);
  files_drop(&first);
  files_drop(&second);
  files_drop(&both);
}

/* The same file in one piece is refused with the same sentence. */
static void check_not_taken(const char *path, const NnError *why)
{
  NnIdx idx;
  NnError err = {0};
  NnFileBlock block = {0};
  nn_check(nn_idx_open(&idx, path, 3, &err) && !nn_idx_take(&idx, &block, &err));
  nn_check(block.bytes == NULL);
  nn_check_int(err.status, why->status);
  nn_check_str(err.text, why->text);
  nn_idx_close(&idx);
}

/* Reads `path` to its end, which must fail with `status` and a sentence that has the path and both
 * parts; nothing may stay open. */
static void check_broken(const char *path, NnStatus status, const char *part1, const char *part2)
{
  int before = open_descriptors();
  NnIdx idx;
  NnError err = {0};
  bool ok = nn_idx_open(&idx, path, 3, &err);
  if (ok) {
    uint8_t *out = malloc(idx.n_bytes);
    ok = nn_idx_read(&idx, out, &err);
    nn_idx_close(&idx);
    free(out);
    check_not_taken(path, &err);
  }
  nn_check(!ok);
  nn_check_int(err.status, status);
  nn_check_has(err.text, path);
  nn_check_has(err.text, part1);
  nn_check_has(err.text, part2);
  nn_check(strncmp(err.where, path, sizeof err.where - 1) == 0);
  size_t n = strlen(err.text);
  nn_check(n > 0 && err.text[n - 1] == '.');
  nn_check_int(open_descriptors(), before);
}

/* Consumes `content`; plain and, if `packed_too`, gzipped. */
static void broken(FileBytes content, bool packed_too, const char *part1, const char *part2)
{
  check_broken(written(content, "broken"), NN_ERR_FORMAT, part1, part2);
  if (packed_too) {
    FileBytes packed = files_gzip(content);
    check_broken(written(packed, "broken.gz"), NN_ERR_FORMAT, part1, part2);
    files_drop(&packed);
  }
  files_drop(&content);
}

static void test_missing(void)
{
  const char *dir = files_new_dir(), *pipe_path = files_path(dir, "pipe");
  check_broken(files_path(dir, "absent"), NN_ERR_IO, "could not be opened", "No such file");
  check_broken(dir, NN_ERR_IO, "is a directory", "a file is needed");
  nn_check_int(mkfifo(pipe_path, 0600), 0);
  check_broken(pipe_path, NN_ERR_IO, "device or pipe", "a file is needed");
}

static void test_header(void)
{
  FileBytes good = good_pictures();
  broken(files_cut(good, 0), true, "0 bytes found", "at least 17");
  broken(files_cut(good, 1), false, "1 bytes found", "at least 17");
  broken(files_cut(good, 3), true, "3 bytes found", "at least 17");
  broken(files_cut(good, 15), true, "15 bytes found", "at least 17");
  broken(files_flip(good, 0), true, "bytes ff 00 08 03", "expected are 00 00 08 03");
  broken(files_flip(good, 2), true, "bytes 00 00 f7 03", "expected are 00 00 08 03");
  broken(files_flip(good, 3), true, "bytes 00 00 08 fc", "expected are 00 00 08 03");
  files_drop(&good);
  FileBytes labels = files_idx(1, (uint32_t[]){20}, values);
  broken(labels, true, "bytes 00 00 08 01", "of images");
  FileBytes page = files_cut((FileBytes){(uint8_t *)"<!DOCTYPE html><html></html>", 28}, 28);
  broken(page, true, "bytes 3c 21 44 4f (text, perhaps a web page)", "expected are 00 00 08 03");
}

/* A header whose three sizes are as given, with the values of the good file behind it. */
static FileBytes with_dims(uint32_t n, uint32_t rows, uint32_t columns)
{
  FileBytes good = good_pictures();
  uint32_t dims[3] = {n, rows, columns};
  for (int i = 0; i < 12; i++)
    good.bytes[4 + i] = (uint8_t)(dims[i / 4] >> (24 - 8 * (i % 4)));
  return good;
}

static void test_sizes(void)
{
  broken(with_dims(0, 4, 5), true, "declares 0 entries", "allowed are 1 to 50000000");
  broken(with_dims(50000001, 4, 5), true, "declares 50000001 entries", "allowed are 1 to 50000000");
  broken(with_dims(0xffffffff, 1, 1), true, "4294967295 entries", "allowed are 1 to 50000000");
  broken(with_dims(3, 257, 5), true, "declares 257 rows", "allowed are 1 to 256");
  broken(with_dims(3, 0, 5), true, "declares 0 rows", "allowed are 1 to 256");
  broken(with_dims(3, 4, 0x80000000), true, "2147483648 columns", "allowed are 1 to 256");
  broken(with_dims(3, 4, 0), true, "declares 0 columns", "allowed are 1 to 256");
  /* The largest promise there is, from 76 bytes: refused before any memory is asked for. */
  broken(with_dims(50000000, 256, 256), false, "declares 3276800000000 bytes", "it has only 60");
}

static void test_lying_gzip_header(void)
{
  FileBytes lie = with_dims(50000000, 256, 256), packed = files_gzip(lie);
  check_broken(written(packed, "lie.gz"), NN_ERR_FORMAT, "declares 3276800000000 bytes",
               "compressed bytes can hold");
  files_drop(&lie);
  files_drop(&packed);
}

static void test_length(void)
{
  FileBytes good = good_pictures();
  broken(files_cut(good, 16), true, "declares 60 bytes", "it has only 0");
  broken(files_cut(good, 75), true, "declares 60 bytes", "it has only 59");
  broken(files_join(good, "", 1), true, "declares 60 bytes", "more follow");
  files_drop(&good);
}

static void test_gzip_cut(void)
{
  FileBytes good = good_pictures(), packed = files_gzip(good);
  for (size_t n = 2; n < packed.n; n++)
    broken(files_cut(packed, n), false, "is cut off", "download the file again");
  files_drop(&good);
  files_drop(&packed);
}

static void test_gzip_damaged(void)
{
  FileBytes good = good_pictures(), packed = files_gzip(good);
  broken(files_flip(packed, packed.n - 8), false, "is damaged", "incorrect data check");
  broken(files_flip(packed, packed.n - 1), false, "is damaged", "incorrect length check");
  broken(files_flip(packed, 2), false, "is damaged", "unknown compression method");
  broken(files_join(packed, "more", 4), false, "extra bytes after", "download the file again");
  broken(files_join(packed, "\x1fmore", 5), false, "is damaged", "download the file again");
  /* No single wrong byte may pass, whatever it is taken for; bytes 4 to 9 of a gzip header (time,
   * level, system) carry no content, and neither do some bits of the flags. */
  for (size_t at = 10; at < packed.n; at++) {
    FileBytes flipped = files_flip(packed, at);
    check_broken(written(flipped, "flipped.gz"), NN_ERR_FORMAT, "", "");
    files_drop(&flipped);
  }
  files_drop(&good);
  files_drop(&packed);
}

/* ---- large files, which are mapped ---- */

/* 5000 pictures of 256 × 256: a file with a hole where its pixels are. */
static FILE *open_large(const char *path, NnIdx *idx)
{
  uint8_t header[] = {0, 0, 8, 3, 0, 0, 0x13, 0x88, 0, 0, 1, 0, 0, 0, 1, 0};
  files_write(path, (FileBytes){header, sizeof header});
  FILE *file = fopen(path, "r+");
  nn_check(file && ftruncate(fileno(file), 16 + (off_t)5000 * 256 * 256) == 0);
  nn_check(nn_idx_open(idx, path, 3, NULL));
  return file;
}

/* What is gone reads as zeros, and that it is gone is known; another file is not concerned. */
static void test_cut_while_mapped(void)
{
  NnIdx idx, whole;
  NnFileBlock block, other;
  FILE *file = open_large(files_path(files_new_dir(), "large"), &idx);
  FILE *rest = open_large(files_path(files_new_dir(), "large"), &whole);
  nn_check(nn_idx_take(&idx, &block, NULL) && nn_idx_take(&whole, &other, NULL));
  if (nn_check(block.mapped && other.mapped)) {
    nn_check(block.bytes[block.n - 1] == 0 && !nn_file_block_is_cut(&block));
    nn_check(ftruncate(fileno(file), 70000) == 0);
    nn_check_int(block.bytes[3], 3); /* what is left of it is as it was */
    nn_check(!nn_file_block_is_cut(&block));
    nn_check_int(block.bytes[90000], 0);
    nn_check(nn_file_block_is_cut(&block) && !nn_file_block_is_cut(&other));
    nn_check_int(block.bytes[block.n / 2] + block.bytes[block.n - 1] + other.bytes[other.n - 1], 0);
  }
  nn_file_block_free(&block);
  nn_file_block_free(&other);
  nn_idx_close(&idx);
  nn_idx_close(&whole);
  fclose(file);
  fclose(rest);
}

/* A fault elsewhere still ends a program. */
static void test_other_faults(void)
{
  NnIdx idx;
  NnFileBlock block;
  FILE *file = open_large(files_path(files_new_dir(), "large"), &idx);
  nn_check(nn_idx_take(&idx, &block, NULL));
  pid_t child = fork();
  if (child == 0) {
    signal(SIGALRM, SIG_DFL);
    alarm(30);
    close(STDERR_FILENO); /* a sanitizer's report */
    volatile char *bytes =
        mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE, fileno(file), (off_t)(block.n & ~4095ull));
    _exit(bytes[1 << 19]);
  }
  int status = 0;
  nn_check(waitpid(child, &status, 0) == child);
  nn_check(WIFSIGNALED(status) ? WTERMSIG(status) == SIGBUS || WTERMSIG(status) == SIGABRT
                               : WEXITSTATUS(status) != 0);
  nn_file_block_free(&block);
  nn_idx_close(&idx);
  fclose(file);
}

/* As many as are watched, and no more: the next is to be copied. */
static void test_many_mapped(void)
{
  enum { MANY = 40 };
  NnIdx idx;
  NnFileBlock blocks[MANY];
  int n = 0;
  FILE *file = open_large(files_path(files_new_dir(), "large"), &idx);
  for (int i = 0; i < MANY; i++) {
    nn_check(nn_file_block_take(&blocks[i], &idx.file, 16 + idx.n_bytes, NULL));
    n += blocks[i].bytes != NULL;
  }
  nn_check(n > 2 && n < MANY);
  for (int i = 0; i < MANY; i++)
    nn_file_block_free(&blocks[i]);
  nn_check(nn_idx_take(&idx, &blocks[0], NULL) && blocks[0].mapped);
  nn_file_block_free(&blocks[0]);
  nn_idx_close(&idx);
  fclose(file);
}

int main(void)
{
  nn_test("reads a plain file", test_plain);
  nn_test("reads a gzipped file, by its content", test_gzip);
  nn_test("reads a gzip file of two members", test_members);
  nn_test("refuses what is missing or no file", test_missing);
  nn_test("refuses a broken header", test_header);
  nn_test("refuses sizes out of range", test_sizes);
  nn_test("refuses a gzipped header that promises too much", test_lying_gzip_header);
  nn_test("refuses too few and too many values", test_length);
  nn_test("refuses a gzip file that is cut off anywhere", test_gzip_cut);
  nn_test("refuses a gzip file that is damaged", test_gzip_damaged);
  nn_test("a mapped file that is cut off", test_cut_while_mapped);
  nn_test("other faults", test_other_faults);
  nn_test("many mapped files", test_many_mapped);
  return nn_test_done();
}
