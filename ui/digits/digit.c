#include "digit.h"
#include "ui/style.h"
#include <math.h>
#include <string.h>

struct _BpDigit {
  GtkWidget parent_instance;
  int size, w, h;
  gboolean smooth, ink;
  cairo_surface_t *surface; /* owned: A8 of ink, else RGB24 */
};

G_DEFINE_FINAL_TYPE(BpDigit, bp_digit, GTK_TYPE_WIDGET)

int bp_digit_scale(int w, int h, int width, int height)
{
  return w > 0 && h > 0 ? MIN(width / w, height / h) : 0;
}

static cairo_surface_t *make_ink(const uint8_t *pixels, int w, int h)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
  int stride = cairo_image_surface_get_stride(surface);
  unsigned char *to = cairo_image_surface_get_data(surface);
  for (int y = 0; to && y < h; y++)
    memcpy(to + (size_t)y * stride, pixels + (size_t)y * w, w);
  cairo_surface_mark_dirty(surface);
  return surface;
}

/* channels 1: the same value for all three colors. */
static cairo_surface_t *make_rgb(const uint8_t *pixels, int w, int h, int channels)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
  int stride = cairo_image_surface_get_stride(surface);
  unsigned char *to = cairo_image_surface_get_data(surface);
  size_t plane = channels == 3 ? (size_t)w * h : 0;
  for (int y = 0; to && y < h; y++)
    for (int x = 0; x < w; x++) {
      const uint8_t *from = pixels + (size_t)y * w + x;
      uint32_t rgb = (uint32_t)from[0] << 16 | (uint32_t)from[plane] << 8 | from[2 * plane];
      memcpy(to + (size_t)y * stride + 4 * (size_t)x, &rgb, 4);
    }
  cairo_surface_mark_dirty(surface);
  return surface;
}

void bp_digit_set_pixels(BpDigit *self, const uint8_t *pixels, int w, int h, int channels,
                         gboolean ink)
{
  g_return_if_fail(BP_IS_DIGIT(self));
  g_return_if_fail(!pixels || (w > 0 && w <= 256 && h > 0 && h <= 256));
  g_return_if_fail(!pixels || channels == 1 || channels == 3);
  g_clear_pointer(&self->surface, cairo_surface_destroy);
  self->w = w;
  self->h = h;
  self->ink = ink && channels == 1;
  if (pixels)
    self->surface = self->ink ? make_ink(pixels, w, h) : make_rgb(pixels, w, h, channels);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void bp_digit_set_smooth(BpDigit *self, gboolean smooth)
{
  g_return_if_fail(BP_IS_DIGIT(self));
  if (self->smooth == smooth)
    return;
  self->smooth = smooth;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* Crisp pictures take a whole multiple of device pixels, unless that would leave too much of the
 * room empty; then, and when smooth, they fill it. */
static double picture_scale(BpDigit *self, gboolean *crisp)
{
  GtkWidget *widget = GTK_WIDGET(self);
  int device = gtk_widget_get_scale_factor(widget);
  int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
  double fit = fmin((double)width / self->w, (double)height / self->h);
  double whole = (double)bp_digit_scale(self->w, self->h, width * device, height * device) / device;
  *crisp = !self->smooth && whole > 0.6 * fit;
  return *crisp ? whole : fit;
}

static void draw(BpDigit *self, cairo_t *cr)
{
  GtkWidget *widget = GTK_WIDGET(self);
  gboolean crisp;
  double scale = picture_scale(self, &crisp);
  GdkRGBA ink = bp_style_ink(widget);
  cairo_translate(cr, floor((gtk_widget_get_width(widget) - self->w * scale) / 2),
                  floor((gtk_widget_get_height(widget) - self->h * scale) / 2));
  cairo_scale(cr, scale, scale);
  cairo_rectangle(cr, 0, 0, self->w, self->h);
  cairo_clip(cr);
  cairo_pattern_t *pattern = cairo_pattern_create_for_surface(self->surface);
  cairo_pattern_set_filter(pattern, crisp ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  if (!crisp)
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
  if (self->ink) {
    gdk_cairo_set_source_rgba(cr, &ink);
    cairo_mask(cr, pattern);
  } else {
    cairo_set_source(cr, pattern);
    cairo_paint(cr);
  }
  cairo_pattern_destroy(pattern);
}

static void bp_digit_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  BpDigit *self = BP_DIGIT(widget);
  int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
  if (!self->surface || width < 1 || height < 1)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
  draw(self, cr);
  cairo_destroy(cr);
}

static void bp_digit_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                             int *minimum, int *natural, int *min_baseline, int *nat_baseline)
{
  *minimum = *natural = BP_DIGIT(widget)->size;
}

GtkWidget *bp_digit_new(int size)
{
  BpDigit *self = g_object_new(BP_TYPE_DIGIT, NULL);
  self->size = size;
  return GTK_WIDGET(self);
}

void bp_digit_set_size(BpDigit *self, int size)
{
  g_return_if_fail(BP_IS_DIGIT(self));
  if (self->size == size)
    return;
  self->size = size;
  gtk_widget_queue_resize(GTK_WIDGET(self));
}

static void bp_digit_finalize(GObject *object)
{
  g_clear_pointer(&BP_DIGIT(object)->surface, cairo_surface_destroy);
  G_OBJECT_CLASS(bp_digit_parent_class)->finalize(object);
}

static void bp_digit_class_init(BpDigitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_digit_finalize;
  widget_class->snapshot = bp_digit_snapshot;
  widget_class->measure = bp_digit_measure;
  gtk_widget_class_set_css_name(widget_class, "bpdigit");
  gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void bp_digit_init(BpDigit *self) {}
