/* scale.c: see scale.h. */
#include "scale.h"
#include "data/mnist.h"
#include "app/cli/signals.h"
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3, MOST_TEXT = 4096 };
static const double SECONDS = 0.3;

typedef struct {
  const NnDataset *dataset;
  BenchResults *results;
  int n; /* points */
} Scale;

/* The best of a few tries: a point is compared with its neighbors, not with other programs. */
static bool add_point(Scale *s, const BenchPoint *point, const BenchTrial *trial, NnError *err)
{
  double best = 0;
  BenchPoint *made = &s->results->points[s->n];
  *made = *point;
  for (int i = 0; i < TRIES && !cli_signal(); i++) {
    double rate;
    if (!bench_trial(s->dataset, trial, &rate, &made->work, err))
      return false;
    best = rate > best ? rate : best;
  }
  made->seconds = 1 / best;
  s->n += best > 0;
  if (best <= 0)
    *made = (BenchPoint){0};
  return true;
}

/* A network 784-w-…-w-10 of `depth` layers in between. */
static void write_network(int width, int depth, char text[MOST_TEXT])
{
  size_t n = (size_t)snprintf(text, MOST_TEXT, "[{\"kind\": \"Flatten\"}");
  for (int i = 0; i < depth; i++)
    n += (size_t)snprintf(text + n, MOST_TEXT - n,
                          ", {\"kind\": \"Linear\", \"out_features\": %d}, {\"kind\": \"ReLU\"}",
                          width);
  snprintf(text + n, MOST_TEXT - n, ", {\"kind\": \"Linear\", \"out_features\": 10}]");
}

static bool add_network(Scale *s, const char *series, int width, int depth, NnError *err)
{
  char text[MOST_TEXT];
  const char *sets[] = {"network", text, NULL};
  BenchPoint point = {
      .series = series, .size = strcmp(series, "width") == 0 ? width : depth, .batch_size = 64};
  BenchTrial trial = {
      .sets = sets, .batch_size = 64, .seconds = SECONDS, .share = s->results->share};
  write_network(width, depth, text);
  return add_point(s, &point, &trial, err);
}

static bool add_networks(Scale *s, NnError *err)
{
  static const int depths[] = {1, 2, 5, 10, 20};
  for (int width = 64; width <= 4096; width *= 2)
    if (!add_network(s, "width", width, 2, err))
      return false;
  for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
    if (!add_network(s, "depth", 64, depths[i], err))
      return false;
  return true;
}

static bool add_batches(Scale *s, NnError *err)
{
  for (int batch = 8; batch <= 8192; batch *= 4) {
    BenchPoint point = {.series = "batch", .size = batch, .batch_size = batch};
    BenchTrial trial = {.batch_size = batch, .seconds = SECONDS, .share = s->results->share};
    if (!add_point(s, &point, &trial, err))
      return false;
  }
  return true;
}

static bool add_threads(Scale *s, NnError *err)
{
  int cores = s->results->machine.cores;
  for (int threads = 1; threads <= cores;
       threads = threads < cores && 2 * threads > cores ? cores : 2 * threads) {
    BenchPoint point = {.series = "threads", .size = threads, .batch_size = 512};
    BenchTrial trial = {
        .batch_size = 512, .n_threads = threads, .seconds = SECONDS, .share = s->results->share};
    if (!add_point(s, &point, &trial, err))
      return false;
  }
  return true;
}

/* ---- rows of data ---- */

/* A file with a header and `bytes` behind it that take no room on the disk, since all but the last
 * are 0. */
static bool make_sparse(const char *path, const uint32_t *header, size_t n_header, off_t bytes,
                        uint8_t last)
{
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  bool ok = fd >= 0 && write(fd, header, n_header) == (ssize_t)n_header &&
            pwrite(fd, &last, 1, (off_t)n_header + bytes - 1) == 1;
  return fd >= 0 && close(fd) == 0 && ok;
}

static bool make_half(const char *folder, const char *half, uint32_t n)
{
  char images[128], labels[128];
  uint32_t header[4] = {htobe32(0x803), htobe32(n), htobe32(28), htobe32(28)},
           of_labels[2] = {htobe32(0x801), htobe32(n)};
  snprintf(images, sizeof images, "%s/%s-images-idx3-ubyte", folder, half);
  snprintf(labels, sizeof labels, "%s/%s-labels-idx1-ubyte", folder, half);
  return make_sparse(images, header, sizeof header, (off_t)n * 784, 0) &&
         make_sparse(labels, of_labels, sizeof of_labels, (off_t)n, 9); /* ten classes */
}

static void remove_set(const char *folder)
{
  static const char *const names[] = {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3",
                                      "t10k-labels-idx1"};
  char path[128];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(path, sizeof path, "%s/%s-ubyte", folder, names[i]);
    unlink(path);
  }
  rmdir(folder);
}

/* Reads a file that is mapped once: what the first look at each page costs is the disk's. */
static void look_through(const NnSplit *split)
{
  const volatile uint8_t *bytes = split->memory.bytes;
  for (size_t i = 0; split->memory.mapped != 0 && i < split->memory.n; i += 4096)
    (void)bytes[i];
}

/* Pictures that are all black, whose number alone differs. */
static bool add_rows(Scale *s, const char *folder, int rows, NnError *err)
{
  char where[80];
  NnDataset *set = NULL;
  snprintf(where, sizeof where, "%.60s/rows", folder);
  bool ok =
      (mkdir(where, 0700) == 0 && make_half(where, "train", (uint32_t)rows) &&
       make_half(where, "t10k", 100)) ||
      nn_fail(err, NN_ERR_IO, where, "A file of %d images could not be made in %s.", rows, where);
  if (ok && nn_dataset_load(where, &set, err)) {
    Scale of_set = *s;
    BenchPoint point = {.series = "rows", .size = rows, .batch_size = 512};
    BenchTrial trial = {.batch_size = 512,
                        .seconds = 1}; /* the order of all rows is drawn before */
    look_through(&set->train);
    of_set.dataset = set;
    ok = add_point(&of_set, &point, &trial, err);
    s->n = of_set.n;
  } else {
    ok = false;
  }
  nn_dataset_free(set);
  remove_set(where);
  return ok;
}

bool bench_scale(const NnDataset *dataset, const char *folder, BenchResults *results, NnError *err)
{
  Scale s = {.dataset = dataset, .results = results};
  return add_networks(&s, err) && add_batches(&s, err) && add_threads(&s, err) &&
         add_rows(&s, folder, 60000, err) && add_rows(&s, folder, 1000000, err) &&
         add_rows(&s, folder, 10000000, err);
}
