/* series.h: one growing curve: points (x, y), and an index of their extremes and means.
 *
 * The index holds the minimum, maximum and sum of every 8, 64, 512, … neighboring points, so that
 * these numbers of any stretch of the curve cost a logarithm of its length: a chart of two million
 * points is drawn as fast as one of a thousand, and a peak of one point is never lost.
 *
 * Thread: the window's. Memory comes from GLib, which ends the program when there is none left. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct BpSeries BpSeries;

/* Of a stretch of points. Without a finite point: n_finite = 0, the rest is NaN. */
typedef struct {
  double min, max, mean; /* over the finite points */
  double first, last;    /* values of the first and last finite point of the stretch */
  bool first_is_edge;    /* the very first point of the stretch is finite */
  bool last_is_edge;     /* the very last point of the stretch is finite */
  size_t n_finite;
} BpSeriesExtent;

BpSeries *bp_series_new(void);
BpSeries *bp_series_ref(BpSeries *series);
void bp_series_unref(BpSeries *series); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BpSeries, bp_series_unref)

/* Appends (x, y). x must be finite and no lower than the last one, otherwise nothing happens and
 * false comes back. y may be NaN or infinite: the curve has a gap there. */
bool bp_series_append(BpSeries *series, double x, double y);
/* Forgets all points. */
void bp_series_clear(BpSeries *series);

size_t bp_series_length(const BpSeries *series);
/* Bytes that its points and their index take. */
size_t bp_series_memory(const BpSeries *series);
/* Counts every append and clear: equal numbers mean that nothing has changed. */
guint64 bp_series_revision(const BpSeries *series);

/* i < length */
double bp_series_x(const BpSeries *series, size_t i);
double bp_series_y(const BpSeries *series, size_t i);

/* Number of points with an x below (or, `including`, at) the given one: a lower (upper) bound. */
size_t bp_series_count_below(const BpSeries *series, double x, bool including);
/* Of the points begin ≤ i < end. */
BpSeriesExtent bp_series_extent(const BpSeries *series, size_t begin, size_t end);
/* The smallest positive value of the curve, for a logarithmic axis; NaN if there is none. */
double bp_series_min_positive(const BpSeries *series);
/* Value at the last point whose x is at or before the given one; false if there is none.
 * *y may be NaN or infinite when that point is. *at_x (may be NULL) is where that point lies. */
bool bp_series_value_at(const BpSeries *series, double x, double *at_x, double *y);
