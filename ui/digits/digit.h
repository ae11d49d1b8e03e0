/* digit.h: draws one picture as it is in its file. Handwriting is drawn as ink in the widget's own
 * text color, the value being its opacity: dark on paper in the light style, light on dark in the
 * dark style. Always square pixels, centered. Thread: UI thread. */
#pragma once
#include <gtk/gtk.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BP_TYPE_DIGIT (bp_digit_get_type())
G_DECLARE_FINAL_TYPE(BpDigit, bp_digit, BP, DIGIT, GtkWidget)

/* size: wanted width and height in pixels. */
GtkWidget *bp_digit_new(int size);
void bp_digit_set_size(BpDigit *self, int size);
/* pixels: (channels, h, w), 0 … 255, channels 1 or 3, h and w 1 … 256; copied. NULL: nothing.
 * ink: a gray picture is handwriting, white on black. */
void bp_digit_set_pixels(BpDigit *self, const uint8_t *pixels, int w, int h, int channels,
                         gboolean ink);
/* Smooth scaling instead of crisp pixels. */
void bp_digit_set_smooth(BpDigit *self, gboolean smooth);
/* The largest whole multiple of w × h that fits is used when crisp; 0 if none fits. For tests. */
int bp_digit_scale(int w, int h, int width, int height);

G_END_DECLS
