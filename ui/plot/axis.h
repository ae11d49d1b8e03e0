/* axis.h: the range of an axis, its ticks at round numbers, and numbers as text.
 *
 * Pure arithmetic; any thread. Ranges always come out finite with min < max, whatever went in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* How a number is written. Thousands are set apart by U+202F (narrow no-break space). */
typedef enum {
  BP_FORMAT_NUMBER,  /* measured, with the decimals that count: 0.250 · 1 250 · 4.8e-3 */
  BP_FORMAT_COUNT,   /* 22 500 */
  BP_FORMAT_PERCENT, /* a fraction: 0.972 → 97.2 % */
  BP_FORMAT_RATE,    /* a learning rate: 0.1 · 1e-4 */
} BpFormat;

typedef struct {
  double min, max; /* min < max; both > 0 when log */
  bool log;        /* equal distances are equal factors */
  BpFormat format;
} BpAxis;

enum { BP_AXIS_MAX_TICKS = 32 };

typedef struct {
  int n;
  double value[BP_AXIS_MAX_TICKS]; /* ascending, inside the range */
  int decimals; /* that all labels share, counted after the factor 100 of a percentage */
} BpTicks;

/* The round range around [lo, hi]: ends are multiples of the step of about wanted_ticks ticks, up
 * to two more where that wastes less (linear), or 1, 2 or 5 times a power of ten (log). Linear
 * ranges that start within the lower third start at zero. NaN, infinite, equal or swapped ends give
 * a range as near to them as there is. log needs hi > 0; otherwise 1e-3 … 1 results, and ends ≤ 0
 * are raised to a millionth of hi. A percentage does not leave 0 … 1 unless its data do. */
void bp_axis_fit(BpAxis *axis, double lo, double hi, int wanted_ticks);

/* The range 0 … end of an axis that grows with what it shows: end is the smallest start·2ⁿ that
 * holds last, but no more than total (0: unknown) while last has not passed that; and total itself
 * as soon as a fifth of it would be left. start must be > 0. */
void bp_axis_fit_growing(BpAxis *axis, double last, double total, double start);

/* About `wanted` ticks (2 and more, never above BP_AXIS_MAX_TICKS). */
void bp_axis_ticks(const BpAxis *axis, int wanted, BpTicks *ticks);

/* Place of a value between 0 (min) and 1 (max); beyond them outside the range; -1e3 at least and
 * 1e3 at most, so that drawing stays finite (log of a value ≤ 0 gives -1e3). NaN stays NaN. */
double bp_axis_place(const BpAxis *axis, double value);
/* The inverse of place. */
double bp_axis_value(const BpAxis *axis, double place);

/* A tick's label, into text[size] (32 suffice). */
void bp_format_tick(const BpAxis *axis, const BpTicks *ticks, int i, char *text, size_t size);
/* A number with so many decimals, whatever its size: columns of them keep their width. */
void bp_format_fixed(double value, int decimals, char *text, size_t size);
/* A measured value with about three significant digits: "0.081", "97.24 %", "1e-4", "13 950";
 * "not a number", "infinite" when it is. */
void bp_format_value(double value, BpFormat format, char *text, size_t size);
