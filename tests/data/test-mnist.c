/* test-mnist.c: the four files together: where they are found, what does not fit together, memory
 * that runs out, and MNIST itself where there is one (BACKPROP_TEST_MNIST). */
#include "files.h"
#include "data/idx.h"
#include "data/mnist.h"
#include "tests/unit/sentence.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const MnistForm usual = {7, 4, 6, 5, '-', false};

/* Pictures of this size are MNIST's only where the directory says so. */
static void check_content(const NnDataset *dataset, const char *where)
{
  bool named = strstr(where, "MNIST/raw") != NULL;
  nn_check_str(dataset->name, named ? "mnist" : "idx");
  if (named)
    nn_check_str(dataset->title, "MNIST");
  else
    nn_check_has(where, dataset->title);
  nn_check(!dataset->practice);
  nn_check_int(dataset->n_classes, 10);
  nn_check_str(dataset->where, where);
  nn_check(nn_shape_equal(dataset->shape, nn_shape_3d(1, 6, 5)));
  const NnSplit *splits[2] = {&dataset->train, &dataset->test};
  for (int s = 0; s < 2; s++) {
    nn_check_int(splits[s]->n, s == 0 ? 7 : 4);
    for (size_t i = 0; i < splits[s]->n; i++)
      nn_check_int(splits[s]->labels[i], files_label(i));
    for (size_t i = 0; i < splits[s]->n * 30; i++)
      nn_check_int(splits[s]->images[i], files_pixel(i / 30, i % 30));
  }
}

static void check_loads(const char *dir, const char *where)
{
  NnDataset *dataset = NULL;
  NnError err = {0};
  if (!nn_check(nn_dataset_load(dir, &dataset, &err))) {
    printf("# %s\n", err.text);
    return;
  }
  check_content(dataset, where);
  nn_dataset_free(dataset);
}

static void test_places(void)
{
  static const char *const below[] = {"", "MNIST/raw", "raw"};
  for (int p = 0; p < 3; p++)
    for (int form = 0; form < 4; form++) {
      const char *dir = files_new_dir(), *where = dir;
      if (below[p][0]) {
        where = files_path(dir, below[p]);
        files_make_dir(where);
      }
      MnistForm wanted = usual;
      wanted.separator = form % 2 ? '.' : '-';
      wanted.gzip = form / 2;
      files_mnist(where, wanted);
      check_loads(dir, where);
    }
}

static void test_mixed_forms(void)
{
  const char *dir = files_new_dir();
  files_mnist(dir, usual);
  MnistForm other = usual;
  other.separator = '.';
  other.gzip = true;
  files_mnist(dir, other);
  nn_check_int(unlink(files_path(dir, "train-labels-idx1-ubyte")), 0);
  nn_check_int(unlink(files_path(dir, "t10k-images-idx3-ubyte")), 0);
  nn_check_int(unlink(files_path(dir, "t10k-labels.idx1-ubyte.gz")), 0);
  check_loads(dir, dir);
  char slash[512];
  snprintf(slash, sizeof slash, "%s//", dir);
  check_loads(slash, dir);
}

/* Half a set must not hide a whole one that is further down. */
static void test_whole_before_half(void)
{
  const char *dir = files_new_dir(), *raw = files_path(dir, "raw");
  files_mnist(dir, usual);
  nn_check_int(unlink(files_path(dir, files_names[3])), 0);
  files_make_dir(raw);
  files_mnist(raw, usual);
  check_loads(dir, raw);
}

static void check_refused(const char *dir, NnStatus status, const char *part1, const char *part2)
{
  NnDataset *untouched = (NnDataset *)&usual, *dataset = untouched;
  NnError err;
  poison(&err);
  nn_check(!nn_dataset_load(dir, &dataset, &err));
  nn_check(dataset == untouched);
  nn_check_int(err.status, status);
  nn_check_has(err.text, part1);
  nn_check_has(err.text, part2);
  size_t n = strlen(err.text);
  nn_check(n > 0 && err.text[n - 1] == '.');
  check_sentence(&err, part1);
}

static void test_nothing_there(void)
{
  const char *dir = files_new_dir(), *absent = files_path(dir, "absent");
  check_refused(absent, NN_ERR_IO, absent, "No such file or directory");
  check_refused(dir, NN_ERR_IO, dir, "MNIST/raw and raw");
  const char *file = files_path(dir, "file");
  files_write(file, (FileBytes){(uint8_t *)"x", 1});
  check_refused(file, NN_ERR_IO, file, "is a file; give the directory");
  char *endless = malloc(9000);
  memset(endless, 'd', 8999);
  endless[8999] = '\0';
  check_refused(endless, NN_ERR_IO, "8999 bytes long", "allowed are");
  free(endless);
  check_refused("", NN_ERR_IO, "The name of the data directory is empty.", "");
}

static void test_some_missing(void)
{
  const char *dir = files_new_dir(), *raw = files_path(dir, "MNIST/raw");
  files_make_dir(raw);
  files_mnist(raw, usual);
  nn_check_int(unlink(files_path(raw, files_names[1])), 0);
  check_refused(dir, NN_ERR_IO, raw, "3 of the 4 MNIST files; missing: train-labels-idx1-ubyte (");
  nn_check_int(unlink(files_path(raw, files_names[2])), 0);
  check_refused(dir, NN_ERR_IO, raw, "missing: train-labels-idx1-ubyte, t10k-images-idx3-ubyte (");
}

/* A directory with one file replaced. */
static const char *spoilt(int file, int n_dims, const uint32_t *dims, const uint8_t *values)
{
  const char *dir = files_new_dir();
  files_mnist(dir, usual);
  FileBytes content = files_idx(n_dims, dims, values);
  files_write(files_path(dir, files_names[file]), content);
  files_drop(&content);
  return dir;
}

static void test_misfits(void)
{
  static const uint8_t zeros[512];
  const char *dir = spoilt(1, 1, (uint32_t[]){6}, zeros);
  check_refused(dir, NN_ERR_FORMAT, "train-labels-idx1-ubyte contains 6 labels",
                "train-images-idx3-ubyte contains 7 images");
  dir = spoilt(3, 1, (uint32_t[]){5}, zeros);
  check_refused(dir, NN_ERR_FORMAT, "t10k-labels-idx1-ubyte contains 5 labels",
                "t10k-images-idx3-ubyte contains 4 images");
  dir = spoilt(2, 3, (uint32_t[]){4, 5, 6}, zeros);
  check_refused(dir, NN_ERR_FORMAT, "t10k-images-idx3-ubyte contains images of 5 × 6",
                "the training images have 6 × 5");
  dir = spoilt(0, 1, (uint32_t[]){7}, zeros);
  check_refused(dir, NN_ERR_FORMAT, "train-images-idx3-ubyte is not an IDX file of images",
                "00 00 08 01");
}

/* Nothing is unpacked for what the headers can tell: the values of the training images, which are
 * damaged here, are not even looked at. */
static void test_headers_first(void)
{
  static const uint8_t zeros[7 * 30];
  FileBytes plain = files_idx(3, (uint32_t[]){7, 6, 5}, zeros);
  FileBytes packed = files_gzip(plain), damaged = files_flip(packed, packed.n - 6);
  const char *dir = spoilt(2, 3, (uint32_t[]){4, 5, 6}, zeros);
  files_write(files_path(dir, files_names[0]), damaged);
  check_refused(dir, NN_ERR_FORMAT, "t10k-images-idx3-ubyte contains images of 5 × 6",
                "the training images have 6 × 5");
  dir = spoilt(3, 1, (uint32_t[]){5}, zeros);
  files_write(files_path(dir, files_names[0]), damaged);
  check_refused(dir, NN_ERR_FORMAT, "t10k-labels-idx1-ubyte contains 5 labels",
                "t10k-images-idx3-ubyte contains 4 images");
  dir = files_new_dir();
  files_mnist(dir, usual);
  files_write(files_path(dir, files_names[0]), damaged);
  check_refused(dir, NN_ERR_FORMAT, "train-images-idx3-ubyte", "damaged");
  files_drop(&plain);
  files_drop(&packed);
  files_drop(&damaged);
}

/* In a directory that is MNIST's by name; elsewhere there may be as many classes as fit. */
static void test_labels_out_of_range(void)
{
  static const uint8_t values[2][7] = {{0, 9, 1, 2, 10, 3, 11}, {0, 9, 1, 255}};
  static const char *const found[2] = {"train-labels-idx1-ubyte: label 4 is 10",
                                       "t10k-labels-idx1-ubyte: label 3 is 255"};
  for (int half = 0; half < 2; half++) {
    const char *dir = files_new_dir(), *raw = files_path(dir, "MNIST/raw");
    files_make_dir(raw);
    files_mnist(raw, usual);
    FileBytes content = files_idx(1, (uint32_t[]){half ? 4 : 7}, values[half]);
    files_write(files_path(raw, files_names[2 * half + 1]), content);
    files_drop(&content);
    check_refused(dir, NN_ERR_FORMAT, found[half], "allowed are 0 to 9");
  }
}

/* Fails the k-th allocation for k = 1, 2, … until loading succeeds. */
static void sweep(const char *dir)
{
  for (int k = 1;; k++) {
    NnDataset *untouched = (NnDataset *)&usual, *dataset = untouched;
    NnError err = {0};
    fail_alloc_start(k);
    bool ok = nn_dataset_load(dir, &dataset, &err);
    bool failed = fail_alloc_failed();
    if (ok)
      nn_dataset_free(dataset);
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
    if (!failed) {
      nn_check(ok);
      nn_check(k > 8); /* the set, two splits of two blocks, two lists of labels, a name */
      return;
    }
    nn_check(!ok && dataset == untouched);
    nn_check_int(err.status, NN_ERR_NOMEM);
    nn_check(err.text[0] != '\0');
  }
}

static void test_out_of_memory(void)
{
  const char *plain = files_new_dir(), *packed = files_new_dir();
  files_mnist(plain, usual);
  MnistForm form = usual;
  form.gzip = true;
  files_mnist(packed, form);
  sweep(plain);
  sweep(packed);
}

/* A broken file must not leave anything behind either. */
static void test_nothing_leaked(void)
{
  static const uint8_t bad[512] = {99};
  for (int file = 0; file < 4; file++) {
    const char *dir = spoilt(file, 1, (uint32_t[]){5}, bad);
    NnDataset *dataset = NULL;
    fail_alloc_start(0);
    nn_check(!nn_dataset_load(dir, &dataset, NULL));
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
  }
}

static void test_limits(void)
{
  NnDataset *dataset = NULL;
  NnError err = {0};
  nn_check(!nn_dataset_new("x", "X", nn_shape_3d(1, 257, 1), 10, &dataset, &err));
  nn_check_int(err.status, NN_ERR_SHAPE);
  nn_check_has(err.text, "1 × 257 × 1");
  nn_check(!nn_dataset_new("x", "X", nn_shape_2d(28, 28), 10, &dataset, NULL));
  nn_check(!nn_dataset_new("x", "X", nn_shape_3d(1, 28, 28), 1001, &dataset, &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_has(err.text, "1001 classes");
  nn_check(!nn_dataset_new("x", "X", nn_shape_3d(1, 28, 28), 0, &dataset, NULL));
  nn_check(dataset == NULL);
  nn_check(nn_dataset_new("x", "X", nn_shape_3d(4, 256, 256), 1000, &dataset, NULL));
  nn_check(!nn_split_alloc(&dataset->train, dataset->shape, 0, NULL));
  nn_check(!nn_split_alloc(&dataset->train, dataset->shape, NN_MAX_SAMPLES + 1, &err));
  nn_check_has(err.text, "50000001 images");
  nn_check(dataset->train.images == NULL && dataset->train.n == 0);
  /* 50 million pictures of 4 × 256 × 256 bytes are 13 terabytes. */
  nn_check(!nn_split_alloc(&dataset->train, dataset->shape, NN_MAX_SAMPLES, &err));
  nn_check_int(err.status, NN_ERR_NOMEM);
  nn_check_has(err.text,
               "50000000 images of 262144 bytes would take 13107 GB of memory, but only ");
  nn_check(dataset->train.images == NULL && dataset->train.n == 0);
  nn_dataset_free(dataset);
  nn_dataset_free(NULL);
}

static void test_summary(void)
{
  const char *dir = files_path(files_new_dir(), "MNIST");
  files_make_dir(dir);
  files_mnist(dir, (MnistForm){1234, 4, 28, 28, '-', false});
  NnDataset *dataset = NULL;
  char text[NN_SUMMARY_TEXT], wanted[NN_SUMMARY_TEXT], name[NN_CLASS_TEXT];
  nn_check(nn_dataset_load(dir, &dataset, NULL));
  snprintf(wanted, sizeof wanted,
           "MNIST: 1 234 training and 4 test images of 1 × 28 × 28, 10 classes, from %s", dir);
  nn_check_str(nn_dataset_summary(dataset, text), wanted);
  nn_check_str(nn_dataset_class_name(dataset, 7, name), "7");
  nn_dataset_free(dataset);
}

/* ---- more than fits into memory ---- */

enum { MANY = 10000000, SIDE = 28 };

/* Bytes of this process in memory, by /proc/self/statm. */
static size_t resident(void)
{
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%*u %lu", &pages) != 1)
    pages = 0;
  if (file)
    fclose(file);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* `header`, and n bytes of 0 but the last, which take no room on the disk; false: it cannot be had.
 */
static bool write_sparse(const char *path, FileBytes header, off_t n, uint8_t last)
{
  files_write(path, header);
  FILE *file = fopen(path, "r+b");
  bool ok =
      file && fseeko(file, (off_t)header.n + n - 1, SEEK_SET) == 0 && fputc(last, file) == last;
  return file && fclose(file) == 0 && ok;
}

/* Ten million pictures are 7.8 GB: mapped, they take the memory of those that are looked at. */
static void test_many(void)
{
  const char *dir = files_new_dir();
  files_mnist(dir, (MnistForm){5, 4, SIDE, SIDE, '-', false});
  uint8_t images[16] = {
      0,    0, 8, 3, MANY >> 24, MANY >> 16 & 255, MANY >> 8 & 255, MANY & 255, 0, 0, 0,
      SIDE, 0, 0, 0, SIDE};
  uint8_t labels[8] = {0, 0, 8, 1, MANY >> 24, MANY >> 16 & 255, MANY >> 8 & 255, MANY & 255};
  bool made = write_sparse(files_path(dir, files_names[0]), (FileBytes){images, 16},
                           (off_t)MANY * SIDE * SIDE, 77) &&
              write_sparse(files_path(dir, files_names[1]), (FileBytes){labels, 8}, MANY, 9);
  if (!made) {
    nn_skip("no room here for a sparse file of 7.8 GB");
    return;
  }
  NnDataset *dataset = NULL;
  NnError err = {0};
  size_t before = resident();
  if (!nn_check(nn_dataset_load(dir, &dataset, &err))) {
    printf("# %s\n", err.text);
    return;
  }
  nn_check_int(dataset->train.n, MANY);
  nn_check(dataset->train.memory.mapped && !dataset->test.memory.mapped);
  nn_check_int(dataset->train.images[0], 0);
  nn_check_int(dataset->train.images[(size_t)MANY * SIDE * SIDE - 1], 77);
  nn_check_int(dataset->train.labels[MANY - 1], 9);
  nn_check(resident() - before < 100000000); /* 40 MB of labels, a few pages of pictures */
  nn_dataset_free(dataset);
}

/* Of the processor, not of the clock on the wall: other programs must not make the test fail. */
/* Of all pixels, scaled to 0 … 1; published values for MNIST are 0.1307 and 0.1325. */
static double mean_pixel(const NnSplit *split, size_t size)
{
  double sum = 0;
  for (size_t i = 0; i < split->n * size; i++)
    sum += split->images[i];
  return sum / 255 / (double)(split->n * size);
}

static void test_real(void)
{
  const char *dir = getenv("BACKPROP_TEST_MNIST");
  NnMnistFiles files;
  if (!dir || nn_mnist_find(dir, &files) < NN_N_MNIST_FILES) {
    nn_skip("no MNIST here (BACKPROP_TEST_MNIST)");
    return;
  }
  NnDataset *dataset = NULL;
  NnError err = {0};
  if (!nn_check(nn_dataset_load(dir, &dataset, &err)))
    return;
  nn_check_int(dataset->train.n, 60000);
  nn_check_int(dataset->test.n, 10000);
  nn_check(nn_shape_equal(dataset->shape, nn_shape_3d(1, 28, 28)));
  static const int train[] = {5, 0, 4, 1, 9}, test[] = {7, 2, 1, 0, 4};
  for (int i = 0; i < 5; i++) {
    nn_check_int(dataset->train.labels[i], train[i]);
    nn_check_int(dataset->test.labels[i], test[i]);
  }
  nn_check_near(mean_pixel(&dataset->train, 784), 0.1307, 5e-5, 0);
  nn_check_near(mean_pixel(&dataset->test, 784), 0.1325, 5e-5, 0);
  nn_dataset_free(dataset);
}

int main(void)
{
  nn_test("finds every form in every place", test_places);
  nn_test("takes forms as they come", test_mixed_forms);
  nn_test("prefers a whole set to half a one", test_whole_before_half);
  nn_test("says that nothing is there", test_nothing_there);
  nn_test("says which files are missing", test_some_missing);
  nn_test("refuses files that do not fit together", test_misfits);
  nn_test("refuses what does not fit by the headers alone", test_headers_first);
  nn_test("refuses labels out of range", test_labels_out_of_range);
  nn_test("runs out of memory cleanly, wherever", test_out_of_memory);
  nn_test("leaves nothing behind a broken file", test_nothing_leaked);
  nn_test("keeps the limits of a data set", test_limits);
  nn_test("sums up in one line", test_summary);
  nn_test("maps what is larger than memory", test_many);
  nn_test("reads MNIST itself", test_real);
  return nn_test_done();
}
