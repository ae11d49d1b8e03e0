/* test-locate.c: which data is opened, by argument and environment. */
#include "files.h"
#include "data/locate.h"
#include "engine/mem.h"
#include "tests/unit/sentence.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const MnistForm first = {3, 2, 6, 5, '-', false}, second = {4, 2, 6, 5, '-', true};

static void set(const char *name, const char *value)
{
  if (value)
    setenv(name, value, 1);
  else
    unsetenv(name);
}

static void set_all(const char *backprop_data, const char *xdg_data_home, const char *home)
{
  set("BACKPROP_DATA", backprop_data);
  set("XDG_DATA_HOME", xdg_data_home);
  set("HOME", home);
}

static const char *made_mnist(const char *dir, const char *below, MnistForm form)
{
  const char *path = files_path(dir, below);
  files_make_dir(path);
  files_mnist(path, form);
  return path;
}

/* Opens `dir` and checks how many training pictures were found, and where. */
static void check_opens(const char *dir, size_t n_train, const char *where)
{
  NnDataset *dataset = NULL;
  NnError err = {0};
  if (!nn_check(nn_dataset_open(dir, 0, &dataset, &err))) {
    printf("# %s\n", err.text);
    return;
  }
  nn_check_int(dataset->train.n, n_train);
  if (where)
    nn_check_str(dataset->where, where);
  nn_check(dataset->practice == !where);
  nn_dataset_free(dataset);
}

static void check_refused(const char *dir, NnStatus status, const char *part)
{
  NnDataset *dataset = NULL;
  NnError err;
  poison(&err);
  nn_check(!nn_dataset_open(dir, 0, &dataset, &err));
  nn_check(dataset == NULL);
  nn_check_int(err.status, status);
  nn_check_has(err.text, part);
  check_sentence(&err, part);
}

static void test_argument_first(void)
{
  const char *dir = files_new_dir(), *named = made_mnist(dir, "named", first),
             *other = made_mnist(dir, "other", second);
  set_all(other, NULL, NULL);
  check_opens(named, 3, named);
  check_opens(NULL, 4, other);
}

static void test_explicit_is_no_fallback(void)
{
  const char *dir = files_new_dir(), *empty = files_path(dir, "empty");
  const char *home = made_mnist(dir, "home/backprop", first);
  files_make_dir(empty);
  set_all(NULL, files_path(dir, "home"), NULL);
  check_opens(NULL, 3, home);
  check_refused(empty, NN_ERR_IO, empty);
  check_refused(files_path(dir, "absent"), NN_ERR_IO, "absent");
  set_all(empty, files_path(dir, "home"), NULL);
  check_refused(NULL, NN_ERR_IO, empty);
}

static void test_user_dir(void)
{
  const char *dir = files_new_dir();
  const char *xdg = made_mnist(dir, "xdg/backprop/MNIST/raw", first);
  const char *home = made_mnist(dir, "home/.local/share/backprop", second);
  set_all(NULL, files_path(dir, "xdg"), files_path(dir, "home"));
  check_opens(NULL, 3, xdg);
  set_all("", "", files_path(dir, "home"));
  check_opens(NULL, 4, home);
  set_all(NULL, "relative/names/do/not/count", files_path(dir, "home"));
  check_opens(NULL, 4, home);
  char *name = NULL;
  nn_check(nn_data_user_dir(&name, NULL));
  nn_check_str(name, home);
  nn_free(name);
  set_all(NULL, NULL, NULL);
  nn_check(nn_data_user_dir(&name, NULL));
  nn_check(name == NULL);
}

/* Some files in the user's directory, but not all: not passed over in silence. */
static void test_half_a_set(void)
{
  const char *dir = files_new_dir();
  const char *home = made_mnist(dir, "backprop", first);
  nn_check_int(remove(files_path(home, files_names[3])), 0);
  set_all(NULL, dir, NULL);
  check_refused(NULL, NN_ERR_IO, files_names[3]);
}

static void test_practice(void)
{
  const char *dir = files_new_dir();
  const char *home = made_mnist(dir, "backprop", first);
  set_all(NULL, dir, NULL);
  check_opens(NULL, 3, home);
  check_opens("practice", 60000, NULL);
  set_all("practice", dir, NULL);
  check_opens(NULL, 60000, NULL);
}

static void test_fallback(void)
{
  const char *dir = files_new_dir();
  set_all(NULL, dir, NULL);
  check_opens(NULL, 60000, NULL);
}

/* Opens with the k-th allocation failing, for k = 1, 2, …: clean, and nothing stays behind. */
static void test_out_of_memory(void)
{
  const char *dir = files_new_dir();
  made_mnist(dir, "backprop", second);
  set_all(NULL, dir, NULL);
  bool failed = true;
  for (int k = 1; failed; k++) {
    NnDataset *dataset = NULL;
    NnError err = {0};
    fail_alloc_start(k);
    bool ok = nn_dataset_open(NULL, 0, &dataset, &err);
    failed = fail_alloc_failed();
    nn_check(ok == !failed);
    nn_check_int(err.status, failed ? NN_ERR_NOMEM : NN_OK);
    nn_dataset_free(dataset);
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
  }
}

int main(void)
{
  nn_test("the argument comes first, then the variable", test_argument_first);
  nn_test("what is named must be there", test_explicit_is_no_fallback);
  nn_test("looks in the user's data directory", test_user_dir);
  nn_test("half a set is an error", test_half_a_set);
  nn_test("practice digits by name", test_practice);
  nn_test("practice digits when nothing is there", test_fallback);
  nn_test("runs out of memory cleanly, wherever", test_out_of_memory);
  return nn_test_done();
}
