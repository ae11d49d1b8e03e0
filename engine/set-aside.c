/* set-aside.c: see set-aside.h. */
#include "set-aside.h"
#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TRIES = 10000 };

/* Some file systems cannot rename without writing over; they can link. */
bool nn_rename_new(const char *from, const char *to)
{
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return true;
  if (errno != EINVAL && errno != ENOSYS)
    return false;
  return link(from, to) == 0 && unlink(from) == 0;
}

/* Where the ending begins; a name that is nothing but one has none. */
static size_t stem_length(const char *path)
{
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  const char *dot = strrchr(name, '.');
  return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

bool nn_set_aside(const char *path, const char *wanted, const char *word, char **to, NnError *err)
{
  size_t size = strlen(wanted) + strlen(word) + 16;
  int stem = (int)stem_length(wanted);
  char *made = nn_alloc(size);
  if (!made)
    return nn_fail_nomem(err, "the name of a file");
  for (int i = 1; i <= MOST_TRIES; i++) {
    char number[16] = "";
    if (i > 1)
      snprintf(number, sizeof number, "-%d", i);
    snprintf(made, size, "%.*s-%s%s%s", stem, wanted, word, number, wanted + stem);
    if (nn_rename_new(path, made)) {
      *to = made;
      return true;
    }
    if (errno != EEXIST)
      break;
  }
  nn_fail(err, NN_ERR_IO, path, "%s is in the way and cannot be renamed: %s.", path,
          strerror(errno));
  nn_free(made);
  return false;
}
