/* gtk-check.h: what tests of windows need, whatever the version of GTK and libadwaita. */
#pragma once
#include <adwaita.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* GTK 4.24 warns of its own X11 backend, which reports a frame twice, or too early, on screens
 * without a compositor: "gdk_frame_timings_submitted() called on submitted frame". These functions
 * are GDK's own, and no program calls them. Nothing else is let through. */
#define GTK_SAYS_OF_ITSELF "gdk_frame_timings_"

static inline GLogWriterOutput end_at_warnings(GLogLevelFlags level, const GLogField *fields,
                                               gsize n, gpointer user_data)
{
  const char *text = "";
  for (gsize i = 0; i < n; i++)
    if (strcmp(fields[i].key, "MESSAGE") == 0)
      text = fields[i].value;
  g_log_writer_default(level, fields, n, NULL);
  if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)) && !strstr(text, GTK_SAYS_OF_ITSELF))
    abort();
  return G_LOG_WRITER_HANDLED;
}

/* From here on every warning of GLib's, GTK's or ours ends the program. Once per program. */
static inline void make_warnings_fatal(void)
{
  g_log_set_writer_func(end_at_warnings, NULL, NULL);
}

typedef bool (*Condition)(void);

/* Lets the main loop work until the condition holds; false: it did not for so long. */
__attribute__((unused)) static bool wait_for(Condition condition, int patience_ms)
{
  gint64 end = g_get_monotonic_time() + patience_ms * G_TIME_SPAN_MILLISECOND;
  while (!condition()) {
    if (g_get_monotonic_time() > end)
      return false;
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(500);
  }
  return true;
}

/* Lets it work for that long. */
__attribute__((unused)) static void spend(int ms)
{
  gint64 end = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time() < end)
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(500);
}

static inline GtkWidget *button_labelled(GtkWidget *at, const char *label)
{
  if (GTK_IS_BUTTON(at) && gtk_widget_get_mapped(at) &&
      g_strcmp0(gtk_button_get_label(GTK_BUTTON(at)), label) == 0)
    return at;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child;
       child = gtk_widget_get_next_sibling(child)) {
    GtkWidget *found = button_labelled(child, label);
    if (found)
      return found;
  }
  return NULL;
}

/* The button in sight, in any window, whose label is this one, mnemonic and all; or NULL. */
static inline GtkWidget *find_button(const char *label)
{
  g_autoptr(GListModel) windows = g_object_ref(gtk_window_get_toplevels());
  for (guint i = 0; i < g_list_model_get_n_items(windows); i++) {
    g_autoptr(GtkWidget) window = g_list_model_get_item(windows, i);
    GtkWidget *found = button_labelled(window, label);
    if (found)
      return found;
  }
  return NULL;
}

/* Closes whatever ui/compat.h has asked. */
static inline void close_questions(GtkApplication *app)
{
  GList *windows = g_list_copy(gtk_application_get_windows(app));
  for (GList *at = windows; at; at = at->next) {
#if ADW_CHECK_VERSION(1, 5, 0)
    AdwDialog *dialog = ADW_IS_APPLICATION_WINDOW(at->data)
                            ? adw_application_window_get_visible_dialog(at->data)
                            : NULL;
    if (dialog)
      adw_dialog_force_close(dialog);
#else
    if (ADW_IS_MESSAGE_DIALOG(at->data))
      gtk_window_destroy(at->data);
#endif
  }
  g_list_free(windows);
}
