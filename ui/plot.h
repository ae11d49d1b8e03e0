/* plot.h: a line chart as a plain struct, drawn into any cairo_t. No widget, no display.
 *
 * A BpPlot holds what is shown (title, lines, axes, cursor); a BpPlotStyle how (colors, font).
 * bp_plot_draw() needs nothing else, so the same picture goes to the window, a file or a test.
 *
 * Thread: the window's (it shares its series with whoever appends to them). */
#pragma once
#include <cairo.h>
#include <glib.h>
#include <pango/pango.h>
#include "axis.h"
#include "series.h"

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
  double raw_alpha;                 /* 0 … 1: how strong the unsmoothed curve is */
  const PangoFontDescription *font; /* borrowed; NULL: Sans 11 */
  double dots_per_inch;             /* of the font; ≤ 0: 96 */
  double scale;                     /* device pixels per unit; ≤ 0: 1 */
  bool rtl;                         /* title and legend change sides; the axes stay */
} BpPlotStyle;

/* GNOME's palette on a card, for light or dark style, ordinary or high contrast. */
void bp_plot_style_default(BpPlotStyle *style, bool dark, bool high_contrast);

/* How a line is drawn. Fill in what matters and leave the rest zero. */
typedef struct {
  const char *name; /* copied; in legend, box and description. NULL: "" */
  int color;        /* index into the palette, taken modulo BP_PLOT_COLORS */
  bool dashed;      /* a dashed line: test, as opposed to train */
  bool smooth;      /* bold smoothed curve over the faint raw one, both from the same series */
  bool hide_raw;    /* with smooth: the bold curve alone, e.g. for the accuracy of single batches */
  bool markers;     /* a ring at every point, for a value per epoch */
  bool box_only;    /* not drawn: only its value stands in the cursor's box (the learning rate) */
  BpFormat format;  /* box_only lines: how to write it. Drawn lines are written like the y axis */
} BpPlotLineOptions;

typedef struct BpPlot BpPlot;

/* Where the parts lie, in units, as drawn last. */
typedef struct {
  double x, y, width, height; /* of the rectangle between the axes */
} BpPlotArea;

BpPlot *bp_plot_new(void);
void bp_plot_free(BpPlot *plot); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BpPlot, bp_plot_free)

/* All texts are copied; NULL means none. */
void bp_plot_set_title(BpPlot *plot, const char *title);
const char *bp_plot_get_title(const BpPlot *plot);
/* Stands in the middle while there is no point: one sentence. */
void bp_plot_set_empty_text(BpPlot *plot, const char *text);
/* Name of the x axis, among its tick labels, and in the box. "iteration" is the default. */
void bp_plot_set_x_label(BpPlot *plot, const char *label);
/* Name or unit of the y axis, beside the title; NULL when the title says it all. */
void bp_plot_set_y_label(BpPlot *plot, const char *label);
void bp_plot_set_y_format(BpPlot *plot, BpFormat format);
void bp_plot_set_log_y(BpPlot *plot, bool log_y);
bool bp_plot_get_log_y(const BpPlot *plot);

/* Total number of iterations of the run, 0 if unknown: then the x axis doubles as it fills. */
void bp_plot_set_x_total(BpPlot *plot, double total);
/* Iterations per epoch, 0 for none: a vertical mark after each, and ticks on whole epochs. */
void bp_plot_set_epoch_length(BpPlot *plot, double length);
/* The y axis fits the bold lines alone (true), or the raw ones too (false, the default). Raw peaks
 * that reach beyond the axis end in a small arrow at the edge, so that none goes unnoticed. */
void bp_plot_set_fit_smooth(BpPlot *plot, bool fit_smooth);
/* The y axis need not show this first part of the x axis once twice as much has been seen: the
 * plunge at the start would flatten everything after it. 0 … 0.5; 0 (the default) shows all. */
void bp_plot_set_skip_start(BpPlot *plot, double fraction);

/* Adds a line on top of those before; takes a reference to the series. Its number comes back. */
int bp_plot_add_line(BpPlot *plot, BpSeries *series, const BpPlotLineOptions *options);
/* Removes all lines (their series lose the plot's reference). */
void bp_plot_clear_lines(BpPlot *plot);
int bp_plot_n_lines(const BpPlot *plot);
BpSeries *bp_plot_get_series(const BpPlot *plot, int line); /* borrowed */
/* A hidden line is not drawn and has no place in legend, box and axes. */
void bp_plot_set_line_visible(BpPlot *plot, int line, bool visible);
/* Sets the weight of the smoothing on the series of every smooth line. */
void bp_plot_set_smoothing(BpPlot *plot, double weight);

/* The cursor: an x (iteration), or NaN for none. It is drawn inside the x axis only. */
void bp_plot_set_cursor(BpPlot *plot, double x);
double bp_plot_get_cursor(const BpPlot *plot);

/* No visible line has a finite point. */
bool bp_plot_is_empty(const BpPlot *plot);
/* A number that changes with the settings or with any series: equal means the same picture. */
guint64 bp_plot_revision(const BpPlot *plot);
/* Draws into the rectangle (0, 0, width, height) of cr and says where the axes came to lie. Too
 * small a rectangle (under 60×40) is left empty, with area all zero. */
BpPlotArea bp_plot_draw(const BpPlot *plot, const BpPlotStyle *style, cairo_t *cr, double width,
                        double height);
/* The x (iteration) at a horizontal place of an area; NaN outside. Rounded to whole numbers. */
double bp_plot_x_at(const BpPlot *plot, const BpPlotArea *area, double place);
/* The x of the nearest drawn point after (direction > 0) or before (< 0) the cursor, at least
 * `least` away from it; from NaN: the last point. NaN when there is no point at all. */
double bp_plot_step_cursor(const BpPlot *plot, int direction, double least);
/* The ranges and ticks that drawing will use, for tests and for tables beside the plot. */
BpAxis bp_plot_x_axis(const BpPlot *plot);
BpAxis bp_plot_y_axis(const BpPlot *plot);

/* The chart in words: "Loss at iteration 13 950: train 0.081, test 0.104." or the empty text.
 * (transfer full), free with g_free(). */
char *bp_plot_describe(const BpPlot *plot);
/* Lines of the cursor's box, the heading first: "iteration 13 950", "train 0.081 · test 0.104".
 * (transfer full), free with g_strfreev(). NULL without a cursor. */
char **bp_plot_cursor_text(const BpPlot *plot);
