/* plot-labels.c: the names of the runs, at the ends of their curves.
 *
 * A curve that ends at the right edge has its name in the margin beside it; one that ended earlier
 * has it behind its end, where nothing lies. Names in the margin make way for each other, and a
 * short stroke leads from the curve to one that had to. */
#include "plot-picture.h"
#include <math.h>

#define GAP       8.0   /* from the end of a curve to its name */
#define MOST      140.0 /* units */
#define MOST_PART 0.24  /* of the chart's width */
#define EDGE      4.0   /* from a name to the edge of the card */
enum { TEXT = 160 };

/* Where a name comes to stand. */
typedef struct {
  const BpPlotLine *line;
  double x, end_y, y, width; /* x, y: where its text begins, and its middle */
  bool margin;
  char text[TEXT];
} Label;

static bool has_label(const BpPlotLine *line)
{
  return line->options.kind == BP_LINE_CURVE && line->label && bp_plot_line_has_points(line);
}

static BpTextSize size_of(const BpPlotLine *line)
{
  return line->options.quiet ? BP_TEXT_SMALL : BP_TEXT_SMALL_BOLD;
}

/* Writes the name, behind an arrow where the curve ends beyond the picture. One that is too long
 * for its place loses its last parts: "Run 2 · AdamW 1e-3" is "Run 2" there, or "2". Its width
 * comes back. */
static double write_name(BpCanvas *canvas, const BpPlotLine *line, const char *arrow, double room,
                         char text[TEXT])
{
  BpTextSize size = size_of(line);
  char *dot = text;
  g_snprintf(text, TEXT, "%s%s", arrow, line->label);
  while (dot && bp_canvas_text_width(canvas, size, text) > room)
    if ((dot = g_strrstr(text, " · ")))
      *dot = '\0';
  if (line->number && bp_canvas_text_width(canvas, size, text) > room)
    g_snprintf(text, TEXT, "%s%s", arrow, line->number);
  return fmin(bp_canvas_text_width(canvas, size, text) + 1, room);
}

/* Where the visible part of a curve ends, above or below the axis: an arrow says so. */
static const char *arrow_of(const BpPlot *plot, int i)
{
  const BpShape *shape = bp_plot_shape(plot);
  const GArray *means = bp_shape_means(shape, i);
  guint n = means->len;
  while (n > 1 && g_array_index(means, BpVertex, n - 1).x > BP_SHAPE_WIDTH + 1)
    n--;
  double place = n > 0 ? bp_axis_place(&shape->y, g_array_index(means, BpVertex, n - 1).y) : 0;
  return place > 1 ? "↑ " : place < 0 ? "↓ " : "";
}

double bp_picture_label_room(BpCanvas *canvas)
{
  double widest = 0, most = fmin(MOST, MOST_PART * canvas->width);
  bool others = false;
  char text[TEXT];
  for (int i = 0; i < bp_plot_n_lines(canvas->plot); i++) {
    const BpPlotLine *line = bp_plot_line(canvas->plot, i);
    if (!has_label(line))
      continue;
    others = others || line->options.quiet;
    widest = fmax(widest, write_name(canvas, line, arrow_of(canvas->plot, i), most, text));
  }
  double room = ceil((widest + GAP + EDGE + 1) / 8) * 8; /* steps: it hardly ever moves */
  return others ? room : 0;
}

/* Where the visible part of a curve ends. */
static BpVertex end_of(const BpPicture *picture, const GArray *means)
{
  double right = picture->area.x + picture->area.width;
  guint i = means->len - 1;
  BpVertex end = g_array_index(means, BpVertex, i);
  while (i > 0 && end.x > right + 0.5) {
    BpVertex before = g_array_index(means, BpVertex, --i);
    if (before.x <= right)
      return (BpVertex){right,
                        before.y + (end.y - before.y) * (right - before.x) / (end.x - before.x)};
    end = before;
  }
  return end;
}

/* As low as a name may stand: where no strip is, the numbers of the x axis are below. */
static double lowest(const BpPicture *picture)
{
  double bottom = picture->area.y + picture->area.height;
  return picture->strip.height > 0 ? bottom
                                   : bottom - picture->canvas->line_height[BP_TEXT_SMALL] / 4;
}

static void add_label(BpPicture *picture, int i, GArray *labels)
{
  const BpPlotLine *line = bp_plot_line(picture->canvas->plot, i);
  const GArray *means = g_ptr_array_index(picture->means, i);
  double right = picture->area.x + picture->area.width;
  if (!has_label(line) || means->len == 0)
    return;
  BpVertex end = end_of(picture, means);
  Label label = {.line = line, .x = end.x + GAP, .end_y = end.y, .margin = end.x > right - 4};
  if (label.margin)
    label.x = right + GAP;
  double room = right + picture->right - label.x - EDGE;
  label.width =
      write_name(picture->canvas, line, arrow_of(picture->canvas->plot, i), room, label.text);
  label.end_y = CLAMP(end.y, picture->area.y, picture->area.y + picture->area.height);
  label.y = label.end_y;
  g_array_append_val(labels, label);
}

/* ---- names in the margin ---- */

static int from_above(gconstpointer a, gconstpointer b)
{
  double x = ((const Label *)a)->end_y, y = ((const Label *)b)->end_y;
  return (x > y) - (x < y);
}

/* One line height apart, as near to their curves as that allows, and not below the area. */
static void part(BpPicture *picture, GArray *labels)
{
  double apart = picture->canvas->line_height[BP_TEXT_SMALL];
  double least = picture->area.y, most = lowest(picture);
  g_array_sort(labels, from_above);
  for (guint i = 0; i < labels->len; i++) {
    Label *label = &g_array_index(labels, Label, i);
    if (!label->margin)
      continue;
    label->y = fmax(label->y, least);
    least = label->y + apart;
  }
  for (guint i = labels->len; i-- > 0;) {
    Label *label = &g_array_index(labels, Label, i);
    if (!label->margin)
      continue;
    label->y = fmin(label->y, most);
    most = label->y - apart;
  }
}

/* ---- names inside ---- */

static bool crosses(const BpPicture *picture, const GArray *means, const Label *label)
{
  double half = picture->canvas->line_height[BP_TEXT_SMALL] / 2;
  for (guint i = 0; means && i < means->len; i++) {
    const BpVertex *at = &g_array_index(means, BpVertex, i);
    if (at->x >= label->x - 3 && at->x <= label->x + label->width + 3 &&
        fabs(at->y - label->y) < half)
      return true;
  }
  return false;
}

static bool is_free(const BpPicture *picture, const GArray *labels, const Label *label)
{
  double height = picture->canvas->line_height[BP_TEXT_SMALL];
  const BpPlotArea *area = &picture->area;
  if (label->y < area->y || label->y > lowest(picture))
    return false;
  for (guint i = 0; i < labels->len; i++) {
    const Label *other = &g_array_index(labels, Label, i);
    if (other != label && fabs(other->y - label->y) < height &&
        other->x < label->x + label->width + 4 && label->x < other->x + other->width + 4)
      return false;
  }
  for (guint i = 0; i < picture->means->len; i++)
    if (crosses(picture, g_ptr_array_index(picture->means, i), label))
      return false;
  return true;
}

/* Behind the end of the curve, or the nearest free place above or below. */
static void place_inside(BpPicture *picture, const GArray *labels, Label *label)
{
  double step = picture->canvas->line_height[BP_TEXT_SMALL] / 2;
  for (int k = 0; k < 17; k++) {
    label->y = label->end_y + (k % 2 ? 1 : -1) * (k + 1) / 2 * step;
    if (is_free(picture, labels, label))
      return;
  }
  label->width = 0; /* the cursor's box names it still */
}

static void draw_label(BpPicture *picture, const Label *label)
{
  BpCanvas *canvas = picture->canvas;
  BpColor color = bp_canvas_line_color(canvas, label->line);
  bp_canvas_color(canvas, color);
  if (label->margin && fabs(label->y - label->end_y) > 2) {
    double right = picture->area.x + picture->area.width;
    cairo_set_line_width(canvas->cr, 1);
    cairo_move_to(canvas->cr, right + 1, label->end_y);
    cairo_line_to(canvas->cr, label->x - 2, label->y);
    cairo_stroke(canvas->cr);
  }
  bp_canvas_color(canvas, bp_canvas_ink(canvas, color));
  bp_canvas_text_cut(canvas, size_of(label->line), label->text, label->x, label->y, label->width);
}

void bp_picture_draw_labels(BpPicture *picture)
{
  g_autoptr(GArray) labels = g_array_new(FALSE, FALSE, sizeof(Label));
  if (picture->right <= 0)
    return;
  for (int i = 0; i < bp_plot_n_lines(picture->canvas->plot); i++)
    add_label(picture, i, labels);
  part(picture, labels);
  for (guint i = 0; i < labels->len; i++) {
    Label *label = &g_array_index(labels, Label, i);
    if (!label->margin)
      place_inside(picture, labels, label);
    if (label->width > 0)
      draw_label(picture, label);
  }
}
