/* plot-legend.c: the header of a plot: its title, and what its lines are. */
#include "plot-picture.h"
#include <math.h>

#define SAMPLE_WIDTH 18.0 /* of the piece of line */
#define SAMPLE_GAP   5.0
#define ENTRY_GAP    14.0
#define LONGEST      130.0 /* units, of a run's name */

/* One entry: a line, or the band behind it. */
typedef struct {
  const BpPlotLine *line;
  bool band;
  const char *text; /* borrowed from the line */
  double width;     /* of the text */
} Entry;

static void add_entry(BpCanvas *canvas, GArray *entries, const BpPlotLine *line, bool band,
                      const char *text)
{
  double width = fmin(bp_canvas_text_width(canvas, BP_TEXT_SMALL, text), LONGEST);
  Entry entry = {line, band, text, width};
  if (*text)
    g_array_append_val(entries, entry);
}

static GArray *collect_entries(BpCanvas *canvas, bool labels)
{
  GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  for (int quiet = 0; quiet < 2; quiet++) {
    for (int i = 0; i < bp_plot_n_lines(canvas->plot); i++) {
      const BpPlotLine *line = bp_plot_line(canvas->plot, i);
      if (line->options.kind == BP_LINE_STRIP || line->options.quiet != (quiet == 1))
        continue;
      if (!quiet)
        add_entry(canvas, entries, line, false, line->name);
      else if (!labels && line->label)
        add_entry(canvas, entries, line, false, line->label);
      if (!quiet && line->band)
        add_entry(canvas, entries, line, true, line->band);
    }
  }
  return entries;
}

static double width_of(const GArray *entries)
{
  double width = 0;
  for (guint i = 0; i < entries->len; i++)
    width += SAMPLE_WIDTH + SAMPLE_GAP + ENTRY_GAP + g_array_index(entries, Entry, i).width;
  return fmax(0, width - ENTRY_GAP);
}

static void draw_band_sample(BpCanvas *canvas, const BpPlotLine *line, double x, double y)
{
  BpColor color = bp_canvas_line_color(canvas, line);
  color.alpha *= canvas->style->band_alpha;
  bp_canvas_color(canvas, color);
  cairo_rectangle(canvas->cr, x, bp_canvas_snap(canvas, y - 5), SAMPLE_WIDTH, 10);
  cairo_fill(canvas->cr);
}

/* Draws the entries from (x, y) on, in rows no longer than `room`; the y of the last row comes
 * back. */
static double draw_entries(BpCanvas *canvas, const GArray *entries, double x, double y, double room)
{
  double left = x;
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index(entries, Entry, i);
    double width = SAMPLE_WIDTH + SAMPLE_GAP + entry->width;
    if (x > left && x + width > left + room + 0.5) {
      x = left;
      y += canvas->line_height[BP_TEXT_SMALL] + 2;
    }
    if (entry->band)
      draw_band_sample(canvas, entry->line, x, y);
    else
      bp_picture_draw_sample(canvas, entry->line, x, y, SAMPLE_WIDTH);
    bp_canvas_color(canvas, canvas->style->foreground);
    bp_canvas_text_cut(canvas, BP_TEXT_SMALL, entry->text, x + SAMPLE_WIDTH + SAMPLE_GAP, y,
                       entry->width + 1);
    x += width + ENTRY_GAP;
  }
  return y;
}

double bp_picture_draw_header(BpCanvas *canvas, bool with_legend, bool labels)
{
  const char *title = canvas->plot->title ? canvas->plot->title : "";
  bool rtl = canvas->style->rtl;
  double y = BP_PLOT_PAD - 2 + canvas->line_height[BP_TEXT_TITLE] / 2;
  double room = canvas->width - 2 * BP_PLOT_PAD;
  g_autoptr(GArray) entries =
      with_legend ? collect_entries(canvas, labels) : g_array_new(FALSE, FALSE, sizeof(Entry));
  double legend = width_of(entries);
  double beside = room - bp_canvas_text_width(canvas, BP_TEXT_TITLE, title) - 1.5 * ENTRY_GAP;
  bp_canvas_color(canvas, canvas->style->foreground);
  bp_canvas_text(canvas, BP_TEXT_TITLE, title, rtl ? canvas->width - BP_PLOT_PAD : BP_PLOT_PAD, y,
                 rtl ? 1 : 0);
  if (entries->len > 0 && legend <= beside)
    draw_entries(canvas, entries, rtl ? BP_PLOT_PAD : canvas->width - BP_PLOT_PAD - legend, y,
                 legend);
  else if (entries->len > 0)
    y = draw_entries(canvas, entries, BP_PLOT_PAD, y + canvas->line_height[BP_TEXT_TITLE] + 1,
                     room);
  return y + canvas->line_height[BP_TEXT_TITLE] / 2;
}
