/* plot-cursor.c: the line of the cursor, a marker on every curve, and the box of values. */
#include "plot-picture.h"
#include <math.h>

#define BOX_PAD    10.0
#define DOT_ROOM   12.0 /* before a row that belongs to a color */
#define DOT        3.0
#define COLUMN_GAP 12.0

static void draw_markers(BpPicture *picture)
{
  const BpPlot *plot = picture->canvas->plot;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    BpTraceMap map = bp_picture_map(picture, line);
    double at, value;
    if (map.area.height <= 0 || !bp_plot_value_at(plot, i, plot->cursor, &at, &value))
      continue;
    double x = map.area.x + map.area.width * bp_axis_place(&picture->x, at);
    double y = bp_picture_y(&map, line, value);
    if (bp_picture_holds(&map.area, x, y))
      bp_picture_marker(picture->canvas, line, x, y, true);
  }
}

/* The box, and the columns of names and of values in it. */
typedef struct {
  BpPlotArea area;
  double names, values; /* their widths */
} Box;

static void measure_rows(BpCanvas *canvas, const GArray *rows, Box *box)
{
  for (guint i = 1; i < rows->len; i++) {
    const BpPlotRow *row = &g_array_index(rows, BpPlotRow, i);
    box->names = fmax(box->names, bp_canvas_text_width(canvas, BP_TEXT_SMALL, row->name));
    box->values = fmax(box->values, bp_canvas_text_width(canvas, BP_TEXT_SMALL, row->value));
  }
  double most = canvas->width - 4 - 2 * BOX_PAD - DOT_ROOM - COLUMN_GAP - box->values;
  box->names = fmax(0, fmin(ceil(box->names) + 1, most));
  const BpPlotRow *heading = &g_array_index(rows, BpPlotRow, 0);
  double width = bp_canvas_text_width(canvas, BP_TEXT_SMALL_BOLD, heading->name);
  width = fmax(width, DOT_ROOM + box->names + COLUMN_GAP + box->values);
  box->area.width = ceil(width) + 2 * BOX_PAD;
  box->area.height = ceil(rows->len * (canvas->line_height[BP_TEXT_SMALL] + 1)) + 12;
}

/* Right of the cursor, left of it when it would leave the area, and pushed inside when neither side
 * has room. */
static void place_box(BpPicture *picture, double x, BpPlotArea *box)
{
  BpCanvas *canvas = picture->canvas;
  const BpPlotArea *area = &picture->area;
  box->x = x + 9 + box->width <= area->x + area->width ? x + 9 : x - 9 - box->width;
  box->x = fmax(area->x + 2, fmin(box->x, area->x + area->width - box->width - 2));
  box->x = bp_canvas_snap(canvas, fmax(2, fmin(box->x, canvas->width - box->width - 2)));
  box->y = fmin(area->y + 0.1 * area->height, area->y + area->height - box->height - 2);
  box->y = bp_canvas_snap(canvas, fmax(2, box->y));
}

static void draw_row(BpCanvas *canvas, const BpPlotRow *row, const Box *box, double y)
{
  double x = box->area.x + BOX_PAD;
  if (row->color >= 0) {
    bp_canvas_color(canvas, canvas->style->palette[(unsigned)row->color % BP_PLOT_COLORS]);
    cairo_arc(canvas->cr, x + DOT, y, DOT, 0, 2 * G_PI);
    cairo_fill(canvas->cr);
  }
  bp_canvas_color(canvas, canvas->style->box_text);
  if (!row->value) {
    bp_canvas_text(canvas, BP_TEXT_SMALL_BOLD, row->name, x, y, 0);
    return;
  }
  bp_canvas_text_cut(canvas, BP_TEXT_SMALL, row->name, x + DOT_ROOM, y, box->names);
  bp_canvas_text(canvas, BP_TEXT_SMALL, row->value, x + DOT_ROOM + box->names + COLUMN_GAP, y, 0);
}

static void draw_box(BpPicture *picture, const GArray *rows, double x)
{
  BpCanvas *canvas = picture->canvas;
  Box box = {0};
  measure_rows(canvas, rows, &box);
  place_box(picture, x, &box.area);
  bp_canvas_rounded(canvas, &box.area, 6);
  bp_canvas_color(canvas, canvas->style->box);
  cairo_fill(canvas->cr);
  double height = canvas->line_height[BP_TEXT_SMALL] + 1;
  for (guint i = 0; i < rows->len; i++)
    draw_row(canvas, &g_array_index(rows, BpPlotRow, i), &box, box.area.y + 6 + (i + 0.5) * height);
}

void bp_picture_draw_cursor(BpPicture *picture)
{
  BpCanvas *canvas = picture->canvas;
  double cursor = canvas->plot->cursor;
  if (!(cursor >= picture->x.min && cursor <= picture->x.max))
    return;
  g_autoptr(GArray) rows = bp_plot_cursor_rows(canvas->plot);
  if (!rows)
    return;
  double x = picture->area.x + picture->area.width * bp_axis_place(&picture->x, cursor);
  BpColor color = canvas->style->foreground;
  color.alpha *= 0.5;
  bp_canvas_color(canvas, color);
  bp_canvas_vertical(canvas, x, picture->area.y, picture->area.height);
  bp_canvas_vertical(canvas, x, picture->strip.y, picture->strip.height);
  cairo_fill(canvas->cr);
  draw_markers(picture);
  draw_box(picture, rows, x);
}
