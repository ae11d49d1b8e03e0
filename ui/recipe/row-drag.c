/* row-drag.c: see row-drag.h. Style classes: bp-dragged, bp-drop-before, bp-drop-after. */
#include "row-drag.h"

static GdkContentProvider *on_prepare(GtkDragSource *source, double x, double y, GtkWidget *row)
{
  return gdk_content_provider_new_typed(G_OBJECT_TYPE(row), row);
}

static void on_begin(GtkDragSource *source, GdkDrag *drag, GtkWidget *row)
{
  /* A still picture, as the row looks before it fades. */
  g_autoptr(GdkPaintable) live = gtk_widget_paintable_new(row);
  g_autoptr(GdkPaintable) picture = gdk_paintable_get_current_image(live);
  gtk_drag_source_set_icon(source, picture, gtk_widget_get_width(row) - 16, 16);
  gtk_widget_add_css_class(row, "bp-dragged");
}

static void on_end(GtkDragSource *source, GdkDrag *drag, gboolean delete_data, GtkWidget *row)
{
  gtk_widget_remove_css_class(row, "bp-dragged");
}

static void on_leave(GtkDropTarget *target, GtkWidget *row)
{
  gtk_widget_remove_css_class(row, "bp-drop-before");
  gtk_widget_remove_css_class(row, "bp-drop-after");
}

static gboolean in_lower_half(GtkWidget *row, double y)
{
  return y > gtk_widget_get_height(row) / 2.0;
}

static GdkDragAction on_motion(GtkDropTarget *target, double x, double y, GtkWidget *row)
{
  GtkWidget *inner = g_object_get_data(G_OBJECT(target), "bp-inner");
  graphene_point_t at = GRAPHENE_POINT_INIT((float)x, (float)y), within;
  on_leave(target, row);
  if (inner && gtk_widget_compute_point(row, inner, &at, &within) &&
      gtk_widget_contains(inner, within.x, within.y))
    return 0;
  gtk_widget_add_css_class(row, in_lower_half(row, y) ? "bp-drop-after" : "bp-drop-before");
  return GDK_ACTION_MOVE;
}

static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y,
                        GtkWidget *row)
{
  GtkWidget *dragged = g_value_get_object(value);
  on_leave(target, row);
  if (!dragged || dragged == row || gtk_widget_is_ancestor(row, dragged))
    return FALSE;
  g_signal_emit_by_name(row, "dropped", dragged, in_lower_half(row, y));
  return TRUE;
}

void bp_row_drag_add(GtkWidget *row, GtkWidget *handle, GtkWidget *inner)
{
  GtkDragSource *source = gtk_drag_source_new();
  gtk_drag_source_set_actions(source, GDK_ACTION_MOVE);
  g_signal_connect(source, "prepare", G_CALLBACK(on_prepare), row);
  g_signal_connect(source, "drag-begin", G_CALLBACK(on_begin), row);
  g_signal_connect(source, "drag-end", G_CALLBACK(on_end), row);
  gtk_widget_add_controller(handle, GTK_EVENT_CONTROLLER(source));
  GtkDropTarget *target = gtk_drop_target_new(G_OBJECT_TYPE(row), GDK_ACTION_MOVE);
  g_object_set_data(G_OBJECT(target), "bp-inner", inner);
  g_signal_connect(target, "motion", G_CALLBACK(on_motion), row);
  g_signal_connect(target, "leave", G_CALLBACK(on_leave), row);
  g_signal_connect(target, "drop", G_CALLBACK(on_drop), row);
  gtk_widget_add_controller(row, GTK_EVENT_CONTROLLER(target));
}
