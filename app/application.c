/* application.c: see application.h. */
#include "application.h"
#include "config.h"
#include "ui/compat.h"
#include "window.h"
#include "ui/i18n.h"

struct _BpApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE(BpApplication, bp_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] =
    {/* their texts are translated when they are added */
     {"data", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_("Where MNIST's files or the pictures are, or “practice” for digits drawn by the program"),
      N_("DIR")},
     {"from", 0, 0, G_OPTION_ARG_STRING, NULL,
      N_("Where to fetch data sets from, instead of the usual "
         "servers"),
      N_("URL")},
     {"version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL},
     {NULL}};

/* ---- windows ---- */

static BpWindow *open_window(BpApplication *self, const char *data_dir, const char *mirror)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BpSession) session = bp_session_new(&error);
  if (!session) {
    g_printerr("backprop: %s\n", error->message);
    return NULL;
  }
  BpWindow *window = bp_window_new(GTK_APPLICATION(self), session);
  gtk_window_present(GTK_WINDOW(window));
  bp_session_set_mirror(session, mirror);
  bp_session_open_data(session, data_dir);
  return window;
}

static void bp_application_activate(GApplication *app)
{
  GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(app));
  if (window)
    gtk_window_present(window);
  else
    open_window(BP_APPLICATION(app), NULL, NULL);
}

static int bp_application_command_line(GApplication *app, GApplicationCommandLine *line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict(line);
  g_auto(GStrv) arguments = g_application_command_line_get_arguments(line, NULL);
  const char *data = NULL, *mirror = NULL;
  if (g_strv_length(arguments) > 2) {
    g_application_command_line_printerr(line, _("backprop: one recipe at most.\n"));
    return 2;
  }
  g_variant_dict_lookup(dict, "data", "^&ay", &data);
  g_variant_dict_lookup(dict, "from", "&s", &mirror);
  BpWindow *window = open_window(BP_APPLICATION(app), data, mirror);
  if (!window)
    return 1;
  if (arguments[1]) {
    g_autoptr(GFile) file = g_application_command_line_create_file_for_arg(line, arguments[1]);
    g_autofree char *path = g_file_get_path(file);
    bp_window_open_recipe(window, path ? path : arguments[1]);
  }
  return 0;
}

static int bp_application_local_options(GApplication *app, GVariantDict *dict)
{
  if (!g_variant_dict_contains(dict, "version"))
    return -1;
  g_print("backprop %s\n", BP_VERSION);
  return 0;
}

/* ---- actions ---- */

static void about(GSimpleAction *action, GVariant *parameter, gpointer app)
{
  bp_show_about(gtk_application_get_active_window(app), "application-name", "Backprop",
                "application-icon", "io.github.backprop_lab.Backprop", "version", BP_VERSION,
                "developer-name", _("The Backprop authors"), "license-type", GTK_LICENSE_MIT_X11,
                "comments",
                _("Build a neural network, press Train, and watch it learn to read digits."), NULL);
}

/* Every window is asked to close, so that each ends its threads in good order. */
static void quit(GSimpleAction *action, GVariant *parameter, gpointer app)
{
  GList *windows = g_list_copy(gtk_application_get_windows(app));
  for (GList *at = windows; at; at = at->next)
    gtk_window_close(at->data);
  g_list_free(windows);
}

static void set_keys(GtkApplication *app)
{
  static const struct {
    const char *action, *keys[3];
  } list[] = {
      {"app.quit", {"<Control>q"}},
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

static void bp_application_startup(GApplication *app)
{
  static const GActionEntry entries[] = {{.name = "about", .activate = about},
                                         {.name = "quit", .activate = quit}};
  G_APPLICATION_CLASS(bp_application_parent_class)->startup(app);
  g_action_map_add_action_entries(G_ACTION_MAP(app), entries, G_N_ELEMENTS(entries), app);
  set_keys(GTK_APPLICATION(app));
}

static void bp_application_class_init(BpApplicationClass *klass)
{
  GApplicationClass *app = G_APPLICATION_CLASS(klass);
  app->startup = bp_application_startup;
  app->activate = bp_application_activate;
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
                      G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_NON_UNIQUE, NULL);
}
