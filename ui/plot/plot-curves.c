/* plot-curves.c: the lines of a plot: bands, means, points, and the strip. Read
 * bp_picture_draw_curves() at the end first. */
#include "plot-picture.h"
#include <math.h>

#define QUIET_WIDTH   1.25
#define POINTS_WIDTH  1.2
#define MARKER_RADIUS 2.8
#define MARKERS_APART 9.0 /* units at least */

static const double DASHES[] = {3, 2.5};

BpTraceMap bp_picture_map(const BpPicture *picture, const BpPlotLine *line)
{
  bool strip = line->options.kind == BP_LINE_STRIP;
  return (BpTraceMap){.x = &picture->x,
                      .y = strip ? &picture->strip_y : &picture->y,
                      .area = strip ? picture->strip : picture->area,
                      .scale = picture->canvas->scale,
                      .ruler = line->options.ruler};
}

bool bp_picture_holds(const BpPlotArea *area, double x, double y)
{
  return x >= area->x - 0.5 && x <= area->x + area->width + 0.5 && y >= area->y - 0.5 &&
         y <= area->y + area->height + 0.5;
}

static BpColor color_of(BpCanvas *canvas, const BpPlotLine *line)
{
  BpColor color = bp_canvas_line_color(canvas, line);
  color.alpha *= line->options.quiet ? canvas->style->quiet_alpha : 1;
  return color;
}

/* The pen for a line. */
static void set_pen(BpCanvas *canvas, const BpPlotLine *line)
{
  bool points = line->options.kind == BP_LINE_POINTS;
  bp_canvas_color(canvas, color_of(canvas, line));
  cairo_set_line_width(canvas->cr, line->options.quiet ? QUIET_WIDTH
                                   : points            ? POINTS_WIDTH
                                                       : BP_BOLD_WIDTH);
  cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_line_cap(canvas->cr, points ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  cairo_set_dash(canvas->cr, DASHES, points && line->options.hollow ? 2 : 0, 0);
}

static void stroke(BpCanvas *canvas, const GArray *vertices)
{
  for (guint i = 0; i < vertices->len; i++) {
    const BpVertex *vertex = &g_array_index(vertices, BpVertex, i);
    if (vertex->starts)
      cairo_move_to(canvas->cr, vertex->x, vertex->y);
    cairo_line_to(canvas->cr, vertex->x, vertex->y); /* a piece of one point becomes a dot */
  }
  cairo_stroke(canvas->cr);
}

static void clip_to(BpCanvas *canvas, const BpPlotArea *area, double margin)
{
  cairo_rectangle(canvas->cr, area->x - margin, area->y - margin, area->width + 2 * margin,
                  area->height + 2 * margin);
  cairo_clip(canvas->cr);
}

/* ---- markers ---- */

static void diamond(cairo_t *cr, double x, double y, double radius)
{
  cairo_move_to(cr, x, y - radius);
  cairo_line_to(cr, x + radius, y);
  cairo_line_to(cr, x, y + radius);
  cairo_line_to(cr, x - radius, y);
  cairo_close_path(cr);
}

/* A dot, or a hollow diamond; on the curve of the mean a ring. */
void bp_picture_marker(BpCanvas *canvas, const BpPlotLine *line, double x, double y, bool large)
{
  const BpPlotLineOptions *options = &line->options;
  cairo_t *cr = canvas->cr;
  double radius = MARKER_RADIUS + (large ? 1.2 : 0) - (options->quiet ? 0.6 : 0);
  bool ring = options->hollow || options->kind != BP_LINE_POINTS;
  cairo_set_dash(cr, NULL, 0, 0);
  cairo_new_sub_path(cr);
  if (options->hollow)
    diamond(cr, x, y, radius + 1);
  else
    cairo_arc(cr, x, y, radius, 0, 2 * G_PI);
  /* The background around a dot sets it apart from the curve that it lies on. */
  bp_canvas_color(canvas, canvas->style->background);
  cairo_set_line_width(cr, ring ? 0 : 2);
  cairo_stroke_preserve(cr);
  bp_canvas_color(canvas, ring ? canvas->style->background : color_of(canvas, line));
  cairo_fill_preserve(cr);
  bp_canvas_color(canvas, color_of(canvas, line));
  cairo_set_line_width(cr, 1.6);
  if (ring)
    cairo_stroke(cr);
  cairo_new_path(cr);
}

/* The next point that is drawn after one at `place`; n: none. */
static size_t next_marker(const BpTraceMap *map, const BpSeries *series, double place)
{
  double x = bp_axis_value(map->x, (place + MARKERS_APART - map->area.x) / map->area.width);
  return bp_series_count_below(series, bp_ruler_step(&map->ruler, x), false);
}

/* Where the markers of a line lie: nine units apart from each other, from the left: they stay where
 * they are while more come. The newest is always there. What lies between is not drawn at all, for
 * a line that bends where no dot is would seem to be wrong. Free with g_array_unref(). */
static GArray *place_markers(const BpPicture *picture, const BpPlotLine *line)
{
  BpTraceMap map = bp_picture_map(picture, line);
  GArray *places = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  size_t n = bp_series_length(line->series), i = 0;
  bool starts = true;
  while (i < n) {
    BpVertex place = {.x = bp_trace_x(&map, bp_series_x(line->series, i)), .starts = starts};
    place.y = bp_trace_y(&map, bp_series_y(line->series, i));
    starts = !isfinite(bp_series_y(line->series, i));
    if (!starts)
      g_array_append_val(places, place);
    size_t next = MAX(i + 1, next_marker(&map, line->series, place.x));
    i = i + 1 < n ? MIN(next, n - 1) : n;
  }
  return places;
}

static void draw_markers(BpPicture *picture, const BpPlotLine *line)
{
  g_autoptr(GArray) places = place_markers(picture, line);
  for (guint i = 0; i < places->len; i++) {
    const BpVertex *place = &g_array_index(places, BpVertex, i);
    if (bp_picture_holds(&picture->area, place->x, place->y))
      bp_picture_marker(picture->canvas, line, place->x, place->y, false);
  }
}

void bp_picture_draw_sample(BpCanvas *canvas, const BpPlotLine *line, double x, double y,
                            double width)
{
  cairo_save(canvas->cr);
  set_pen(canvas, line);
  cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_BUTT);
  cairo_move_to(canvas->cr, x, bp_canvas_snap(canvas, y));
  cairo_rel_line_to(canvas->cr, width, 0);
  cairo_stroke(canvas->cr);
  if (line->options.kind == BP_LINE_POINTS)
    bp_picture_marker(canvas, line, x + width / 2, bp_canvas_snap(canvas, y), false);
  cairo_restore(canvas->cr);
}

/* ---- bands and lines ---- */

static void draw_band(BpPicture *picture, int i)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotLine *line = bp_plot_line(canvas->plot, i);
  const GArray *spreads = bp_shape_spreads(bp_plot_shape(canvas->plot), i);
  const BpPlotArea *area = &picture->area;
  BpTraceMap map = bp_picture_map(picture, line);
  for (int edge = 0; edge < 2; edge++) {
    for (guint k = 0; k < spreads->len; k++) {
      guint at =
          edge ? spreads->len - 1 - k : k; /* there along the upper edge, back along the lower */
      const BpSpread *spread = &g_array_index(spreads, BpSpread, at);
      cairo_line_to(canvas->cr, area->x + area->width * spread->x / BP_SHAPE_WIDTH,
                    bp_trace_y(&map, edge ? spread->low : spread->high));
    }
  }
  BpColor color = bp_canvas_line_color(canvas, line);
  color.alpha *= canvas->style->band_alpha;
  bp_canvas_color(canvas, color);
  cairo_fill(canvas->cr);
}

double bp_picture_y(const BpTraceMap *map, const BpPlotLine *line, double value)
{
  double y = bp_trace_y(map, value), bottom = map->area.y + map->area.height;
  return line->options.kind == BP_LINE_STRIP && y > bottom ? bottom : y;
}

static void draw_line(BpPicture *picture, const BpPlotLine *line)
{
  BpTraceMap map = bp_picture_map(picture, line);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  bp_trace_line(&map, line->series, vertices);
  double lowest = map.area.y + map.area.height;
  for (guint i = 0; i < vertices->len; i++) {
    BpVertex *vertex = &g_array_index(vertices, BpVertex, i);
    vertex->y = fmin(vertex->y, lowest);
  }
  set_pen(picture->canvas, line);
  stroke(picture->canvas, vertices);
}

static void draw_mean(BpPicture *picture, const BpPlotLine *line, const GArray *means)
{
  set_pen(picture->canvas, line);
  stroke(picture->canvas, means);
  if (means->len == 1) { /* a line of one point is none */
    const BpVertex *only = &g_array_index(means, BpVertex, 0);
    bp_picture_marker(picture->canvas, line, only->x, only->y, false);
  }
}

static void draw_points(BpPicture *picture, const BpPlotLine *line)
{
  g_autoptr(GArray) places = place_markers(picture, line);
  set_pen(picture->canvas, line);
  stroke(picture->canvas, places);
}

static void draw_layer(BpPicture *picture, bool quiet)
{
  const BpPlot *plot = picture->canvas->plot;
  for (int kind = BP_LINE_CURVE; kind <= BP_LINE_POINTS; kind++) {
    for (int i = 0; i < bp_plot_n_lines(plot); i++) {
      const BpPlotLine *line = bp_plot_line(plot, i);
      if (line->options.quiet != quiet || (int)line->options.kind != kind)
        continue;
      if (kind == BP_LINE_CURVE)
        draw_mean(picture, line, g_ptr_array_index(picture->means, i));
      else
        draw_points(picture, line);
    }
  }
}

/* The band first, then what is quiet, so that no bold line disappears behind another one's. */
void bp_picture_draw_curves(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlot *plot = canvas->plot;
  cairo_save(canvas->cr);
  clip_to(canvas, &picture->area, BP_BOLD_WIDTH / 2);
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    draw_band(picture, i);
  draw_layer(picture, true);
  draw_layer(picture, false);
  cairo_restore(canvas->cr);
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    if (bp_plot_line(plot, i)->options.kind == BP_LINE_POINTS)
      draw_markers(picture, bp_plot_line(plot, i));
}

/* Many points: each column from its lowest to its highest, as one area. A pen would go up and down
 * within every pixel where the rate swings (CyclicLR), and take a hundred times as long. */
static void fill_line(BpPicture *picture, const BpPlotLine *line)
{
  BpCanvas *canvas = picture->canvas;
  BpTraceMap map = bp_picture_map(picture, line);
  g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(BpColumn));
  bp_trace_columns(&map, line->series, columns);
  double half = (line->options.quiet ? QUIET_WIDTH : BP_BOLD_WIDTH) / 2;
  double lowest = map.area.y + map.area.height;
  for (guint i = 0; i < columns->len; i++) {
    const BpColumn *column = &g_array_index(columns, BpColumn, i);
    double top = fmin(column->top, lowest), bottom = fmin(column->bottom, lowest);
    cairo_rectangle(canvas->cr, column->left, top - half, column->right - column->left,
                    bottom - top + 2 * half);
  }
  bp_canvas_color(canvas, color_of(canvas, line));
  cairo_fill(canvas->cr);
}

/* Rates below the axis run along its lower edge, where the label says "at most": a schedule does
 * not end there. */
static void draw_rate(BpPicture *picture, const BpPlotLine *line)
{
  /* Of a longer run only the beginning may be seen, whose few points have gaps between them. */
  double end = bp_ruler_step(&line->options.ruler, picture->x.max);
  size_t n = bp_series_count_below(line->series, end, true);
  if ((double)n > 2 * picture->strip.width)
    fill_line(picture, line);
  else
    draw_line(picture, line);
}

void bp_picture_draw_strip(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  cairo_save(canvas->cr);
  clip_to(canvas, &picture->strip, BP_BOLD_WIDTH / 2);
  for (int quiet = 1; quiet >= 0; quiet--) {
    for (int i = 0; i < bp_plot_n_lines(canvas->plot); i++) {
      const BpPlotLine *line = bp_plot_line(canvas->plot, i);
      if (line->options.kind == BP_LINE_STRIP && line->options.quiet == (quiet == 1))
        draw_rate(picture, line);
    }
  }
  cairo_restore(canvas->cr);
}
