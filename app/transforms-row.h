/* transforms-row.h: the recipe's transforms as one row that opens: a switch for each transform that
 * there is, and the parameters of those that are on. Thread: the window's. Signals:
 *   "changed" (): the list of transforms, or a parameter of one, has been changed by a person. */
#pragma once
#include <adwaita.h>
#include "engine/config.h"

G_BEGIN_DECLS

#define BP_TYPE_TRANSFORMS_ROW (bp_transforms_row_get_type())
G_DECLARE_FINAL_TYPE(BpTransformsRow, bp_transforms_row, BP, TRANSFORMS_ROW, AdwExpanderRow)

GtkWidget *bp_transforms_row_new(void);
/* The section "data" of a recipe; borrowed until another or NULL is set. */
void bp_transforms_row_set_config(BpTransformsRow *self, NnConfig *data);

G_END_DECLS
