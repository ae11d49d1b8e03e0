/* layer-list.h: the network as a list of rows, over the "network" KINDS of a recipe.
 *
 * Each row has an edge coloured by the family of its layer, the layer's name, what flows out of it
 * and a handle to drag. Activating a row (click, Return, Space) opens its parameters beneath it; a
 * second activation closes them. Keys on a row: Delete removes, Alt+Up and Alt+Down move. "Add
 * layer" inserts after the selected row; with none selected, before the last Linear layer (the one
 * whose size must match the classes), or at the end if there is no Linear.
 *
 * Thread: the UI thread. Signals:
 *   "changed" ():        the recipe's network has been changed by a person.
 *   "refused" (string):  a change was refused; one sentence for a toast. */
#pragma once
#include <adwaita.h>
#include "engine/config.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

#define BP_TYPE_LAYER_LIST (bp_layer_list_get_type())
G_DECLARE_FINAL_TYPE(BpLayerList, bp_layer_list, BP, LAYER_LIST, AdwBin)

GtkWidget *bp_layer_list_new(void);

/* Shows `recipe`'s "network"; borrowed as in bp_param_panel_set_config(). NULL empties the list. */
void bp_layer_list_set_recipe(BpLayerList *self, NnConfig *recipe);
/* Reads the borrowed recipe again after somebody else changed it. Emits nothing. */
void bp_layer_list_refresh(BpLayerList *self);
/* The shapes of one sample: `in` enters the network, outs[i] leaves layer i (copied; as many as the
 * network has layers, or bad_layer of them, or NULL when none is known). bad_layer: the layer that
 * cannot be, marked with `message` at its row; −1 when all fit. Call it in answer to "changed". */
void bp_layer_list_set_shapes(BpLayerList *self, NnShape in, const NnShape *outs, int bad_layer,
                              const char *message);
/* The selected (opened) layer, −1 for none. Selecting opens its parameters and scrolls to it. */
int bp_layer_list_get_selected(BpLayerList *self);
void bp_layer_list_select(BpLayerList *self, int index);
/* What the keys and buttons do; true if the network changed. */
gboolean bp_layer_list_add(BpLayerList *self, const char *kind_name);
gboolean bp_layer_list_remove(BpLayerList *self, int index);
gboolean bp_layer_list_move(BpLayerList *self, int from, int to);

G_END_DECLS
