/* plot-private.h: the inside of a BpPlot, shared by plot.c (settings), plot-range.c (axes),
 * plot-words.c (words) and the files that draw. Nobody else includes it. */
#pragma once
#include "plot.h"
#include "trace.h"

typedef struct {
  BpSeries *series;                   /* a reference */
  char *name, *label, *number, *band; /* owned; name never NULL */
  BpPlotLineOptions options;          /* its texts are those above, its clock a reference */
} BpPlotLine;

/* What follows from the settings and the points: the parts of the axes that are shown, and what
 * there is to be drawn on them. Places across the x axis: 0 … BP_SHAPE_WIDTH. */
enum { BP_SHAPE_WIDTH = 480 };

typedef struct {
  guint64 revision, settings_revision;
  GArray *line_revisions; /* guint64, of the lines' series */
  BpAxis x, y, strip;
  GPtrArray *means;   /* for each line a GArray of BpVertex, whose y are values; no curve: empty */
  GPtrArray *spreads; /* for each line a GArray of BpSpread; without a band: empty */
} BpShape;

struct BpPlot {
  char *title, *empty_text, *x_label, *x_value; /* owned, may be NULL */
  GArray *lines;                                /* BpPlotLine */
  double x_start, x_total, epoch_length, foot_width, foot_height, cursor;
  BpFormat x_format, y_format;
  bool log_y, crop_start;
  guint64 settings_revision, cursor_revision;
  BpShape *shape; /* owned; NULL until it is first asked for */
};

BpPlotLine *bp_plot_line(const BpPlot *plot, int i);
/* Made anew when something has changed; borrowed until something changes. */
const BpShape *bp_plot_shape(const BpPlot *plot);
void bp_shape_free(BpShape *shape); /* NULL is allowed */
/* The moving mean of line i in the shape. */
const GArray *bp_shape_means(const BpShape *shape, int i);
const GArray *bp_shape_spreads(const BpShape *shape, int i);
/* It has a finite point. */
bool bp_plot_line_has_points(const BpPlotLine *line);
/* Where its last point lies on the x axis; NaN without one. */
double bp_plot_line_end(const BpPlotLine *line);
/* Where the run ends that the chart is about, and `quiet`: of any other. NaN without one. */
double bp_plot_run_end(const BpPlot *plot, bool quiet);
/* The first line that is not quiet, or the first; NULL: there is none. */
const BpPlotLine *bp_plot_leader(const BpPlot *plot);

/* The value of line i at x, finite; false where it has none, or is over. *at_x is where it was
 * measured (the place itself for a mean). */
bool bp_plot_value_at(const BpPlot *plot, int i, double x, double *at_x, double *value);

/* A row of the cursor's box: what, and how much. */
typedef struct {
  char *name, *value; /* owned; value NULL: the heading */
  int color;          /* of the palette; −1: none */
} BpPlotRow;
/* GArray of BpPlotRow, or NULL as in bp_plot_cursor_text(). Free with g_array_unref(). */
GArray *bp_plot_cursor_rows(const BpPlot *plot);
