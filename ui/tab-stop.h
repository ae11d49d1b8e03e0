/* tab-stop.h: a list that Tab visits once and leaves again; the arrow keys walk through it. GTK's
 * own lists before 4.18 stop at every row, and one whose rows are chosen by the focus would choose
 * each of them on the way. Thread: UI thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

/* A bin around a GtkListBox: Tab comes to the chosen row. */
#define BP_TYPE_TAB_STOP (bp_tab_stop_get_type())
G_DECLARE_FINAL_TYPE(BpTabStop, bp_tab_stop, BP, TAB_STOP, AdwBin)

/* For the focus() of a widget around another kind of list: is it Tab, and is the focus inside? Then
 * focus() returns FALSE, and the focus goes on behind the widget. */
gboolean bp_tab_stop_leaves(GtkWidget *widget, GtkDirectionType direction);

G_END_DECLS
