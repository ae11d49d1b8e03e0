/* test-out-file.c: a file has its name only when it is complete, and nothing is written through
 * what others have put in the way. What is right is what POSIX says of rename() and open(), and for
 * links what a shell's > does (path_resolution(7), proc(5): fs.protected_symlinks). */
#include "tests/check.h"
#include "engine/mem.h"
#include "engine/out-file.h"
#include "engine/set-aside.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static char folder[] = "/tmp/backprop-test-XXXXXX";

static const char *file(const char *name)
{
  static char path[4][PATH_MAX];
  static int turn;
  turn = (turn + 1) % 4;
  snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
  return path[turn];
}

static void put(const char *path, const char *text)
{
  FILE *f = fopen(path, "w");
  nn_check(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static const char *content(const char *path)
{
  static char text[256];
  FILE *f = fopen(path, "r");
  size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
  text[n] = '\0';
  if (f)
    fclose(f);
  return f ? text : "(no file)";
}

static bool exists(const char *path)
{
  struct stat info;
  return lstat(path, &info) == 0;
}

static bool write_text(const char *path, const char *text, NnError *err)
{
  NnOutFile out;
  if (!nn_out_open(&out, path, err))
    return false;
  nn_check(fputs(text, out.file) >= 0);
  return nn_out_close(&out, true, err);
}

static void refused(const char *path, const char *reason)
{
  NnError err = {0};
  nn_check(!write_text(path, "x", &err));
  nn_check_int(err.status, NN_ERR_IO);
  nn_check_has(err.text, reason);
  nn_check(!nn_out_check(path, NULL));
}

static void test_new(void)
{
  NnError err = {0};
  NnOutFile out;
  nn_check(nn_out_open(&out, file("new"), &err));
  nn_check(!exists(file("new")) && exists(file(".new.backprop-part")));
  fputs("whole", out.file);
  nn_check(nn_out_close(&out, true, &err));
  nn_check_str(content(file("new")), "whole");
  nn_check(!exists(file(".new.backprop-part")));
  nn_check(!out.file && nn_out_close(&out, true, &err));
}

static void test_kept(void)
{
  NnError err = {0};
  NnOutFile out;
  struct stat info;
  put(file("old"), "old");
  chmod(file("old"), 0640);
  nn_check(nn_out_open(&out, file("old"), &err));
  fputs("half", out.file);
  nn_check(nn_out_close(&out, false, &err));
  nn_check_str(content(file("old")), "old");
  nn_check(!exists(file(".old.backprop-part")));
  nn_check(nn_out_check(file("old"), &err));
  nn_check_str(content(file("old")), "old");
  nn_check(write_text(file("old"), "new", &err));
  nn_check_str(content(file("old")), "new");
  nn_check(stat(file("old"), &info) == 0);
  nn_check_int(info.st_mode & 07777, 0640);
}

static void test_full(void)
{
  struct rlimit limit, small;
  NnError err = {0};
  NnOutFile out;
  put(file("kept"), "kept");
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 10;
  nn_check(nn_out_open(&out, file("kept"), &err));
  fputs("more than ten bytes", out.file);
  setrlimit(RLIMIT_FSIZE, &small);
  nn_check(!nn_out_close(&out, true, &err));
  setrlimit(RLIMIT_FSIZE, &limit);
  nn_check_has(err.text, "kept cannot be written: File too large.");
  nn_check_str(content(file("kept")), "kept");
  nn_check(!exists(file(".kept.backprop-part")));
  nn_check(nn_out_open(&out, "/dev/full", &err));
  fputs("x", out.file);
  nn_check(!nn_out_close(&out, true, &err));
  nn_check_str(err.text, "/dev/full cannot be written: No space left on device.");
}

static void test_links(void)
{
  NnError err = {0};
  mkdir(file("below"), 0700);
  put(file("below/target"), "old");
  nn_check_int(symlink("below/target", file("second")), 0);
  nn_check_int(symlink(file("second"), file("first")), 0);
  nn_check(write_text(file("first"), "new", &err));
  nn_check_str(content(file("below/target")), "new");
  nn_check_int(symlink("below/missing", file("dangling")), 0);
  nn_check(write_text(file("dangling"), "made", &err));
  nn_check_str(content(file("below/missing")), "made");
  char says[64] = "";
  nn_check(readlink(file("dangling"), says, sizeof says) > 0);
  nn_check_str(says, "below/missing");
  nn_check_int(symlink("ring", file("ring")), 0);
  refused(file("ring"), strerror(ELOOP));
}

static void test_refused(void)
{
  char name[NAME_MAX + 2];
  refused(file("missing/x"), "missing/x cannot be written: No such file or directory.");
  refused(folder, "Is a directory.");
  refused(file("x/"), "cannot be written: ");
  refused("", "cannot be written: ");
  put(file("plain"), "");
  refused(file("plain/x"), "Not a directory.");
  memset(name, 'n', sizeof name);
  name[NAME_MAX + 1] = '\0';
  refused(file(name), strerror(ENAMETOOLONG));
}

static void test_long_name(void)
{
  char name[NAME_MAX + 1];
  NnError err = {0};
  memset(name, 'n', sizeof name);
  name[NAME_MAX] = '\0';
  nn_check(write_text(file(name), "long", &err));
  nn_check_str(err.text, "");
  nn_check_str(content(file(name)), "long");
}

/* Somebody else's files where the part would be. */
static void test_in_the_way(void)
{
  put(file("victim"), "precious");
  nn_check_int(symlink(file("victim"), file(".a.backprop-part")), 0);
  refused(file("a"), ".a.backprop-part is in the way; remove it first.");
  nn_check_int(link(file("victim"), file(".b.backprop-part")), 0);
  refused(file("b"), ".b.backprop-part is in the way; remove it first.");
  nn_check_int(mkfifo(file(".c.backprop-part"), 0600), 0);
  refused(file("c"), ".c.backprop-part is in the way; remove it first.");
  mkdir(file(".d.backprop-part"), 0700);
  refused(file("d"), ".d.backprop-part is in the way; remove it first.");
  nn_check_str(content(file("victim")), "precious");
}

static void test_left_over(void)
{
  NnError err = {0};
  put(file(".e.backprop-part"), "of a program that was killed");
  nn_check(write_text(file("e"), "whole", &err));
  nn_check_str(content(file("e")), "whole");
  nn_check(!exists(file(".e.backprop-part")));
  put(file(".e.backprop-part"), "again");
  nn_out_sweep(file("e"));
  nn_check(!exists(file(".e.backprop-part")));
  nn_check_int(symlink(file("e"), file(".e.backprop-part")), 0);
  nn_out_sweep(file("e"));
  nn_check(exists(file(".e.backprop-part")));
}

/* What took long to write is kept under a name that can be seen, whatever lies there already. */
static void test_rescue(void)
{
  NnError err = {0};
  char *kept;
  nn_check(nn_out_rescue(file("r.csv"), 6, &kept, &err) && !kept);
  put(file(".r.csv.backprop-part"), "header");
  nn_check(nn_out_rescue(file("r.csv"), 6, &kept, &err) && !kept);
  for (int i = 0; i < 2; i++) {
    put(file(".r.csv.backprop-part"), i ? "header 2" : "header 1");
    nn_check(nn_out_rescue(file("r.csv"), 6, &kept, &err) && kept);
    nn_check_str(kept, file(i ? "r-unfinished-2.csv" : "r-unfinished.csv"));
    nn_free(kept);
  }
  nn_check(!exists(file(".r.csv.backprop-part")));
  nn_check_str(content(file("r-unfinished.csv")), "header 1");
  nn_check_str(content(file("r-unfinished-2.csv")), "header 2");
  NnOutFile out;
  nn_check(nn_out_open(&out, file("r.csv"), &err));
  fputs("of a program that writes", out.file);
  fflush(out.file);
  nn_check(nn_out_rescue(file("r.csv"), 6, &kept, &err) && !kept);
  nn_check(nn_out_close(&out, true, &err));
  put(file("victim"), "precious");
  nn_check_int(symlink(file("victim"), file(".r.csv.backprop-part")), 0);
  nn_check(nn_out_rescue(file("r.csv"), 6, &kept, &err) && !kept);
}

static void test_set_aside(void)
{
  NnError err = {0};
  char *to = NULL;
  put(file("plain"), "mine");
  nn_check(nn_set_aside(file("plain"), file("plain"), "old", &to, &err));
  nn_check_str(to, file("plain-old"));
  nn_check_str(content(to), "mine");
  nn_free(to);
  nn_check(!nn_set_aside(file("plain"), file("plain"), "old", &to, &err));
  nn_check_int(err.status, NN_ERR_IO);
  nn_check_has(err.text, "/plain is in the way and cannot be renamed: No such file");
}

/* The lock belongs to the open file: another one of this program is refused like another program.
 */
static void test_two_at_once(void)
{
  NnError err = {0};
  NnOutFile first, second;
  nn_check(nn_out_open(&first, file("shared"), &err));
  nn_check_int(symlink("shared", file("other-name")), 0);
  nn_check(!nn_out_open(&second, file("other-name"), &err));
  nn_check_has(err.text, "another program is writing it at the moment");
  nn_out_sweep(file("shared"));
  fputs("first", first.file);
  nn_check(nn_out_close(&first, true, &err));
  nn_check_str(content(file("shared")), "first");
  nn_check(write_text(file("shared"), "second", &err));
}

/* In a child, as somebody who may do less. */
static void as_nobody(void (*function)(void))
{
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
      _exit(2);
    function();
    _exit(0);
  }
  int status;
  nn_check(waitpid(child, &status, 0) == child);
  nn_check_int(status, 0);
}

static void expect(const char *path, const char *reason)
{
  NnError err = {0};
  if (write_text(path, "x", &err) || !strstr(err.text, reason))
    _exit(3);
}

static void try_others(void)
{
  expect(file("sticky/link"), strerror(EACCES));
  expect(file("sticky/root's"), strerror(EPERM));
  expect(file("sticky/mine"), strerror(EACCES)); /* their own, but read-only */
  expect(file("closed/x"), strerror(EACCES));
}

static void make_read_only(void)
{
  int f = open(file("sticky/mine"), O_WRONLY | O_CREAT, 0444);
  _exit(f < 0);
}

static void test_others(void)
{
  if (geteuid() != 0) {
    nn_skip("only root can be somebody else");
    return;
  }
  chmod(folder, 0755);
  mkdir(file("sticky"), 0777);
  chmod(file("sticky"), 01777);
  mkdir(file("closed"), 0700);
  put(file("bashrc"), "precious");
  chmod(file("bashrc"), 0666);
  nn_check_int(symlink(file("bashrc"), file("sticky/link")), 0);
  if (lchown(file("sticky/link"), 1234, 1234) != 0) {
    nn_skip("there are no other people in this sandbox");
    return;
  }
  put(file("sticky/root's"), "");
  chmod(file("sticky/root's"), 0666);
  as_nobody(make_read_only);
  as_nobody(try_others);
  refused(file("sticky/link"), strerror(EACCES));
  nn_check_str(content(file("bashrc")), "precious");
}

static void test_descriptors(void)
{
  NnError err = {0};
  char name[64];
  int f = open(file("opened"), O_RDWR | O_CREAT, 0600);
  nn_check(write(f, "before ", 7) == 7);
  snprintf(name, sizeof name, "/dev/fd/%d", f);
  nn_check(write_text(name, "log", &err));
  nn_check_str(err.text, "");
  nn_check(write(f, " behind", 7) == 7);
  close(f);
  nn_check_str(content(file("opened")), "before log behind");
  nn_check(!exists(file(".opened.backprop-part")));
  refused("/dev/fd/77", "/dev/fd/77 cannot be written: ");
}

static int remove_all(void)
{
  char command[sizeof folder + 16];
  snprintf(command, sizeof command, "rm -r '%s'", folder);
  return system(command);
}

int main(void)
{
  if (!mkdtemp(folder))
    return 1;
  nn_test("a new file has its name when it is complete", test_new);
  nn_test("an old file is there until then, and keeps its mode", test_kept);
  nn_test("a full disk leaves the old file", test_full);
  nn_test("links are followed", test_links);
  nn_test("what cannot be written is refused at once", test_refused);
  nn_test("a name of the greatest length", test_long_name);
  nn_test("nothing is written through what is in the way", test_in_the_way);
  nn_test("what a killed program left is taken away", test_left_over);
  nn_test("or kept, where it took long to write", test_rescue);
  nn_test("a file in the way gets another name", test_set_aside);
  nn_test("two that write the same", test_two_at_once);
  nn_test("other people's links and files", test_others);
  nn_test("what the shell has opened", test_descriptors);
  int status = nn_test_done();
  return remove_all() == 0 ? status : 1;
}
