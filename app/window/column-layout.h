/* column-layout.h: the layout of a column of the window. Its last child fills it; a child before
 * that is pinned on top, as high as it would like to be, but not higher than a part of the column.
 * How wide the column would like to be is said here, not by the longest text in it: that is what
 * decides when a narrow window folds its columns. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BP_TYPE_COLUMN_LAYOUT (bp_column_layout_get_type())
G_DECLARE_FINAL_TYPE(BpColumnLayout, bp_column_layout, BP, COLUMN_LAYOUT, GtkLayoutManager)

/* minimum, natural: widths; the children's own minima count too. */
GtkLayoutManager *bp_column_layout_new(int minimum, int natural);

G_END_DECLS
