/* kind-list.h: a list of kinds as rows, over a KINDS parameter: the layers of a network, of a
 * Residual, the transforms, the schedules of a SequentialLR. Lists stand within lists.
 *
 * Each row has an edge colored by the family of its kind, the name, what flows out of it and a
 * handle to drag. Activating a row (click, Return, Space) opens its parameters beneath it; a second
 * activation closes them. Keys on a row: Delete removes, Alt+Up and Alt+Down move. The button
 * beneath adds after the opened row; with none opened, before the last entry of the kind
 * with which such a list ends (NnParamSpec.last_kind), of a class whose order makes sense
 * (NN_CLASS_IN_ORDER) before those that are listed later among the kinds, else at the end. A row
 * can be dragged into another list of the same class.
 *
 * A change that is refused (the list is full) activates the action BP_KIND_LIST_REFUSED, which an
 * ancestor may have, with one sentence. Thread: the UI thread. Signals:
 *   "changed" (): the list, or something in it, has been changed by a person. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

#define BP_TYPE_KIND_LIST (bp_kind_list_get_type())
G_DECLARE_FINAL_TYPE(BpKindList, bp_kind_list, BP, KIND_LIST, AdwBin)

#define BP_KIND_LIST_REFUSED "list.refused"

GtkWidget *bp_kind_list_new(void);

/* Shows the KINDS `key` of `holder`; borrowed as in bp_param_panel_set_config(). NULL empties. */
void bp_kind_list_set_config(BpKindList *self, NnConfig *holder, const char *key);
/* Reads the borrowed config again after somebody else changed it. Emits nothing. */
void bp_kind_list_refresh(BpKindList *self);
/* What flows through the layers, here and within. Call it in answer to "changed": until then
 * nothing is known, and nothing marked. */
void bp_kind_list_set_flows(BpKindList *self, const NnLayerFlow *flows, int n);
/* Says what is wrong, in a sentence, at the row of `path`, from this list: "3",
 * "2.layers.0.kernel_size"; where there is no such row ("": the list as a whole), beneath all. */
void bp_kind_list_mark(BpKindList *self, const char *path, const char *text);
/* Unfolds what such a path lies in and returns its widget, the list itself without such a row. */
GtkWidget *bp_kind_list_find(BpKindList *self, const char *path);
/* Takes all these sentences away. */
void bp_kind_list_clear(BpKindList *self);
/* The selected (opened) row, −1 for none. Selecting opens its parameters. */
int bp_kind_list_get_selected(BpKindList *self);
void bp_kind_list_select(BpKindList *self, int index);
/* The sentence about the list as a whole, or NULL: for tests. */
const char *bp_kind_list_get_problem(BpKindList *self);
/* The row (a BpKindItem) at a place, or NULL: for tests. */
GtkWidget *bp_kind_list_get_item(BpKindList *self, int index);
/* The button beneath, whose popover (made when first opened) is a BpKindMenu; for tests. */
GtkWidget *bp_kind_list_get_button(BpKindList *self);
/* That menu, made now if it was never opened; for tests. */
GtkWidget *bp_kind_list_get_menu(BpKindList *self);
/* What the keys and buttons do; true if the list changed. */
gboolean bp_kind_list_add(BpKindList *self, const char *kind_name);
gboolean bp_kind_list_remove(BpKindList *self, int index);
gboolean bp_kind_list_move(BpKindList *self, int from, int to);

G_END_DECLS
