/* plot-canvas.c: text, pixels and colors for plot-draw.c, and the default style. */
#include "plot-canvas.h"
#include <math.h>

#define RGB(hex)                                                                    \
  {                                                                                 \
    ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex)&255) / 255.0, 1 \
  }

/* Blue, orange, green, purple, red, yellow, brown, teal of GNOME's palette, in the shades that
 * stand out against a light and a dark card. */
static const BpColor PALETTES[3][BP_PLOT_COLORS] = {
    {RGB(0x3584e4), RGB(0xe66100), RGB(0x26a269), RGB(0x9141ac), RGB(0xe01b24), RGB(0xcd9309),
     RGB(0x986a44), RGB(0x2190a4)},
    {RGB(0x62a0ea), RGB(0xff9a4d), RGB(0x57d38c), RGB(0xc98adb), RGB(0xf66151), RGB(0xf6d32d),
     RGB(0xcdab8f), RGB(0x5bc8da)},
    {RGB(0x1a5fb4), RGB(0xa63e00), RGB(0x146c43), RGB(0x613583), RGB(0xa51d2d), RGB(0x7a5600),
     RGB(0x63452c), RGB(0x0b5b69)},
};

void bp_plot_style_default(BpPlotStyle *style, bool dark, bool high_contrast)
{
  BpColor ink = dark ? (BpColor){1, 1, 1, 1} : (BpColor){0, 0, 0, 0.8};
  if (high_contrast)
    ink.alpha = 1;
  *style = (BpPlotStyle){.foreground = ink, .dim = ink, .grid = ink, .scale = 1};
  style->dim.alpha *= high_contrast ? 0.9 : 0.62;
  style->grid.alpha = high_contrast ? 0.25 : dark ? 0.12 : 0.09;
  style->background = dark ? (BpColor)RGB(0x383838) : (BpColor)RGB(0xffffff);
  style->box = dark ? (BpColor)RGB(0xf2f2f2) : (BpColor)RGB(0x303030);
  style->box.alpha = high_contrast ? 1 : 0.94;
  style->box_text = dark ? (BpColor)RGB(0x202020) : (BpColor)RGB(0xffffff);
  style->band_alpha = high_contrast ? 0.35 : dark ? 0.26 : 0.2;
  style->quiet_alpha = high_contrast ? 1 : 0.7;
  const BpColor *palette = PALETTES[dark ? 1 : high_contrast ? 2 : 0];
  for (int i = 0; i < BP_PLOT_COLORS; i++)
    style->palette[i] = palette[i];
}

static PangoFontDescription *make_font(const BpPlotStyle *style, double factor, bool bold)
{
  PangoFontDescription *font = style->font ? pango_font_description_copy(style->font)
                                           : pango_font_description_from_string("Sans 11");
  int size = (int)round(pango_font_description_get_size(font) * factor);
  if (pango_font_description_get_size_is_absolute(font))
    pango_font_description_set_absolute_size(font, size);
  else
    pango_font_description_set_size(font, size);
  if (bold)
    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  return font;
}

/* The height of a line in this font does not depend on the text, so rows do not jump. */
static double measure_line(BpCanvas *canvas, BpTextSize size)
{
  int height;
  pango_layout_set_font_description(canvas->layout, canvas->font[size]);
  pango_layout_set_text(canvas->layout, "0", -1);
  pango_layout_get_size(canvas->layout, NULL, &height);
  return height / (double)PANGO_SCALE;
}

void bp_canvas_init(BpCanvas *canvas, const BpPlot *plot, const BpPlotStyle *style, cairo_t *cr)
{
  *canvas = (BpCanvas){.plot = plot, .style = style, .cr = cr};
  canvas->scale = style->scale > 0 ? style->scale : 1;
  canvas->layout = pango_cairo_create_layout(cr);
  PangoContext *context = pango_layout_get_context(canvas->layout);
  pango_cairo_context_set_resolution(context, style->dots_per_inch > 0 ? style->dots_per_inch : 96);
  pango_layout_context_changed(canvas->layout);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
  pango_layout_set_attributes(canvas->layout, attributes);
  canvas->font[BP_TEXT_TITLE] = make_font(style, 1, true);
  canvas->font[BP_TEXT_BODY] = make_font(style, 1, false);
  canvas->font[BP_TEXT_SMALL] = make_font(style, 0.82, false);
  canvas->font[BP_TEXT_SMALL_BOLD] = make_font(style, 0.82, true);
  for (int i = 0; i < BP_N_TEXTS; i++)
    canvas->line_height[i] = measure_line(canvas, (BpTextSize)i);
}

void bp_canvas_clear(BpCanvas *canvas)
{
  for (int i = 0; i < BP_N_TEXTS; i++)
    pango_font_description_free(canvas->font[i]);
  g_object_unref(canvas->layout);
}

void bp_canvas_color(BpCanvas *canvas, BpColor color)
{
  cairo_set_source_rgba(canvas->cr, color.red, color.green, color.blue, color.alpha);
}

BpColor bp_canvas_line_color(const BpCanvas *canvas, const BpPlotLine *line)
{
  return canvas->style->palette[(unsigned)line->options.color % BP_PLOT_COLORS];
}

double bp_canvas_snap(const BpCanvas *canvas, double place)
{
  return round(place * canvas->scale) / canvas->scale;
}

static double thickness(const BpCanvas *canvas)
{
  return fmax(1, round(canvas->scale)) / canvas->scale;
}

void bp_canvas_horizontal(BpCanvas *canvas, double x, double y, double width)
{
  double thick = thickness(canvas);
  double left = bp_canvas_snap(canvas, x);
  double right = bp_canvas_snap(canvas, x + width);
  cairo_rectangle(canvas->cr, left, bp_canvas_snap(canvas, y - thick / 2), right - left, thick);
}

void bp_canvas_vertical(BpCanvas *canvas, double x, double y, double height)
{
  double thick = thickness(canvas);
  double top = bp_canvas_snap(canvas, y);
  double bottom = bp_canvas_snap(canvas, y + height);
  cairo_rectangle(canvas->cr, bp_canvas_snap(canvas, x - thick / 2), top, thick, bottom - top);
}

void bp_canvas_rounded(BpCanvas *canvas, const BpPlotArea *area, double radius)
{
  cairo_t *cr = canvas->cr;
  double right = area->x + area->width;
  double bottom = area->y + area->height;
  cairo_new_sub_path(cr);
  cairo_arc(cr, right - radius, area->y + radius, radius, -G_PI_2, 0);
  cairo_arc(cr, right - radius, bottom - radius, radius, 0, G_PI_2);
  cairo_arc(cr, area->x + radius, bottom - radius, radius, G_PI_2, G_PI);
  cairo_arc(cr, area->x + radius, area->y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path(cr);
}

/* Many fonts lack U+202F, and the one that stands in for it makes it a single pixel wide. The space
 * of the font itself is what the eye expects between thousands. */
static char *with_own_spaces(const char *text)
{
  GString *result = g_string_new(text);
  g_string_replace(result, "\u202f", "\u00a0", 0);
  return g_string_free(result, FALSE);
}

static void set_text(BpCanvas *canvas, BpTextSize size, const char *text)
{
  pango_layout_set_width(canvas->layout, -1);
  pango_layout_set_alignment(canvas->layout, PANGO_ALIGN_LEFT);
  pango_layout_set_font_description(canvas->layout, canvas->font[size]);
  g_autofree char *shown = with_own_spaces(text);
  pango_layout_set_text(canvas->layout, shown, -1);
}

double bp_canvas_text_width(BpCanvas *canvas, BpTextSize size, const char *text)
{
  int width;
  set_text(canvas, size, text);
  pango_layout_get_size(canvas->layout, &width, NULL);
  return width / (double)PANGO_SCALE;
}

void bp_canvas_text(BpCanvas *canvas, BpTextSize size, const char *text, double x, double y,
                    double align)
{
  double width = bp_canvas_text_width(canvas, size, text);
  double top = bp_canvas_snap(canvas, y - canvas->line_height[size] / 2);
  cairo_move_to(canvas->cr, bp_canvas_snap(canvas, x - align * width), top);
  pango_cairo_show_layout(canvas->cr, canvas->layout);
}

/* So many letters of a text, from both its ends. (transfer full) */
static char *shortened(const char *text, glong letters)
{
  glong length = g_utf8_strlen(text, -1);
  g_autofree char *front = g_utf8_substring(text, 0, (letters + 1) / 2);
  g_autofree char *back = g_utf8_substring(text, length - letters / 2, length);
  return g_strconcat(g_strchomp(front), "…", g_strchug(back), NULL);
}

void bp_canvas_text_cut(BpCanvas *canvas, BpTextSize size, const char *text, double x, double y,
                        double width)
{
  g_autofree char *shown = g_strdup(text);
  glong fit = 0, many = g_utf8_strlen(text, -1);
  if (bp_canvas_text_width(canvas, size, text) > width) {
    while (many - fit > 1) {
      glong middle = (fit + many) / 2;
      g_autofree char *part = shortened(text, middle);
      bool fits = bp_canvas_text_width(canvas, size, part) <= width;
      fit = fits ? middle : fit;
      many = fits ? many : middle;
    }
    g_free(shown);
    shown = shortened(text, fit);
  }
  bp_canvas_text(canvas, size, shown, x, y, 0);
}

BpColor bp_canvas_ink(const BpCanvas *canvas, BpColor color)
{
  const BpColor ink = canvas->style->foreground;
  return (BpColor){0.7 * color.red + 0.3 * ink.red, 0.7 * color.green + 0.3 * ink.green,
                   0.7 * color.blue + 0.3 * ink.blue, 1};
}

void bp_canvas_paragraph(BpCanvas *canvas, const char *text, double x, double y, double width)
{
  int height;
  set_text(canvas, BP_TEXT_BODY, text);
  pango_layout_set_width(canvas->layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap(canvas->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(canvas->layout, PANGO_ALIGN_CENTER);
  pango_layout_get_size(canvas->layout, NULL, &height);
  cairo_move_to(canvas->cr, bp_canvas_snap(canvas, x - width / 2),
                bp_canvas_snap(canvas, y - height / 2.0 / PANGO_SCALE));
  pango_cairo_show_layout(canvas->cr, canvas->layout);
}
