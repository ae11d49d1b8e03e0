/* results.c: see results.h. */
#include "results.h"
#include "app/cli/json-output.h"
#include "app/config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

BenchSpread bench_spread(const BenchSeries *series)
{
  double sorted[BENCH_MOST_ROUNDS];
  int n = 0;
  for (int i = 0; i < series->n; i++)
    if (isfinite(series->values[i]))
      sorted[n++] = series->values[i];
  if (n == 0)
    return (BenchSpread){NAN, NAN, NAN};
  qsort(sorted, (size_t)n, sizeof *sorted, by_size);
  return (BenchSpread){(sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]};
}

static const BenchSeries *figure(const BenchResults *results, const char *name)
{
  return strcmp(name, "tutorial") == 0         ? &results->tutorial
         : strcmp(name, "start, gzipped") == 0 ? &results->start_gzipped
         : strcmp(name, "memory") == 0         ? &results->memory
                                               : &results->start_unpacked;
}

BenchSpread bench_row_spread(const BenchResults *results, const BenchRow *row)
{
  if (!row->to)
    return bench_spread(figure(results, row->of));
  BenchSeries ratios = {0};
  const BenchSeries *of = &results->rates[bench_case_find(row->of)];
  const BenchSeries *to = &results->rates[bench_case_find(row->to)];
  for (int i = 0; i < of->n && i < to->n; i++)
    ratios.values[ratios.n++] = of->values[i] / to->values[i];
  return bench_spread(&ratios);
}

double bench_row_best(const BenchResults *results, const BenchRow *row)
{
  if (!row->to)
    return bench_row_spread(results, row).low;
  return bench_spread(&results->rates[bench_case_find(row->of)]).high /
         bench_spread(&results->rates[bench_case_find(row->to)]).high;
}

double bench_least_seconds(const BenchMachine *machine, const BenchWork *work, bool all_cores)
{
  int cores = all_cores ? machine->cores : 1;
  double bandwidth = machine->memory_bytes[all_cores], size = work->bytes / 2;
  if (size <= machine->l2 * cores)
    bandwidth = machine->l2_bytes[all_cores];
  else if (size <= machine->l3)
    bandwidth = machine->l3_bytes[all_cores];
  return fmax(work->flop / machine->flops[all_cores], work->bytes / bandwidth);
}

/* ---- JSON ---- */

static json_t *number(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static void set_spread(json_t *object, BenchSpread spread)
{
  json_object_set_new(object, "median", number(spread.median));
  json_object_set_new(object, "low", number(spread.low));
  json_object_set_new(object, "high", number(spread.high));
}

static json_t *pair(const double values[2])
{
  return json_pack("[o,o]", number(values[0]), number(values[1]));
}

static json_t *machine_json(const BenchMachine *m)
{
  return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "processor",
                   m->processor, "kernel", m->kernel, "instructions", m->instructions, "cores",
                   m->cores, "memory", number(m->memory), "l2", number(m->l2), "l3", number(m->l3),
                   "flops", pair(m->flops), "l2_bytes", pair(m->l2_bytes), "l3_bytes",
                   pair(m->l3_bytes), "memory_bytes", pair(m->memory_bytes));
}

static json_t *rows_json(const BenchResults *results)
{
  static const char *const units[] = {"times", "seconds", "megabytes"};
  json_t *rows = json_array();
  for (const BenchRow *row = bench_rows; row->title; row++) {
    json_t *object =
        json_pack("{s:s, s:i, s:s, s:o, s:o}", "title", row->title, "batch_size", row->batch_size,
                  "unit", units[row->unit], "floor", number(row->floor), "goal",
                  row->goal > 0 ? number(row->goal) : json_null());
    set_spread(object, bench_row_spread(results, row));
    json_object_set_new(object, "best", number(bench_row_best(results, row)));
    json_array_append_new(rows, object);
  }
  return rows;
}

static double roofline(const BenchResults *results, int i)
{
  const BenchCase *bench = &bench_cases[i];
  double rate = bench_spread(&results->rates[i]).median;
  return bench->way == BENCH_OURS && !bench->neighbor && results->work[i].flop > 0
             ? rate * bench_least_seconds(&results->machine, &results->work[i], bench->all_cores)
             : NAN;
}

static json_t *cases_json(const BenchResults *results)
{
  static const char *const whose[] = {"Backprop", "PyTorch", "PyTorch",
                                      "PyTorch",  "PyTorch", "JAX"};
  json_t *cases = json_array();
  for (int i = 0; bench_cases[i].name; i++) {
    const BenchCase *bench = &bench_cases[i];
    json_t *object = json_pack("{s:s, s:s, s:i, s:i, s:o, s:o, s:o}", "name", bench->name,
                               "program", whose[bench->way], "batch_size", bench->batch_size,
                               "cores", bench->all_cores ? results->machine.cores : 1, "flop",
                               number(results->work[i].flop ? results->work[i].flop : NAN), "bytes",
                               number(results->work[i].bytes ? results->work[i].bytes : NAN),
                               "roofline", number(roofline(results, i)));
    if (results->why[i][0])
      json_object_set_new(object, "why", json_string(results->why[i]));
    set_spread(object, bench_spread(&results->rates[i]));
    json_array_append_new(cases, object);
  }
  return cases;
}

static json_t *points_json(const BenchResults *results)
{
  json_t *points = json_array();
  for (const BenchPoint *p = results->points; p->series; p++) {
    bool all_cores = strcmp(p->series, "threads") != 0 || p->size > 1;
    json_array_append_new(
        points, json_pack("{s:s, s:i, s:i, s:f, s:f, s:f, s:f}", "series", p->series, "size",
                          p->size, "batch_size", p->batch_size, "flop", p->work.flop, "bytes",
                          p->work.bytes, "seconds", p->seconds, "least",
                          bench_least_seconds(&results->machine, &p->work, all_cores)));
  }
  return points;
}

bool bench_print_json(const BenchResults *r, NnError *err)
{
  json_t *root =
      json_pack("{s:s, s:b, s:s, s:s?, s:s?, s:o, s:[o,o], s:o, s:o, s:o, s:o}", "program",
                BP_VERSION, "quick", (int)r->quick, "data", r->data, "torch", r->torch, "jax",
                r->jax, "nonzero_pixels", number(r->share), "load", number(r->load[0]),
                number(r->load[1]), "machine", machine_json(&r->machine), "rows", rows_json(r),
                "cases", cases_json(r), "scale", points_json(r));
  bool ok = cli_json_print(root, err);
  json_decref(root);
  return ok;
}

/* ---- text ---- */

static void print_row(const BenchResults *results, const BenchRow *row)
{
  static const char *const units[] = {"×", "s", "MB"};
  BenchSpread s = bench_row_spread(results, row);
  char title[96];
  int cut = row->unit == BENCH_MEGABYTES ? 0 : row->unit == BENCH_SECONDS ? 3 : 2;
  snprintf(title, sizeof title, row->batch_size ? "%s, batch %d" : "%s", row->title,
           row->batch_size);
  if (isnan(s.median)) {
    printf("%-62s not measured\n", title);
    return;
  }
  bool below = row->unit == BENCH_TIMES ? s.median < row->floor : s.median > row->floor;
  printf("%-62s %8.*f %s (%.*f … %.*f)  floor %g%s\n", title, cut, s.median, units[row->unit], cut,
         s.low, cut, s.high, row->floor, below ? ", missed" : "");
}

void bench_print_text(const BenchResults *results)
{
  const BenchMachine *m = &results->machine;
  printf("%s, %d cores, %s, %.1f GB; %s\n", m->processor, m->cores, m->instructions,
         m->memory / 1e9, m->kernel);
  printf("Peak, 1 core and all: %.1f and %.1f GFLOP/s", m->flops[0] / 1e9, m->flops[1] / 1e9);
  printf("; L2 %.0f and %.0f GB/s", m->l2_bytes[0] / 1e9, m->l2_bytes[1] / 1e9);
  printf(", L3 %.0f and %.0f GB/s", m->l3_bytes[0] / 1e9, m->l3_bytes[1] / 1e9);
  printf(", memory %.0f and %.0f GB/s\n", m->memory_bytes[0] / 1e9, m->memory_bytes[1] / 1e9);
  printf("PyTorch %s, JAX %s; %s\n\n", results->torch ? results->torch : "is not there",
         results->jax ? results->jax : "is not there", results->data);
  for (int i = 0; bench_cases[i].name; i++) {
    BenchSpread s = bench_spread(&results->rates[i]);
    double share = roofline(results, i);
    if (isnan(s.median))
      printf("%-26s not measured%s%s\n", bench_cases[i].name, results->why[i][0] ? ": " : "",
             results->why[i]);
    else
      printf("%-26s %9.0f steps/s (%.0f … %.0f)", bench_cases[i].name, s.median, s.low, s.high);
    if (isfinite(share))
      printf("  %.0f %% of the roofline", 100 * share);
    if (isfinite(s.median))
      putchar('\n');
  }
  putchar('\n');
  for (const BenchRow *row = bench_rows; row->title; row++)
    print_row(results, row);
  for (const BenchPoint *p = results->points; p->series; p++)
    printf("%s%-14s %8d  %10.1f µs a step  %8.2f GFLOP/s\n", p == results->points ? "\n" : "",
           p->series, p->size, 1e6 * p->seconds, p->work.flop / p->seconds / 1e9);
}
