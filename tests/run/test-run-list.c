/* test-run-list.c: the runs of a folder; renaming, deleting and getting back. */
#include "folder.h"
#include "app/run/run-number.h"
#include <sys/stat.h>
#include <time.h>

static void add_run(const char *name, const char *title, const char *created)
{
  BpRunFile *file = NULL;
  BpRunInfo info = some_info(title, created);
  nn_check(bp_run_file_create(in_folder(name), &info, &file, NULL));
  bp_run_file_close(file);
}

static void test_list(void)
{
  BpRunList list;
  NnError err = {0};
  nn_check(bp_runs_list(in_folder("none"), &list, &err) && list.n == 0);
  add_run("b.bprun", "older", "2026-11-01T00:00:00.000Z");
  add_run("a.bprun", "newer", "2026-11-02T00:00:00.000Z");
  FILE *other = fopen(in_folder("z.bprun"), "w");
  fputs("no run", other);
  fclose(other);
  fclose(fopen(in_folder("notes.txt"), "w"));
  nn_check(bp_runs_list(test_folder, &list, &err));
  nn_check_int(list.n, 3);
  nn_check_str(list.entries[0].info.title, "newer");
  nn_check_str(list.entries[1].info.title, "older");
  nn_check_int(list.entries[1].info.status, BP_RUN_INTERRUPTED);
  nn_check(!list.entries[1].problem);
  nn_check_has(list.entries[2].problem, "z.bprun is not a run of Backprop.");
  bp_runs_clear(&list);
  unlink(in_folder("z.bprun"));
}

static void test_edit(void)
{
  BpRunList list;
  nn_check(bp_run_rename(in_folder("a.bprun"), "mein Lauf ✓", NULL));
  nn_check(bp_run_pin(in_folder("a.bprun"), true, NULL));
  nn_check(bp_runs_list(test_folder, &list, NULL));
  nn_check_str(list.entries[0].info.title, "mein Lauf ✓");
  nn_check(list.entries[0].info.pinned && !list.entries[1].info.pinned);
  bp_runs_clear(&list);
}

static void test_delete(void)
{
  BpRunList list;
  char *deleted = NULL, *path = NULL;
  nn_check(bp_run_delete(in_folder("a.bprun"), &deleted, NULL));
  nn_check_has(deleted, "/.deleted/a.bprun");
  nn_check(bp_runs_list(test_folder, &list, NULL) && list.n == 1);
  bp_runs_clear(&list);
  add_run("a.bprun", "another of that name", "2026-11-03T00:00:00.000Z");
  nn_check(bp_run_undelete(deleted, &path, NULL)); /* both stay */
  nn_check_str(path, in_folder("a-again.bprun"));
  nn_check(bp_runs_list(test_folder, &list, NULL) && list.n == 3);
  bp_runs_clear(&list);
  nn_free(deleted);
  nn_free(path);
}

static void test_delete_active(void)
{
  char *deleted = NULL;
  NnError err = {0};
  BpRunFile *file = new_run("active.bprun");
  nn_check(!bp_run_delete(in_folder("active.bprun"), &deleted, &err));
  nn_check_has(err.text, "is being trained at the moment and cannot be deleted.");
  bp_run_file_close(file);
  nn_check(!bp_run_delete(in_folder("notes.txt"), &deleted, &err));
  nn_check_has(err.text, "is not a run of Backprop.");
  nn_check(access(in_folder("notes.txt"), F_OK) == 0);
}

/* What was deleted today is not removed for good. */
static void test_purge(void)
{
  char *deleted = NULL;
  nn_check(bp_run_delete(in_folder("b.bprun"), &deleted, NULL));
  bp_runs_purge(test_folder);
  nn_check(access(deleted, F_OK) == 0);
  nn_free(deleted);
}

static void test_new_path(void)
{
  char *first = NULL, *second = NULL;
  nn_check(bp_runs_new_path(in_folder("deep/er"), &first, NULL));
  nn_check_has(first, "/deep/er/20");
  fclose(fopen(first, "w"));
  nn_check(bp_runs_new_path(in_folder("deep/er"), &second, NULL));
  nn_check(strcmp(first, second) != 0);
  nn_free(first);
  nn_free(second);
}

/* ---- numbers ---- */

/* The numbers of the folder's runs, the newest first: "3 2 1". */
static const char *numbers(const char *folder)
{
  static char text[256];
  size_t n = 0;
  BpRunList list;
  text[0] = '\0';
  nn_check(bp_runs_list(folder, &list, NULL) && bp_run_numbers_find(folder, &list, NULL));
  for (size_t i = 0; i < list.n; i++)
    n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", i ? " " : "", list.entries[i].number);
  bp_runs_clear(&list);
  return text;
}

/* Given once, in the order of age; gaps stay, whoever asks, and after a number was only taken. */
static void test_numbers(void)
{
  char folder[512];
  strcpy(folder, in_folder("numbered"));
  mkdir(folder, 0700);
  add_run("numbered/b.bprun", "second", "2026-11-02T00:00:00.000Z");
  add_run("numbered/a.bprun", "first", "2026-11-01T00:00:00.000Z");
  add_run("numbered/c.bprun", "third", "2026-11-03T00:00:00.000Z");
  nn_check_str(numbers(folder), "3 2 1");
  unlink(in_folder("numbered/c.bprun"));
  nn_check_str(numbers(folder), "2 1");
  add_run("numbered/d.bprun", "older than all", "2026-10-01T00:00:00.000Z");
  nn_check_str(numbers(folder), "2 1 4");
  nn_check_int(bp_run_number_take(folder, 3), 5);
  nn_check_int(bp_run_number_take(folder, 20), 20);
  add_run("numbered/e.bprun", "taken before it began", "2026-11-05T00:00:00.000Z");
  bp_run_number_keep(folder, 5, in_folder("numbered/e.bprun"));
  nn_check_str(numbers(folder), "5 2 1 4");
  bp_run_number_keep(folder, 6, in_folder("numbered/e.bprun")); /* the last word counts */
  nn_check_str(numbers(folder), "6 2 1 4");
}

/* What a killed program or a person has left in the file costs no other run its number. */
static void test_damaged_numbers(void)
{
  char folder[512];
  strcpy(folder, in_folder("numbered"));
  FILE *file = fopen(in_folder("numbered/.numbers"), "a");
  fputs("words\n-1 a.bprun\n99999999999 a.bprun\n21 f.bpr", file);
  fclose(file);
  add_run("numbered/f.bprun", "newest", "2026-11-06T00:00:00.000Z");
  nn_check_str(numbers(folder), "21 6 2 1 4");
  nn_check_str(numbers(folder), "21 6 2 1 4");
  nn_check_int(bp_run_number_take("/nowhere/at/all", 7), 7);
}

static double now(clockid_t clock)
{
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The time is said, not asserted: a machine may be busy. */
static void test_many(void)
{
  enum { N = 1000 };
  BpRunList list;
  char name[64];
  mkdir(in_folder("many"), 0700);
  add_run("many/0.bprun", "one of many", "2026-11-03T00:00:00.000Z");
  for (int i = 1; i < N; i++) {
    snprintf(name, sizeof name, "many/%d.bprun", i);
    char bytes[1 << 16];
    FILE *in = fopen(in_folder("many/0.bprun"), "r"), *out = fopen(in_folder(name), "w");
    size_t n = fread(bytes, 1, sizeof bytes, in);
    nn_check(n > 4096 && fwrite(bytes, 1, n, out) == n);
    fclose(in);
    fclose(out);
  }
  double start = now(CLOCK_MONOTONIC), busy = now(CLOCK_PROCESS_CPUTIME_ID);
  nn_check(bp_runs_list(in_folder("many"), &list, NULL));
  printf("# %d runs listed in %.3f s, %.3f s of a processor\n", N, now(CLOCK_MONOTONIC) - start,
         now(CLOCK_PROCESS_CPUTIME_ID) - busy);
  nn_check_int(list.n, N);
  nn_check_str(list.entries[N - 1].info.title, "one of many");
  bp_runs_clear(&list);
}

int main(void)
{
  folder_make();
  nn_test("list", test_list);
  nn_test("rename and pin", test_edit);
  nn_test("delete and get back", test_delete);
  nn_test("what is in training stays", test_delete_active);
  nn_test("purge", test_purge);
  nn_test("new names", test_new_path);
  nn_test("numbers", test_numbers);
  nn_test("damaged numbers", test_damaged_numbers);
  nn_test("a thousand", test_many);
  int status = nn_test_done();
  folder_remove();
  return status;
}
