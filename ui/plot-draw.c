/* plot-draw.c: the picture of a plot, from the back to the front: header, grid, raw curves, bold
 * curves, markers, cursor. bp_plot_draw() at the end is the table of contents. */
#include "plot-picture.h"
#include <math.h>

#define PAD          14.0
#define SAMPLE_WIDTH 20.0 /* of the piece of line in the legend */
#define LEGEND_GAP   16.0
#define BOX_PAD      10.0

/* ---- header: title, name of the y axis, legend ---- */

static void draw_sample(BpCanvas *canvas, const BpPlotLine *line, double x, double y)
{
  cairo_t *cr = canvas->cr;
  bp_canvas_color(canvas, bp_canvas_line_color(canvas, line));
  cairo_set_line_width(cr, BP_BOLD_WIDTH);
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
  int n_dashes;
  const double *dashes = bp_picture_dashes(line, &n_dashes);
  cairo_set_dash(cr, dashes, n_dashes, 0);
  cairo_move_to(cr, x, bp_canvas_snap(canvas, y));
  cairo_rel_line_to(cr, SAMPLE_WIDTH, 0);
  cairo_stroke(cr);
  cairo_set_dash(cr, NULL, 0, 0);
}

/* Width of the legend in one row; 0 when there is nothing to tell apart. */
static double legend_width(BpCanvas *canvas)
{
  double width = 0;
  for (int i = 0; i < bp_plot_n_lines(canvas->plot); i++) {
    const BpPlotLine *line = bp_plot_line(canvas->plot, i);
    if (bp_plot_line_is_drawn(line) && *line->name)
      width +=
          SAMPLE_WIDTH + 6 + LEGEND_GAP + bp_canvas_text_width(canvas, BP_TEXT_SMALL, line->name);
  }
  return fmax(0, width - LEGEND_GAP);
}

/* Draws the legend from (x, y) on, in rows no longer than `room`; the y of its last row comes back.
 */
static double draw_legend(BpCanvas *canvas, double x, double y, double room)
{
  double left = x;
  for (int i = 0; i < bp_plot_n_lines(canvas->plot); i++) {
    const BpPlotLine *line = bp_plot_line(canvas->plot, i);
    if (!bp_plot_line_is_drawn(line) || !*line->name)
      continue;
    double width = SAMPLE_WIDTH + 6 + bp_canvas_text_width(canvas, BP_TEXT_SMALL, line->name);
    if (x > left && x + width > left + room + 0.5) {
      x = left;
      y += canvas->line_height[BP_TEXT_SMALL] + 2;
    }
    draw_sample(canvas, line, x, y);
    bp_canvas_color(canvas, canvas->style->foreground);
    bp_canvas_text(canvas, BP_TEXT_SMALL, line->name, x + SAMPLE_WIDTH + 6, y, 0);
    x += width + LEGEND_GAP;
  }
  return y;
}

static void draw_title(BpCanvas *canvas, double y, double room)
{
  const char *title = canvas->plot->title ? canvas->plot->title : "";
  const char *unit = canvas->plot->y_label ? canvas->plot->y_label : "";
  bool rtl = canvas->style->rtl;
  double title_width = bp_canvas_text_width(canvas, BP_TEXT_TITLE, title);
  double unit_width = bp_canvas_text_width(canvas, BP_TEXT_SMALL, unit);
  double x = rtl ? canvas->width - PAD : PAD;
  bp_canvas_color(canvas, canvas->style->foreground);
  bp_canvas_text(canvas, BP_TEXT_TITLE, title, x, y, rtl ? 1 : 0);
  if (title_width + 8 + unit_width > room)
    return;
  double beside = rtl ? x - title_width - 8 : x + title_width + 8;
  bp_canvas_color(canvas, canvas->style->dim);
  bp_canvas_text(canvas, BP_TEXT_SMALL, unit, beside, y + 1, rtl ? 1 : 0);
}

/* Where the header ends. The legend stands beside the title, or under it when there is no room. */
static double draw_header(BpCanvas *canvas, bool with_legend)
{
  double y = PAD - 2 + canvas->line_height[BP_TEXT_TITLE] / 2;
  double room = canvas->width - 2 * PAD;
  double legend = with_legend ? legend_width(canvas) : 0;
  double title =
      canvas->plot->title ? bp_canvas_text_width(canvas, BP_TEXT_TITLE, canvas->plot->title) : 0;
  bool beside = title + 2 * LEGEND_GAP + legend <= room;
  draw_title(canvas, y, beside && legend > 0 ? room - legend - LEGEND_GAP : room);
  if (legend > 0 && beside)
    draw_legend(canvas, canvas->style->rtl ? PAD : canvas->width - PAD - legend, y, legend);
  else if (legend > 0)
    y = draw_legend(canvas, PAD, y + canvas->line_height[BP_TEXT_TITLE] + 2, room);
  return y + canvas->line_height[BP_TEXT_TITLE] / 2;
}

/* ---- axes ---- */

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
  BpCanvas *canvas = picture->canvas;
  BpTicks two_ends = {.n = 1, .value = {picture->x.max}};
  double label = widest_label(canvas, &picture->x, &two_ends) + 28;
  bp_axis_ticks(&picture->x, (int)CLAMP(picture->area.width / label, 1, 8), &picture->x_ticks);
}

/* The left margin comes in steps of eight units, so that it hardly ever moves. */
static void lay_out(BpPicture *picture, double header)
{
  BpCanvas *canvas = picture->canvas;
  BpPlotArea *area = &picture->area;
  double small = canvas->line_height[BP_TEXT_SMALL];
  area->y = bp_canvas_snap(canvas, header + 8 + small / 2);
  area->height = bp_canvas_snap(canvas, canvas->height - PAD + 2 - small - 5) - area->y;
  bp_axis_ticks(&picture->y, (int)CLAMP(area->height / (2.2 * small), 1, 5), &picture->y_ticks);
  double labels = fmax(widest_label(canvas, &picture->y, &picture->y_ticks),
                       bp_canvas_text_width(canvas, BP_TEXT_SMALL, "0.00"));
  area->x = PAD + ceil((labels + 6) / 8) * 8;
  BpTicks end = {.n = 1, .value = {picture->x.max}};
  double right = fmax(PAD, widest_label(canvas, &picture->x, &end) / 2 + 8);
  area->width = bp_canvas_snap(canvas, canvas->width - right) - area->x;
  choose_x_ticks(picture);
  picture->map =
      (BpTraceMap){.x = &picture->x, .y = &picture->y, .area = *area, .scale = canvas->scale};
}

static void draw_y_axis(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  char text[40];
  bp_canvas_color(canvas, canvas->style->grid);
  for (int i = 0; i < picture->y_ticks.n; i++)
    bp_canvas_horizontal(canvas, area->x, bp_trace_y(&picture->map, picture->y_ticks.value[i]),
                         area->width);
  cairo_fill(canvas->cr);
  bp_canvas_color(canvas, canvas->style->dim);
  for (int i = 0; i < picture->y_ticks.n; i++) {
    bp_format_tick(&picture->y, &picture->y_ticks, i, text, sizeof text);
    bp_canvas_text(canvas, BP_TEXT_SMALL, text, area->x - 8,
                   bp_trace_y(&picture->map, picture->y_ticks.value[i]), 1);
  }
}

/* The name of the axis goes into the last space between two labels that is wide enough. */
static void draw_x_label(BpPicture *picture, const double *begin, const double *end, double y)
{
  BpCanvas *canvas = picture->canvas;
  const char *label = canvas->plot->x_label;
  if (!label)
    return;
  double needed = bp_canvas_text_width(canvas, BP_TEXT_SMALL, label) + 24;
  for (int i = picture->x_ticks.n - 1; i > 0; i--) {
    if (begin[i] - end[i - 1] < needed)
      continue;
    bp_canvas_text(canvas, BP_TEXT_SMALL, label, (begin[i] + end[i - 1]) / 2, y, 0.5);
    return;
  }
}

static void draw_x_axis(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  double begin[BP_AXIS_MAX_TICKS];
  double end[BP_AXIS_MAX_TICKS];
  double y = area->y + area->height + 5 + canvas->line_height[BP_TEXT_SMALL] / 2;
  char text[40];
  bp_canvas_color(canvas, canvas->style->dim);
  for (int i = 0; i < picture->x_ticks.n; i++) {
    bp_format_tick(&picture->x, &picture->x_ticks, i, text, sizeof text);
    double middle = bp_trace_x(&picture->map, picture->x_ticks.value[i]);
    double half = bp_canvas_text_width(canvas, BP_TEXT_SMALL, text) / 2;
    begin[i] = middle - half;
    end[i] = middle + half;
    bp_canvas_text(canvas, BP_TEXT_SMALL, text, middle, y, 0.5);
  }
  draw_x_label(picture, begin, end, y);
}

/* A dashed vertical line, dash by dash on whole pixels: cairo_set_dash() would blur it. */
static void dashed_vertical(BpPicture *picture, double x)
{
  double bottom = picture->area.y + picture->area.height;
  for (double y = picture->area.y; y < bottom; y += 6)
    bp_canvas_vertical(picture->canvas, x, y, fmin(3, bottom - y));
}

/* A mark at the end of every epoch, or of every 2nd, 5th, 10th, … when they would stand closer than
 * ten units. Without epochs, plain lines at the ticks instead. */
static void draw_epochs(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  double length = canvas->plot->epoch_length;
  BpColor color = canvas->style->grid;
  if (length > 0) {
    /* Stronger than the grid, which is strong enough in high contrast. */
    color.alpha = fmin(fmax(color.alpha, 0.3), color.alpha * 2.2);
    static const double FACTORS[] = {2, 2.5, 2};
    for (int i = 0; length * area->width / picture->x.max < 10; i++)
      length *= FACTORS[i % 3];
    for (double k = 1; k * length < picture->x.max * (1 - 1e-9); k++)
      dashed_vertical(picture, bp_trace_x(&picture->map, k * length));
  } else {
    for (int i = 0; i < picture->x_ticks.n; i++)
      bp_canvas_vertical(canvas, bp_trace_x(&picture->map, picture->x_ticks.value[i]), area->y,
                         area->height);
  }
  bp_canvas_color(canvas, color);
  cairo_fill(canvas->cr);
}

/* ---- cursor ---- */

static void draw_cursor_rings(BpPicture *picture, double x)
{
  const BpPlot *plot = picture->canvas->plot;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    double value;
    if (!bp_plot_line_is_drawn(line) ||
        !bp_series_value_at(line->series, plot->cursor, bp_plot_line_curve(line), NULL, &value))
      continue;
    double y = bp_trace_y(&picture->map, value);
    if (isfinite(value) && bp_picture_holds(picture, x, y))
      bp_picture_ring(picture, line, x, y);
  }
}

/* The box stands right of the cursor, left of it when it would leave the area, and is pushed
 * inside when neither side has room. */
static BpPlotArea place_box(BpPicture *picture, char **rows, double x)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  double width = 0;
  for (int i = 0; rows[i]; i++)
    width =
        fmax(width, bp_canvas_text_width(canvas, i ? BP_TEXT_SMALL : BP_TEXT_SMALL_BOLD, rows[i]));
  double height = g_strv_length(rows) * (canvas->line_height[BP_TEXT_SMALL] + 1);
  BpPlotArea box = {.width = ceil(width) + 2 * BOX_PAD, .height = ceil(height) + 12};
  box.x = x + 9 + box.width <= area->x + area->width ? x + 9 : x - 9 - box.width;
  box.x = fmax(area->x + 2, fmin(box.x, area->x + area->width - box.width - 2));
  box.x = bp_canvas_snap(canvas, fmax(0, fmin(box.x, canvas->width - box.width)));
  box.y = fmin(area->y + 0.1 * area->height, area->y + area->height - box.height - 2);
  box.y = bp_canvas_snap(canvas, fmax(2, box.y));
  return box;
}

static void draw_box(BpPicture *picture, double x)
{
  BpCanvas *canvas = picture->canvas;
  g_auto(GStrv) rows = bp_plot_cursor_text(canvas->plot);
  BpPlotArea box = place_box(picture, rows, x);
  bp_canvas_rounded(canvas, &box, 6);
  bp_canvas_color(canvas, canvas->style->box);
  cairo_fill(canvas->cr);
  bp_canvas_color(canvas, canvas->style->box_text);
  double row = canvas->line_height[BP_TEXT_SMALL] + 1;
  for (int i = 0; rows[i]; i++)
    bp_canvas_text(canvas, i ? BP_TEXT_SMALL : BP_TEXT_SMALL_BOLD, rows[i], box.x + BOX_PAD,
                   box.y + 6 + (i + 0.5) * row, 0);
}

static void draw_cursor(BpPicture *picture)
{
  double cursor = picture->canvas->plot->cursor;
  if (!(cursor >= picture->x.min && cursor <= picture->x.max))
    return;
  double x = bp_trace_x(&picture->map, cursor);
  BpColor color = picture->canvas->style->foreground;
  color.alpha *= 0.5;
  bp_canvas_color(picture->canvas, color);
  bp_canvas_vertical(picture->canvas, x, picture->area.y, picture->area.height);
  cairo_fill(picture->canvas->cr);
  draw_cursor_rings(picture, x);
  draw_box(picture, x);
}

/* ---- the whole ---- */

static void draw_empty(BpCanvas *canvas, double header)
{
  if (!canvas->plot->empty_text)
    return;
  double middle = fmax(header, 0) / 2 + canvas->height / 2;
  bp_canvas_color(canvas, canvas->style->dim);
  bp_canvas_paragraph(canvas, canvas->plot->empty_text, canvas->width / 2, middle,
                      fmax(1, fmin(canvas->width - 4 * PAD, 420)));
}

static BpPlotArea draw_parts(BpCanvas *canvas)
{
  const BpPlot *plot = canvas->plot;
  bool empty = bp_plot_is_empty(plot);
  double header = draw_header(canvas, !empty);
  if (empty) {
    draw_empty(canvas, header);
    return (BpPlotArea){0};
  }
  BpPicture picture = {.canvas = canvas, .x = bp_plot_x_axis(plot), .y = bp_plot_y_axis(plot)};
  lay_out(&picture, header);
  if (picture.area.width < 10 || picture.area.height < 10)
    return (BpPlotArea){0};
  draw_y_axis(&picture);
  draw_x_axis(&picture);
  draw_epochs(&picture);
  bp_picture_draw_curves(&picture);
  draw_cursor(&picture);
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
