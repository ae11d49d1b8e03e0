/* plot-canvas.h: the few strokes that the drawing of a plot is made of: text in three sizes,
 * lines on device pixels, colors. Used by the files that draw alone. */
#pragma once
#include <pango/pangocairo.h>
#include "plot-private.h"

typedef enum {
  BP_TEXT_TITLE,
  BP_TEXT_BODY,
  BP_TEXT_SMALL,
  BP_TEXT_SMALL_BOLD,
  BP_N_TEXTS
} BpTextSize;

typedef struct {
  const BpPlot *plot;                     /* borrowed */
  const BpPlotStyle *style;               /* borrowed */
  cairo_t *cr;                            /* borrowed */
  double width, height;                   /* of the whole plot, in units */
  double scale;                           /* device pixels per unit */
  PangoLayout *layout;                    /* owned: one for all texts */
  PangoFontDescription *font[BP_N_TEXTS]; /* owned */
  double line_height[BP_N_TEXTS];         /* in units */
} BpCanvas;

void bp_canvas_init(BpCanvas *canvas, const BpPlot *plot, const BpPlotStyle *style, cairo_t *cr);
void bp_canvas_clear(BpCanvas *canvas);

void bp_canvas_color(BpCanvas *canvas, BpColor color);
BpColor bp_canvas_line_color(const BpCanvas *canvas, const BpPlotLine *line);
/* The nearest boundary of device pixels. */
double bp_canvas_snap(const BpCanvas *canvas, double place);
/* Lines one unit thick (a whole number of device pixels), sharp at any scale. */
void bp_canvas_horizontal(BpCanvas *canvas, double x, double y, double width);
void bp_canvas_vertical(BpCanvas *canvas, double x, double y, double height);
void bp_canvas_rounded(BpCanvas *canvas, const BpPlotArea *area, double radius);

double bp_canvas_text_width(BpCanvas *canvas, BpTextSize size, const char *text);
/* Text in the current color. x is where it starts (align 0), has its middle (0.5) or ends (1); y
 * is the middle of its line. */
void bp_canvas_text(BpCanvas *canvas, BpTextSize size, const char *text, double x, double y,
                    double align);
/* The same from x on; its middle becomes "…" where it is wider than `width`. */
void bp_canvas_text_cut(BpCanvas *canvas, BpTextSize size, const char *text, double x, double y,
                        double width);
/* A line's color for text about it: nearer to the foreground, as thin strokes need it. */
BpColor bp_canvas_ink(const BpCanvas *canvas, BpColor color);
/* A paragraph, centered at (x, y) and wrapped at the given width. */
void bp_canvas_paragraph(BpCanvas *canvas, const char *text, double x, double y, double width);
