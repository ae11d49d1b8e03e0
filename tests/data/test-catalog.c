/* test-catalog.c: the sets that can be fetched: whether the table hangs together, how the sets are
 * told apart on the disk, and its checksums against real files where there are some. */
#include "files.h"
#include "data/byte-file.h"
#include "data/catalog.h"
#include "data/checksum.h"
#include "data/locate.h"
#include "data/mnist.h"
#include "engine/mem.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const MnistForm digits = {13, 2, 28, 28, '-', false}, clothes = {14, 2, 28, 28, '-', true};

static bool is_md5(const char *text)
{
  size_t n = 0;
  for (; text[n]; n++)
    if (!isxdigit((unsigned char)text[n]) || isupper((unsigned char)text[n]))
      return false;
  return n == NN_MD5_TEXT - 1;
}

static void test_table(void)
{
  nn_check_str(nn_catalog[0]->name, "mnist");
  nn_check(!nn_catalog_find("no such set"));
  for (int i = 0; nn_catalog[i]; i++) {
    const NnCatalogSet *set = nn_catalog[i];
    nn_check(nn_catalog_find(set->name) == set);
    uint64_t size = 0;
    for (int f = 0; f < NN_CATALOG_FILES; f++) {
      nn_check_has(set->files[f].name, files_names[f]);
      nn_check(is_md5(set->files[f].md5));
      nn_check(!set->files[f].content_md5 || is_md5(set->files[f].content_md5));
      size += set->files[f].size;
    }
    nn_check_int(nn_catalog_size(set), size);
    for (int m = 0; set->mirrors[m] || m == 0; m++) {
      nn_check(set->mirrors[m] && strncmp(set->mirrors[m], "http", 4) == 0);
      nn_check(set->mirrors[m] && set->mirrors[m][strlen(set->mirrors[m]) - 1] == '/');
    }
  }
}

/* No file may stand for two: a slip of the pen in a table of checksums. */
static void test_no_checksum_twice(void)
{
  const char *seen[64];
  int n = 0;
  for (int i = 0; nn_catalog[i]; i++)
    for (int f = 0; f < NN_CATALOG_FILES; f++) {
      for (int k = 0; k < n; k++)
        nn_check(strcmp(seen[k], nn_catalog[i]->files[f].md5) != 0);
      seen[n++] = nn_catalog[i]->files[f].md5;
    }
  nn_check_int(n, 12);
}

static const char *made(const char *dir, const char *below, MnistForm form)
{
  const char *path = below[0] ? files_path(dir, below) : dir;
  if (below[0])
    files_make_dir(path);
  files_mnist(path, form);
  return path;
}

static void check_opens(const char *dir, const char *name, const char *title, size_t n_train)
{
  NnDataset *dataset = NULL;
  NnError err = {0};
  if (!nn_check(nn_dataset_open_as(dir, name, 0, &dataset, &err))) {
    printf("# %s\n", err.text);
    return;
  }
  nn_check_str(dataset->title, title);
  nn_check_int(dataset->train.n, n_train);
  nn_dataset_free(dataset);
}

static void test_torchvision_root(void)
{
  const char *dir = files_new_dir();
  unsetenv("BACKPROP_DATA");
  made(dir, "MNIST/raw", digits);
  made(dir, "FashionMNIST/raw", clothes);
  check_opens(dir, "mnist", "MNIST", 13);
  check_opens(dir, "fashion-mnist", "Fashion-MNIST", 14);
  check_opens(files_path(dir, "FashionMNIST"), "mnist", "Fashion-MNIST", 14);
  check_opens(files_path(dir, "FashionMNIST/raw"), "mnist", "Fashion-MNIST", 14);
  check_opens(files_path(dir, "FashionMNIST/raw/"), "folder", "Fashion-MNIST", 14);
}

/* A folder that was opened counts, whatever the recipe's default is. */
static void test_only_another_set(void)
{
  const char *dir = files_new_dir();
  unsetenv("BACKPROP_DATA");
  made(dir, "KMNIST/raw", clothes);
  check_opens(dir, "mnist", "Kuzushiji-MNIST", 14);
  setenv("BACKPROP_DATA", dir, 1);
  check_opens(NULL, "kmnist", "Kuzushiji-MNIST", 14);
  unsetenv("BACKPROP_DATA");
}

/* Bare files are what the recipe asks for by name; MNIST is no more than the default. */
static void test_bare_files(void)
{
  const char *dir = made(files_new_dir(), "bare", digits);
  check_opens(dir, "mnist", "bare", 13);
  check_opens(dir, "idx", "bare", 13);
  check_opens(dir, "fashion-mnist", "Fashion-MNIST", 13);
  files_write(files_path(dir, "classes.txt"),
              (FileBytes){(uint8_t *)"a\nb\nc\nd\ne\nf\ng\nh\ni\nj", 19});
  check_opens(dir, "fashion-mnist", "bare", 13);
}

/* In the user's directory MNIST's bare files are not taken for another set, nor the other way. */
static void test_user_dir(void)
{
  const char *dir = files_new_dir();
  NnDataset *dataset = NULL;
  NnError err = {0};
  unsetenv("BACKPROP_DATA");
  setenv("XDG_DATA_HOME", dir, 1);
  const char *mine = made(dir, "backprop", digits);
  nn_check(!nn_dataset_open_as(NULL, "fashion-mnist", 0, &dataset, &err));
  nn_check_int(err.status, NN_ERR_IO);
  nn_check_has(err.text, "data get fashion-mnist");
  made(mine, "FashionMNIST/raw", clothes);
  check_opens(NULL, "fashion-mnist", "Fashion-MNIST", 14);
  check_opens(NULL, "mnist", "MNIST", 13);
  for (int f = 0; f < 4; f++)
    nn_check_int(unlink(files_path(mine, files_names[f])), 0);
  check_opens(NULL, "mnist", "Practice digits", 60000);
  nn_check_int(unlink(files_path(mine, "FashionMNIST/raw/t10k-labels-idx1-ubyte.gz")), 0);
  nn_check(!nn_dataset_open_as(NULL, "fashion-mnist", 0, &dataset, &err));
  nn_check_has(err.text, "3 of the 4 Fashion-MNIST files");
  nn_check(dataset == NULL);
}

static void test_class_names(void)
{
  const char *dir = files_new_dir();
  NnDataset *dataset = NULL;
  char text[NN_CLASS_TEXT];
  made(dir, "FashionMNIST/raw", clothes);
  made(dir, "MNIST/raw", digits);
  if (nn_check(nn_dataset_open_as(dir, "fashion-mnist", 0, &dataset, NULL))) {
    nn_check_str(dataset->name, "fashion-mnist");
    nn_check_str(nn_dataset_class_name(dataset, 0, text), "T-shirt/top");
    nn_check_str(nn_dataset_class_name(dataset, 9, text), "Ankle boot");
    nn_dataset_free(dataset);
  }
  if (nn_check(nn_dataset_open_as(dir, "mnist", 0, &dataset, NULL))) {
    nn_check_str(nn_dataset_class_name(dataset, 9, text), "9");
    nn_dataset_free(dataset);
  }
}

static void test_out_of_memory(void)
{
  const char *dir = files_new_dir();
  made(dir, "FashionMNIST/raw", clothes);
  bool failed = true;
  for (int k = 1; failed; k++) {
    NnDataset *dataset = NULL;
    NnError err = {0};
    fail_alloc_start(k);
    bool ok = nn_dataset_open_as(dir, "fashion-mnist", 0, &dataset, &err);
    failed = fail_alloc_failed();
    nn_check(ok == !failed);
    nn_dataset_free(dataset);
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
  }
}

/* Unpacked sizes of the real files; their checksums are compared where they are fetched. */
static void test_real_sizes(void)
{
  const char *dir = getenv("BACKPROP_TEST_MNIST");
  NnMnistFiles found;
  if (!dir || nn_mnist_find(dir, &found) < NN_N_MNIST_FILES) {
    nn_skip("no MNIST here");
    return;
  }
  for (int f = 0; f < NN_CATALOG_FILES; f++) {
    NnByteFile file;
    if (!nn_check(nn_byte_file_open(&file, found.paths[f], NULL)))
      continue;
    static uint8_t block[1 << 16];
    uint64_t size = 0;
    size_t got = 1;
    while (got > 0 && nn_check(nn_byte_file_read(&file, block, sizeof block, &got, NULL)))
      size += got;
    nn_check_int(size, nn_catalog[0]->files[f].content_size);
    nn_byte_file_close(&file);
  }
}

/* The files of `from` below another directory that says nothing, with the names they have. */
static const char *linked(const NnMnistFiles *from)
{
  const char *dir = files_path(files_new_dir(), "somebody's");
  files_make_dir(dir);
  for (int f = 0; f < NN_N_MNIST_FILES; f++)
    nn_check_int(symlink(from->paths[f], files_path(dir, strrchr(from->paths[f], '/') + 1)), 0);
  return dir;
}

static void check_name(const char *dir, const char *name, bool ink)
{
  NnDataset *dataset = NULL;
  if (!nn_check(nn_dataset_open_as(dir, "mnist", 0, &dataset, NULL)))
    return;
  nn_check_str(dataset->name, name);
  nn_check(dataset->ink == ink);
  nn_dataset_free(dataset);
}

/* MNIST is known by its checksums, wherever it lies, and what differs in one label is not it. */
static void test_real_content(void)
{
  const char *dir = getenv("BACKPROP_TEST_MNIST");
  NnMnistFiles found;
  NnDataset *real = NULL;
  if (!dir || nn_mnist_find(dir, &found) < NN_N_MNIST_FILES || !nn_dataset_load(dir, &real, NULL)) {
    nn_skip("no MNIST here");
    return;
  }
  const char *other = linked(&found);
  check_name(other, "mnist", true);
  uint8_t *values = malloc(real->test.n);
  for (size_t i = 0; i < real->test.n; i++)
    values[i] = (uint8_t)real->test.labels[i];
  values[5] = (uint8_t)(9 - values[5]);
  FileBytes labels = files_idx(1, (uint32_t[]){(uint32_t)real->test.n}, values);
  files_write(files_path(other, files_names[3]), labels);
  check_name(other, "idx", false);
  files_drop(&labels);
  free(values);
  nn_dataset_free(real);
}

/* The check value that every description of CRC-32 gives, at once and in parts. */
static void test_checksum(void)
{
  nn_check(nn_crc32(0, "123456789", 9) == 0xcbf43926u);
  nn_check(nn_crc32(nn_crc32(0, "1234", 4), "56789", 5) == 0xcbf43926u);
}

int main(void)
{
  nn_test("the table hangs together", test_table);
  nn_test("the checksum is gzip's", test_checksum);
  nn_test("no checksum stands there twice", test_no_checksum_twice);
  nn_test("finds each set below torchvision's root", test_torchvision_root);
  nn_test("takes another set that was opened", test_only_another_set);
  nn_test("bare files are what was asked for", test_bare_files);
  nn_test("does not mistake sets in the user's directory", test_user_dir);
  nn_test("names the classes", test_class_names);
  nn_test("runs out of memory cleanly, wherever", test_out_of_memory);
  nn_test("real files have the sizes of the table", test_real_sizes);
  nn_test("knows MNIST by its content", test_real_content);
  return nn_test_done();
}
