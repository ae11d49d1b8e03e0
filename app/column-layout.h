/* column-layout.h: the layout of a column of the window: its one child fills it, but how wide the
 * column would like to be is said here, not by the longest text in it. That is what decides when a
 * narrow window folds its columns. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BP_TYPE_COLUMN_LAYOUT (bp_column_layout_get_type())
G_DECLARE_FINAL_TYPE(BpColumnLayout, bp_column_layout, BP, COLUMN_LAYOUT, GtkLayoutManager)

/* minimum, natural: widths; the child's own minimum counts too. */
GtkLayoutManager *bp_column_layout_new(int minimum, int natural);

G_END_DECLS
