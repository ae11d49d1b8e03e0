/* plot-check.h: draws a plot into an image, and counts pixels in it. */
#pragma once
#include "tests/check.h"
#include "ui/plot/plot.h"
#include <math.h>
#include <string.h>

enum { WIDTH = 400, HEIGHT = 260 };

__attribute__((unused)) static BpPlot *plot_of(BpSeries *series, const BpPlotLineOptions *options)
{
  BpPlot *plot = bp_plot_new();
  bp_plot_set_title(plot, "Loss");
  bp_plot_set_empty_text(plot, "Loss appears here during training");
  bp_plot_add_line(plot, series, options);
  return plot;
}

__attribute__((unused)) static void fill(BpSeries *series, size_t n, double value)
{
  for (size_t i = 0; i < n; i++)
    bp_series_append(series, (double)i, value);
}

typedef struct {
  cairo_surface_t *surface;
  BpPlotArea area;
  BpPlotStyle style;
} Image;

__attribute__((unused)) static Image draw(const BpPlot *plot, bool dark, double scale)
{
  Image image = {0};
  bp_plot_style_default(&image.style, dark, false);
  image.style.paint_background = true;
  image.style.scale = scale;
  image.surface =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(WIDTH * scale), (int)(HEIGHT * scale));
  cairo_surface_set_device_scale(image.surface, scale, scale);
  cairo_t *cr = cairo_create(image.surface);
  image.area = bp_plot_draw(plot, &image.style, cr, WIDTH, HEIGHT);
  nn_check_int(cairo_status(cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy(cr);
  cairo_surface_flush(image.surface);
  return image;
}

/* Pixels (of the device) in a rectangle for which `is` holds. */
typedef bool (*PixelTest)(const double pixel[3], BpColor color);

__attribute__((unused)) static int count_if(const Image *image, PixelTest is, BpColor color,
                                            double x, double y, double width, double height)
{
  const unsigned char *data = cairo_image_surface_get_data(image->surface);
  int stride = cairo_image_surface_get_stride(image->surface);
  int n_columns = cairo_image_surface_get_width(image->surface);
  int n_rows = cairo_image_surface_get_height(image->surface);
  int found = 0;
  for (int row = MAX(0, (int)y); row < MIN(n_rows, (int)(y + height)); row++) {
    for (int column = MAX(0, (int)x); column < MIN(n_columns, (int)(x + width)); column++) {
      guint32 value;
      memcpy(&value, data + row * stride + column * 4, 4);
      double pixel[] = {value >> 16 & 255, value >> 8 & 255, value & 255};
      found += is(pixel, color);
    }
  }
  return found;
}

static inline bool is_color(const double pixel[3], BpColor color)
{
  return fabs(pixel[0] - 255 * color.red) < 24 && fabs(pixel[1] - 255 * color.green) < 24 &&
         fabs(pixel[2] - 255 * color.blue) < 24;
}

/* Neither black, white nor gray, as grid and letters are; of bands too. */
static inline bool is_tinted(const double pixel[3], BpColor color)
{
  return fabs(pixel[0] - pixel[2]) > 15 || fabs(pixel[0] - pixel[1]) > 15;
}

/* A shade of it on white, as the edges of letters are: the same direction from white. */
static inline bool is_hue(const double pixel[3], BpColor color)
{
  double a[] = {255 - pixel[0], 255 - pixel[1], 255 - pixel[2]}, dot = 0, aa = 0, bb = 0;
  double b[] = {1 - color.red, 1 - color.green, 1 - color.blue};
  for (int i = 0; i < 3; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa > 90 * 90 && dot > 0.985 * sqrt(aa * bb);
}

__attribute__((unused)) static int count(const Image *image, BpColor color, double x, double y,
                                         double width, double height)
{
  return count_if(image, is_color, color, x, y, width, height);
}

__attribute__((unused)) static int count_hue(const Image *image, BpColor color, double x, double y,
                                             double width, double height)
{
  return count_if(image, is_hue, color, x, y, width, height);
}

__attribute__((unused)) static int count_all(const Image *image, BpColor color)
{
  return count(image, color, 0, 0, 1e6, 1e6);
}

__attribute__((unused)) static BpColor over(BpColor below, BpColor above)
{
  double a = above.alpha;
  return (BpColor){above.red * a + below.red * (1 - a), above.green * a + below.green * (1 - a),
                   above.blue * a + below.blue * (1 - a), 1};
}

__attribute__((unused)) static BpColor band_color(const Image *image, int color)
{
  BpColor band = image->style.palette[color];
  band.alpha = image->style.band_alpha;
  return over(image->style.background, band);
}
