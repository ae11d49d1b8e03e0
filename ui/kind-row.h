/* kind-row.h: a combo row that picks the kind of a KIND parameter. Its subtitle is the explanation
 * of the chosen kind. Signals:
 *   "changed" (): the config's child has been replaced by the defaults of another kind. */
#pragma once
#include <adwaita.h>
#include "engine/config.h"

G_BEGIN_DECLS

#define BP_TYPE_KIND_ROW (bp_kind_row_get_type())
G_DECLARE_FINAL_TYPE(BpKindRow, bp_kind_row, BP, KIND_ROW, AdwComboRow)

/* Borrows config. `where` as in bp_param_row_new(). */
GtkWidget *bp_kind_row_new(NnConfig *config, const NnParamSpec *spec, const char *where);
/* With the explanation of the chosen kind beneath the title; without, it is the tooltip only. */
void bp_kind_row_set_explain(BpKindRow *self, gboolean explain);
void bp_kind_row_set_config(BpKindRow *self, NnConfig *config);
const char *bp_kind_row_get_key(BpKindRow *self);
const NnParamSpec *bp_kind_row_get_spec(BpKindRow *self);
void bp_kind_row_refresh(BpKindRow *self);
void bp_kind_row_mark_error(BpKindRow *self, const char *text);
gboolean bp_kind_row_has_error(BpKindRow *self);
/* What a person reads for a kind: its label, else its name. */
const char *bp_kind_title(const NnKind *kind);

G_END_DECLS
