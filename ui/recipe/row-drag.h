/* row-drag.h: rows that are dragged onto each other. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `row` can be dragged by `handle`, a part of it, and takes rows of its own type: it then emits
 * "dropped" (the row that was dropped on it, whether it should come after this one). `inner`: a
 * part of it that takes drops itself, or NULL. Nothing can be dropped into itself. */
void bp_row_drag_add(GtkWidget *row, GtkWidget *handle, GtkWidget *inner);

G_END_DECLS
