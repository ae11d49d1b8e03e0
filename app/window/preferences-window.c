/* preferences-window.c: see preferences-window.h. The rows are bound to GSettings. */
#include "preferences-window.h"
#include "app/session/cuda-probe.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "data/data.h"
#include "ui/accessible.h"
#include "ui/compat.h"
#include "ui/i18n.h"

struct _BpPreferencesPage {
  AdwPreferencesPage parent_instance;
  BpWindow *window; /* borrowed: the dialog is the window's */
  GSettings *preferences;
  AdwComboRow *scheme, *device;
  AdwActionRow *threads_row, *compare_row, *folder_row;
  GtkSpinButton *threads;
  GtkWidget *choose, *usual;
};

G_DEFINE_FINAL_TYPE(BpPreferencesPage, bp_preferences_page, ADW_TYPE_PREFERENCES_PAGE)

/* In the order of the rows in preferences-page.ui. */
static const char *const schemes[] = {"system", "light", "dark", NULL};
static const char *const devices[] = {"auto", "cpu", "cuda", NULL};

/* ---- choices, which are kept by name ---- */

static gboolean name_to_index(GValue *value, GVariant *kept, gpointer names)
{
  const char *name = g_variant_get_string(kept, NULL);
  for (guint i = 0; ((const char *const *)names)[i]; i++)
    if (g_strcmp0(((const char *const *)names)[i], name) == 0)
      g_value_set_uint(value, i);
  return TRUE;
}

static GVariant *index_to_name(const GValue *value, const GVariantType *type, gpointer names)
{
  guint i = g_value_get_uint(value);
  return i < g_strv_length((char **)names) ? g_variant_new_string(((char **)names)[i]) : NULL;
}

static void bind_choice(BpPreferencesPage *self, const char *key, AdwComboRow *row,
                        const char *const *names)
{
  g_settings_bind_with_mapping(self->preferences, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                               name_to_index, index_to_name, (gpointer)names, NULL);
}

/* ---- threads: 0 is said as "All" ---- */

static gboolean write_threads(GtkSpinButton *spin, gpointer user_data)
{
  int n = gtk_spin_button_get_value_as_int(spin);
  g_autofree char *text = n == 0 ? g_strdup(_("All")) : g_strdup_printf("%d", n);
  if (g_strcmp0(gtk_editable_get_text(GTK_EDITABLE(spin)), text) != 0)
    gtk_editable_set_text(GTK_EDITABLE(spin), text);
  return TRUE;
}

static int read_threads(GtkSpinButton *spin, double *value, gpointer user_data)
{
  const char *text = gtk_editable_get_text(GTK_EDITABLE(spin));
  char *end;
  *value = g_strtod(text, &end);
  if (end == text || *end)
    *value = 0;
  return TRUE;
}

static void say_cores(BpPreferencesPage *self)
{
  guint n = (guint)nn_machine_cores();
  /* Translators: %u is how many cores the computer has. */
  const char *format = _("At most one thread per core (%u). The number of threads does not change "
                         "the results.");
  g_autofree char *text = g_strdup_printf(format, n);
  adw_action_row_set_subtitle(self->threads_row, text);
}

/* ---- device: what was chosen may not be there ---- */

static const char *about_cuda(void)
{
  return bp_cuda_get_state() == BP_CUDA_WORKS ? bp_cuda_get_title() : bp_cuda_get_reason();
}

static void say_device(BpPreferencesPage *self)
{
  static const char *const words[] = {N_("Whichever trains this recipe faster"),
                                      N_("The CPU, whatever else there is")};
  guint chosen = adw_combo_row_get_selected(self->device);
  adw_action_row_set_subtitle(ADW_ACTION_ROW(self->device),
                              chosen < 2 ? nn_text(words[chosen]) : about_cuda());
}

static void ask_device(BpPreferencesPage *self)
{
  say_device(self);
  bp_cuda_ask(G_OBJECT(self), (void (*)(gpointer))say_device);
}

/* It needs data, and the processor for itself. */
static void allow_comparison(BpPreferencesPage *self)
{
  gtk_widget_set_sensitive(GTK_WIDGET(self->compare_row),
                           bp_course_can_train(bp_window_get_session(self->window)->course));
}

static void compare_devices(BpPreferencesPage *self)
{
  gtk_widget_activate_action(GTK_WIDGET(self->window), "win.race", NULL);
}

/* ---- folder ---- */

static void say_folder(BpPreferencesPage *self)
{
  g_autofree char *own = g_settings_get_string(self->preferences, "data-directory");
  NnError err = {0};
  char *dir = NULL;
  if (nn_data_user_dir(&dir, &err))
    adw_action_row_set_subtitle(self->folder_row, dir ? dir : "");
  nn_free(dir);
  gtk_widget_set_sensitive(self->usual, own[0] != '\0');
}

static void on_folder(GtkWindow *window, GFile *file, gpointer preferences)
{
  g_autofree char *path = g_file_get_path(file);
  if (path)
    g_settings_set_string(preferences, "data-directory", path);
  else
    bp_window_tell(BP_WINDOW(window),
                   _("That folder is not on this computer: choose a local one."));
}

static void choose_folder(BpPreferencesPage *self)
{
  BpFileRequest request = {BP_FILE_FOLDER, _("Dataset folder")};
  bp_file_choose(GTK_WINDOW(self->window), &request, on_folder, self->preferences);
}

static void use_usual_folder(BpPreferencesPage *self)
{
  g_settings_set_string(self->preferences, "data-directory", "");
}

/* ---- object ---- */

static void bp_preferences_page_dispose(GObject *object)
{
  gtk_widget_dispose_template(GTK_WIDGET(object), BP_TYPE_PREFERENCES_PAGE);
  G_OBJECT_CLASS(bp_preferences_page_parent_class)->dispose(object);
}

static void bp_preferences_page_class_init(BpPreferencesPageClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_preferences_page_dispose;
  gtk_widget_class_set_template_from_resource(
      widget, "/io/github/backprop_lab/Backprop/preferences-page.ui");
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, scheme);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, device);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, threads_row);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, compare_row);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, folder_row);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, threads);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, choose);
  gtk_widget_class_bind_template_child(widget, BpPreferencesPage, usual);
  gtk_widget_class_bind_template_callback(widget, write_threads);
  gtk_widget_class_bind_template_callback(widget, read_threads);
  gtk_widget_class_bind_template_callback(widget, compare_devices);
  gtk_widget_class_bind_template_callback(widget, choose_folder);
  gtk_widget_class_bind_template_callback(widget, use_usual_folder);
}

static void bp_preferences_page_init(BpPreferencesPage *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  bp_accessible_set_name(GTK_WIDGET(self->threads), _("Threads, 0 for all cores"));
}

static void follow(BpPreferencesPage *self)
{
  BpSession *session = bp_window_get_session(self->window);
  bind_choice(self, "color-scheme", self->scheme, schemes);
  bind_choice(self, "device", self->device, devices);
  g_settings_bind(self->preferences, "threads", self->threads, "value", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object(self->device, "notify::selected", G_CALLBACK(ask_device), self,
                          G_CONNECT_SWAPPED);
  /* After those who act on it. */
  g_signal_connect_object(self->preferences, "changed::data-directory", G_CALLBACK(say_folder),
                          self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object(session->course, "readiness-changed", G_CALLBACK(allow_comparison), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "state-changed", G_CALLBACK(allow_comparison), self,
                          G_CONNECT_SWAPPED);
}

GtkWidget *bp_preferences_window_show(BpWindow *window, GSettings *preferences)
{
  BpPreferencesPage *self = g_object_new(BP_TYPE_PREFERENCES_PAGE, NULL);
  self->window = window;
  self->preferences = preferences;
  follow(self);
  say_cores(self);
  ask_device(self);
  allow_comparison(self);
  say_folder(self);
  return bp_show_preferences(GTK_WINDOW(window), ADW_PREFERENCES_PAGE(self));
}
