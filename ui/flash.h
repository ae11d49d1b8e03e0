/* flash.h: shows a person where something is. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Scrolls to a widget (also while what it lies in still unfolds), gives it the focus and lets it
 * stand out for a moment. Thread: the UI thread. */
void bp_flash(GtkWidget *widget);

G_END_DECLS
