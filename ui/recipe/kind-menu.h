/* kind-menu.h: the popover in which a kind is chosen: every kind of a class by family, with its
 * explanation, and an entry to search in when there are many. Signal "chosen" (string name).
 * Thread: UI thread. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/kind.h"

G_BEGIN_DECLS

#define BP_TYPE_KIND_MENU (bp_kind_menu_get_type())
G_DECLARE_FINAL_TYPE(BpKindMenu, bp_kind_menu, BP, KIND_MENU, GtkPopover)

GtkWidget *bp_kind_menu_new(NnKindClass klass);
/* The kind that bears the mark, or NULL for none. */
void bp_kind_menu_set_chosen(BpKindMenu *self, const NnKind *kind);
/* The list of rows and the entry to search in (hidden when there are few), for tests. */
GtkListBox *bp_kind_menu_get_list(BpKindMenu *self);
GtkWidget *bp_kind_menu_get_search(BpKindMenu *self);
/* The kind of a row of that list. */
const NnKind *bp_kind_menu_get_kind(GtkListBoxRow *row);
/* What a person reads for a kind: its label, else its name; NN_CLASS_TITLE_IS_NAME: its name. */
const char *bp_kind_title(const NnKind *kind);

G_END_DECLS
