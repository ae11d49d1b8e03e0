/* recipe-file.c: recipes in files. */
#include "engine/mem.h"
#include "engine/out-file.h"
#include "recipe.h"
#include "engine/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_BYTES = 1 << 20 }; /* the longest sensible recipe has a few kilobytes */

/* `format`: for the path and the system's reason. */
static bool fail_errno(NnError *err, const char *path, const char *format)
{
  return nn_fail(err, NN_ERR_IO, path, format, path, strerror(errno));
}

/* ---- reading ---- */

static bool check_file(int file, const char *path, off_t *size, NnError *err)
{
  struct stat about;
  if (fstat(file, &about) != 0)
    return fail_errno(err, path, N_("%s cannot be read: %s."));
  if (S_ISDIR(about.st_mode))
    return nn_fail(err, NN_ERR_IO, path, "%s is a directory; a recipe must be a file.", path);
  if (!S_ISREG(about.st_mode))
    return nn_fail(err, NN_ERR_IO, path, "%s is not a regular file; a recipe must be one.", path);
  if (about.st_size > MAX_BYTES)
    return nn_fail(err, NN_ERR_FORMAT, path, "%s has %lld bytes; a recipe has at most 1 MiB.", path,
                   (long long)about.st_size);
  *size = about.st_size;
  return true;
}

/* text: room for size + 1 bytes, zeroed. A file that is growing is read up to its size. */
static bool read_bytes(int file, const char *path, char *text, size_t size, NnError *err)
{
  size_t done = 0;
  while (done < size) {
    ssize_t n = read(file, text + done, size - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_errno(err, path, N_("%s cannot be read: %s."));
    if (n == 0)
      break;
    done += (size_t)n;
  }
  const char *encoding = nn_utf8_other(text, done);
  if (encoding)
    return nn_fail(err, NN_ERR_FORMAT, path, "%s is in %s; save it in UTF-8.", path, encoding);
  if (strlen(text) == done)
    return true;
  return nn_fail(err, NN_ERR_FORMAT, path, "%s has a zero byte at %zu; a recipe must be text.",
                 path, strlen(text));
}

static bool read_file(int file, const char *path, char **text, NnError *err)
{
  off_t size = 0;
  if (!check_file(file, path, &size, err))
    return false;
  char *read = nn_alloc((size_t)size + 1);
  if (!read)
    return nn_fail_nomem(err, "the recipe's text");
  if (!read_bytes(file, path, read, (size_t)size, err)) {
    nn_free(read);
    return false;
  }
  *text = read;
  return true;
}

bool nn_recipe_load(const char *path, NnConfig **recipe, NnError *err)
{
  if (!*path)
    return nn_fail(err, NN_ERR_IO, path,
                   "A recipe cannot be opened: the name of its file is empty.");
  int file =
      open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer returns, too */
  if (file < 0)
    return fail_errno(err, path, N_("%s cannot be opened: %s."));
  char *text = NULL;
  bool ok = read_file(file, path, &text, err);
  close(file);
  ok = ok && nn_recipe_parse(text, path, recipe, err);
  nn_free(text);
  return ok;
}

/* ---- writing ---- */

bool nn_recipe_save(const NnConfig *recipe, const char *path, NnError *err)
{
  NnOutFile file;
  char *text = nn_recipe_text(recipe, err);
  if (!text)
    return false;
  bool ok = nn_out_open(&file, path, err);
  if (ok) {
    ok = fputs(text, file.file) >= 0 || nn_out_failed(&file, err);
    ok = nn_out_close(&file, ok, err) && ok;
  }
  nn_free(text);
  return ok;
}
