/* window-preferences.c: see window-preferences.h. */
#include "window-preferences.h"
#include "app/session/saved-recipes.h"
#include "window-private.h"
#include "ui/i18n.h"

enum { KEEP_MS = 800 }; /* after a change, so that a row that is being dragged is written once */

typedef struct {
  BpWindow *window;       /* borrowed: it owns this */
  BpSession *session;     /* owned: it may live a moment longer than the window */
  GSettings *preferences; /* owned */
  guint keeping;          /* timeout */
  gboolean has_warned;    /* that it cannot be kept, once */
} Follower;

/* ---- the session follows ---- */

static void take_compute(Follower *self)
{
  g_autofree char *device = g_settings_get_string(self->preferences, "device");
  bp_devices_set_compute(self->session->devices, g_settings_get_int(self->preferences, "threads"),
                         device);
}

static void take_data_directory(Follower *self)
{
  g_autofree char *dir = g_settings_get_string(self->preferences, "data-directory");
  bp_data_store_set_user_dir(self->session->data, dir);
}

/* What was opened is opened again at the next start. A folder that is not there today may be
 * tomorrow, and stays. */
static void keep_folders(Follower *self)
{
  BpFolders folders;
  bp_data_store_get_folders(self->session->data, &folders);
  if (folders.data) {
    g_settings_set_string(self->preferences, "data-folder", folders.data);
    g_settings_set_string(self->preferences, "data-folder-kind",
                          folders.data_kind ? folders.data_kind : "");
  }
  if (folders.pictures)
    g_settings_set_string(self->preferences, "picture-folder", folders.pictures);
}

/* ---- keeping ---- */

static void keep(Follower *self)
{
  g_autoptr(GError) error = NULL;
  g_clear_handle_id(&self->keeping, g_source_remove);
  if (bp_saved_recipes_save(self->session, self->preferences, &error) || self->has_warned)
    return;
  self->has_warned = TRUE;
  g_autofree char *text = g_strdup_printf(_("Your recipes cannot be saved: %s"), error->message);
  bp_window_tell(self->window, text);
}

static gboolean on_keep(gpointer user_data)
{
  ((Follower *)user_data)->keeping = 0;
  keep(user_data);
  return G_SOURCE_REMOVE;
}

static void keep_soon(Follower *self)
{
  g_clear_handle_id(&self->keeping, g_source_remove);
  self->keeping = g_timeout_add(KEEP_MS, on_keep, self);
}

void bp_window_keep(BpWindow *window)
{
  Follower *self = g_object_get_data(G_OBJECT(window), "bp-follower");
  bp_recipe_column_commit(window->recipe);
  if (self)
    keep(self);
}

static gboolean on_close(Follower *self)
{
  bp_window_keep(self->window);
  return GDK_EVENT_PROPAGATE;
}

/* ---- object ---- */

static void follower_free(gpointer data)
{
  Follower *self = data;
  g_clear_handle_id(&self->keeping, g_source_remove);
  g_signal_handlers_disconnect_by_data(self->preferences, self);
  g_signal_handlers_disconnect_by_data(self->session->course, self);
  g_signal_handlers_disconnect_by_data(self->session->runner, self);
  g_signal_handlers_disconnect_by_data(self->session->data, self);
  g_object_unref(self->preferences);
  g_object_unref(self->session);
  g_free(self);
}

/* Of a screen, so that a panel has room and a window manager does not make it smaller still: one
 * that covers the screen is shrunk to three quarters of it. */
static const double most_of_screen = 0.95;

/* A size that no monitor has room for becomes one that the largest has. */
static void fit_monitor(GtkWindow *window)
{
  GListModel *monitors = gdk_display_get_monitors(gtk_widget_get_display(GTK_WIDGET(window)));
  int width, height, most_width = 0, most_height = 0;
  for (guint i = 0; i < g_list_model_get_n_items(monitors); i++) {
    g_autoptr(GdkMonitor) monitor = g_list_model_get_item(monitors, i);
    GdkRectangle area;
    gdk_monitor_get_geometry(monitor, &area);
    most_width = MAX(most_width, (int)(most_of_screen * area.width));
    most_height = MAX(most_height, (int)(most_of_screen * area.height));
  }
  if (most_width == 0)
    return;
  gtk_window_get_default_size(window, &width, &height);
  gtk_window_set_default_size(window, MIN(width, most_width), MIN(height, most_height));
}

/* A window that is smaller than the schema allows, in the moment when it folds, is not kept. */
static GVariant *in_range(const GValue *value, const GVariantType *type, gpointer least)
{
  int size = g_value_get_int(value);
  return size >= GPOINTER_TO_INT(least) ? g_variant_new_int32(size) : NULL;
}

static void bind_size(BpWindow *window, GSettings *preferences)
{
  static const struct {
    const char *key, *property;
    int least;
  } sizes[] = {{"window-width", "default-width", 360}, {"window-height", "default-height", 420}};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
    g_settings_bind_with_mapping(preferences, sizes[i].key, window, sizes[i].property,
                                 G_SETTINGS_BIND_NO_SENSITIVITY, NULL, in_range,
                                 GINT_TO_POINTER(sizes[i].least), NULL);
  g_settings_bind(preferences, "window-maximized", window, "maximized",
                  G_SETTINGS_BIND_NO_SENSITIVITY);
  fit_monitor(GTK_WINDOW(window));
}

void bp_window_follow_preferences(BpWindow *window, GSettings *preferences)
{
  Follower *self = g_new0(Follower, 1);
  self->window = window;
  self->session = g_object_ref(bp_window_get_session(window));
  self->preferences = g_object_ref(preferences);
  g_object_set_data_full(G_OBJECT(window), "bp-follower", self, follower_free);
  window->preferences = preferences;
  bind_size(window, preferences);
  g_settings_bind(preferences, "chart-axis", bp_window_get_charts(window), "axis",
                  G_SETTINGS_BIND_NO_SENSITIVITY);
  g_signal_connect_swapped(preferences, "changed::threads", G_CALLBACK(take_compute), self);
  g_signal_connect_swapped(preferences, "changed::device", G_CALLBACK(take_compute), self);
  g_signal_connect_swapped(preferences, "changed::data-directory", G_CALLBACK(take_data_directory),
                           self);
  take_compute(self);
  take_data_directory(self);
  g_signal_connect_swapped(self->session->course, "recipe-changed", G_CALLBACK(keep_soon), self);
  g_signal_connect_swapped(self->session->runner, "ended", G_CALLBACK(keep_soon), self);
  g_signal_connect_swapped(self->session->data, "changed", G_CALLBACK(keep_folders), self);
  g_signal_connect_swapped(window, "close-request", G_CALLBACK(on_close), self);
}
