/* accessible.h: names, announcements and directions for users who do not see the window as it was
 * drawn. Thread: the UI thread. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Calls a widget by this name alone. A label inside of it, or the title of its row, would be read
 * out a second time: that relation goes. */
void bp_accessible_set_name(GtkWidget *widget, const char *name);
/* Names a drop-down: GTK 4.8 calls the button that has the focus "GtkToggleButton", and its items
 * "GtkListItemWidget". The button says the choice too: "Reduction: mean". */
void bp_accessible_name_drop_down(GtkDropDown *drop_down, const char *name);
/* Says a sentence at once, wherever the focus is; `widget` is in the window that says it. GTK 4.14
 * has a call for it. Before, the window's accessible name carries the sentence: screen readers
 * speak the new name of the active window. What is seen of the title stays. */
void bp_accessible_announce(GtkWidget *widget, const char *sentence);
/* Numbers and signs without any letter ("784 → 10", "95 %") are read from left to right in every
 * language; in a right-to-left widget they are marked as such. Caller frees. */
char *bp_accessible_left_to_right(GtkWidget *widget, const char *text);
/* A label that ends in "…" for want of room shows its whole text in a tooltip, but only then. */
void bp_accessible_show_cut_text(GtkWidget *label);

G_END_DECLS
