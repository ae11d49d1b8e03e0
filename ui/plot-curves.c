/* plot-curves.c: the curves of a plot: the faint raw ones, the bold ones, the markers. Read
 * bp_picture_draw_curves() at the end first. */
#include "plot-picture.h"
#include <math.h>

#define MARKER_RADIUS 3.0

static const double DASHES[] = {5, 3};

const double *bp_picture_dashes(const BpPlotLine *line, int *n)
{
  *n = line->options.dashed ? 2 : 0;
  return DASHES;
}

/* Small arrows at the upper edge, no closer than six units, where raw peaks go beyond it. */
static void draw_arrows(BpPicture *picture, const GArray *bars)
{
  cairo_t *cr = picture->canvas->cr;
  double last = -INFINITY;
  for (guint i = 0; i < bars->len; i++) {
    const BpBar *bar = &g_array_index(bars, BpBar, i);
    if (!bar->above || bar->x < last + 6)
      continue;
    last = bar->x;
    cairo_move_to(cr, bar->x + 0.5, picture->area.y - 5);
    cairo_rel_line_to(cr, 2.5, 4);
    cairo_rel_line_to(cr, -5, 0);
    cairo_close_path(cr);
  }
  cairo_fill(cr);
}

/* Writes a bar into a mask, in device pixels from the mask's corner; its ends cover a part of a
 * pixel. strength: 0 … 1. */
static void cover_bar(cairo_surface_t *mask, int column, double top, double bottom, double strength)
{
  int stride = cairo_image_surface_get_stride(mask);
  int n_rows = cairo_image_surface_get_height(mask);
  unsigned char *data = cairo_image_surface_get_data(mask);
  if (column < 0 || column >= cairo_image_surface_get_width(mask))
    return;
  top = CLAMP(top, 0, n_rows);
  bottom = CLAMP(bottom, 0, n_rows);
  for (int row = (int)top; row < bottom; row++) {
    double part = fmin(bottom, row + 1) - fmax(top, row);
    data[(size_t)row * stride + column] = (unsigned char)(255 * strength * part + 0.5);
  }
}

/* What a bar shares with both its neighbors is fainter, and least so where most of its points are:
 * bars that stand shoulder to shoulder would make a wall of the noise. What stands out of them, a
 * peak, keeps its full strength. */
static void cover_bars(const BpPicture *picture, const GArray *bars, cairo_surface_t *mask)
{
  const BpPlotArea *area = &picture->area;
  double scale = picture->canvas->scale;
  const BpBar *bar = (const BpBar *)(void *)bars->data;
  cairo_surface_flush(mask);
  for (guint i = 0; i < bars->len; i++) {
    double top = (bar[i].top - area->y) * scale;
    double bottom = (bar[i].bottom - area->y) * scale;
    double missing = fmax(0, 1 - (bottom - top)); /* at least one pixel in all */
    int column = (int)round((bar[i].x - area->x) * scale);
    cover_bar(mask, column, top - missing / 2, bottom + missing / 2, 1);
    if (i == 0 || i + 1 == bars->len)
      continue;
    double shared_top = fmax(bar[i].top, fmax(bar[i - 1].top, bar[i + 1].top));
    double shared_bottom = fmin(bar[i].bottom, fmin(bar[i - 1].bottom, bar[i + 1].bottom));
    double first = ceil((shared_top - area->y) * scale);
    double end = floor((shared_bottom - area->y) * scale);
    if (first >= end)
      continue;
    cover_bar(mask, column, first, end, isnan(bar[i].middle_top) ? 0.5 : 0.2);
    cover_bar(mask, column, fmax(first, (bar[i].middle_top - area->y) * scale),
              fmin(end, (bar[i].middle_bottom - area->y) * scale), 0.6);
  }
  cairo_surface_mark_dirty(mask);
}

/* Many raw points: one bar per column of pixels, written into a mask. That is many times faster
 * than to let Cairo stroke the same points, or fill the same bars as a path. */
static void draw_bars(BpPicture *picture, const BpPlotLine *line)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(BpBar));
  bp_trace_bars(&picture->map, line->series, BP_SERIES_RAW, bars);
  cairo_surface_t *mask =
      cairo_image_surface_create(CAIRO_FORMAT_A8, (int)ceil(area->width * canvas->scale),
                                 (int)ceil(area->height * canvas->scale));
  if (cairo_surface_status(mask) == CAIRO_STATUS_SUCCESS) {
    cairo_surface_set_device_scale(mask, canvas->scale, canvas->scale);
    cover_bars(picture, bars, mask);
    cairo_mask_surface(canvas->cr, mask, area->x, area->y);
  }
  cairo_surface_destroy(mask);
  draw_arrows(picture, bars);
}

static void stroke_curve(BpPicture *picture, const BpPlotLine *line, BpSeriesCurve curve)
{
  cairo_t *cr = picture->canvas->cr;
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  bp_trace_line(&picture->map, line->series, curve, vertices);
  for (guint i = 0; i < vertices->len; i++) {
    const BpVertex *vertex = &g_array_index(vertices, BpVertex, i);
    if (vertex->starts)
      cairo_move_to(cr, vertex->x, vertex->y);
    cairo_line_to(cr, vertex->x, vertex->y); /* a piece of one point becomes a dot */
  }
  cairo_stroke(cr);
}

static void clip_to_area(BpPicture *picture, double margin)
{
  const BpPlotArea *area = &picture->area;
  cairo_rectangle(picture->canvas->cr, area->x - margin, area->y - margin, area->width + 2 * margin,
                  area->height + 2 * margin);
  cairo_clip(picture->canvas->cr);
}

static void draw_raw(BpPicture *picture, const BpPlotLine *line)
{
  BpCanvas *canvas = picture->canvas;
  BpColor color = bp_canvas_line_color(canvas, line);
  bool dense = bp_trace_density(&picture->map, line->series) > 1.5;
  color.alpha *= canvas->style->raw_alpha;
  bp_canvas_color(canvas, color);
  if (dense) {
    draw_bars(picture, line);
    return;
  }
  cairo_save(canvas->cr);
  clip_to_area(picture, 0);
  cairo_set_line_width(canvas->cr, 1);
  stroke_curve(picture, line, BP_SERIES_RAW);
  cairo_restore(canvas->cr);
}

static void draw_bold(BpPicture *picture, const BpPlotLine *line)
{
  BpCanvas *canvas = picture->canvas;
  cairo_save(canvas->cr);
  clip_to_area(picture, BP_BOLD_WIDTH / 2);
  bp_canvas_color(canvas, bp_canvas_line_color(canvas, line));
  cairo_set_line_width(canvas->cr, BP_BOLD_WIDTH);
  cairo_set_antialias(canvas->cr, CAIRO_ANTIALIAS_FAST); /* half the time, and no eye sees it */
  cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_BEVEL);
  if (line->options.dashed)
    cairo_set_dash(canvas->cr, DASHES, 2, 0);
  else
    cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_ROUND);
  /* Columns as wide as the line: what is finer would only make it rough, and slow. */
  picture->map.scale = 1 / BP_BOLD_WIDTH;
  stroke_curve(picture, line, bp_plot_line_curve(line));
  picture->map.scale = canvas->scale;
  cairo_restore(canvas->cr);
}

void bp_picture_ring(BpPicture *picture, const BpPlotLine *line, double x, double y)
{
  BpCanvas *canvas = picture->canvas;
  cairo_new_sub_path(canvas->cr);
  cairo_arc(canvas->cr, x, y, MARKER_RADIUS, 0, 2 * G_PI);
  bp_canvas_color(canvas, canvas->style->background);
  cairo_fill_preserve(canvas->cr);
  bp_canvas_color(canvas, bp_canvas_line_color(canvas, line));
  cairo_set_line_width(canvas->cr, 1.8);
  cairo_stroke(canvas->cr);
}

bool bp_picture_holds(const BpPicture *picture, double x, double y)
{
  const BpPlotArea *area = &picture->area;
  return x >= area->x - 0.5 && x <= area->x + area->width + 0.5 && y >= area->y - 0.5 &&
         y <= area->y + area->height + 0.5;
}

/* A ring per point, as long as they stand ten units apart. */
static void draw_markers(BpPicture *picture, const BpPlotLine *line)
{
  size_t n = bp_series_length(line->series);
  if (bp_trace_density(&picture->map, line->series) * picture->canvas->scale > 0.1 && n > 2)
    return;
  for (size_t i = 0; i < n; i++) {
    double x = bp_trace_x(&picture->map, bp_series_x(line->series, i));
    double y = bp_trace_y(&picture->map, bp_series_y(line->series, i, bp_plot_line_curve(line)));
    if (bp_picture_holds(picture, x, y))
      bp_picture_ring(picture, line, x, y);
  }
}

/* All that is faint first, so that no bold line disappears behind another one's noise. */
void bp_picture_draw_curves(BpPicture *picture)
{
  const BpPlot *plot = picture->canvas->plot;
  for (int layer = 0; layer < 3; layer++) {
    for (int i = 0; i < bp_plot_n_lines(plot); i++) {
      const BpPlotLine *line = bp_plot_line(plot, i);
      if (!bp_plot_line_is_drawn(line))
        continue;
      if (layer == 0 && line->options.smooth && !line->options.hide_raw)
        draw_raw(picture, line);
      else if (layer == 1)
        draw_bold(picture, line);
      else if (layer == 2 && (line->options.markers || bp_series_length(line->series) == 1))
        draw_markers(picture, line);
    }
  }
}
