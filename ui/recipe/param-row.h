/* param-row.h: one row that edits one parameter (every type but KIND, KINDS and DERIVED ones).
 *
 * The row borrows the config; it writes accepted values into it and emits
 *   "changed" (): the config has a new value.
 * A refused text leaves the old value, marks the row (class "error") and says why beneath the
 * title. Whenever a text is refused or a refusal is over, the row activates the action
 * BP_PARAM_ROW_REFUSED, which an ancestor may have, however deep in lists and panels the row is.
 * Thread: the UI thread. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

#define BP_TYPE_PARAM_ROW (bp_param_row_get_type())
G_DECLARE_FINAL_TYPE(BpParamRow, bp_param_row, BP, PARAM_ROW, AdwActionRow)

#define BP_PARAM_ROW_REFUSED "row.refused"

/* `where`: dotted path of the config from the panel's, ending in "." or empty; copied. */
GtkWidget *bp_param_row_new(NnConfig *config, const NnParamSpec *spec, const char *where);
/* Another config with the same table, in place of one that may be gone. Shows its value;
 * if that is the value shown already, a refused or half-typed text stays. */
void bp_param_row_set_config(BpParamRow *self, NnConfig *config);
/* The dotted key. */
const char *bp_param_row_get_key(BpParamRow *self);
const NnParamSpec *bp_param_row_get_spec(BpParamRow *self);
/* Shows the config's value again (also instead of a refused text). Emits nothing. */
void bp_param_row_refresh(BpParamRow *self);
/* A mark from outside; NULL takes it away. */
void bp_param_row_mark_error(BpParamRow *self, const char *text);
gboolean bp_param_row_has_error(BpParamRow *self);
/* Why the row's own text is refused, in a sentence that names the row; NULL: it is not. (transfer
 * full) */
char *bp_param_row_dup_refusal(BpParamRow *self);
/* The widget that takes the focus: entry, spin button, switch or drop down. */
GtkWidget *bp_param_row_get_editor(BpParamRow *self);

G_END_DECLS
