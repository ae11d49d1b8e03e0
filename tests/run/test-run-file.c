/* test-run-file.c: what is written into a run's file is read from it, and what is no run, damaged,
 * newer or another program's is refused and left alone. */
#include "folder.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>

static bool write_some(BpRunFile *file, uint64_t first, size_t n)
{
  NnProgress records[100];
  for (size_t i = 0; i < n; i++)
    records[i] = (NnProgress){.step = first + i,
                              .epoch = (uint32_t)((first + i) / 10),
                              .loss = 2.3f / (float)(i + 1),
                              .accuracy = 0.1f,
                              .lr = 1e-3 / 3,
                              .seconds = 0.001 * (double)i};
  NnError err = {0};
  bool ok = bp_run_file_begin(file, &err) && bp_run_file_add_steps(file, records, n, &err) &&
            bp_run_file_commit(file, &err);
  nn_check_str(err.text, "");
  return ok;
}

static BpCheckpoint some_checkpoint(uint64_t step, const char *text)
{
  return (BpCheckpoint){
      .step = step, .epoch = (uint32_t)step / 10, .bytes = (void *)text, .size = strlen(text)};
}

/* How many files are in the folder: after closing, one per run. */
static int n_files(void)
{
  char command[300];
  int n = -1;
  snprintf(command, sizeof command, "ls -A '%s' | wc -l", test_folder);
  FILE *pipe = popen(command, "r");
  nn_check(fscanf(pipe, "%d", &n) == 1);
  pclose(pipe);
  return n;
}

static void test_steps(void)
{
  NnProgress back[100];
  size_t n = 0;
  BpRunFile *file = new_run("a.bprun");
  nn_check(write_some(file, 0, 100));
  /* Numbers that have no decimal of their own come back bit for bit, and what is none as none. */
  NnProgress odd[] = {{.step = 100, .epoch = 10, .loss = NAN, .accuracy = 1.0f / 3, .lr = 1e-300},
                      {.step = 101, .epoch = 10, .loss = INFINITY, .accuracy = 0, .lr = 5e-324}};
  nn_check(bp_run_file_begin(file, NULL) && bp_run_file_add_steps(file, odd, 2, NULL) &&
           bp_run_file_commit(file, NULL));
  bp_run_file_close(file);
  nn_check_int(n_files(), 1);
  nn_check(bp_run_file_open(in_folder("a.bprun"), BP_RUN_FILE_READ, &file, NULL));
  nn_check(bp_run_file_steps(file, 0, back, 100, &n, NULL));
  nn_check_int(n, 100);
  nn_check(back[7].loss == 2.3f / 8 && back[99].lr == 1e-3 / 3 && back[99].step == 99);
  nn_check_int(back[99].epoch, 9);
  nn_check(bp_run_file_steps(file, 100, back, 100, &n, NULL));
  nn_check_int(n, 2);
  nn_check(isnan(back[0].loss) && back[0].accuracy == 1.0f / 3 && back[0].lr == 1e-300);
  nn_check(isinf(back[1].loss) && back[1].lr == 5e-324);
  nn_check(bp_run_file_check(file, NULL));
  bp_run_file_close(file);
}

static void test_epochs(void)
{
  NnEpoch *epochs = NULL;
  BpTestPoint *points = NULL, point = {.step = 5, .loss = 0.3, .accuracy = 0.9};
  size_t n = 0;
  NnEpoch epoch = {.epoch = 0,
                   .last_step = 9,
                   .loss = 0.5,
                   .lr = 0.1,
                   .test_accuracy = NAN,
                   .test_loss = NAN,
                   .validation_accuracy = 0.75,
                   .validation_loss = 0.6,
                   .seconds = 1.5,
                   .iterations_per_second = 6};
  BpRunFile *file = new_run("b.bprun");
  nn_check(bp_run_file_add_epoch(file, &epoch, NULL));
  epoch.test_accuracy = 0.5; /* a cut epoch that was completed later */
  nn_check(bp_run_file_add_epoch(file, &epoch, NULL));
  epoch.epoch = 1;
  nn_check(bp_run_file_add_epoch(file, &epoch, NULL));
  nn_check(bp_run_file_add_test_point(file, &point, NULL));
  nn_check(bp_run_file_epochs(file, &epochs, &n, NULL));
  nn_check_int(n, 2);
  nn_check(epochs[0].test_accuracy == 0.5 && isnan(epochs[0].test_loss));
  nn_check(epochs[1].validation_accuracy == 0.75 && epochs[1].seconds == 1.5);
  nn_check(bp_run_file_test_points(file, &points, &n, NULL));
  nn_check(n == 1 && points[0].step == 5 && points[0].accuracy == 0.9);
  nn_free(epochs);
  nn_free(points);
  bp_run_file_close(file);
}

static void test_checkpoints(void)
{
  BpCheckpoint found;
  BpRunFile *file = new_run("c.bprun");
  nn_check(bp_run_file_checkpoint(file, 0, &found, NULL) && !found.bytes);
  static const char *const texts[] = {"one", "two", "three"};
  for (uint64_t i = 0; i < 3; i++) {
    BpCheckpoint checkpoint = some_checkpoint(10 * (i + 1), texts[i]);
    nn_check(bp_run_file_add_checkpoint(file, &checkpoint, NULL));
  }
  nn_check(bp_run_file_checkpoint(file, 0, &found, NULL));
  nn_check(found.step == 30 && found.size == 5 && memcmp(found.bytes, "three", 5) == 0);
  nn_free(found.bytes);
  nn_check(bp_run_file_checkpoint(file, 1, &found, NULL));
  nn_check(found.step == 20 && memcmp(found.bytes, "two", 3) == 0);
  nn_free(found.bytes);
  nn_check(bp_run_file_checkpoint(file, 2, &found, NULL) && !found.bytes); /* the last two */
  bp_run_file_close(file);
}

static void test_rewind(void)
{
  NnProgress back[100];
  size_t n = 0;
  BpCheckpoint found, checkpoint = some_checkpoint(15, "x");
  BpRunFile *file = new_run("d.bprun");
  nn_check(write_some(file, 0, 30));
  nn_check(bp_run_file_add_checkpoint(file, &checkpoint, NULL));
  checkpoint.step = 30;
  nn_check(bp_run_file_add_checkpoint(file, &checkpoint, NULL));
  for (uint32_t e = 0; e < 3; e++)
    nn_check(bp_run_file_add_epoch(
        file, &(NnEpoch){.epoch = e, .last_step = e == 1 ? 14 : 10 * e + 9}, NULL));
  nn_check(bp_run_file_rewind(file, 15, 1, NULL));
  nn_check(bp_run_file_steps(file, 0, back, 100, &n, NULL));
  nn_check_int(n, 15);
  NnEpoch *epochs = NULL;
  nn_check(bp_run_file_epochs(file, &epochs, &n, NULL) && n == 1);
  nn_free(epochs);
  nn_check(bp_run_file_checkpoint(file, 0, &found, NULL) && found.step == 15);
  nn_free(found.bytes);
  bp_run_file_close(file);
}

static void test_info(void)
{
  BpRunInfo info = some_info("lr 0.01", "2026-11-28T15:07:15.123Z"), back;
  BpRunFile *file = NULL;
  info.seed = -3;
  info.data_shape = (char *)"1 × 28 × 28";
  info.test_accuracy = 0.97;
  nn_check(bp_run_file_create(in_folder("e.bprun"), &info, &file, NULL));
  nn_check(bp_run_file_info(file, &back, NULL));
  nn_check_str(back.title, "lr 0.01");
  nn_check_str(back.data_shape, "1 × 28 × 28");
  nn_check(back.exercise == NULL && back.seed == -3 && back.test_accuracy == 0.97);
  nn_check(isnan(back.test_loss));
  nn_check_int(back.status, BP_RUN_ACTIVE);
  /* A person renames it while it is in training; the trainer's next word leaves the name alone. */
  nn_check(bp_run_rename(in_folder("e.bprun"), "mine\x1b[31m", NULL));
  back.steps = 7;
  nn_check(bp_run_file_update(file, &back, NULL));
  bp_run_info_clear(&back);
  nn_check(bp_run_file_info(file, &back, NULL));
  nn_check_str(back.title, "mine?[31m"); /* nothing that a terminal would obey */
  nn_check_int(back.steps, 7);
  bp_run_info_clear(&back);
  nn_check(bp_run_rename(in_folder("e.bprun"), "\xff\xfe", NULL)); /* what others could not read */
  nn_check(bp_run_file_info(file, &back, NULL));
  nn_check_str(back.title, "??");
  bp_run_info_clear(&back);
  bp_run_file_close(file);
  nn_check(bp_run_file_open(in_folder("e.bprun"), BP_RUN_FILE_READ, &file, NULL));
  nn_check(bp_run_file_info(file, &back, NULL));
  nn_check_int(back.status, BP_RUN_INTERRUPTED); /* nobody said how it ended */
  bp_run_info_clear(&back);
  bp_run_file_close(file);
}

/* ---- refusing ---- */

static void refuses(const char *path, BpRunFileAccess access, NnStatus status, const char *says)
{
  BpRunFile *file = NULL;
  NnError err = {0};
  nn_check(!bp_run_file_open(path, access, &file, &err));
  nn_check_int(err.status, status);
  nn_check_has(err.text, says);
  nn_check(file == NULL);
}

static void write_text(const char *path, const char *text, size_t n)
{
  FILE *file = fopen(path, "w");
  nn_check(file && fwrite(text, 1, n, file) == n);
  fclose(file);
}

static void run_sql(const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  nn_check(sqlite3_open(path, &db) == SQLITE_OK);
  nn_check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
  sqlite3_close(db);
}

static void test_not_a_run(void)
{
  refuses(in_folder("missing"), BP_RUN_FILE_READ, NN_ERR_IO, "could not be opened: No such file");
  refuses(test_folder, BP_RUN_FILE_READ, NN_ERR_IO, "could not be opened: Is a directory.");
  nn_check(mkfifo(in_folder("pipe"), 0600) == 0); /* not waited for */
  refuses(in_folder("pipe"), BP_RUN_FILE_READ, NN_ERR_IO, "is a device or pipe");
  write_text(in_folder("text"), "{\"version\": 1}", 14);
  refuses(in_folder("text"), BP_RUN_FILE_TRAIN, NN_ERR_FORMAT, "is not a run of Backprop.");
  write_text(in_folder("empty"), "", 0);
  refuses(in_folder("empty"), BP_RUN_FILE_TRAIN, NN_ERR_FORMAT, "is not a run of Backprop.");
  run_sql(in_folder("other.db"), "CREATE TABLE run (id)");
  refuses(in_folder("other.db"), BP_RUN_FILE_TRAIN, NN_ERR_FORMAT, "is not a run of Backprop.");
  bp_run_file_close(new_run("new.bprun"));
  run_sql(in_folder("new.bprun"), "PRAGMA user_version = 2");
  refuses(in_folder("new.bprun"), BP_RUN_FILE_EDIT, NN_ERR_UNSUPPORTED,
          "is from a newer version of Backprop: its format is 2, and this version reads up to 1.");
}

static void test_exists(void)
{
  BpRunFile *file = NULL;
  NnError err = {0};
  BpRunInfo info = some_info("x", "2026");
  write_text(in_folder("mine"), "mine", 4);
  nn_check(!bp_run_file_create(in_folder("mine"), &info, &file, &err));
  nn_check_has(err.text, "exists already and is not replaced; choose another name.");
  nn_check(!bp_run_file_create(in_folder("no/such/x.bprun"), &info, &file, &err));
  nn_check_has(err.text, "cannot be written: No such file or directory.");
}

static long size_of(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 ? (long)info.st_size : -1;
}

/* Cut short or overwritten: said, and nothing is changed. */
static void test_damaged(void)
{
  BpRunFile *file = new_run("whole.bprun");
  for (uint64_t i = 0; i < 20; i++)
    nn_check(write_some(file, 100 * i, 100));
  bp_run_file_close(file);
  file = NULL;
  char bytes[1 << 17];
  FILE *in = fopen(in_folder("whole.bprun"), "r");
  size_t n = fread(bytes, 1, sizeof bytes, in);
  fclose(in);
  nn_check(n > 50000 && n < sizeof bytes);
  write_text(in_folder("cut.bprun"), bytes, n / 2);
  for (size_t i = n / 2; i < n / 2 + 9000; i++)
    bytes[i] = (char)(i * 7);
  write_text(in_folder("bad.bprun"), bytes, n);
  static const char *const names[] = {"cut.bprun", "bad.bprun"};
  for (int i = 0; i < 2; i++) {
    NnError err = {0};
    const char *path = in_folder(names[i]);
    long size = size_of(path);
    bool ok =
        bp_run_file_open(path, BP_RUN_FILE_READ, &file, &err) && bp_run_file_check(file, &err);
    nn_check(!ok);
    nn_check_int(err.status, NN_ERR_FORMAT);
    nn_check_has(err.text, "is damaged: ");
    bp_run_file_close(file);
    file = NULL;
    nn_check_int(size_of(path), size);
  }
  bp_run_file_close(new_run("lacks.bprun"));
  run_sql(in_folder("lacks.bprun"), "DROP TABLE step");
  NnError err = {0};
  NnProgress record;
  nn_check(bp_run_file_open(in_folder("lacks.bprun"), BP_RUN_FILE_READ, &file, NULL));
  nn_check(!bp_run_file_steps(file, 0, &record, 1, &n, &err));
  nn_check_has(err.text, "is damaged: no such table: step.");
  bp_run_file_close(file);
}

/* Files that somebody has made to do harm: what would compute without end is not even asked. */
static void test_hostile(void)
{
  static const char *const harm[] = {
      "ALTER TABLE run RENAME TO old; CREATE VIEW run AS WITH RECURSIVE t(a) AS (SELECT 1 UNION "
      "ALL "
      "SELECT a + 1 FROM t) SELECT old.* FROM old, (SELECT count(*) FROM t)",
      "CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM step; END",
      "ALTER TABLE step ADD COLUMN more AS (hex(zeroblob(100000000)))",
      "CREATE INDEX i ON step (hex(zeroblob(loss)))"};
  for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
    char name[32];
    snprintf(name, sizeof name, "harm-%zu.bprun", i);
    bp_run_file_close(new_run(name));
    run_sql(in_folder(name), harm[i]);
    refuses(in_folder(name), BP_RUN_FILE_READ, NN_ERR_FORMAT,
            "is damaged: it holds other things than the tables of a run.");
    refuses(in_folder(name), BP_RUN_FILE_TRAIN, NN_ERR_FORMAT, "is damaged: ");
  }
}

/* Values that this program never writes. */
static void test_odd_values(void)
{
  BpRunFile *file = NULL;
  BpRunInfo info;
  BpCheckpoint found;
  NnProgress record;
  size_t n = 1;
  bp_run_file_close(new_run("odd.bprun"));
  run_sql(in_folder("odd.bprun"),
          "UPDATE run SET created = 'a' || char(10, 27) || '[31m', device_title = x'ff41', "
          "steps_per_epoch = 9223372036854775807, n_epochs = -3;"
          "INSERT INTO checkpoint VALUES (1, 0, x'')");
  nn_check(bp_run_file_open(in_folder("odd.bprun"), BP_RUN_FILE_READ, &file, NULL));
  nn_check(bp_run_file_info(file, &info, NULL));
  nn_check_str(info.created, "a??[31m");
  nn_check_str(info.device_title, "?A");
  nn_check_int(info.steps_per_epoch, INT32_MAX); /* times one like it, it still is a number */
  nn_check_int(info.n_epochs, 0);
  bp_run_info_clear(&info);
  nn_check(bp_run_file_checkpoint(file, 0, &found, NULL) && found.bytes && found.size == 0);
  nn_free(found.bytes);
  nn_check(bp_run_file_steps(file, (uint64_t)INT64_MAX + 1, &record, 1, &n, NULL));
  nn_check_int(n, 0); /* and not those from the beginning again */
  bp_run_file_close(file);
}

/* A child trains; we may read and rename, not train. Once it is killed, whatever it did, we may. */
static void test_two_programs(void)
{
  int ready[2];
  char word;
  BpRunFile *file = NULL;
  BpRunInfo info;
  bp_run_file_close(new_run("f.bprun"));
  nn_check(pipe(ready) == 0);
  pid_t child = fork();
  if (child == 0) {
    bool ok = bp_run_file_open(in_folder("f.bprun"), BP_RUN_FILE_TRAIN, &file, NULL);
    (void)!write(ready[1], ok ? "y" : "n", 1);
    pause();
    _exit(0);
  }
  nn_check(read(ready[0], &word, 1) == 1 && word == 'y');
  refuses(in_folder("f.bprun"), BP_RUN_FILE_TRAIN, NN_ERR_IO,
          "is being trained by another program.");
  nn_check(bp_run_file_open(in_folder("f.bprun"), BP_RUN_FILE_READ, &file, NULL));
  nn_check(bp_run_file_info(file, &info, NULL));
  nn_check_int(info.status, BP_RUN_ACTIVE);
  bp_run_info_clear(&info);
  nn_check(bp_run_rename(in_folder("f.bprun"), "other", NULL));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  nn_check(bp_run_file_info(file, &info, NULL));
  nn_check_int(info.status, BP_RUN_INTERRUPTED);
  nn_check_str(info.title, "other");
  bp_run_info_clear(&info);
  bp_run_file_close(file);
  nn_check(bp_run_file_open(in_folder("f.bprun"), BP_RUN_FILE_TRAIN, &file, NULL));
  /* nor twice in one program */
  refuses(in_folder("f.bprun"), BP_RUN_FILE_TRAIN, NN_ERR_IO,
          "is being trained by another program.");
  bp_run_file_close(file);
  close(ready[0]);
  close(ready[1]);
}

/* A handle that is closed must not take the locks of another away (POSIX would). */
static void test_locks_stay(void)
{
  BpRunFile *writer = new_run("g.bprun"), *reader = NULL;
  nn_check(bp_run_file_begin(writer, NULL));
  for (int i = 0; i < 3; i++) {
    nn_check(bp_run_file_open(in_folder("g.bprun"), BP_RUN_FILE_READ, &reader, NULL));
    bp_run_file_close(reader);
  }
  pid_t child = fork();
  if (child == 0) { /* with SQLite alone, and without patience */
    sqlite3 *db = NULL;
    sqlite3_open(in_folder("g.bprun"), &db);
    _exit(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_BUSY ? 7 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  nn_check_int(WEXITSTATUS(status), 7);
  nn_check(bp_run_file_commit(writer, NULL));
  bp_run_file_close(writer);
}

/* A child is killed in the middle of a commit: journal and half-written pages are there. */
static void kill_in_commit(const char *name)
{
  pid_t child = fork();
  if (child == 0) {
    sqlite3 *db = NULL;
    sqlite3_open(in_folder(name), &db);
    sqlite3_exec(db,
                 "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; DELETE FROM step;"
                 "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
                 "INSERT INTO step SELECT i, 0, 0, 0, 0, 0 FROM n",
                 NULL, NULL, NULL);
    raise(SIGKILL);
  }
  waitpid(child, NULL, 0);
  char journal[64];
  snprintf(journal, sizeof journal, "%s-journal", name);
  nn_check(size_of(in_folder(journal)) > 0);
  nn_check(size_of(in_folder(name)) > 100000);
}

static void test_hot_journal(void)
{
  BpRunFile *file = new_run("h.bprun");
  nn_check(write_some(file, 0, 100));
  bp_run_file_close(file);
  kill_in_commit("h.bprun");
  NnProgress back[200];
  size_t n = 0;
  nn_check(bp_run_file_open(in_folder("h.bprun"), BP_RUN_FILE_READ, &file, NULL));
  nn_check(bp_run_file_check(file, NULL) && bp_run_file_steps(file, 0, back, 200, &n, NULL));
  nn_check_int(n, 100);
  nn_check(back[7].loss == 2.3f / 8);
  bp_run_file_close(file);
}

enum { NOBODY_ELSE = 77 };

/* The same where nothing can be written: read by a copy, and the file stays as the killed program
 * left it. In a child, which may have to become somebody who is not root. */
static int read_where_nothing_can_be_written(void)
{
  BpRunFile *file = NULL;
  NnProgress back[200];
  NnError err = {0};
  size_t n = 0;
  const char *copies = getenv("TMPDIR");
  if (geteuid() == 0 && (setuid(65534) != 0 || access(copies ? copies : "/tmp", W_OK) != 0))
    return NOBODY_ELSE;
  if (!bp_run_file_open(in_folder("h.bprun"), BP_RUN_FILE_READ, &file, &err) ||
      !bp_run_file_check(file, &err) || !bp_run_file_steps(file, 0, back, 200, &n, &err))
    return fprintf(stderr, "# %s\n", err.text), 2;
  bp_run_file_close(file);
  file = NULL;
  if (n != 100 || back[7].loss != 2.3f / 8)
    return 3;
  return bp_run_file_open(in_folder("h.bprun"), BP_RUN_FILE_EDIT, &file, &err) ? 4 : 0;
}

static void test_read_only(void)
{
  int status = 0;
  kill_in_commit("h.bprun");
  nn_check(chmod(in_folder("h.bprun"), 0444) == 0 &&
           chmod(in_folder("h.bprun-journal"), 0444) == 0);
  nn_check(chmod(test_folder, 0555) == 0);
  long size = size_of(in_folder("h.bprun"));
  pid_t child = fork();
  if (child == 0)
    _exit(read_where_nothing_can_be_written());
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == NOBODY_ELSE)
    nn_skip("there are no other people in this sandbox");
  else
    nn_check_int(WEXITSTATUS(status), 0);
  nn_check(chmod(test_folder, 0700) == 0);
  nn_check_int(size_of(in_folder("h.bprun")), size);
}

int main(void)
{
  folder_make();
  nn_test("steps", test_steps);
  nn_test("epochs", test_epochs);
  nn_test("checkpoints", test_checkpoints);
  nn_test("goes back to a checkpoint", test_rewind);
  nn_test("properties", test_info);
  nn_test("not a run", test_not_a_run);
  nn_test("never over another file", test_exists);
  nn_test("damaged", test_damaged);
  nn_test("hostile", test_hostile);
  nn_test("odd values", test_odd_values);
  nn_test("two programs", test_two_programs);
  nn_test("locks stay", test_locks_stay);
  nn_test("killed in a commit", test_hot_journal);
  nn_test("killed in a commit, and nothing can be written", test_read_only);
  int status = nn_test_done();
  folder_remove();
  return status;
}
