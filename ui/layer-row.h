/* layer-row.h: one row of the layer list: edge, name, summary, handle; the parameters beneath.
 * Signals:
 *   "changed" (string key):   a parameter of the layer has been changed.
 *   "remove" ():              Delete key or the remove button.
 *   "move-by" (int):          Alt+Up (−1), Alt+Down (+1).
 *   "dropped" (object row, boolean after): that row of the same list was dropped on this one and
 *                             should come after (or before) it. */
#pragma once
#include <adwaita.h>
#include "engine/config.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

#define BP_TYPE_LAYER_ROW (bp_layer_row_get_type())
G_DECLARE_FINAL_TYPE(BpLayerRow, bp_layer_row, BP, LAYER_ROW, GtkListBoxRow)

/* Borrows the layer's config. */
GtkWidget *bp_layer_row_new(NnConfig *layer);
NnConfig *bp_layer_row_get_config(BpLayerRow *self);
/* Another config of the same kind, in place of one that may be gone. */
void bp_layer_row_set_config(BpLayerRow *self, NnConfig *layer);
const NnKind *bp_layer_row_get_kind(BpLayerRow *self);
/* in, out: NULL when not known. error: a sentence, or NULL. position from 0 of n rows. */
void bp_layer_row_update(BpLayerRow *self, const NnShape *in, const NnShape *out, const char *error,
                         int position, int n);
void bp_layer_row_set_open(BpLayerRow *self, gboolean open);
gboolean bp_layer_row_get_open(BpLayerRow *self);
/* The text right of the name, for tests. */
const char *bp_layer_row_get_summary(BpLayerRow *self);
const char *bp_layer_row_get_error(BpLayerRow *self);
/* The panel in the opened part. */
GtkWidget *bp_layer_row_get_panel(BpLayerRow *self);
/* Lets go of the config, before it is freed. */
void bp_layer_row_forget(BpLayerRow *self);

G_END_DECLS
