/* value-row.h: a row (BpParamRow) for every type of parameter but KIND and KINDS: an entry, a
 * switch or a drop down. A refused text stays in the entry, and the row says why. */
#pragma once
#include "param-row.h"

G_BEGIN_DECLS

#define BP_TYPE_VALUE_ROW (bp_value_row_get_type())
G_DECLARE_FINAL_TYPE(BpValueRow, bp_value_row, BP, VALUE_ROW, AdwActionRow)

/* The widget that takes the focus: entry, switch or drop down. */
GtkWidget *bp_value_row_get_editor(BpValueRow *self);

G_END_DECLS
