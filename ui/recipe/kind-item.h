/* kind-item.h: one row of a kind list: edge, name, summary, handle; what it holds beneath (a
 * Residual's layers), and, opened, its parameters. Signals:
 *   "changed" ():             a parameter has been changed, or a kind that it holds.
 *   "remove" ():              Delete key or the remove button.
 *   "move-by" (int):          Alt+Up (−1), Alt+Down (+1).
 *   "dropped" (object item, boolean after): that item, of whatever list, was dropped on this one
 *                             and should come after (or before) it. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

#define BP_TYPE_KIND_ITEM (bp_kind_item_get_type())
G_DECLARE_FINAL_TYPE(BpKindItem, bp_kind_item, BP, KIND_ITEM, GtkListBoxRow)

/* Borrows the config. */
GtkWidget *bp_kind_item_new(NnConfig *config);
NnConfig *bp_kind_item_get_config(BpKindItem *self);
/* Another config of the same kind, in place of one that may be gone. */
void bp_kind_item_set_config(BpKindItem *self, NnConfig *config);
const NnKind *bp_kind_item_get_kind(BpKindItem *self);
/* in, out: NULL when not known. position from 0 of n rows. */
void bp_kind_item_update(BpKindItem *self, const NnShape *in, const NnShape *out, int position,
                         int n);
/* Marks it, or what it holds, with a sentence. `path`: from its config: "", "weight_init",
 * "layers.0.kernel_size". */
void bp_kind_item_mark(BpKindItem *self, const char *path, const char *text);
/* The widget of such a path: a row of the panel, an item that it holds, or the item itself. */
GtkWidget *bp_kind_item_find(BpKindItem *self, const char *path);
/* Takes the marks away, here and within. */
void bp_kind_item_clear(BpKindItem *self);
void bp_kind_item_set_open(BpKindItem *self, gboolean open);
gboolean bp_kind_item_get_open(BpKindItem *self);
/* The text right of the name, and the sentence beneath or NULL, for tests. */
const char *bp_kind_item_get_summary(BpKindItem *self);
const char *bp_kind_item_get_error(BpKindItem *self);
/* The panel in the opened part. */
GtkWidget *bp_kind_item_get_panel(BpKindItem *self);
/* The list of what it holds (a BpKindList), or NULL. */
GtkWidget *bp_kind_item_get_inner_list(BpKindItem *self);
/* Forgets the config, which is about to be freed. */
void bp_kind_item_release(BpKindItem *self);

G_END_DECLS
