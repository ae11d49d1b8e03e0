/* run-number.c: see run-number.h. */
#include "run-number.h"
#include "engine/mem.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *name;
  uint32_t number;
  size_t line;
} Line;

typedef struct {
  FILE *file;  /* locked; NULL: there is none, and it cannot be made */
  Line *lines; /* by name, the last line of each first; those without a name are not kept */
  size_t n;
  uint32_t highest;
} Numbers;

/* ---- reading ---- */

static bool add_line(Numbers *numbers, size_t *room, const char *name, uint32_t number)
{
  if (numbers->n == *room) {
    Line *more = nn_alloc_array(*room = *room ? 2 * *room : 64, sizeof *more);
    if (!more)
      return false;
    if (numbers->n)
      memcpy(more, numbers->lines, numbers->n * sizeof *more);
    nn_free(numbers->lines);
    numbers->lines = more;
  }
  char *copy = nn_strdup(name);
  if (copy)
    numbers->lines[numbers->n] = (Line){copy, number, numbers->n};
  numbers->n += copy != NULL;
  return copy;
}

static int compare(const void *a, const void *b)
{
  const Line *x = a, *y = b;
  int order = strcmp(x->name, y->name);
  return order ? order : (y->line > x->line) - (y->line < x->line);
}

static bool read_lines(Numbers *numbers)
{
  char line[512];
  size_t room = 0;
  while (fgets(line, sizeof line, numbers->file)) {
    char *end, *newline = strchr(line, '\n');
    unsigned long number = strtoul(line, &end, 10);
    if (newline)
      *newline = '\0';
    if (end == line || number == 0 || number >= UINT32_MAX || !newline)
      continue; /* nobody has written that, or a program was killed while it did */
    if (number > numbers->highest)
      numbers->highest = (uint32_t)number;
    if (*end == ' ' && !add_line(numbers, &room, end + 1, (uint32_t)number))
      return false;
  }
  if (numbers->n)
    qsort(numbers->lines, numbers->n, sizeof *numbers->lines, compare);
  return true;
}

static void close_numbers(Numbers *numbers)
{
  for (size_t i = 0; i < numbers->n; i++)
    nn_free(numbers->lines[i].name);
  nn_free(numbers->lines);
  if (numbers->file)
    fclose(numbers->file); /* which unlocks it */
}

/* False: no memory. */
static bool open_numbers(const char *folder, Numbers *numbers)
{
  *numbers = (Numbers){0};
  size_t size = strlen(folder) + sizeof "/.numbers";
  char *path = nn_alloc(size);
  if (!path)
    return false;
  snprintf(path, size, "%s/.numbers", folder);
  numbers->file = fopen(path, "a+e");
  if (!numbers->file)
    numbers->file = fopen(path, "re");
  nn_free(path);
  if (!numbers->file)
    return true;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  fcntl(fileno(numbers->file), F_OFD_SETLKW, &lock);
  if (read_lines(numbers))
    return true;
  close_numbers(numbers);
  return false;
}

/* ---- giving ---- */

/* What a killed program has left of its line ends before this one. */
static void write_line(Numbers *numbers, uint32_t number, const char *path)
{
  const char *slash = path ? strrchr(path, '/') : NULL, *name = slash ? slash + 1 : path;
  if (!numbers->file || (name && strchr(name, '\n')))
    return;
  char last = '\n';
  if (fseek(numbers->file, -1, SEEK_END) == 0)
    last = (char)fgetc(numbers->file);
  fseek(numbers->file, 0, SEEK_END);
  fprintf(numbers->file, "%s%u%s%s\n", last == '\n' ? "" : "\n", number, name ? " " : "",
          name ? name : "");
}

uint32_t bp_run_number_take(const char *folder, uint32_t least)
{
  Numbers numbers;
  if (!open_numbers(folder, &numbers))
    return least;
  uint32_t number = numbers.highest + 1 > least ? numbers.highest + 1 : least;
  write_line(&numbers, number, NULL);
  close_numbers(&numbers);
  return number;
}

void bp_run_number_keep(const char *folder, uint32_t number, const char *path)
{
  Numbers numbers;
  if (!open_numbers(folder, &numbers))
    return;
  write_line(&numbers, number, path);
  close_numbers(&numbers);
}

static uint32_t find(const Numbers *numbers, const char *path)
{
  const char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  size_t low = 0, high = numbers->n;
  while (low < high) { /* the first of that name */
    size_t middle = (low + high) / 2;
    if (strcmp(numbers->lines[middle].name, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  bool there = low < numbers->n && strcmp(numbers->lines[low].name, name) == 0;
  return there ? numbers->lines[low].number : 0;
}

bool bp_run_numbers_find(const char *folder, BpRunList *list, NnError *err)
{
  Numbers numbers;
  if (!open_numbers(folder, &numbers))
    return nn_fail_nomem(err, "the numbers of the runs");
  for (size_t i = list->n; i-- > 0;) {
    BpRunEntry *entry = &list->entries[i];
    if (entry->problem)
      continue;
    entry->number = find(&numbers, entry->path);
    if (entry->number > 0)
      continue;
    entry->number = ++numbers.highest;
    write_line(&numbers, entry->number, entry->path);
  }
  close_numbers(&numbers);
  return true;
}

/* Is the file's folder that one, by whatever name? */
static bool lies_in(const char *path, const char *folder)
{
  const char *slash = strrchr(path, '/');
  char *above = slash ? nn_strdup(path) : NULL;
  struct stat a, b;
  if (above)
    above[slash == path ? 1 : slash - path] = '\0';
  bool same = stat(above ? above : ".", &a) == 0 && stat(folder, &b) == 0 && a.st_dev == b.st_dev &&
              a.st_ino == b.st_ino;
  nn_free(above);
  return same;
}

void bp_run_number_give(const char *path)
{
  char *folder = NULL;
  BpRunEntry entry = {.path = (char *)path};
  BpRunList list = {&entry, 1};
  if (bp_runs_folder(&folder, NULL) && lies_in(path, folder))
    bp_run_numbers_find(folder, &list, NULL);
  nn_free(folder);
}
