#include "tab-stop.h"

struct _BpTabStop {
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE(BpTabStop, bp_tab_stop, ADW_TYPE_BIN)

static gboolean is_tab(GtkDirectionType direction)
{
  return direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD;
}

gboolean bp_tab_stop_leaves(GtkWidget *widget, GtkDirectionType direction)
{
  GtkRoot *root = gtk_widget_get_root(widget);
  GtkWidget *focus = root ? gtk_root_get_focus(root) : NULL;
  return is_tab(direction) && focus && gtk_widget_is_ancestor(focus, widget);
}

static gboolean bp_tab_stop_focus(GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *list = adw_bin_get_child(ADW_BIN(widget));
  if (bp_tab_stop_leaves(widget, direction))
    return FALSE;
  GtkListBoxRow *row = GTK_IS_LIST_BOX(list) && is_tab(direction)
                           ? gtk_list_box_get_selected_row(GTK_LIST_BOX(list))
                           : NULL;
  if (row && gtk_widget_get_mapped(GTK_WIDGET(row)))
    return gtk_widget_grab_focus(GTK_WIDGET(row));
  return GTK_WIDGET_CLASS(bp_tab_stop_parent_class)->focus(widget, direction);
}

static void bp_tab_stop_class_init(BpTabStopClass *klass)
{
  GTK_WIDGET_CLASS(klass)->focus = bp_tab_stop_focus;
}

static void bp_tab_stop_init(BpTabStop *self) {}
