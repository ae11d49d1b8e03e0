/* digit-grid.h: a scrolling grid of images with the network's prediction for each.
 *
 * Cards are recycled while scrolling, so that thousands cost as much as a screenful. Click, arrow
 * keys, Home, End and the page keys select. Thread: the UI thread. Signals:
 *   "selected" (uint index):  the person chose the picture with this index in its data set. */
#pragma once
#include <adwaita.h>
#include <stdint.h>

G_BEGIN_DECLS

/* One picture. `pixels` holds h rows of w pixels, channels-first as in PyTorch: (channels, h, w),
 * 0 … 255, 1 or 3 channels, up to 256 × 256. */
typedef struct {
  uint32_t index;        /* number in its data set */
  const uint8_t *pixels; /* borrowed: valid until other items are set */
  int w, h, channels;
  gboolean ink;            /* gray handwriting, 255 being ink; else as it is */
  int label, predicted;    /* classes; −1: unknown (no caption, no bar) */
  float confidence;        /* probability of `predicted`, 0 … 1 */
  float label_probability; /* probability of `label`, 0 … 1 */
  float loss;              /* cross entropy, for the tooltip; NAN: not shown */
} BpDigitItem;

#define BP_TYPE_DIGIT_GRID (bp_digit_grid_get_type())
G_DECLARE_FINAL_TYPE(BpDigitGrid, bp_digit_grid, BP, DIGIT_GRID, AdwBin)

GtkWidget *bp_digit_grid_new(void);

/* Shows these items instead of the ones before. The structs are copied, their pixels are borrowed
 * until the next call (n = 0 lets go). The selected index stays selected if it is still there, and
 * the scroll position stays; cards whose numbers changed are updated in place. */
void bp_digit_grid_set_items(BpDigitGrid *self, const BpDigitItem *items, guint n);
/* Names of the classes for captions, NULL-terminated, copied; NULL: numbers. */
void bp_digit_grid_set_class_names(BpDigitGrid *self, const char *const *names);
/* The sentence shown while there are no items: what will appear here. Property "empty-text". */
void bp_digit_grid_set_empty_text(BpDigitGrid *self, const char *text);
/* Smooth scaling instead of crisp pixels. Property "smooth", off at first. */
void bp_digit_grid_set_smooth(BpDigitGrid *self, gboolean smooth);
/* Index in the data set of the selected item; false when nothing is selected. */
gboolean bp_digit_grid_get_selected(BpDigitGrid *self, uint32_t *index);
/* Selects without emitting "selected"; false if no item has that index. */
gboolean bp_digit_grid_select(BpDigitGrid *self, uint32_t index);
/* The item of the selection, borrowed until the next set_items; NULL: none. */
const BpDigitItem *bp_digit_grid_get_selected_item(BpDigitGrid *self);

G_END_DECLS
