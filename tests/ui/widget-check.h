/* widget-check.h: what the tests of real widgets share. */
#pragma once
#include <adwaita.h>
#include <stdio.h>
#include <stdlib.h>
#include "../check.h"
#include "gtk-check.h"
#include "engine/recipe/recipe.h"

/* Lets the main loop work for some milliseconds, and then until it has nothing to do, if that
 * comes. */
static inline void run_loop(int milliseconds)
{
  gint64 end = g_get_monotonic_time() + milliseconds * 1000;
  gint64 latest = end + 10 * G_USEC_PER_SEC;
  while (g_get_monotonic_time() < end) {
    while (g_main_context_iteration(NULL, FALSE) && g_get_monotonic_time() < latest)
      ;
    g_usleep(500);
  }
}

/* Lets the main loop work until it has found nothing to do for 40 ms: two frames, so all is laid
 * out and drawn. At most so many milliseconds, as a run that trains never rests. */
static inline void run_until_idle(int most)
{
  gint64 end = g_get_monotonic_time() + most * 1000;
  for (int idle_ms = 0; idle_ms < 40 && g_get_monotonic_time() < end; idle_ms++) {
    if (g_main_context_iteration(NULL, FALSE))
      idle_ms = 0;
    else
      g_usleep(1000);
  }
}

/* Shows a widget in a window of its own and waits until it has been laid out. */
static inline GtkWidget *show_widget(GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new();
  gtk_window_set_default_size(GTK_WINDOW(window), width, height);
  gtk_window_set_child(GTK_WINDOW(window), widget);
  gtk_window_present(GTK_WINDOW(window));
  for (int i = 0; i < 200 && !gtk_widget_get_height(widget); i++)
    run_loop(10);
  run_loop(50);
  return window;
}

/* The first widget of a type beneath another, in the order of the tree; NULL if there is none. */
static inline GtkWidget *find_widget(GtkWidget *root, GType type)
{
  if (g_type_is_a(G_OBJECT_TYPE(root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child(root); child;
       child = gtk_widget_get_next_sibling(child)) {
    GtkWidget *found = find_widget(child, type);
    if (found)
      return found;
  }
  return NULL;
}

/* Runs the widget's own binding of a key; false if it has none, or the binding declines. */
static inline gboolean press_key(GtkWidget *widget, guint key, GdkModifierType modifiers)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers(widget);
  for (guint i = 0; i < g_list_model_get_n_items(controllers); i++) {
    g_autoptr(GObject) controller = g_list_model_get_item(controllers, i);
    if (!GTK_IS_SHORTCUT_CONTROLLER(controller))
      continue;
    for (guint j = 0; j < g_list_model_get_n_items(G_LIST_MODEL(controller)); j++) {
      g_autoptr(GtkShortcut) shortcut = g_list_model_get_item(G_LIST_MODEL(controller), j);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger(shortcut);
      if (GTK_IS_KEYVAL_TRIGGER(trigger) &&
          gtk_keyval_trigger_get_keyval(GTK_KEYVAL_TRIGGER(trigger)) == key &&
          gtk_keyval_trigger_get_modifiers(GTK_KEYVAL_TRIGGER(trigger)) == modifiers)
        return gtk_shortcut_action_activate(gtk_shortcut_get_action(shortcut), 0, widget,
                                            gtk_shortcut_get_arguments(shortcut));
    }
  }
  return FALSE;
}

/* 77 (skipped) without a display. From here on every warning is fatal. */
static inline void need_display(void)
{
  if (!gtk_init_check()) {
    printf("1..0 # SKIP no display\n");
    exit(77);
  }
  make_warnings_fatal();
  adw_init();
}
