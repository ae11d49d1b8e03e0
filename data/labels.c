/* labels.c: see labels.h. Reading order: labels, then names. */
#include "labels.h"
#include "idx.h"
#include "engine/mem.h"
#include "engine/utf8.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- labels ---- */

/* Big-endian, in two's complement where there is more than a byte. */
static int32_t label_at(const NnIdx *idx, const uint8_t *bytes, size_t i)
{
  const uint8_t *b = bytes + i * idx->width;
  if (idx->width == 1)
    return b[0];
  if (idx->width == 2)
    return (int16_t)(b[0] << 8 | b[1]);
  return (int32_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
}

static bool take_labels(const NnLabelsFile *file, const NnIdx *idx, const uint8_t *bytes,
                        NnSplit *split, NnError *err)
{
  for (size_t i = 0; i < split->n; i++) {
    split->labels[i] = label_at(idx, bytes, i);
    if (split->labels[i] < 0 || split->labels[i] > file->allowed)
      return nn_fail(err, NN_ERR_FORMAT, file->path, "%s: label %zu is %d, allowed are 0 to %d.",
                     file->path, i, (int)split->labels[i], file->allowed);
  }
  return true;
}

static bool open_labels(NnIdx *idx, const NnLabelsFile *file, size_t n_images, NnError *err)
{
  if (!nn_idx_open(idx, file->path, 1, err))
    return false;
  if (idx->dims[0] == n_images)
    return true;
  nn_fail(err, NN_ERR_FORMAT, file->path,
          "%s contains %zu labels, but %s contains %zu images; there must be one label for each "
          "image.",
          file->path, idx->dims[0], file->images_path, n_images);
  nn_idx_close(idx);
  return false;
}

bool nn_labels_check(const NnLabelsFile *file, size_t n_images, NnError *err)
{
  NnIdx idx;
  if (!open_labels(&idx, file, n_images, err))
    return false;
  nn_idx_close(&idx);
  return true;
}

static bool read_values(const NnLabelsFile *file, NnIdx *idx, NnSplit *split, NnError *err)
{
  uint8_t *bytes = nn_alloc(idx->n_bytes);
  if (!bytes)
    return nn_fail_nomem(err, "the labels of a dataset");
  bool ok = nn_idx_read(idx, bytes, err) && take_labels(file, idx, bytes, split, err);
  nn_free(bytes);
  return ok;
}

bool nn_labels_read(const NnLabelsFile *file, NnSplit *split, int *most, NnError *err)
{
  NnIdx idx;
  if (!open_labels(&idx, file, split->n, err))
    return false;
  bool ok = read_values(file, &idx, split, err);
  nn_idx_close(&idx);
  *most = 0;
  for (size_t i = 0; ok && i < split->n; i++)
    *most = split->labels[i] > *most ? split->labels[i] : *most;
  return ok;
}

/* ---- names ---- */

enum { MAX_NAMES_BYTES = 1 << 18 };

/* The whole file as a text, or NULL without an error where there is none. */
static bool read_text(const char *path, char **text, size_t *n, NnError *err)
{
  struct stat st;
  *text = NULL;
  if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
    return true;
  if (st.st_size > MAX_NAMES_BYTES)
    return nn_fail(err, NN_ERR_FORMAT, path, "%s has %lld bytes, allowed are %d.", path,
                   (long long)st.st_size, MAX_NAMES_BYTES);
  FILE *file = fopen(path, "rb");
  if (!file)
    return nn_fail(err, NN_ERR_IO, path, "%s could not be opened: %s.", path, strerror(errno));
  size_t size = (size_t)st.st_size;
  char *made = nn_alloc(size + 1);
  bool whole = made && fread(made, 1, size, file) == size;
  fclose(file);
  if (whole) {
    made[size] = '\0';
    *text = made;
    *n = size;
    return true;
  }
  bool had_room = made != NULL;
  nn_free(made);
  return had_room ? nn_fail(err, NN_ERR_IO, path, "%s could not be read to its end.", path)
                  : nn_fail_nomem(err, "the names of the classes");
}

/* Is the line there, and text from its beginning to its end? */
static bool check_line(const char *path, const char *line, int number, NnError *err)
{
  if (number > NN_MAX_CLASSES)
    return nn_fail(err, NN_ERR_FORMAT, path, "%s names more than %d classes.", path,
                   NN_MAX_CLASSES);
  if (!line[0])
    return nn_fail(err, NN_ERR_FORMAT, path, "%s: line %d is empty; each line has to name a class.",
                   path, number);
  bool seen = false;
  uint32_t point = 0;
  for (const char *at = line; *at;) {
    int n = nn_utf8_point(at, &point);
    if (n == 0)
      return nn_fail(err, NN_ERR_FORMAT, path,
                     "%s: line %d is not in UTF-8; save the file in that encoding.", path, number);
    if (nn_utf8_bytes(at) == 0)
      return nn_fail(
          err, NN_ERR_FORMAT, path,
          "%s: line %d contains the control character U+%04x, which is not allowed in a name.",
          path, number, (unsigned)point);
    seen = seen || !nn_utf8_is_blank(point);
    at += n;
  }
  return seen ||
         nn_fail(err, NN_ERR_FORMAT, path,
                 "%s: line %d contains only blanks; each line has to name a class.", path, number);
}

static bool fail_encoding(const char *path, const char *encoding, NnError *err)
{
  return nn_fail(err, NN_ERR_FORMAT, path, "%s is in %s; save it in UTF-8.", path, encoding);
}

/* Where the names begin: behind the mark that some editors put in front of UTF-8. NULL: a text in
 * another encoding, by its mark, or by the zeros between its letters where it has none. */
static char *skip_mark(const char *path, char *text, size_t size, NnError *err)
{
  const uint8_t *b = (const uint8_t *)text;
  if (size >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf)
    return text + 3;
  const char *encoding = nn_utf8_other(text, size);
  if (encoding)
    fail_encoding(path, encoding, err);
  else if (memchr(text, 0, size))
    nn_fail(err, NN_ERR_FORMAT, path,
            "%s contains zero bytes: it is not text, or it is in UTF-16; save it in UTF-8.", path);
  else
    return text;
  return NULL;
}

/* Ends the line, as any system does: with LF, CR LF, or CR. Returns where the next one begins. */
static char *end_line(char *line)
{
  char *end = line + strcspn(line, "\r\n"), mark = *end;
  if (!mark)
    return end;
  *end = '\0';
  return end + (mark == '\r' && end[1] == '\n' ? 2 : 1);
}

/* Empty lines at the end are left there by editors. */
static bool split_lines(const char *path, char *text, char **names, int *n, NnError *err)
{
  for (char *line = text; line[strspn(line, "\r\n")];) {
    char *next = end_line(line);
    if (!check_line(path, line, *n + 1, err))
      return false;
    names[*n] = nn_strdup(line);
    if (!names[(*n)++])
      return nn_fail_nomem(err, "the names of the classes");
    line = next;
  }
  return *n > 0 ||
         nn_fail(err, NN_ERR_FORMAT, path, "%s is empty; each line has to name a class.", path);
}

static bool split_text(const char *path, char *text, size_t size, char **names, int *n,
                       NnError *err)
{
  char *start = skip_mark(path, text, size, err);
  return start && split_lines(path, start, names, n, err);
}

bool nn_class_names_read(const char *dir, char ***names, int *n, NnError *err)
{
  char path[4096 + 16], *text;
  size_t size = 0;
  *names = NULL;
  *n = 0;
  snprintf(path, sizeof path, "%s/classes.txt", dir);
  if (!read_text(path, &text, &size, err))
    return false;
  if (!text)
    return true;
  char **made = nn_alloc_array(NN_MAX_CLASSES + 1, sizeof *made);
  bool ok = made ? split_text(path, text, size, made, n, err)
                 : nn_fail_nomem(err, "the names of the classes");
  nn_free(text);
  if (!ok) {
    nn_class_names_free(made);
    return false;
  }
  *names = made;
  return true;
}

void nn_class_names_free(char **names)
{
  for (char **name = names; name && *name; name++)
    nn_free(*name);
  nn_free(names);
}
