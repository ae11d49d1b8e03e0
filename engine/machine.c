/* machine.c: see machine.h. Reading order: files, groups, memory, cores. */
#include "machine.h"
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *root; /* NULL: the real files */

void nn_machine_set_root(const char *path)
{
  root = path;
}

/* ---- files ---- */

static FILE *open_file(const char *folder, const char *name)
{
  char path[PATH_MAX];
  int n = snprintf(path, sizeof path, "%s%s/%s", root ? root : "", folder, name);
  return n < PATH_MAX ? fopen(path, "re") : NULL;
}

/* A file that is one number. "max" and what cannot be read: UINT64_MAX. */
static uint64_t read_number(const char *folder, const char *name)
{
  unsigned long long number = UINT64_MAX;
  FILE *file = open_file(folder, name);
  if (file && fscanf(file, "%llu", &number) != 1)
    number = UINT64_MAX;
  if (file)
    fclose(file);
  return number;
}

/* Of a file of lines "key number" or "key: number" the sum of those whose key is in `keys`; *found:
 * how many were. */
static uint64_t read_keys(const char *folder, const char *name, const char *const *keys, int *found)
{
  char line[256], key[128];
  unsigned long long number;
  uint64_t sum = 0;
  FILE *file = open_file(folder, name);
  *found = 0;
  while (file && fgets(line, sizeof line, file)) {
    if (sscanf(line, "%127[^: ]%*[: ]%llu", key, &number) != 2)
      continue;
    for (int i = 0; keys[i]; i++)
      if (strcmp(key, keys[i]) == 0) {
        sum += number;
        (*found)++;
      }
  }
  if (file)
    fclose(file);
  return sum;
}

/* ---- groups ---- */

/* Is `word` one of those that commas part? */
static bool in_list(const char *list, const char *word)
{
  size_t n = strlen(word);
  for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
    if (strncmp(at, word, n) == 0 && (at[n] == ',' || at[n] == '\0' || at[n] == '\n'))
      return true;
  return false;
}

/* The path of this process's group: in the hierarchy of `controller` (version 1), or with NULL in
 * the one of version 2. Lines are "4:memory:/docker/1f…" and "0::/user.slice". */
static bool group_path(const char *controller, char path[PATH_MAX])
{
  char line[PATH_MAX + 256];
  bool found = false;
  FILE *file = open_file("/proc/self", "cgroup");
  while (file && !found && fgets(line, sizeof line, file)) {
    char *list = strchr(line, ':'), *place = list ? strchr(list + 1, ':') : NULL;
    if (!place)
      continue;
    *place++ = '\0';
    place[strcspn(place, "\n")] = '\0';
    found = controller ? in_list(list + 1, controller) : list[1] == '\0';
    if (found)
      snprintf(path, PATH_MAX, "%s", place);
  }
  if (file)
    fclose(file);
  return found;
}

/* Where that hierarchy is mounted, and which of its groups is the uppermost that shows there. Lines
 * are "35 31 0:32 /docker/1f… /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory". */
static bool mount_of(const char *controller, char top[PATH_MAX], char place[PATH_MAX])
{
  char line[PATH_MAX]; /* a longer one, of a file system in layers, comes in pieces and is no group
                        */
  bool found = false;
  FILE *file = open_file("/proc/self", "mountinfo");
  while (file && !found && fgets(line, sizeof line, file)) {
    char type[32], options[512];
    const char *rest = strstr(line, " - ");
    if (!rest || sscanf(rest, " - %31s %*s %511s", type, options) != 2)
      continue;
    found = controller ? strcmp(type, "cgroup") == 0 && in_list(options, controller)
                       : strcmp(type, "cgroup2") == 0;
    found = found && sscanf(line, "%*s %*s %*s %s %s", top, place) == 2;
  }
  if (file)
    fclose(file);
  return found;
}

/* The folders of this process's groups, from its own to the root's. */
typedef struct {
  char folder[2 * PATH_MAX];
  size_t n_top; /* length of the uppermost */
} Groups;

/* A path that leads out of what is mounted (a process from outside of a container) shows nothing
 * but the uppermost. */
static bool first_group(const char *controller, Groups *groups)
{
  char path[PATH_MAX], top[PATH_MAX], place[PATH_MAX];
  if (!group_path(controller, path) || !mount_of(controller, top, place))
    return false;
  size_t n = strcmp(top, "/") == 0 ? 0 : strlen(top);
  bool inside = strncmp(path, top, n) == 0 && (path[n] == '/' || !path[n]) && !strstr(path, "/..");
  snprintf(groups->folder, sizeof groups->folder, "%s%s", place,
           inside && strcmp(path + n, "/") != 0 ? path + n : "");
  groups->n_top = strlen(place);
  return true;
}

static bool next_group(Groups *groups)
{
  if (strlen(groups->folder) <= groups->n_top)
    return false;
  *strrchr(groups->folder, '/') = '\0';
  return true;
}

/* ---- memory ---- */

static uint64_t smaller(uint64_t a, uint64_t b)
{
  return a < b ? a : b;
}

/* What a limit leaves: page cache is given up before anything is refused. */
static uint64_t left(uint64_t limit, uint64_t used, uint64_t cache)
{
  used -= smaller(used, cache);
  return limit == UINT64_MAX ? limit : limit - smaller(limit, used);
}

static uint64_t left_in_group(const char *folder, bool v2)
{
  static const char *const v1_cache[] = {"total_inactive_file", "total_active_file", NULL};
  static const char *const v2_cache[] = {"inactive_file", "active_file", "slab_reclaimable", NULL};
  uint64_t limit =
      v2 ? smaller(read_number(folder, "memory.max"), read_number(folder, "memory.high"))
         : read_number(folder, "memory.limit_in_bytes");
  uint64_t used = read_number(folder, v2 ? "memory.current" : "memory.usage_in_bytes");
  int found;
  if (limit == UINT64_MAX || used == UINT64_MAX)
    return UINT64_MAX;
  uint64_t cache = read_keys(folder, "memory.stat", v2 ? v2_cache : v1_cache, &found);
  return left(limit, used, cache);
}

static uint64_t left_in_groups(bool v2)
{
  Groups groups;
  uint64_t least = UINT64_MAX;
  if (!first_group(v2 ? NULL : "memory", &groups))
    return least;
  do
    least = smaller(least, left_in_group(groups.folder, v2));
  while (next_group(&groups));
  return least;
}

/* In pages: all that is mapped, and of that what can be written and is not shared. */
static uint64_t left_by_limits(void)
{
  unsigned long long mapped = 0, data = 0;
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), least = UINT64_MAX;
  struct rlimit limit;
  FILE *file = root ? NULL : open_file("/proc/self", "statm");
  if (!file)
    return least;
  if (fscanf(file, "%llu %*u %*u %*u %*u %llu", &mapped, &data) == 2) {
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      least = smaller(least, left(limit.rlim_cur, mapped * page, 0));
    if (getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      least = smaller(least, left(limit.rlim_cur, data * page, 0));
  }
  fclose(file);
  return least;
}

uint64_t nn_machine_memory(void)
{
  static const char *const available[] = {"MemAvailable", NULL};
  int found;
  uint64_t kib = read_keys("/proc", "meminfo", available, &found);
  uint64_t least = found ? kib * 1024 : UINT64_MAX;
  least = smaller(least, smaller(left_in_groups(false), left_in_groups(true)));
  return smaller(least, left_by_limits());
}

/* The rest of the program and its neighbors go on asking for a little. */
bool nn_machine_has(uint64_t bytes)
{
  uint64_t memory = nn_machine_memory();
  return bytes <= memory - memory / 16;
}

const char *nn_bytes_text(uint64_t bytes, char text[NN_BYTES_TEXT])
{
  double size = (double)bytes;
  if (size >= 99.95e9)
    snprintf(text, NN_BYTES_TEXT, "%.0f GB", size / 1e9);
  else if (size >= 0.9995e9)
    snprintf(text, NN_BYTES_TEXT, "%.1f GB", size / 1e9);
  else if (size >= 0.9995e6)
    snprintf(text, NN_BYTES_TEXT, "%.0f MB", size / 1e6);
  else
    snprintf(text, NN_BYTES_TEXT, "%.0f kB", size / 1e3);
  return text;
}

/* ---- cores ---- */

/* A share of time as a number of cores, rounded up; INT_MAX: all of it. */
static int quota_in_group(const char *folder, bool v2)
{
  unsigned long long quota = UINT64_MAX, period = 100000;
  if (v2) {
    FILE *file = open_file(folder, "cpu.max"); /* "max 100000" or "150000 100000" */
    if (!file || fscanf(file, "%llu %llu", &quota, &period) != 2)
      quota = UINT64_MAX;
    if (file)
      fclose(file);
  } else {
    quota = read_number(folder, "cpu.cfs_quota_us"); /* "-1" is none, and as a number very large */
    period = read_number(folder, "cpu.cfs_period_us");
  }
  if (period == 0 || period == UINT64_MAX || quota / period >= INT_MAX)
    return INT_MAX;
  int cores = (int)((quota + period - 1) / period);
  return cores < 1 ? 1 : cores;
}

static int quota(bool v2)
{
  Groups groups;
  int least = INT_MAX;
  if (!first_group(v2 ? NULL : "cpu", &groups))
    return least;
  do {
    int cores = quota_in_group(groups.folder, v2);
    least = cores < least ? cores : least;
  } while (next_group(&groups));
  return least;
}

static int allowed_cores(void)
{
  enum { MOST = 8192 }; /* what Linux can be built for */
  cpu_set_t *set = CPU_ALLOC(MOST);
  int n = set && sched_getaffinity(0, CPU_ALLOC_SIZE(MOST), set) == 0
              ? CPU_COUNT_S(CPU_ALLOC_SIZE(MOST), set)
              : (int)sysconf(_SC_NPROCESSORS_ONLN);
  CPU_FREE(set);
  return n < 1 ? 1 : n;
}

int nn_machine_cores(void)
{
  int n = allowed_cores(), v1 = quota(false), v2 = quota(true);
  n = v1 < n ? v1 : n;
  return v2 < n ? v2 : n;
}
