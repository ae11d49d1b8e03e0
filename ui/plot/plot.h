/* plot.h: a line chart as a plain struct, drawn into any cairo_t. No widget, no display.
 *
 * A BpPlot holds what is shown (title, lines, axes, cursor); a BpPlotStyle how (colors, font).
 * bp_plot_draw() needs nothing else, so the same picture goes to the window, a file or a test.
 *
 * The lines that are not `quiet` belong to the one run that the chart is about: they alone decide
 * what part of the axes is shown.
 *
 * The x axis. While the run goes on (bp_plot_set_x_plan) it shows `start`, and doubles whenever
 * that is full, until it has reached the plan; of a run that is over it ends where the run ends. A
 * quiet line that is longer is shown to its end if that does not make the axis more than twice as
 * long, and else runs out of the picture: a short run never becomes a sliver beside a long one.
 *
 * The y axis. With bp_plot_set_crop_start() at least two thirds of its height belong to what came
 * after the first fifth of the run: as much of the steep beginning as would take more than that
 * leaves the picture, at the top (loss) or at the bottom (accuracy). What comes later is never cut
 * off, but for losses beyond four times of what nine tenths of them stay below (a run that
 * diverges). Of quiet lines the second half is seen as well, wherever it lies; those that have come
 * less than a tenth of the way from their beginning to 100 %, or to a loss of 0, may make the axis
 * half as long again. Ends are round numbers.
 *
 * Thread: the window's (it shares its series with whoever appends to them). */
#pragma once
#include <cairo.h>
#include <glib.h>
#include <pango/pango.h>
#include "axis.h"
#include "ruler.h"

typedef struct {
  double red, green, blue, alpha; /* 0 … 1 */
} BpColor;

enum { BP_PLOT_COLORS = 8 };

typedef struct {
  BpColor foreground; /* title and values */
  BpColor dim;        /* tick labels, legend, empty text */
  BpColor background; /* what lies behind the plot: inside of markers. It is not painted unless … */
  bool paint_background; /* … this is set */
  BpColor grid;
  BpColor box, box_text; /* the box of values at the cursor */
  BpColor palette[BP_PLOT_COLORS];
  double band_alpha;                /* 0 … 1: how strong the band of the spread is */
  double quiet_alpha;               /* 0 … 1: how strong quiet lines are */
  const PangoFontDescription *font; /* borrowed; NULL: Sans 11 */
  double dots_per_inch;             /* of the font; ≤ 0: 96 */
  double scale;                     /* device pixels per unit; ≤ 0: 1 */
  bool rtl;                         /* title and legend change sides; the axes stay */
} BpPlotStyle;

/* GNOME's palette on a card, for light or dark style, ordinary or high contrast. */
void bp_plot_style_default(BpPlotStyle *style, bool dark, bool high_contrast);

typedef enum {
  BP_LINE_CURVE,  /* of every batch: its moving mean (trace.h), with `band` the spread behind it */
  BP_LINE_POINTS, /* measured now and then: markers, joined by a thin line */
  BP_LINE_STRIP   /* as it is, in a strip of its own under the chart: the learning rate */
} BpPlotLineKind;

/* How a line is drawn. Fill in what matters and leave the rest zero. */
typedef struct {
  BpPlotLineKind kind;
  const char *name;   /* copied; in legend, box and description. NULL: "" */
  const char *label;  /* copied; at the end of a curve, e.g. the run's name. NULL: none */
  const char *number; /* copied; stands for a label that has no room. NULL: it is cut */
  const char *band;   /* copied; curves: the band's name in the legend. NULL: no band */
  int color;          /* index into the palette, taken modulo BP_PLOT_COLORS */
  bool quiet;         /* another run: thinner, behind all others. In the box its label names it */
  bool hollow;        /* points: rings joined by dashes, to be told from other points */
  BpFormat format;    /* strips: how to write values. Other lines are written as the y axis is */
  BpRuler ruler;      /* from the steps of the series to the x axis; the plot refs its clock */
} BpPlotLineOptions;

typedef struct BpPlot BpPlot;

/* Where the parts lie, in units, as drawn last. */
typedef struct {
  double x, y, width, height; /* of the rectangle between the axes, without the strip */
} BpPlotArea;

BpPlot *bp_plot_new(void);
void bp_plot_free(BpPlot *plot); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BpPlot, bp_plot_free)

/* All texts are copied; NULL means none. */
void bp_plot_set_title(BpPlot *plot, const char *title);
const char *bp_plot_get_title(const BpPlot *plot);
/* Stands in the middle while there is no point: one sentence. */
void bp_plot_set_empty_text(BpPlot *plot, const char *text);
/* Name of the x axis, which stands under it, and how one of its values is called: "step" and "step
 * %s", the default. `format`: COUNT for whole numbers, else NUMBER. */
void bp_plot_set_x_label(BpPlot *plot, const char *label, const char *value, BpFormat format);
/* The row under the axis, in which its name stands in the middle: as high as a widget needs that
 * lies over it, `width` units wide, and says the name instead (a label of NULL); 0, 0 (the default)
 * where there is none. The row ends BP_PLOT_FOOT_END units above the lower edge. */
#define BP_PLOT_FOOT_END 8
void bp_plot_set_foot(BpPlot *plot, double width, double height);
void bp_plot_set_y_format(BpPlot *plot, BpFormat format);
void bp_plot_set_log_y(BpPlot *plot, bool log_y);
bool bp_plot_get_log_y(const BpPlot *plot);
/* The y axis need not show the first steps, whose loss is far above what comes later. */
void bp_plot_set_crop_start(BpPlot *plot, bool crop_start);

/* The run goes on: the axis begins with `start` (> 0; 0: the run is over), and goes to `total` in
 * the end (0: unknown). Both in what the axis counts. */
void bp_plot_set_x_plan(BpPlot *plot, double start, double total);
/* Steps per epoch of the run, 0 for none: a vertical mark after each, six at most. */
void bp_plot_set_epoch_length(BpPlot *plot, double steps);

/* Adds a line on top of those before; takes a reference to the series. Its number comes back. */
int bp_plot_add_line(BpPlot *plot, BpSeries *series, const BpPlotLineOptions *options);
/* Removes all lines (their series lose the plot's reference). */
void bp_plot_clear_lines(BpPlot *plot);
int bp_plot_n_lines(const BpPlot *plot);
BpSeries *bp_plot_get_series(const BpPlot *plot, int line); /* borrowed */

/* The cursor: a place on the x axis, or NaN for none. It is drawn where a line has a value. */
void bp_plot_set_cursor(BpPlot *plot, double x);
double bp_plot_get_cursor(const BpPlot *plot);

/* No line but those of the strip has a finite point. */
bool bp_plot_is_empty(const BpPlot *plot);
/* A number that changes with the settings or with any series: equal means the same picture. */
guint64 bp_plot_revision(const BpPlot *plot);
/* Draws into the rectangle (0, 0, width, height) of cr and says where the axes came to lie. Too
 * small a rectangle (under 60×40) is left empty, with area all zero. */
BpPlotArea bp_plot_draw(const BpPlot *plot, const BpPlotStyle *style, cairo_t *cr, double width,
                        double height);
/* The x at a horizontal place of an area, a whole step where steps are counted; NaN outside. */
double bp_plot_x_at(const BpPlot *plot, const BpPlotArea *area, double place);
/* The x of the nearest drawn point after (direction > 0) or before (< 0) the cursor, at least
 * `least` away from it; from NaN: the last point. NaN when there is no point at all. */
double bp_plot_step_cursor(const BpPlot *plot, int direction, double least);
/* The ranges that drawing will use, for tests and for tables beside the plot. */
BpAxis bp_plot_x_axis(const BpPlot *plot);
BpAxis bp_plot_y_axis(const BpPlot *plot);
BpAxis bp_plot_strip_axis(const BpPlot *plot);

/* The chart in words, with the newest values: "Loss at step 13 950: train 0.081, test 0.104." or
 * the empty text. What is not finite is left out. (transfer full), free with g_free(). */
char *bp_plot_describe(const BpPlot *plot);
/* Lines of the cursor's box, the heading first: "step 13 950", "train 0.081", "test 0.104 (step
 * 13 500)" where that was measured there, the learning rate, then one for each other run. Only
 * lines that have a finite value there, and none behind its run's end. (transfer full), free with
 * g_strfreev(). NULL without a cursor, or when there is nothing. */
char **bp_plot_cursor_text(const BpPlot *plot);
