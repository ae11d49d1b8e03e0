/* run-list.c: see run-list.h. */
#include "run-list.h"
#include "data/locate.h"
#include "engine/mem.h"
#include "engine/set-aside.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEEP_DAYS = 30 };
static const char trash[] = ".deleted";

/* Three texts as one; NULL: no memory. */
static char *join(const char *a, const char *b, const char *c, NnError *err)
{
  size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
  char *text = nn_alloc(size);
  if (text)
    snprintf(text, size, "%s%s%s", a, b, c);
  else
    nn_fail_nomem(err, "the name of a file");
  return text;
}

/* ---- the folder ---- */

bool bp_runs_folder(char **folder, NnError *err)
{
  char *base = NULL;
  if (!nn_data_user_dir(&base, err))
    return false;
  if (!base)
    return nn_fail(err, NN_ERR_IO, NULL,
                   "There is no data directory because neither XDG_DATA_HOME nor HOME is set.");
  *folder = join(base, "/runs", "", err);
  nn_free(base);
  return *folder;
}

static bool make_folder(const char *folder, NnError *err)
{
  char *path = join(folder, "/", "", err);
  bool ok = path;
  for (char *slash = ok ? strchr(path + 1, '/') : NULL; ok && slash;
       slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    ok = mkdir(path, 0700) == 0 || errno == EEXIST || errno == EROFS ||
         nn_fail(err, NN_ERR_IO, path, "%s cannot be made: %s.", path, strerror(errno));
    *slash = '/';
  }
  nn_free(path);
  return ok;
}

bool bp_runs_new_path(const char *folder, char **path, NnError *err)
{
  struct timespec now;
  struct tm date;
  struct stat info;
  char name[64], number[16] = "";
  if (!make_folder(folder, err))
    return false;
  clock_gettime(CLOCK_REALTIME, &now);
  strftime(name, sizeof name, "/%Y-%m-%d-%H%M%S", localtime_r(&now.tv_sec, &date));
  for (int i = 2;; i++) {
    size_t n = strlen(name);
    snprintf(name + n, sizeof name - n, "%s" BP_RUN_FILE_ENDING, number);
    *path = join(folder, name, "", err);
    if (!*path || lstat(*path, &info) != 0)
      return *path;
    nn_free(*path);
    name[n] = '\0';
    snprintf(number, sizeof number, "-%d", i);
  }
}

/* ---- the list ---- */

static bool has_ending(const char *name)
{
  size_t n = strlen(name), ending = sizeof BP_RUN_FILE_ENDING - 1;
  return n > ending && name[0] != '.' && strcmp(name + n - ending, BP_RUN_FILE_ENDING) == 0;
}

/* What is in the file, or why it cannot be read. */
static bool read_entry(BpRunEntry *entry, NnError *err)
{
  NnError why = {0};
  BpRunFile *file = NULL;
  bool ok = bp_run_file_open(entry->path, BP_RUN_FILE_READ, &file, &why) &&
            bp_run_file_info(file, &entry->info, &why);
  bp_run_file_close(file);
  if (ok)
    return true;
  bp_run_info_clear(&entry->info);
  entry->problem = nn_strdup(why.text);
  return entry->problem || nn_fail_nomem(err, "the list of runs");
}

typedef struct {
  const char *folder;
  BpRunWanted wanted; /* NULL: all are */
  void *user;
  BpRunList *list;
  size_t room;
} Reading;

static bool make_room(Reading *reading, NnError *err)
{
  BpRunList *list = reading->list;
  if (list->n < reading->room)
    return true;
  reading->room = reading->room ? 2 * reading->room : 64;
  BpRunEntry *more = nn_alloc_array(reading->room, sizeof *more);
  if (!more)
    return nn_fail_nomem(err, "the list of runs");
  if (list->entries)
    memcpy(more, list->entries, list->n * sizeof *more);
  nn_free(list->entries);
  list->entries = more;
  return true;
}

static bool add_file(Reading *reading, const char *name, NnError *err)
{
  struct stat info;
  char *path = join(reading->folder, "/", name, err);
  bool ok = path && make_room(reading, err);
  bool wanted = ok && (!reading->wanted ||
                       (stat(path, &info) == 0 && reading->wanted(reading->user, path, &info)));
  if (!wanted) {
    nn_free(path);
    return ok;
  }
  BpRunEntry *entry = &reading->list->entries[reading->list->n++];
  *entry = (BpRunEntry){.path = path};
  return read_entry(entry, err);
}

/* What is not known comes last. */
static int compare(const void *a, const void *b)
{
  const BpRunEntry *x = a, *y = b;
  const char *first = x->info.created, *second = y->info.created;
  int order = first && second ? strcmp(second, first) : !!second - !!first;
  return order ? order : strcmp(y->path, x->path);
}

bool bp_runs_list_some(const char *folder, BpRunWanted wanted, void *user, BpRunList *list,
                       NnError *err)
{
  Reading reading = {folder, wanted, user, list, 0};
  bool ok = true;
  *list = (BpRunList){0};
  DIR *dir = opendir(folder);
  if (!dir)
    return errno == ENOENT ||
           nn_fail(err, NN_ERR_IO, folder, "%s could not be opened: %s.", folder, strerror(errno));
  for (struct dirent *entry; ok && (entry = readdir(dir));)
    ok = !has_ending(entry->d_name) || add_file(&reading, entry->d_name, err);
  closedir(dir);
  if (!ok)
    bp_runs_clear(list);
  else if (list->n)
    qsort(list->entries, list->n, sizeof *list->entries, compare);
  return ok;
}

bool bp_runs_list(const char *folder, BpRunList *list, NnError *err)
{
  return bp_runs_list_some(folder, NULL, NULL, list, err);
}

void bp_runs_clear(BpRunList *list)
{
  for (size_t i = 0; i < list->n; i++) {
    nn_free(list->entries[i].path);
    nn_free(list->entries[i].problem);
    bp_run_info_clear(&list->entries[i].info);
  }
  nn_free(list->entries);
  *list = (BpRunList){0};
}

/* ---- what a person does to a run ---- */

bool bp_run_rename(const char *path, const char *title, NnError *err)
{
  BpRunFile *file = NULL;
  bool ok = bp_run_file_open(path, BP_RUN_FILE_EDIT, &file, err) &&
            bp_run_file_set_title(file, title, err);
  bp_run_file_close(file);
  return ok;
}

bool bp_run_pin(const char *path, bool pinned, NnError *err)
{
  BpRunFile *file = NULL;
  bool ok = bp_run_file_open(path, BP_RUN_FILE_EDIT, &file, err) &&
            bp_run_file_set_pinned(file, pinned, err);
  bp_run_file_close(file);
  return ok;
}

/* Opening it for writing also puts right what a killed program has left beside it. */
static bool check_deletable(const char *path, NnError *err)
{
  BpRunFile *file = NULL;
  BpRunInfo info = {0};
  bool ok = bp_run_file_open(path, BP_RUN_FILE_EDIT, &file, err) &&
            bp_run_file_info(file, &info, err) &&
            (info.status != BP_RUN_ACTIVE ||
             nn_fail(err, NN_ERR_ARG, path,
                     "%s is being trained at the moment and cannot be deleted.", path));
  bp_run_info_clear(&info);
  bp_run_file_close(file);
  return ok;
}

/* Gives the file the name `to`, which is taken over, or one like it; *now: which. */
static bool move(const char *path, char *to, char **now, NnError *err)
{
  if (!to)
    return false;
  if (nn_rename_new(path, to)) {
    *now = to;
    return true;
  }
  bool ok = errno == EEXIST
                ? nn_set_aside(path, to, "again", now, err)
                : nn_fail(err, NN_ERR_IO, path, "%s cannot be moved: %s.", path, strerror(errno));
  nn_free(to);
  return ok;
}

/* "folder/" of "folder/name", or "". */
static char *folder_of(const char *path, NnError *err)
{
  char *folder = join(path, "", "", err);
  char *slash = folder ? strrchr(folder, '/') : NULL;
  if (folder)
    *(slash ? slash + 1 : folder) = '\0';
  return folder;
}

bool bp_run_delete(const char *path, char **deleted, NnError *err)
{
  const char *slash = strrchr(path, '/');
  char *folder = NULL, *bin = NULL;
  bool ok = check_deletable(path, err) && (folder = folder_of(path, err)) &&
            (bin = join(folder, trash, "/", err));
  if (ok) {
    bp_runs_purge(folder[0] ? folder : ".");
    ok = mkdir(bin, 0700) == 0 || errno == EEXIST ||
         nn_fail(err, NN_ERR_IO, path, "%s cannot be moved: %s.", path, strerror(errno));
  }
  ok = ok && move(path, join(bin, slash ? slash + 1 : path, "", err), deleted, err);
  nn_free(bin);
  nn_free(folder);
  return ok;
}

bool bp_run_undelete(const char *deleted, char **path, NnError *err)
{
  const char *slash = strrchr(deleted, '/');
  char *folder = folder_of(deleted, err), *now = NULL;
  /* without "/.deleted/" */
  size_t n = folder ? strlen(folder) : 0, bin = sizeof trash;
  bool ok = folder && slash && n >= bin;
  if (ok) {
    folder[n - bin] = '\0';
    ok = move(deleted, join(folder, slash + 1, "", err), &now, err);
  }
  nn_free(folder);
  if (ok && path)
    *path = now;
  else
    nn_free(now);
  return ok;
}

void bp_runs_purge(const char *folder)
{
  char *bin = join(folder, "/", trash, NULL);
  DIR *dir = bin ? opendir(bin) : NULL;
  time_t oldest = time(NULL) - (time_t)KEEP_DAYS * 24 * 60 * 60;
  struct stat info;
  for (struct dirent *entry; dir && (entry = readdir(dir));)
    if (has_ending(entry->d_name) &&
        fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        info.st_ctime < oldest) /* when it was moved */
      unlinkat(dirfd(dir), entry->d_name, 0);
  if (dir)
    closedir(dir);
  nn_free(bin);
}
