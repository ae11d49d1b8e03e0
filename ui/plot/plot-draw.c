/* plot-draw.c: the picture of a plot: where its parts lie, its axes and its grid. bp_plot_draw() at
 * the end is the table of contents. */
#include "plot-picture.h"
#include "ui/i18n.h"
#include <math.h>

#define LABEL_GAP   5.0  /* from the area to the labels of its axes */
#define STRIP_GAP   9.0  /* from the area to the strip, and half a line: two scales, not one */
#define STRIP_PART  0.19 /* of the height of both */
#define STRIP_LEAST 30.0 /* units */
#define STRIP_MOST  52.0
enum { MOST_EPOCHS = 6 };

/* ---- layout ---- */

static double widest_label(BpCanvas *canvas, const BpAxis *axis, const BpTicks *ticks)
{
  double widest = 0;
  char text[40];
  for (int i = 0; i < ticks->n; i++) {
    bp_format_tick(axis, ticks, i, text, sizeof text);
    widest = fmax(widest, bp_canvas_text_width(canvas, BP_TEXT_SMALL, text));
  }
  return widest;
}

/* As many ticks as their labels have room for. */
static void choose_x_ticks(BpPicture *picture)
{
  BpTicks end = {.n = 1, .value = {picture->x.max}};
  double label = widest_label(picture->canvas, &picture->x, &end) + 18;
  int most = (int)CLAMP(picture->area.width / label, 1, 7);
  bool parts = picture->x.format != BP_FORMAT_COUNT && picture->x.max < 2; /* of epochs */
  /* A whole number of epochs apart: 0, 1, 2 of 2.6. */
  bp_axis_ticks(&picture->x, parts ? most : MIN(most, (int)ceil(fmin(picture->x.max, 7))),
                &picture->x_ticks);
}

static bool has_strip(const BpPlot *plot)
{
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    if (bp_plot_line(plot, i)->options.kind == BP_LINE_STRIP)
      return true;
  return false;
}

static double foot_height(const BpCanvas *canvas)
{
  double text = canvas->plot->x_label ? canvas->line_height[BP_TEXT_SMALL] : 0;
  return fmax(text, canvas->plot->foot_height);
}

static void lay_out_rows(BpPicture *picture, double header)
{
  BpCanvas *canvas = picture->canvas;
  BpPlotArea *area = &picture->area, *strip = &picture->strip;
  double small = canvas->line_height[BP_TEXT_SMALL];
  area->y = bp_canvas_snap(canvas, header + 4 + small / 2);
  double bottom = canvas->height - BP_PLOT_FOOT_END - foot_height(canvas) - small - LABEL_GAP;
  if (has_strip(canvas->plot)) {
    strip->height = CLAMP(STRIP_PART * (bottom - area->y), STRIP_LEAST, STRIP_MOST);
    strip->height = bp_canvas_snap(canvas, strip->height);
    strip->y = bp_canvas_snap(canvas, bottom - strip->height);
    bottom = strip->y - STRIP_GAP - small / 2;
  }
  area->height = bp_canvas_snap(canvas, bottom) - area->y;
}

/* "≤ 1e-9" where a line goes on below the axis. */
static void format_strip_end(const BpPicture *picture, bool upper, char *text, size_t size)
{
  const BpPlot *plot = picture->canvas->plot;
  const BpAxis *axis = &picture->strip_y;
  bool below = false;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    double end = bp_ruler_step(&line->options.ruler, picture->x.max);
    size_t n = bp_series_count_below(line->series, end, true);
    below = below || (line->options.kind == BP_LINE_STRIP &&
                      bp_series_extent(line->series, 0, n).min < axis->min * (1 - 1e-9));
  }
  char number[40];
  bp_format_value(upper ? axis->max : axis->min, axis->format, number, sizeof number);
  g_snprintf(text, size, "%s%s", below && !upper ? "≤\u00a0" : "", number);
}

static double widest_strip_end(BpPicture *picture)
{
  double widest = 0;
  char text[48];
  for (int upper = 0; picture->strip.height > 0 && upper < 2; upper++) {
    format_strip_end(picture, upper, text, sizeof text);
    widest = fmax(widest, bp_canvas_text_width(picture->canvas, BP_TEXT_SMALL, text));
  }
  return widest;
}

/* The left margin comes in steps of eight units, so that it hardly ever moves. */
static void lay_out(BpPicture *picture, double header)
{
  BpCanvas *canvas = picture->canvas;
  BpPlotArea *area = &picture->area;
  double small = canvas->line_height[BP_TEXT_SMALL];
  lay_out_rows(picture, header);
  bp_axis_ticks(&picture->y, (int)CLAMP(area->height / (1.9 * small), 1, 7), &picture->y_ticks);
  double labels = fmax(widest_label(canvas, &picture->y, &picture->y_ticks),
                       bp_canvas_text_width(canvas, BP_TEXT_SMALL, "0.00"));
  labels = fmax(labels, widest_strip_end(picture));
  area->x = BP_PLOT_PAD + ceil((labels + 6) / 8) * 8;
  BpTicks end = {.n = 1, .value = {picture->x.max}};
  double half = widest_label(canvas, &picture->x, &end) / 2 + 6;
  double right = fmax(picture->right, fmax(BP_PLOT_PAD, half));
  area->width = bp_canvas_snap(canvas, canvas->width - right) - area->x;
  picture->strip.x = area->x;
  picture->strip.width = area->width;
  choose_x_ticks(picture);
}

/* ---- the y axes ---- */

static double height_of(const BpPlotArea *area, const BpAxis *axis, double value)
{
  return area->y + area->height * (1 - bp_axis_place(axis, value));
}

static void draw_y_axis(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  char text[40];
  bp_canvas_color(canvas, canvas->style->grid);
  for (int i = 0; i < picture->y_ticks.n; i++)
    bp_canvas_horizontal(canvas, area->x, height_of(area, &picture->y, picture->y_ticks.value[i]),
                         area->width);
  cairo_fill(canvas->cr);
  bp_canvas_color(canvas, canvas->style->dim);
  for (int i = 0; i < picture->y_ticks.n; i++) {
    bp_format_tick(&picture->y, &picture->y_ticks, i, text, sizeof text);
    bp_canvas_text(canvas, BP_TEXT_SMALL, text, area->x - 8,
                   height_of(area, &picture->y, picture->y_ticks.value[i]), 1);
  }
}

/* In the strip the two ends are enough. */
static void draw_strip_axis(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *strip = &picture->strip;
  double ends[] = {picture->strip_y.max, picture->strip_y.min};
  char text[48];
  bp_canvas_color(canvas, canvas->style->grid);
  for (int i = 0; i < 2; i++)
    bp_canvas_horizontal(canvas, strip->x, height_of(strip, &picture->strip_y, ends[i]),
                         strip->width);
  cairo_fill(canvas->cr);
  bp_canvas_color(canvas, canvas->style->dim);
  for (int i = 0; i < 2; i++) {
    /* Within the strip: above it are the labels of the chart. */
    double y = strip->y + (i == 0 ? 1 : -1) * (canvas->line_height[BP_TEXT_SMALL] / 2 - 2);
    format_strip_end(picture, i == 0, text, sizeof text);
    bp_canvas_text(canvas, BP_TEXT_SMALL, text, strip->x - 8, i == 0 ? y : y + strip->height, 1);
  }
}

static const BpPlotLine *first_of_strip(const BpPlot *plot)
{
  const BpPlotLine *found = NULL;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (line->options.kind == BP_LINE_STRIP && (!found || !line->options.quiet))
      found = line;
  }
  return found;
}

/* Is the upper (or lower) half of the strip free of the line between these two places? */
static bool line_leaves_half(const BpPicture *picture, const BpPlotLine *line, double left,
                             double right, bool upper)
{
  const BpPlotArea *strip = &picture->strip;
  double unit = (picture->x.max - picture->x.min) / strip->width;
  double from = picture->x.min + (left - strip->x) * unit, to = from + (right - left) * unit;
  size_t begin =
      bp_series_count_below(line->series, bp_ruler_step(&line->options.ruler, from), true);
  size_t end = bp_series_count_below(line->series, bp_ruler_step(&line->options.ruler, to), true);
  BpSeriesExtent extent = bp_series_extent(line->series, begin > 0 ? begin - 1 : 0, end);
  if (extent.n_finite == 0 || bp_plot_line_end(line) < from)
    return true;
  return upper ? bp_axis_place(&picture->strip_y, extent.max) < 0.5
               : bp_axis_place(&picture->strip_y, extent.min) > 0.5;
}

static bool half_is_free(const BpPicture *picture, double left, double right, bool upper)
{
  const BpPlot *plot = picture->canvas->plot;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (line->options.kind == BP_LINE_STRIP && !line_leaves_half(picture, line, left, right, upper))
      return false;
  }
  return true;
}

/* What the strip shows stands in the first of its corners that the lines leave free, or beside it,
 * below the names of the runs. */
static void draw_strip_name(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *strip = &picture->strip;
  const BpPlotLine *line = first_of_strip(canvas->plot);
  double half = canvas->line_height[BP_TEXT_SMALL] / 2;
  double width = bp_canvas_text_width(canvas, BP_TEXT_SMALL, line->name);
  double left = strip->x + 6, right = strip->x + strip->width - 6 - width;
  const struct {
    double x;
    bool upper;
  } corners[] = {{left, false}, {left, true}, {right, true}, {right, false}};
  size_t at = 0, n = G_N_ELEMENTS(corners);
  while (at < n && !half_is_free(picture, corners[at].x, corners[at].x + width, corners[at].upper))
    at++;
  double x = strip->x + strip->width + 8, y = strip->y + strip->height / 2;
  if (at < n || picture->right < width + 10) {
    at %= n;
    x = corners[at].x;
    y = corners[at].upper ? strip->y + half + 1 : strip->y + strip->height - half - 1;
  }
  bp_canvas_color(canvas, canvas->style->dim);
  bp_canvas_text(canvas, BP_TEXT_SMALL, line->name, x, y, 0);
}

/* ---- the x axis ---- */

static double foot_middle(const BpPicture *picture)
{
  const BpCanvas *canvas = picture->canvas;
  return canvas->height - BP_PLOT_FOOT_END - foot_height(canvas) / 2;
}

static void draw_x_axis(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  double small = canvas->line_height[BP_TEXT_SMALL];
  double y = canvas->height - BP_PLOT_FOOT_END - foot_height(canvas) - small / 2;
  char text[40];
  bp_canvas_color(canvas, canvas->style->dim);
  for (int i = 0; i < picture->x_ticks.n; i++) {
    bp_format_tick(&picture->x, &picture->x_ticks, i, text, sizeof text);
    double place = bp_axis_place(&picture->x, picture->x_ticks.value[i]);
    bp_canvas_text(canvas, BP_TEXT_SMALL, text, area->x + area->width * place, y, 0.5);
  }
  if (canvas->plot->x_label)
    bp_canvas_text(canvas, BP_TEXT_SMALL, canvas->plot->x_label, area->x + area->width / 2,
                   foot_middle(picture), 0.5);
}

/* A dashed vertical line, dash by dash on whole pixels: cairo_set_dash() would blur it. */
static void dashed_vertical(BpCanvas *canvas, const BpPlotArea *area, double x)
{
  double bottom = area->y + area->height;
  for (double y = area->y; y < bottom; y += 6)
    bp_canvas_vertical(canvas, x, y, fmin(3, bottom - y));
}

/* Every how many epochs there is a mark, so that there are six at most. */
static double epoch_stride(const BpPicture *picture, double length)
{
  static const double FACTORS[] = {2, 2.5, 2};
  const BpRuler *ruler = &bp_plot_leader(picture->canvas->plot)->options.ruler;
  double n = bp_ruler_step(ruler, picture->x.max) / length * (1 + 1e-9), stride = 1;
  for (int i = 0; floor(n / stride) > MOST_EPOCHS; i++)
    stride *= FACTORS[i % 3];
  return stride;
}

/* What the dashed lines are, under the axis' end. */
static void name_epochs(BpPicture *picture, int stride)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  double small = canvas->line_height[BP_TEXT_SMALL], y = foot_middle(picture);
  g_autofree char *text = g_strdup_printf(
      /* Translators: beside a dashed line: what such lines are in a chart. */
      ngettext("every epoch", "every %d epochs", (unsigned long)stride), stride);
  double x = area->x + area->width - bp_canvas_text_width(canvas, BP_TEXT_SMALL, text);
  double name = bp_canvas_text_width(canvas, BP_TEXT_SMALL,
                                     canvas->plot->x_label ? canvas->plot->x_label : "");
  /* The widget in the foot lies under the middle of all, the name of the axis under its own. */
  double taken =
      fmax(area->x + (area->width + name) / 2, (canvas->width + canvas->plot->foot_width) / 2);
  if (x - 14 < taken)
    return;
  dashed_vertical(canvas, &(BpPlotArea){.y = y - small / 2 + 1, .height = small - 2}, x - 8);
  cairo_fill(canvas->cr);
  bp_canvas_color(canvas, canvas->style->dim);
  bp_canvas_text(canvas, BP_TEXT_SMALL, text, x, y, 0);
}

/* A line through the area and the strip, where the axis has that value. */
static void draw_upright(BpPicture *picture, double value, bool dashed)
{
  double place = bp_axis_place(&picture->x, value);
  double x = picture->area.x + picture->area.width * place;
  const BpPlotArea *parts[] = {&picture->area, &picture->strip};
  for (int i = 0; i < 2; i++) {
    if (dashed)
      dashed_vertical(picture->canvas, parts[i], x);
    else
      bp_canvas_vertical(picture->canvas, x, parts[i]->y, parts[i]->height);
  }
}

static void draw_epochs(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpRuler *ruler = &bp_plot_leader(canvas->plot)->options.ruler;
  double length = canvas->plot->epoch_length, stride = epoch_stride(picture, length);
  BpColor color = canvas->style->grid;
  /* Stronger than the grid, which is strong enough in high contrast. */
  color.alpha = fmin(fmax(color.alpha, 0.3), color.alpha * 2.4);
  bp_canvas_color(canvas, color);
  double k = 1;
  for (; k <= MOST_EPOCHS; k++) {
    double value = bp_ruler_place(ruler, k * stride * length);
    if (value > picture->x.max * (1 + 1e-6))
      break;
    draw_upright(picture, value, true);
  }
  cairo_fill(canvas->cr);
  bp_canvas_color(canvas, color);
  if (k > 1)
    name_epochs(picture, (int)stride);
}

static void draw_tick_lines(BpPicture *picture)
{
  bp_canvas_color(picture->canvas, picture->canvas->style->grid);
  for (int i = 0; i < picture->x_ticks.n; i++)
    draw_upright(picture, picture->x_ticks.value[i], false);
  cairo_fill(picture->canvas->cr);
}

/* ---- the whole ---- */

static void draw_empty(BpCanvas *canvas, double header)
{
  if (!canvas->plot->empty_text)
    return;
  double middle = (header + canvas->height - canvas->plot->foot_height) / 2;
  bp_canvas_color(canvas, canvas->style->dim);
  bp_canvas_paragraph(canvas, canvas->plot->empty_text, canvas->width / 2, middle,
                      fmax(1, fmin(canvas->width - 4 * BP_PLOT_PAD, 420)));
}

static void free_array(gpointer array)
{
  g_array_unref(array);
}

/* The means of the shape, where they come to lie. */
static GPtrArray *place_means(const BpPicture *picture)
{
  const BpPlot *plot = picture->canvas->plot;
  const BpPlotArea *area = &picture->area;
  GPtrArray *all = g_ptr_array_new_with_free_func(free_array);
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    GArray *means = g_array_copy((GArray *)(gpointer)bp_shape_means(bp_plot_shape(plot), i));
    BpTraceMap map = bp_picture_map(picture, bp_plot_line(plot, i));
    for (guint k = 0; k < means->len; k++) {
      BpVertex *vertex = &g_array_index(means, BpVertex, k);
      vertex->x = area->x + area->width * vertex->x / BP_SHAPE_WIDTH;
      vertex->y = bp_trace_y(&map, vertex->y);
    }
    g_ptr_array_add(all, means);
  }
  return all;
}

static void draw_full(BpPicture *picture)
{
  picture->means = place_means(picture);
  draw_y_axis(picture);
  draw_x_axis(picture);
  if (picture->canvas->plot->epoch_length > 0)
    draw_epochs(picture);
  else
    draw_tick_lines(picture);
  bp_picture_draw_curves(picture);
  if (picture->strip.height > 0) {
    draw_strip_axis(picture);
    bp_picture_draw_strip(picture);
    draw_strip_name(picture);
  }
  bp_picture_draw_labels(picture);
  bp_picture_draw_cursor(picture);
  g_ptr_array_unref(picture->means);
}

static BpPlotArea draw_parts(BpCanvas *canvas)
{
  const BpPlot *plot = canvas->plot;
  bool empty = bp_plot_is_empty(plot);
  BpPicture picture = {.canvas = canvas, .right = bp_picture_label_room(canvas)};
  double header = bp_picture_draw_header(canvas, !empty, picture.right > 0);
  if (empty) {
    draw_empty(canvas, header);
    return (BpPlotArea){0};
  }
  const BpShape *shape = bp_plot_shape(plot);
  picture.x = shape->x;
  picture.y = shape->y;
  picture.strip_y = shape->strip;
  lay_out(&picture, header);
  if (picture.area.width < 10 || picture.area.height < 10)
    return (BpPlotArea){0};
  draw_full(&picture);
  return picture.area;
}

BpPlotArea bp_plot_draw(const BpPlot *plot, const BpPlotStyle *style, cairo_t *cr, double width,
                        double height)
{
  if (!(width >= 60 && height >= 40))
    return (BpPlotArea){0};
  BpCanvas canvas;
  cairo_save(cr);
  bp_canvas_init(&canvas, plot, style, cr);
  canvas.width = width;
  canvas.height = height;
  if (style->paint_background) {
    bp_canvas_color(&canvas, style->background);
    cairo_rectangle(cr, 0, 0, width, height);
    cairo_fill(cr);
  }
  BpPlotArea area = draw_parts(&canvas);
  bp_canvas_clear(&canvas);
  cairo_restore(cr);
  return area;
}
