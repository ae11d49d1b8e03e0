/* flash.c: see flash.h. */
#include "flash.h"
#include "style.h"

enum {
  UNFOLDED = 400,
  OVER = 1600
}; /* milliseconds; OVER: as long as the style sheet's animation */

static void scroll_to(GtkWidget *widget)
{
  graphene_rect_t bounds;
  GtkWidget *scroller = gtk_widget_get_ancestor(widget, GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *viewport =
      scroller ? gtk_scrolled_window_get_child(GTK_SCROLLED_WINDOW(scroller)) : NULL;
  GtkWidget *content = viewport ? gtk_widget_get_first_child(viewport) : NULL;
  if (content && gtk_widget_compute_bounds(widget, content, &bounds))
    gtk_adjustment_clamp_page(gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroller)),
                              bounds.origin.y, bounds.origin.y + bounds.size.height);
}

static gboolean on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gint64 *start = data, now = gdk_frame_clock_get_frame_time(clock) / 1000;
  if (!*start)
    *start = now;
  if (now - *start <= UNFOLDED)
    scroll_to(widget);
  if (now - *start < OVER)
    return G_SOURCE_CONTINUE;
  gtk_widget_remove_css_class(widget, "bp-flash");
  return G_SOURCE_REMOVE;
}

void bp_flash(GtkWidget *widget)
{
  g_return_if_fail(GTK_IS_WIDGET(widget));
  bp_style_load();
  if (!gtk_widget_grab_focus(widget))
    gtk_widget_child_focus(widget, GTK_DIR_TAB_FORWARD);
  if (gtk_widget_has_css_class(widget, "bp-flash"))
    return;
  gtk_widget_add_css_class(widget, "bp-flash");
  gtk_widget_add_tick_callback(widget, on_tick, g_new0(gint64, 1), g_free);
}
