/* kinds-row.h: a row (BpParamRow) for a KINDS parameter: its name and the titles of what is in the
 * list, and, opened, the list. In a section it starts closed; in a chosen kind, which is little
 * without its list, open. */
#pragma once
#include "param-row.h"

G_BEGIN_DECLS

#define BP_TYPE_KINDS_ROW (bp_kinds_row_get_type())
G_DECLARE_FINAL_TYPE(BpKindsRow, bp_kinds_row, BP, KINDS_ROW, AdwExpanderRow)

/* The list, a BpKindList; for tests. */
GtkWidget *bp_kinds_row_get_list(BpKindsRow *self);

G_END_DECLS
