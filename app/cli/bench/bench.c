/* bench.c: backprop-cli bench: how fast the engine is on this machine, beside PyTorch and JAX where
 * Python has them. All cases are measured one after the other, and that several times, so that
 * whatever else the machine does meanwhile slows down all of them alike. */
#include "app/cli/cli.h"
#include "app/cli/commands.h"
#include "app/cli/signals.h"
#include "app/datasets/open-data.h"
#include "engine/mem.h"
#include "figures.h"
#include "peer.h"
#include "results.h"
#include "scale.h"
#include <endian.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const char *data, *python;
  bool quick, json;
  NnDataset *dataset;
  char folder[64]; /* of our own: the data, unpacked; removed at the end */
  BenchPeer torch, jax;
  BenchResults results;
} Bench;

/* ---- the data, for Python and unpacked ---- */

static bool write_file(const Bench *b, const char *name, const void *header, size_t n_header,
                       const void *bytes, size_t n)
{
  char path[128];
  snprintf(path, sizeof path, "%s/%s", b->folder, name);
  FILE *file = fopen(path, "wbe");
  bool ok = file && fwrite(header, 1, n_header, file) == n_header && fwrite(bytes, 1, n, file) == n;
  return file && fclose(file) == 0 && ok;
}

static bool write_images(const Bench *b, const char *name, const NnSplit *split)
{
  size_t rows = b->dataset->shape.dims[1], columns = b->dataset->shape.dims[2];
  uint32_t header[4] = {htobe32(0x803), htobe32((uint32_t)split->n), htobe32((uint32_t)rows),
                        htobe32((uint32_t)columns)};
  return write_file(b, name, header, sizeof header, split->images, split->n * rows * columns);
}

static bool write_labels(const Bench *b, const char *name, const char *bare, const NnSplit *split)
{
  uint32_t header[2] = {htobe32(0x801), htobe32((uint32_t)split->n)};
  uint8_t *labels = nn_alloc(split->n);
  for (size_t i = 0; labels && i < split->n; i++)
    labels[i] = (uint8_t)split->labels[i];
  bool ok = labels && write_file(b, name, header, sizeof header, labels, split->n) &&
            (!bare || write_file(b, bare, header, 0, labels, split->n));
  nn_free(labels);
  return ok;
}

static const char *const files[] = {"train-images-idx3-ubyte",
                                    "train-labels-idx1-ubyte",
                                    "t10k-images-idx3-ubyte",
                                    "t10k-labels-idx1-ubyte",
                                    "train.images",
                                    "train.labels",
                                    NULL};

static bool write_data(Bench *b, NnError *err)
{
  const NnSplit *train = &b->dataset->train, *test = &b->dataset->test;
  size_t n = train->n * nn_shape_size(b->dataset->shape);
  const char *where = getenv("TMPDIR");
  snprintf(b->folder, sizeof b->folder, "%.40s/backprop-XXXXXX",
           where && where[0] ? where : "/tmp");
  if (!mkdtemp(b->folder))
    b->folder[0] = '\0';
  if (b->folder[0] && write_images(b, files[0], train) &&
      write_labels(b, files[1], files[5], train) && write_images(b, files[2], test) &&
      write_labels(b, files[3], NULL, test) && write_file(b, files[4], NULL, 0, train->images, n))
    return true;
  return nn_fail(err, NN_ERR_IO, NULL,
                 "The data could not be written below %s, where they are needed unpacked.",
                 where && where[0] ? where : "/tmp");
}

static void remove_data(const Bench *b)
{
  char path[128];
  for (int i = 0; b->folder[0] && files[i]; i++) {
    snprintf(path, sizeof path, "%s/%s", b->folder, files[i]);
    unlink(path);
  }
  if (b->folder[0])
    rmdir(b->folder);
}

/* Of the pixels of the first pictures. */
static double count_nonzero(const NnDataset *set)
{
  size_t n = (set->train.n < 10000 ? set->train.n : 10000) * nn_shape_size(set->shape), found = 0;
  for (size_t i = 0; i < n; i++)
    found += set->train.images[i] != 0;
  return (double)found / (double)n;
}

/* ---- one measurement ---- */

static double seconds_of(const Bench *b)
{
  return b->quick ? 0.1 : 0.3;
}

static bool measure_ours(Bench *b, int i, double *rate, NnError *err)
{
  const BenchCase *bench = &bench_cases[i];
  BenchTrial wanted = {.sets = bench->sets,
                       .batch_size = bench->batch_size,
                       .n_threads = bench->all_cores ? 0 : 1,
                       .operations = bench->operations,
                       .seconds = seconds_of(b),
                       .share = b->results.share};
  int neighbor = bench->neighbor ? bench_neighbor_start() : 0;
  bench_use_one_core(!bench->all_cores && !bench->neighbor);
  bool ok = bench_trial(b->dataset, &wanted, rate, &b->results.work[i], err);
  bench_use_one_core(false);
  bench_neighbor_stop(neighbor);
  return ok;
}

static double measure_theirs(Bench *b, int i)
{
  const BenchCase *bench = &bench_cases[i];
  const BenchPeer *peer = bench->way == BENCH_SCAN ? &b->jax : &b->torch;
  double rate;
  if (!peer->process)
    return NAN;
  int threads = bench->all_cores ? b->results.machine.cores : 1;
  return bench_peer_measure(peer, bench, seconds_of(b), threads, &rate, b->results.why[i]) ? rate
                                                                                           : NAN;
}

static void append(BenchSeries *series, double value)
{
  series->values[series->n++] = value;
}

/* ---- all of it ---- */

static void say(const Bench *b, const char *what, int round, int n_rounds)
{
  if (!isatty(STDERR_FILENO))
    return;
  fprintf(stderr, "\r\033[K%d/%d %s", round + 1, n_rounds, what);
  fflush(stderr);
}

static bool measure_cases(Bench *b, int round, int n_rounds, NnError *err)
{
  for (int i = 0; bench_cases[i].name && !cli_signal(); i++) {
    double rate = NAN;
    if (b->quick && !bench_cases[i].in_quick)
      continue;
    say(b, bench_cases[i].name, round, n_rounds);
    if (bench_cases[i].way != BENCH_OURS)
      rate = measure_theirs(b, i);
    else if (!measure_ours(b, i, &rate, err))
      return false;
    append(&b->results.rates[i], rate);
  }
  return true;
}

static bool is_gzipped(const char *where)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", where, files[0]);
  return access(path, F_OK) != 0;
}

static bool measure_figures(Bench *b, int round, int n_rounds, NnError *err)
{
  BenchFigures figures;
  BenchResults *r = &b->results;
  const char *where = b->dataset->where;
  say(b, "tutorial", round, n_rounds);
  if (!bench_figures(where ? where : "practice", 0, &figures, err))
    return false;
  append(&r->tutorial, figures.seconds);
  append(&r->memory, figures.megabytes);
  append(&r->start_gzipped, where && is_gzipped(where) ? figures.first_step : NAN);
  if (!bench_figures(b->folder, 1, &figures, err))
    return false;
  append(&r->start_unpacked, figures.first_step);
  return true;
}

static bool measure_all(Bench *b, NnError *err)
{
  int n_rounds = b->quick ? 3 : 7;
  for (int round = 0; round < n_rounds && !cli_signal(); round++)
    if (!measure_cases(b, round, n_rounds, err) || !measure_figures(b, round, n_rounds, err))
      return false;
  return b->quick || cli_signal() || bench_scale(b->dataset, b->folder, &b->results, err);
}

static bool prepare(Bench *b, NnError *err)
{
  NnConfig *recipe = NULL;
  char summary[NN_SUMMARY_TEXT];
  bool ok = bench_recipe(NULL, 8, &recipe, err);
  if (ok) {
    BpDataRequest request = bp_data_request(recipe, b->data);
    ok = bp_open_data(&request, NN_PRACTICE_SEED, NULL, &b->dataset, err);
  }
  nn_config_free(recipe);
  if (!ok || !write_data(b, err))
    return false;
  snprintf(b->results.data, sizeof b->results.data, "%s", nn_dataset_summary(b->dataset, summary));
  b->results.quick = b->quick;
  b->results.share = count_nonzero(b->dataset);
  b->results.load[0] = bench_machine_load();
  bench_machine_measure(&b->results.machine);
  bool square = nn_shape_equal(b->dataset->shape, nn_shape_3d(1, 28, 28));
  if (square && bench_peer_start(&b->torch, b->python, "torch", b->folder))
    b->results.torch = b->torch.version;
  bench_use_one_core(true); /* which it keeps */
  if (square && bench_peer_start(&b->jax, b->python, "jax", b->folder))
    b->results.jax = b->jax.version;
  bench_use_one_core(false);
  return true;
}

static int take(void *user, const char *option, const char *text)
{
  Bench *b = user;
  if (strcmp(option, "data") == 0)
    b->data = text;
  else if (strcmp(option, "python") == 0)
    b->python = text;
  else if (strcmp(option, "quick") == 0)
    b->quick = true;
  else
    b->json = true;
  return CLI_OK;
}

static int bench(Bench *b)
{
  NnError err;
  cli_signals_catch();
  bool ok = prepare(b, &err) && measure_all(b, &err);
  b->results.load[1] = bench_machine_load();
  if (isatty(STDERR_FILENO))
    fputs("\r\033[K", stderr);
  if (ok && !cli_signal() && b->json)
    ok = bench_print_json(&b->results, &err);
  else if (ok && !cli_signal())
    bench_print_text(&b->results);
  bench_peer_stop(&b->torch);
  bench_peer_stop(&b->jax);
  remove_data(b);
  nn_dataset_free(b->dataset);
  return cli_signal() ? cli_signal_status() : ok ? CLI_OK : cli_failed(&err);
}

int cli_bench(int argc, char **argv)
{
  static Bench b;
  b = (Bench){.python = "python3"};
  int status = cli_parse(cli_command_find("bench", NULL), take, &b, argc, argv);
  if (status != CLI_OK)
    return status;
  if (optind < argc)
    return cli_usage("bench takes no \"%s\"", argv[optind]);
  return bench(&b);
}
