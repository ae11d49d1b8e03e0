/* application.c: see application.h. */
#include "application.h"
#include "app/window/about.h"
#include "config.h"
#include "app/help/help-window.h"
#include "app/session/saved-recipes.h"
#include "app/window/preferences-window.h"
#include "app/window/window-preferences.h"
#include "ui/i18n.h"
#include <glib-unix.h>
#include <signal.h>

struct _BpApplication {
  AdwApplication parent_instance;
  GSettings *preferences; /* from startup on */
  guint signals[3];       /* sources; 0: is left alone */
};

G_DEFINE_FINAL_TYPE(BpApplication, bp_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] =
    {/* their texts are translated when they are added */
     {"data", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_("Folder with the MNIST files or with images, or “practice” for digits drawn by the "
         "program"),
      N_("DIR")},
     {"from", 0, 0, G_OPTION_ARG_STRING, NULL,
      N_("Where to download datasets from, instead of the usual servers"), N_("URL")},
     {"version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL},
     {NULL}};

/* ---- the window ---- */

/* The one window; NULL: none yet, or it is being closed. */
static BpWindow *present_window(BpApplication *self)
{
  for (GList *at = gtk_application_get_windows(GTK_APPLICATION(self)); at; at = at->next)
    if (BP_IS_WINDOW(at->data) && gtk_widget_get_visible(at->data)) {
      gtk_window_present(at->data);
      return at->data;
    }
  return NULL;
}

static BpWindow *open_window(BpApplication *self, const char *data_dir, const char *mirror)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BpSession) session = bp_session_new(&error);
  if (!session) {
    g_printerr("backprop: %s\n", error->message);
    return NULL;
  }
  g_autofree char *unread = bp_saved_recipes_restore(session, self->preferences);
  BpWindow *window = bp_window_new(GTK_APPLICATION(self), session);
  bp_runs_open_folder(session->runs);
  bp_window_follow_preferences(window, self->preferences);
  gtk_window_present(GTK_WINDOW(window));
  bp_data_store_set_mirror(session->data, mirror);
  g_autofree char *data = g_settings_get_string(self->preferences, "data-folder");
  g_autofree char *data_kind = g_settings_get_string(self->preferences, "data-folder-kind");
  g_autofree char *pictures = g_settings_get_string(self->preferences, "picture-folder");
  BpFolders folders = {.data = data, .data_kind = data_kind, .pictures = pictures};
  if (data_dir)
    bp_data_store_open(session->data, data_dir);
  else
    bp_data_store_open_folders(session->data, &folders);
  if (unread)
    bp_window_tell_failure(window, _("A recipe of last time could not be read"), unread);
  return window;
}

/* The window that is there takes the arguments of a second start. */
static BpWindow *want_window(BpApplication *self, const char *data_dir, const char *mirror)
{
  BpWindow *window = present_window(self);
  if (!window)
    return open_window(self, data_dir, mirror);
  if (mirror)
    bp_data_store_set_mirror(bp_window_get_session(window)->data, mirror);
  if (data_dir)
    bp_data_store_open(bp_window_get_session(window)->data, data_dir);
  return window;
}

static void bp_application_activate(GApplication *app)
{
  want_window(BP_APPLICATION(app), NULL, NULL);
}

/* From the desktop: a file that was double-clicked. */
static void bp_application_open(GApplication *app, GFile **files, int n_files, const char *hint)
{
  BpWindow *window = want_window(BP_APPLICATION(app), NULL, NULL);
  if (window && n_files > 1)
    bp_window_tell(window, _("Only one recipe can be open at a time; the first one was opened"));
  if (window && n_files > 0)
    bp_window_open_file(window, files[0]);
}

/* A folder as the other process named it, which may be somewhere else. */
static char *data_argument(GApplicationCommandLine *line, const char *dir)
{
  if (!dir || g_str_equal(dir, "practice"))
    return g_strdup(dir);
  g_autoptr(GFile) file = g_application_command_line_create_file_for_arg(line, dir);
  return g_file_get_path(file);
}

static int bp_application_command_line(GApplication *app, GApplicationCommandLine *line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict(line);
  g_auto(GStrv) arguments = g_application_command_line_get_arguments(line, NULL);
  const char *data = NULL, *mirror = NULL;
  if (g_strv_length(arguments) > 2) {
    g_application_command_line_printerr(line, _("backprop: give at most one recipe.\n"));
    return 2;
  }
  g_variant_dict_lookup(dict, "data", "^&ay", &data);
  g_variant_dict_lookup(dict, "from", "&s", &mirror);
  g_autofree char *dir = data_argument(line, data);
  BpWindow *window = want_window(BP_APPLICATION(app), dir, mirror);
  if (!window)
    return 1;
  if (arguments[1]) {
    g_autoptr(GFile) file = g_application_command_line_create_file_for_arg(line, arguments[1]);
    bp_window_open_file(window, file);
  }
  return 0;
}

/* In a first start, and in one that only hands its command line to it. */
static int bp_application_local_options(GApplication *app, GVariantDict *dict)
{
  g_autoptr(GError) error = NULL;
  if (g_variant_dict_contains(dict, "version")) {
    g_print("backprop %s\n", BP_VERSION);
    return 0;
  }
  BP_APPLICATION(app)->preferences = bp_preferences_new(&error);
  if (!error)
    return -1;
  g_printerr("backprop: %s\n", error->message);
  return 1;
}

/* ---- actions ---- */

static void about(GSimpleAction *action, GVariant *parameter, gpointer app)
{
  bp_about_show(gtk_application_get_active_window(app), BP_APPLICATION(app)->preferences);
}

static void help(GSimpleAction *action, GVariant *parameter, gpointer app)
{
  bp_help_window_show(app);
}

static void preferences(GSimpleAction *action, GVariant *parameter, gpointer app)
{
  BpWindow *window = present_window(app);
  if (window)
    bp_preferences_window_show(window, BP_APPLICATION(app)->preferences);
}

static bool has_window(GtkApplication *app)
{
  for (GList *at = gtk_application_get_windows(app); at; at = at->next)
    if (BP_IS_WINDOW(at->data))
      return true;
  return false;
}

/* The window is asked to close, so that it ends its threads in good order, or asks whether it may;
 * the others go with it. */
static void quit(GSimpleAction *action, GVariant *parameter, gpointer app)
{
  bool main_first = has_window(app);
  GList *windows = g_list_copy(gtk_application_get_windows(app));
  for (GList *at = windows; at; at = at->next)
    if (!main_first || BP_IS_WINDOW(at->data))
      gtk_window_close(at->data);
  g_list_free(windows);
}

static void set_keys(GtkApplication *app)
{
  static const struct {
    const char *action, *keys[3];
  } list[] = {
      {"app.quit", {"<Control>q"}},
      {"app.preferences", {"<Control>comma"}},
      {"app.help", {"F1"}},
      {"window.close", {"<Control>w"}},
      {"win.train", {"<Control>Return", "<Control>t"}},
      {"win.step", {"F8"}},
      {"win.stop", {"<Control>period"}},
      {"win.open-recipe", {"<Control>o"}},
      {"win.save-recipe", {"<Control>s"}},
      {"win.show-sidebar", {"F9"}},
      {"win.log-loss", {"<Control>l"}},
      {"win.show-recipe", {"<Shift>F9"}},
      {"win.show-help-overlay", {"<Control>question"}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(list); i++)
    gtk_application_set_accels_for_action(app, list[i].action, list[i].keys);
}

/* The help does not outlive what it is about. */
static void bp_application_window_removed(GtkApplication *app, GtkWindow *window)
{
  GTK_APPLICATION_CLASS(bp_application_parent_class)->window_removed(app, window);
  if (BP_IS_WINDOW(window) && !has_window(app))
    quit(NULL, NULL, app);
}

/* ---- signals ---- */

/* Nobody is asked: the session ends, or somebody has sent it by hand. What a person has typed is
 * kept, and the program ends by that signal, so that its sender sees what it expects. */
static void end_by(BpApplication *self, int number)
{
  for (GList *at = gtk_application_get_windows(GTK_APPLICATION(self)); at; at = at->next)
    if (BP_IS_WINDOW(at->data))
      bp_window_keep(at->data);
  g_settings_sync();
  signal(number, SIG_DFL);
  raise(number);
}

static gboolean on_term(gpointer app)
{
  end_by(app, SIGTERM);
  return G_SOURCE_REMOVE;
}

static gboolean on_hup(gpointer app)
{
  end_by(app, SIGHUP);
  return G_SOURCE_REMOVE;
}

static gboolean on_int(gpointer app)
{
  end_by(app, SIGINT);
  return G_SOURCE_REMOVE;
}

/* One that is ignored, as by nohup, stays so. */
static void catch_signals(BpApplication *self)
{
  static const struct {
    int number;
    GSourceFunc function;
  } signals[] = {{SIGTERM, on_term}, {SIGHUP, on_hup}, {SIGINT, on_int}};
  for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
    struct sigaction now;
    if (sigaction(signals[i].number, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
      self->signals[i] = g_unix_signal_add(signals[i].number, signals[i].function, self);
  }
}

/* ---- object ---- */

static void take_color_scheme(BpApplication *self)
{
  g_autofree char *name = g_settings_get_string(self->preferences, "color-scheme");
  AdwColorScheme scheme = g_str_equal(name, "dark")    ? ADW_COLOR_SCHEME_FORCE_DARK
                          : g_str_equal(name, "light") ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                       : ADW_COLOR_SCHEME_DEFAULT;
  adw_style_manager_set_color_scheme(adw_style_manager_get_default(), scheme);
}

static void bp_application_startup(GApplication *app)
{
  static const GActionEntry entries[] = {{.name = "about", .activate = about},
                                         {.name = "help", .activate = help},
                                         {.name = "preferences", .activate = preferences},
                                         {.name = "quit", .activate = quit}};
  BpApplication *self = BP_APPLICATION(app);
  G_APPLICATION_CLASS(bp_application_parent_class)->startup(app);
  g_action_map_add_action_entries(G_ACTION_MAP(app), entries, G_N_ELEMENTS(entries), app);
  set_keys(GTK_APPLICATION(app));
  if (!self->preferences) /* a test asks for no options */
    self->preferences = bp_preferences_new(NULL);
  g_assert(self->preferences);
  g_signal_connect_object(self->preferences, "changed::color-scheme", G_CALLBACK(take_color_scheme),
                          self, G_CONNECT_SWAPPED);
  take_color_scheme(self);
  catch_signals(self);
}

static void bp_application_finalize(GObject *object)
{
  for (gsize i = 0; i < G_N_ELEMENTS(BP_APPLICATION(object)->signals); i++)
    g_clear_handle_id(&BP_APPLICATION(object)->signals[i], g_source_remove);
  g_clear_object(&BP_APPLICATION(object)->preferences);
  G_OBJECT_CLASS(bp_application_parent_class)->finalize(object);
}

static void bp_application_class_init(BpApplicationClass *klass)
{
  GApplicationClass *app = G_APPLICATION_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_application_finalize;
  GTK_APPLICATION_CLASS(klass)->window_removed = bp_application_window_removed;
  app->startup = bp_application_startup;
  app->activate = bp_application_activate;
  app->open = bp_application_open;
  app->command_line = bp_application_command_line;
  app->handle_local_options = bp_application_local_options;
}

static void bp_application_init(BpApplication *self)
{
  GApplication *app = G_APPLICATION(self);
  GOptionEntry entries[G_N_ELEMENTS(options)];
  memcpy(entries, options, sizeof entries);
  for (GOptionEntry *entry = entries; entry->long_name; entry++) {
    entry->description = nn_text(entry->description);
    entry->arg_description = nn_text(entry->arg_description);
  }
  g_application_add_main_option_entries(app, entries);
  g_application_set_option_context_parameter_string(app, _("[RECIPE]"));
  g_application_set_option_context_summary(
      app, _("Build a neural network, press Train, and watch it learn to read digits."));
}

BpApplication *bp_application_new(void)
{
  return g_object_new(BP_TYPE_APPLICATION, "application-id", "io.github.backprop_lab.Backprop",
                      "resource-base-path", "/io/github/backprop_lab/Backprop", "flags",
                      G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN, NULL);
}

GSettings *bp_application_get_preferences(BpApplication *self)
{
  return self->preferences;
}
