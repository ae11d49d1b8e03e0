/* window-actions.c: what can be done in the window, by button, menu or key. */
#include "race-window.h"
#include "window-private.h"
#include "ui/i18n.h"

/* ---- training ---- */

/* Keys act while a text is still being typed: what starts a run commits it first. */
static void train(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpSession *session = BP_WINDOW(widget)->session;
  if (bp_runner_get_state(session->runner) == BP_STATE_TRAINING)
    bp_runner_pause(session->runner);
  else if (bp_runner_is_active(session->runner))
    bp_runner_resume(session->runner);
  else if (bp_recipe_column_commit(BP_WINDOW(widget)->recipe))
    bp_course_train(session->course, FALSE);
}

static void step(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpSession *session = BP_WINDOW(widget)->session;
  if (bp_runner_is_active(session->runner))
    bp_runner_step(session->runner);
  else if (bp_recipe_column_commit(BP_WINDOW(widget)->recipe))
    bp_course_train(session->course, TRUE);
}

static void stop(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_runner_stop(BP_WINDOW(widget)->session->runner);
}

static void train_on_cpu(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpSession *session = BP_WINDOW(widget)->session;
  if (!bp_recipe_column_commit(BP_WINDOW(widget)->recipe) || !bp_course_can_train(session->course))
    return;
  bp_devices_choose_cpu(session->devices);
  bp_course_train(session->course, FALSE);
}

static void tell_no_memory(BpWindow *self)
{
  bp_window_tell_failure(self, _("The run could not be resumed"),
                         _("There is not enough memory to start a run."));
}

/* The model is built by the run's own recipe, whatever stands in the rows. */
static void resume(BpWindow *self, BpRun *run)
{
  BpRunner *runner = self->session->runner;
  if (run && bp_run_can_resume(run) && !bp_runner_is_active(runner) &&
      !bp_runner_resume_stored(runner, run))
    tell_no_memory(self);
}

static void resume_run(GtkWidget *widget, const char *name, GVariant *number)
{
  BpWindow *self = BP_WINDOW(widget);
  resume(self, bp_runs_find(self->session->runs, g_variant_get_uint32(number)));
}

/* "(uu)": the run's number, and how many epochs more. */
static void train_on(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpWindow *self = BP_WINDOW(widget);
  BpRunner *runner = self->session->runner;
  guint number, more;
  g_variant_get(parameter, "(uu)", &number, &more);
  BpRun *run = bp_runs_find(self->session->runs, number);
  if (run && bp_run_can_train_on(run) && !bp_runner_is_active(runner) &&
      !bp_runner_train_on(runner, run, more))
    tell_no_memory(self);
}

static void resume_shown(GtkWidget *widget, const char *name, GVariant *parameter)
{
  resume(BP_WINDOW(widget), bp_runs_get_shown_run(BP_WINDOW(widget)->session->runs));
}

static void race(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpSession *session = BP_WINDOW(widget)->session;
  if (!bp_recipe_column_commit(BP_WINDOW(widget)->recipe) || !bp_course_can_train(session->course))
    return;
  GtkWidget *window = bp_race_window_new(GTK_WINDOW(widget), bp_course_get_recipe(session->course),
                                         bp_data_store_get(session->data));
  gtk_window_present(GTK_WINDOW(window));
}

/* ---- recipes and data ---- */

static void open_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_recipe_column_commit(BP_WINDOW(widget)->recipe);
  bp_window_choose_recipe(BP_WINDOW(widget));
}

static void save_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (bp_recipe_column_commit(
          BP_WINDOW(widget)->recipe)) /* else the file would not be what is seen */
    bp_window_save_recipe(BP_WINDOW(widget), NULL);
}

static void save_program(GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (bp_recipe_column_commit(BP_WINDOW(widget)->recipe))
    bp_window_choose_program(BP_WINDOW(widget));
}

static void copy_program(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpWindow *self = BP_WINDOW(widget);
  if (!bp_recipe_column_commit(self->recipe))
    return;
  bp_program_page_copy(bp_results_get_program(self->results));
  bp_window_tell(self, _("The program is in the clipboard"));
}

static void open_weights(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_recipe_column_commit(BP_WINDOW(widget)->recipe);
  bp_window_choose_weights(BP_WINDOW(widget));
}

/* Of the run of that number; NULL: of the shown one. */
static void save_weights(GtkWidget *widget, const char *name, GVariant *number)
{
  BpRuns *runs = BP_WINDOW(widget)->session->runs;
  BpRun *run =
      number ? bp_runs_find(runs, g_variant_get_uint32(number)) : bp_runs_get_shown_run(runs);
  if (run && run->path)
    bp_window_choose_save_weights(BP_WINDOW(widget), run);
}

/* What the student had made of an exercise that was started over. */
typedef struct {
  NnConfig *recipe;
  int exercise;
} Undo;

static void undo_free(gpointer data)
{
  Undo *undo = data;
  nn_config_free(undo->recipe);
  g_free(undo);
}

static void undo_reset(AdwToast *toast, BpWindow *self)
{
  Undo *undo = g_object_get_data(G_OBJECT(toast), "bp-undo");
  if (!undo->recipe)
    return;
  bp_course_set_exercise(self->session->course, undo->exercise);
  bp_course_take_recipe(self->session->course, g_steal_pointer(&undo->recipe));
}

static void reset_recipe(GtkWidget *widget, const char *name, GVariant *parameter)
{
  BpWindow *self = BP_WINDOW(widget);
  bp_recipe_column_commit(self->recipe);
  int exercise = bp_course_get_exercise(self->session->course);
  const NnConfig *edited = bp_course_get_edited_recipe(self->session->course, exercise);
  NnConfig *copy = edited ? nn_config_copy(edited, NULL) : NULL;
  AdwToast *toast = adw_toast_new(_("The exercise was started over"));
  if (copy) {
    Undo *undo = g_new(Undo, 1);
    *undo = (Undo){copy, exercise};
    adw_toast_set_button_label(toast, _("_Undo"));
    g_object_set_data_full(G_OBJECT(toast), "bp-undo", undo, undo_free);
    g_signal_connect_object(toast, "button-clicked", G_CALLBACK(undo_reset), self, 0);
  }
  bp_course_reset_recipe(self->session->course);
  adw_toast_overlay_add_toast(self->toasts, toast);
}

static void open_data(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_window_choose_data(BP_WINDOW(widget));
}

static void get_data(GtkWidget *widget, const char *name, GVariant *parameter)
{
  const NnCatalogSet *set;
  if (bp_data_store_get_missing(BP_WINDOW(widget)->session->data, &set) == BP_MISSING_SET)
    bp_data_store_fetch(BP_WINDOW(widget)->session->data, set);
}

static void cancel_fetch(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_data_store_cancel_fetch(BP_WINDOW(widget)->session->data);
}

static void cancel_load(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_data_store_cancel_load(BP_WINDOW(widget)->session->data);
}

static void dismiss(GtkWidget *widget, const char *name, GVariant *parameter)
{
  bp_window_dismiss(BP_WINDOW(widget));
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
      {"win.train-on-cpu", NULL, train_on_cpu},
      {"win.resume-run", "u", resume_run},
      {"win.resume-shown", NULL, resume_shown},
      {"win.train-on", "(uu)", train_on},
      {"win.race", NULL, race},
      {"win.step", NULL, step},
      {"win.stop", NULL, stop},
      {"win.open-recipe", NULL, open_recipe},
      {"win.save-recipe", NULL, save_recipe},
      {"win.save-program", NULL, save_program},
      {"win.copy-program", NULL, copy_program},
      {"win.open-weights", NULL, open_weights},
      {"win.save-weights", NULL, save_weights},
      {"win.save-run-weights", "u", save_weights},
      {"win.reset-recipe", NULL, reset_recipe},
      {"win.open-data", NULL, open_data},
      {"win.get-data", NULL, get_data},
      {"win.cancel-fetch", NULL, cancel_fetch},
      {"win.cancel-load", NULL, cancel_load},
      {"win.dismiss", NULL, dismiss},
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
  gtk_widget_class_add_binding_action(klass, GDK_KEY_3, GDK_ALT_MASK, "win.show-page", "s",
                                      "program");
}

static const char *train_tooltip(BpSession *session)
{
  const char *why_not = bp_course_why_not(session->course);
  return why_not ? why_not : _("Train the network (Ctrl+Return)");
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
                           N_("Resume the run (Ctrl+Return)")},
      [BP_STATE_STOPPING] = {"media-playback-start-symbolic", N_("Train"),
                             N_("The run is stopping")},
  };
  const char *label = nn_text(looks[state].label);
  const char *tooltip =
      state == BP_STATE_IDLE ? train_tooltip(self->session) : nn_text(looks[state].tooltip);
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
  BpState state = bp_runner_get_state(self->session->runner);
  gboolean can_train = bp_course_can_train(self->session->course);
  gboolean runs = state == BP_STATE_TRAINING || state == BP_STATE_PAUSED;
  GtkWidget *widget = GTK_WIDGET(self);
  BpRun *shown = bp_runs_get_shown_run(self->session->runs);
  gtk_widget_action_set_enabled(widget, "win.train", can_train || runs);
  gtk_widget_action_set_enabled(widget, "win.train-on", state == BP_STATE_IDLE);
  gtk_widget_action_set_enabled(widget, "win.open-weights", state == BP_STATE_IDLE);
  gtk_widget_action_set_enabled(widget, "win.save-weights", shown && shown->path);
  gtk_widget_action_set_enabled(widget, "win.resume-run", state == BP_STATE_IDLE);
  gtk_widget_action_set_enabled(widget, "win.resume-shown", state == BP_STATE_IDLE);
  gtk_widget_action_set_enabled(widget, "win.race", can_train);
  gtk_widget_action_set_enabled(widget, "win.train-on-cpu", can_train);
  gtk_widget_action_set_enabled(widget, "win.step", can_train || runs);
  gtk_widget_action_set_enabled(widget, "win.stop", state != BP_STATE_IDLE);
  gtk_widget_set_sensitive(self->device, state == BP_STATE_IDLE);
  update_train(self, state);
}
