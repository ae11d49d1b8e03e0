/* files.c: see files.h. A test that cannot write its files cannot go on: it ends with a message. */
#include "files.h"
#include "engine/mem.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { MAX_TEXTS = 1024 };

const char *const files_names[4] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
static char root[256];
static int n_dirs, n_texts;
static char *texts[MAX_TEXTS];

static void need(bool ok, const char *what)
{
  if (ok)
    return;
  printf("Bail out! the test could not %s\n", what);
  exit(1);
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
  return remove(path);
}

static void clean_up(void)
{
  nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  for (int i = 0; i < n_texts; i++)
    free(texts[i]);
}

static const char *keep(char *text)
{
  need(text && n_texts < MAX_TEXTS, "keep a text");
  return texts[n_texts++] = text;
}

const char *files_new_dir(void)
{
  if (!root[0]) {
    const char *tmp = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/backprop-test-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    need(mkdtemp(root), "make a temporary directory");
    atexit(clean_up);
  }
  char *text;
  need(asprintf(&text, "%s/%d", root, n_dirs++) > 0, "name a directory");
  need(mkdir(text, 0700) == 0, "make a directory");
  return keep(text);
}

const char *files_path(const char *dir, const char *name)
{
  char *text;
  need(asprintf(&text, "%s/%s", dir, name) > 0, "name a file");
  return keep(text);
}

void files_make_dir(const char *path)
{
  char part[4096];
  snprintf(part, sizeof part, "%s", path);
  for (char *at = strchr(part + 1, '/'); at; at = strchr(at + 1, '/')) {
    *at = '\0';
    mkdir(part, 0700); /* mostly there already */
    *at = '/';
  }
  need(mkdir(part, 0700) == 0, "make a directory");
}

void files_write(const char *path, FileBytes content)
{
  FILE *file = fopen(path, "wb");
  need(file && fwrite(content.bytes, 1, content.n, file) == content.n && fclose(file) == 0,
       "write a file");
}

static FileBytes bytes_new(size_t n)
{
  FileBytes made = {calloc(n + 1, 1), n};
  need(made.bytes, "allocate");
  return made;
}

void files_drop(FileBytes *content)
{
  free(content->bytes);
  *content = (FileBytes){0};
}

FileBytes files_idx(int n_dims, const uint32_t *dims, const uint8_t *values)
{
  size_t n_header = 4 + 4 * (size_t)n_dims, n_values = 1;
  for (int i = 0; i < n_dims; i++)
    n_values *= dims[i];
  FileBytes made = bytes_new(n_header + n_values);
  made.bytes[2] = 8;
  made.bytes[3] = (uint8_t)n_dims;
  for (int i = 0; i < n_dims; i++)
    for (int b = 0; b < 4; b++)
      made.bytes[4 + 4 * i + b] = (uint8_t)(dims[i] >> (24 - 8 * b));
  memcpy(made.bytes + n_header, values, n_values);
  return made;
}

FileBytes files_gzip(FileBytes plain)
{
  z_stream z = {0};
  need(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "compress");
  FileBytes made = bytes_new(deflateBound(&z, plain.n));
  z.next_in = plain.bytes;
  z.avail_in = (uInt)plain.n;
  z.next_out = made.bytes;
  z.avail_out = (uInt)made.n;
  need(deflate(&z, Z_FINISH) == Z_STREAM_END, "compress");
  made.n = z.total_out;
  deflateEnd(&z);
  return made;
}

FileBytes files_cut(FileBytes whole, size_t n)
{
  FileBytes made = bytes_new(n);
  memcpy(made.bytes, whole.bytes, n);
  return made;
}

FileBytes files_join(FileBytes a, const void *more, size_t n)
{
  FileBytes made = bytes_new(a.n + n);
  memcpy(made.bytes, a.bytes, a.n);
  memcpy(made.bytes + a.n, more, n);
  return made;
}

FileBytes files_flip(FileBytes whole, size_t at)
{
  FileBytes made = files_cut(whole, whole.n);
  made.bytes[at] ^= 0xff;
  return made;
}

uint8_t files_pixel(size_t picture, size_t pixel)
{
  return (uint8_t)(7 * picture + pixel);
}

uint8_t files_label(size_t picture)
{
  return (uint8_t)((3 * picture + 1) % 10);
}

static FileBytes made_pictures(uint32_t n, MnistForm form)
{
  size_t size = (size_t)form.rows * form.columns;
  FileBytes values = bytes_new(n * size);
  for (size_t i = 0; i < n * size; i++)
    values.bytes[i] = files_pixel(i / size, i % size);
  FileBytes made = files_idx(3, (uint32_t[]){n, form.rows, form.columns}, values.bytes);
  files_drop(&values);
  return made;
}

static FileBytes made_labels(uint32_t n)
{
  FileBytes values = bytes_new(n);
  for (size_t i = 0; i < n; i++)
    values.bytes[i] = files_label(i);
  FileBytes made = files_idx(1, &n, values.bytes);
  files_drop(&values);
  return made;
}

void files_mnist(const char *dir, MnistForm form)
{
  for (int f = 0; f < 4; f++) {
    char name[64];
    snprintf(name, sizeof name, "%s%s", files_names[f], form.gzip ? ".gz" : "");
    strstr(name, "-idx")[0] = form.separator;
    uint32_t n = f < 2 ? form.n_train : form.n_test;
    FileBytes plain = f % 2 == 0 ? made_pictures(n, form) : made_labels(n);
    FileBytes packed = form.gzip ? files_gzip(plain) : files_cut(plain, plain.n);
    files_write(files_path(dir, name), packed);
    files_drop(&plain);
    files_drop(&packed);
  }
}

static _Atomic int fail_at, n_allocs, n_live; /* two threads read a set */

static void *counted_alloc(void *user, size_t bytes)
{
  if (++n_allocs == fail_at)
    return NULL;
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  n_live += memory != NULL;
  return memory;
}

static void counted_free(void *user, void *memory)
{
  n_live--;
  free(memory);
}

void fail_alloc_start(int k)
{
  static const NnAllocator counted = {counted_alloc, counted_free, NULL};
  fail_at = k;
  n_allocs = n_live = 0;
  nn_mem_set_allocator(&counted);
}

int fail_alloc_live(void)
{
  return n_live;
}

bool fail_alloc_failed(void)
{
  return fail_at > 0 && n_allocs >= fail_at;
}

void fail_alloc_stop(void)
{
  nn_mem_set_allocator(NULL);
}
