/* bar.h: a thin horizontal bar that shows a fraction, drawn in the widget's own text color on a
 * faint track of the same. Thread: UI thread. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BP_TYPE_BAR (bp_bar_get_type())
G_DECLARE_FINAL_TYPE(BpBar, bp_bar, BP, BAR, GtkWidget)

/* height: in pixels; decorative bars (beside a text that says the same) are hidden from assistive
 * technologies, the others are meters. */
GtkWidget *bp_bar_new(int height, gboolean decorative);
/* 0 … 1; anything else, NAN included, is brought into that range. */
void bp_bar_set_fraction(BpBar *self, double fraction);
double bp_bar_get_fraction(BpBar *self);

G_END_DECLS
