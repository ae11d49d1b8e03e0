/* kind-row.h: a row (BpParamRow) that shows the kind of a KIND parameter and opens a menu to choose
 * another, with its defaults. */
#pragma once
#include "param-row.h"

G_BEGIN_DECLS

#define BP_TYPE_KIND_ROW (bp_kind_row_get_type())
G_DECLARE_FINAL_TYPE(BpKindRow, bp_kind_row, BP, KIND_ROW, AdwActionRow)

/* What else there is to say of the choice, in a line below; NULL: nothing. A problem stands before
 * it. */
void bp_kind_row_set_note(BpKindRow *self, const char *text);
/* The button at the right, whose popover (made when first opened) is a BpKindMenu; for tests. */
GtkWidget *bp_kind_row_get_button(BpKindRow *self);
/* That menu, made now if it was never opened; for tests. */
GtkWidget *bp_kind_row_get_menu(BpKindRow *self);

G_END_DECLS
