/* layer-menu.h: the popover from which a layer is added: every layer kind by family, with its
 * explanation. Signal "chosen" (string name). Thread: UI thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define BP_TYPE_LAYER_MENU (bp_layer_menu_get_type())
G_DECLARE_FINAL_TYPE(BpLayerMenu, bp_layer_menu, BP, LAYER_MENU, GtkPopover)

GtkWidget *bp_layer_menu_new(void);
/* The list of rows, for tests. */
GtkListBox *bp_layer_menu_get_list(BpLayerMenu *self);

G_END_DECLS
