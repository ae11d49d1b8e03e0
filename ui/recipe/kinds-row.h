/* kinds-row.h: a row of a parameter panel for a KINDS parameter: its name, and beneath it the list
 * of kinds. Signal "changed" (): the list, or something in it, has been changed by a person.
 * Thread: the UI thread. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

#define BP_TYPE_KINDS_ROW (bp_kinds_row_get_type())
G_DECLARE_FINAL_TYPE(BpKindsRow, bp_kinds_row, BP, KINDS_ROW, AdwPreferencesRow)

/* Borrows config. `where` as in bp_param_row_new(). */
GtkWidget *bp_kinds_row_new(NnConfig *config, const NnParamSpec *spec, const char *where);
void bp_kinds_row_set_config(BpKindsRow *self, NnConfig *config);
const char *bp_kinds_row_get_key(BpKindsRow *self);
const NnParamSpec *bp_kinds_row_get_spec(BpKindsRow *self);
/* `path` from the list, "1.gamma", or "" for the row itself. text NULL takes all marks away. */
void bp_kinds_row_mark(BpKindsRow *self, const char *path, const char *text);
gboolean bp_kinds_row_has_error(BpKindsRow *self);
/* The list, a BpKindList. */
GtkWidget *bp_kinds_row_get_list(BpKindsRow *self);

G_END_DECLS
