/* cases.c: see cases.h. */
#include "cases.h"
#include <stddef.h>
#include <string.h>

/* ---- networks and options ---- */

#define LINEAR(n) "{\"kind\": \"Linear\", \"out_features\": " #n "}"
#define AFTER_EACH(kind)                                                               \
  "[{\"kind\": \"Flatten\"}, " LINEAR(64) ", " kind ", {\"kind\": \"ReLU\"}, " LINEAR( \
      64) ", " kind ", {\"kind\": \"ReLU\"}, " LINEAR(10) "]"

#define SETS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
SETS(dropout, "network", AFTER_EACH("{\"kind\": \"Dropout\", \"p\": 0.2}"));
SETS(batch_norm, "network", AFTER_EACH("{\"kind\": \"BatchNorm1d\"}"));
SETS(layer_norm, "network", AFTER_EACH("{\"kind\": \"LayerNorm\"}"));
SETS(weight_decay, "optimizer.weight_decay", "0.1");
SETS(momentum, "optimizer.kind", "SGD", "optimizer.lr", "0.01", "optimizer.momentum", "0.9");
SETS(per_batch, "scheduler.kind", "OneCycleLR");
SETS(penalties, "regularization.l1", "1e-6", "regularization.l2", "1e-5");
SETS(clipping, "regularization.clip_norm", "1");
SETS(augmented, "data.transforms",
     "[{\"kind\": \"RandomAffine\", \"degrees\": 10, \"translate\": [0.1, 0.1]}, "
     "{\"kind\": \"ToTensor\"}]");
SETS(
    stack, "network",
    "[{\"kind\": \"Flatten\"}, " LINEAR(128) ", {\"kind\": \"BatchNorm1d\"}, {\"kind\": \"GELU\"}, "
                                             "{\"kind\": \"Dropout\", \"p\": 0.2}, " LINEAR(
                                                 64) ", {\"kind\": \"LayerNorm\"}, "
                                                     "{\"kind\": \"Tanh\"}, " LINEAR(10) "]",
    "optimizer.kind", "NAdam");
SETS(cnn, "network",
     "[{\"kind\": \"Conv2d\", \"out_channels\": 32, \"padding\": 1}, {\"kind\": \"BatchNorm2d\"}, "
     "{\"kind\": \"ReLU\"}, {\"kind\": \"MaxPool2d\"}, "
     "{\"kind\": \"Conv2d\", \"out_channels\": 64, \"padding\": 1}, {\"kind\": \"BatchNorm2d\"}, "
     "{\"kind\": \"ReLU\"}, {\"kind\": \"MaxPool2d\"}, {\"kind\": \"Flatten\"}, " LINEAR(10) "]");

/* ---- the tables ---- */

#define TUTORIAL(b)                                                                        \
  {.name = "1 core, " #b, .batch_size = b, .in_quick = true},                              \
      {.name = "written, " #b, .way = BENCH_WRITTEN, .batch_size = b, .in_quick = b == 8}, \
      {.name = "fastest, " #b, .way = BENCH_FASTEST, .batch_size = b, .in_quick = true},   \
      {.name = "scan, " #b, .way = BENCH_SCAN, .batch_size = b, .in_quick = true},         \
  {                                                                                        \
    .name = "all cores, " #b, .batch_size = b, .all_cores = true, .in_quick = true         \
  }
#define NEIGHBOR(b)                                                                         \
  {.name = "busy, 1 thread, " #b, .batch_size = b, .neighbor = true, .in_quick = b == 8},   \
  {                                                                                         \
    .name = "busy, all threads, " #b, .batch_size = b, .neighbor = true, .all_cores = true, \
    .in_quick = b == 8                                                                      \
  }
#define OPTION(option)                               \
  {                                                  \
    .name = #option, .batch_size = 8, .sets = option \
  }

const BenchCase bench_cases[] = {
    TUTORIAL(8),
    TUTORIAL(64),
    TUTORIAL(512),
    NEIGHBOR(8),
    NEIGHBOR(64),
    NEIGHBOR(512),
    OPTION(dropout),
    OPTION(batch_norm),
    OPTION(layer_norm),
    OPTION(weight_decay),
    OPTION(momentum),
    OPTION(per_batch),
    OPTION(penalties),
    OPTION(clipping),
    {.name = "augmented, all cores",
     .batch_size = 8,
     .all_cores = true,
     .sets = augmented,
     .in_quick = true},
    {.name = "stack", .batch_size = 64, .sets = stack, .in_quick = true},
    {.name = "stack, by operations",
     .batch_size = 64,
     .operations = true,
     .sets = stack,
     .in_quick = true},
    {.name = "stack, PyTorch", .way = BENCH_STACK, .batch_size = 64, .in_quick = true},
    {.name = "CNN", .batch_size = 64, .all_cores = true, .sets = cnn, .in_quick = true},
    {.name = "CNN, PyTorch",
     .way = BENCH_CNN,
     .batch_size = 64,
     .all_cores = true,
     .in_quick = true},
    {NULL}};

const BenchRow bench_rows[] = {
    {"1 core, against PyTorch's loop as written", 8, "1 core, 8", "written, 8", 40, 60},
    {"1 core, against the fastest eager PyTorch", 8, "1 core, 8", "fastest, 8", 10, 15},
    {"1 core, against the JAX scan", 8, "1 core, 8", "scan, 8", 3.5, 5},
    {"1 core, against the JAX scan", 64, "1 core, 64", "scan, 64", 2.5, 4},
    {"1 core, against the JAX scan", 512, "1 core, 512", "scan, 512", 2, 3.3},
    {"all cores against 1", 8, "all cores, 8", "1 core, 8", 1.35, 1.7},
    {"all cores against 1", 64, "all cores, 64", "1 core, 64", 1.35, 1.7},
    {"all cores against 1", 512, "all cores, 512", "1 core, 512", 1.35, 1.7},
    {"all threads against 1 beside a busy process", 8, "busy, all threads, 8", "busy, 1 thread, 8",
     0.9, 1},
    {"all threads against 1 beside a busy process", 64, "busy, all threads, 64",
     "busy, 1 thread, 64", 0.9, 1},
    {"all threads against 1 beside a busy process", 512, "busy, all threads, 512",
     "busy, 1 thread, 512", 0.9, 1},
    {"whole tutorial, all cores", 8, "tutorial", NULL, 0.7, 0.4, BENCH_SECONDS},
    {"operation by operation, many kinds, NAdam, against PyTorch", 64, "stack, by operations",
     "stack, PyTorch", 1.5, 3},
    {"CNN, all cores, against PyTorch", 64, "CNN", "CNN, PyTorch", 1.2, 2},
    {"with Dropout, against without", 8, "dropout", "1 core, 8", 0.5},
    {"with BatchNorm1d", 8, "batch_norm", "1 core, 8", 0.5},
    {"with LayerNorm", 8, "layer_norm", "1 core, 8", 0.5},
    {"with a larger weight decay", 8, "weight_decay", "1 core, 8", 0.5},
    {"with SGD and momentum", 8, "momentum", "1 core, 8", 0.5},
    {"with a schedule per batch", 8, "per_batch", "1 core, 8", 0.5},
    {"with L1 and L2", 8, "penalties", "1 core, 8", 0.5},
    {"with clipping", 8, "clipping", "1 core, 8", 0.5},
    {"with augmentation, all cores", 8, "augmented, all cores", "all cores, 8", 0.6},
    {"start to first step, gzipped", 8, "start, gzipped", NULL, 0.15, 0, BENCH_SECONDS},
    {"start to first step, unpacked", 8, "start, unpacked", NULL, 0.05, 0, BENCH_SECONDS},
    {"peak memory of training", 8, "memory", NULL, 80, 0, BENCH_MEGABYTES},
    {NULL}};

int bench_case_find(const char *name)
{
  for (int i = 0; bench_cases[i].name; i++)
    if (strcmp(bench_cases[i].name, name) == 0)
      return i;
  return -1;
}
