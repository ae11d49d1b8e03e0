/* window-actions.c: what can be done in the window, by button, menu or key. */
#include "gerror.h"
#include "ui/compat.h"
#include "window-private.h"
#include "ui/i18n.h"

/* ---- training ---- */

static void train(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpSession *session = BP_WINDOW(widget)->session;
  if (bp_session_get_state(session) == BP_STATE_TRAINING)
    bp_session_pause(session);
  else
    bp_session_train(session);
}

static void step(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_session_step(BP_WINDOW(widget)->session);
}

static void stop(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_session_stop(BP_WINDOW(widget)->session);
}

/* ---- files ---- */

typedef void (*FileFunction)(BpWindow *self, const char *path);

static void on_chosen(GtkWindow *window, GFile *file, gpointer function)
{
  g_autofree char *path = g_file_get_path(file);
  if (path)
    ((FileFunction)function)(BP_WINDOW(window), path);
  else
    bp_window_tell(BP_WINDOW(window), _("That place is not on this computer: choose a local one."));
}

static void choose_recipe(BpWindow *self, BpFileWish wish, FileFunction function)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, _("Recipes"));
  gtk_file_filter_add_suffix(filter, "json");
  wish.filter = filter;
  bp_file_choose(GTK_WINDOW(self), &wish, on_chosen, (gpointer)function);
}

static void open_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_recipe(BP_WINDOW(widget), (BpFileWish){BP_FILE_OPEN, _("Open a recipe")},
                bp_window_open_recipe);
}

static void save_to(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  if (bp_session_save_recipe(self->session, path, &error))
    bp_window_tell(self, _("The recipe is saved."));
  else
    bp_window_tell_failure(self, _("The recipe was not saved"), error->message);
}

static void save_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_recipe(BP_WINDOW(widget),
                (BpFileWish){BP_FILE_SAVE, _("Save the recipe"), .name = "recipe.json"}, save_to);
}

static void reset_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_session_reset_recipe(BP_WINDOW(widget)->session);
}

static void load_from(BpWindow *self, const char *path)
{
  bp_session_open_data(self->session, path);
}

static void open_data(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpFileWish wish = {BP_FILE_FOLDER, _("Open a folder with MNIST's files, or with pictures")};
  bp_file_choose(GTK_WINDOW(widget), &wish, on_chosen, (gpointer)load_from);
}

static void get_data(GtkWidget *widget, const char *name, GVariant *parameter)
{
  const NnCatalogSet *set;
  if (bp_session_get_missing(BP_WINDOW(widget)->session, &set) == BP_MISSING_SET)
    bp_session_fetch(BP_WINDOW(widget)->session, set);
}

static void cancel_fetch(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_session_cancel_fetch(BP_WINDOW(widget)->session);
}

/* ---- views ---- */

static void toggle(GtkToggleButton *button)
{
  gtk_toggle_button_set_active(button, !gtk_toggle_button_get_active(button));
}

static void show_sidebar(GtkWidget *widget, const char *name, GVariant *parameter)
{
  toggle(BP_WINDOW(widget)->sidebar_button);
}

static void show_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  toggle(BP_WINDOW(widget)->recipe_button);
}

static void show_page(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_results_show_page(BP_WINDOW(widget)->results, g_variant_get_string(parameter, NULL));
}

/* ---- all of them ---- */

void bp_window_actions_install(GtkWidgetClass *klass)
{
  static const struct {
    const char *name, *parameter;
    GtkWidgetActionActivateFunc function;
  } actions[] = {
      {"win.train", NULL, train},
      {"win.step", NULL, step},
      {"win.stop", NULL, stop},
      {"win.open-recipe", NULL, open_recipe},
      {"win.save-recipe", NULL, save_recipe},
      {"win.reset-recipe", NULL, reset_recipe},
      {"win.open-data", NULL, open_data},
      {"win.get-data", NULL, get_data},
      {"win.cancel-fetch", NULL, cancel_fetch},
      {"win.show-sidebar", NULL, show_sidebar},
      {"win.show-recipe", NULL, show_recipe},
      {"win.show-page", "s", show_page},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
    gtk_widget_class_install_action(klass, actions[i].name, actions[i].parameter,
                                    actions[i].function);
  gtk_widget_class_add_binding_action(klass, GDK_KEY_1, GDK_ALT_MASK, "win.show-page", "s",
                                      "samples");
  gtk_widget_class_add_binding_action(klass, GDK_KEY_2, GDK_ALT_MASK, "win.show-page", "s",
                                      "mistakes");
}

static const char *why_not(BpSession *session)
{
  const BpRecipeCheck *check = bp_session_get_check(session);
  if (!check->ok)
    return check->text;
  if (!bp_session_get_data(session) || bp_session_is_loading(session))
    return _("The data are still being loaded");
  return _("Train the network (Ctrl+Return)");
}

/* The one button that is the next thing to do. */
static void update_train(BpWindow *self, BpState state)
{
  static const struct {
    const char *icon, *label, *tooltip;
  } looks[] = {
      [BP_STATE_IDLE] = {"media-playback-start-symbolic", N_("Train"), NULL},
      [BP_STATE_STARTING] = {"media-playback-pause-symbolic", N_("Pause"), NULL},
      [BP_STATE_TRAINING] = {"media-playback-pause-symbolic", N_("Pause"),
                             N_("Pause the run (Ctrl+Return)")},
      [BP_STATE_PAUSED] = {"media-playback-start-symbolic", N_("Resume"),
                           N_("Go on with the run (Ctrl+Return)")},
      [BP_STATE_STOPPING] = {"media-playback-start-symbolic", N_("Train"),
                             N_("The run is being stopped")},
  };
  const char *label = nn_text(looks[state].label);
  const char *tooltip =
      state == BP_STATE_IDLE ? why_not(self->session) : nn_text(looks[state].tooltip);
  adw_button_content_set_icon_name(self->train_content, looks[state].icon);
  adw_button_content_set_label(self->train_content, self->narrow ? "" : label);
  /* With its label to be seen, the button is called by that. */
  if (self->narrow)
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->train_button),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  else
    gtk_accessible_reset_property(GTK_ACCESSIBLE(self->train_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL);
  gtk_widget_set_tooltip_text(self->train_button, tooltip);
}

void bp_window_actions_update(BpWindow *self)
{
  BpState state = bp_session_get_state(self->session);
  gboolean can_train = bp_session_can_train(self->session);
  gboolean runs = state == BP_STATE_TRAINING || state == BP_STATE_PAUSED;
  GtkWidget *widget = GTK_WIDGET(self);
  gtk_widget_action_set_enabled(widget, "win.train", can_train || runs);
  gtk_widget_action_set_enabled(widget, "win.step", can_train || runs);
  gtk_widget_action_set_enabled(widget, "win.stop", state != BP_STATE_IDLE);
  gtk_widget_set_sensitive(self->device, state == BP_STATE_IDLE);
  update_train(self, state);
}
