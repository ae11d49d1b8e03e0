/* transforms-row.h: a list of transforms of the recipe as one row that opens: all of them, in the
 * order in which they are done. Thread: the window's. Signals: "changed" (): the list of
 * transforms, or a parameter of one, has been changed by a person. "refused" (string): a change was
 * refused; one sentence for a toast. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

#define BP_TYPE_TRANSFORMS_ROW (bp_transforms_row_get_type())
G_DECLARE_FINAL_TYPE(BpTransformsRow, bp_transforms_row, BP, TRANSFORMS_ROW, AdwExpanderRow)

/* `spec` (it must last): the list among the parameters of the section "data". */
GtkWidget *bp_transforms_row_new(const NnParamSpec *spec);
/* The section "data" of a recipe; borrowed until another or NULL is set. */
void bp_transforms_row_set_config(BpTransformsRow *self, NnConfig *data);
/* Marks what cannot be with a sentence, and opens so that it is seen. `path`: from the list, "1",
 * "2.padding"; "": the list as a whole. text NULL takes all marks away. */
void bp_transforms_row_mark(BpTransformsRow *self, const char *path, const char *text);
/* "transforms", "test_transforms" */
const char *bp_transforms_row_get_key(BpTransformsRow *self);
/* The list, a BpKindList. */
GtkWidget *bp_transforms_row_get_list(BpTransformsRow *self);

G_END_DECLS
