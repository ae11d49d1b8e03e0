/* kind-row.h: a row that shows the kind of a KIND parameter and opens a menu to choose another.
 * Signals:
 *   "changed" (): the config's child has been replaced by the defaults of another kind. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

#define BP_TYPE_KIND_ROW (bp_kind_row_get_type())
G_DECLARE_FINAL_TYPE(BpKindRow, bp_kind_row, BP, KIND_ROW, AdwActionRow)

/* Borrows config. `where` as in bp_param_row_new(). */
GtkWidget *bp_kind_row_new(NnConfig *config, const NnParamSpec *spec, const char *where);
void bp_kind_row_set_config(BpKindRow *self, NnConfig *config);
const char *bp_kind_row_get_key(BpKindRow *self);
const NnParamSpec *bp_kind_row_get_spec(BpKindRow *self);
void bp_kind_row_refresh(BpKindRow *self);
void bp_kind_row_mark_error(BpKindRow *self, const char *text);
/* What else there is to say of the choice, in a line below; NULL: nothing. A mark stands before it.
 */
void bp_kind_row_set_note(BpKindRow *self, const char *text);
gboolean bp_kind_row_has_error(BpKindRow *self);
/* The button at the right, whose popover (made when first opened) is a BpKindMenu; for tests. */
GtkWidget *bp_kind_row_get_button(BpKindRow *self);
/* That menu, made now if it was never opened; for tests. */
GtkWidget *bp_kind_row_get_menu(BpKindRow *self);

G_END_DECLS
