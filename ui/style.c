#include "style.h"
#include <adwaita.h>

void bp_style_load(void)
{
  static gboolean loaded;
  GdkDisplay *display = gdk_display_get_default();
  if (loaded || !display)
    return;
  loaded = TRUE;
  g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();
  gtk_css_provider_load_from_resource(provider, "/io/github/backprop/ui/style.css");
  gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void mark_dark(GtkWidget *window)
{
  if (adw_style_manager_get_dark(adw_style_manager_get_default()))
    gtk_widget_add_css_class(window, "bp-dark");
  else
    gtk_widget_remove_css_class(window, "bp-dark");
}

void bp_style_follow_dark(GtkWidget *window)
{
  g_signal_connect_object(adw_style_manager_get_default(), "notify::dark", G_CALLBACK(mark_dark),
                          window, G_CONNECT_SWAPPED);
  mark_dark(window);
}

void bp_style_limit_subtitle(GtkWidget *row)
{
  enum { MAX_CHARS = 10 };
  if (GTK_IS_LABEL(row) && gtk_widget_has_css_class(row, "subtitle"))
    gtk_label_set_max_width_chars(GTK_LABEL(row), MAX_CHARS);
  for (GtkWidget *child = gtk_widget_get_first_child(row); child;
       child = gtk_widget_get_next_sibling(child))
    bp_style_limit_subtitle(child);
}
