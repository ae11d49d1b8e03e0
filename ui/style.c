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

static void mark(GtkWidget *window, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class(window, name);
  else
    gtk_widget_remove_css_class(window, name);
}

static void mark_style(GtkWidget *window)
{
  AdwStyleManager *manager = adw_style_manager_get_default();
  gboolean dark = adw_style_manager_get_dark(manager);
  gboolean contrast = adw_style_manager_get_high_contrast(manager);
  mark(window, "bp-dark", dark);
  mark(window, "bp-contrast", contrast);
  mark(window, "bp-light-contrast", contrast && !dark);
}

void bp_style_follow(GtkWidget *window)
{
  AdwStyleManager *manager = adw_style_manager_get_default();
  g_signal_connect_object(manager, "notify::dark", G_CALLBACK(mark_style), window,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(manager, "notify::high-contrast", G_CALLBACK(mark_style), window,
                          G_CONNECT_SWAPPED);
  mark_style(window);
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
