/* window-drop.c: recipes and folders that are dropped on the window. */
#include "dropped.h"
#include "window-private.h"

static GPtrArray *paths_of(const GValue *value)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GSList) files = gdk_file_list_get_files(g_value_get_boxed(value));
  for (GSList *at = files; at; at = at->next)
    g_ptr_array_add(paths, g_file_get_path(at->data));
  return paths;
}

static void show_area(BpWindow *self, gboolean visible)
{
  gtk_widget_set_visible(self->drop_area, visible);
}

static GdkDragAction on_enter(BpWindow *self)
{
  show_area(self, TRUE);
  return GDK_ACTION_COPY;
}

static void on_leave(BpWindow *self)
{
  show_area(self, FALSE);
}

static gboolean on_drop(BpWindow *self, const GValue *value)
{
  g_autoptr(GPtrArray) paths = paths_of(value);
  BpDropped dropped;
  show_area(self, FALSE);
  bp_dropped_judge((const char *const *)paths->pdata, paths->len, &dropped);
  if (dropped.kind == BP_DROPPED_RECIPE)
    bp_window_open_recipe(self, dropped.path);
  else if (dropped.kind == BP_DROPPED_DATA)
    bp_data_store_open(self->session->data, dropped.path);
  else
    bp_window_tell(self, dropped.complaint);
  gboolean taken = dropped.kind != BP_DROPPED_NOTHING;
  bp_dropped_clear(&dropped);
  return taken;
}

void bp_window_take_drops(BpWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_swapped(target, "enter", G_CALLBACK(on_enter), self);
  g_signal_connect_swapped(target, "leave", G_CALLBACK(on_leave), self);
  g_signal_connect_swapped(target, "drop", G_CALLBACK(on_drop), self);
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(target));
}
