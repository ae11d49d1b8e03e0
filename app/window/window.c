/* window.c: the window, and how it follows its session. What can be done: window-actions.c. */
#include "app/gerror.h"
#include "narrator.h"
#include "app/text.h"
#include "ui/accessible.h"
#include "ui/compat.h"
#include "ui/style.h"
#include "window-private.h"
#include "ui/i18n.h"
#include <math.h>

/* Below these widths the header bar and the footer leave things out; BRIEF: the footer alone, which
 * would else widen the window when a run starts. */
enum { NARROW = 700, BRIEF = 980 };
enum { USUAL_DPI = 96 * 1024 };

G_DEFINE_FINAL_TYPE(BpWindow, bp_window, ADW_TYPE_APPLICATION_WINDOW)

static void on_failed(BpWindow *self, const char *text, const char *what)
{
  bp_window_tell_failure(self, what, text);
}

/* ---- following the session ---- */

static gboolean on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  bp_runner_drain(BP_WINDOW(widget)->session->runner);
  return G_SOURCE_CONTINUE;
}

/* Frames are asked for only while there is something to see. */
static void follow_frames(BpWindow *self, gboolean active)
{
  if (active && !self->tick) {
    self->tick = gtk_widget_add_tick_callback(GTK_WIDGET(self), on_tick, NULL, NULL);
  } else if (!active && self->tick) {
    gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->tick);
    self->tick = 0;
  }
}

/* The desktop asks, too, before it logs out. */
static void follow_session_end(BpWindow *self, gboolean active)
{
  GtkApplication *app = gtk_window_get_application(GTK_WINDOW(self));
  if (active && app && !self->inhibit)
    self->inhibit = gtk_application_inhibit(app, GTK_WINDOW(self), GTK_APPLICATION_INHIBIT_LOGOUT,
                                            _("A network is being trained."));
  if (!active && app && self->inhibit)
    gtk_application_uninhibit(app, self->inhibit);
  if (!active)
    self->inhibit = 0;
}

static void write_title(BpWindow *self)
{
  int exercise = bp_course_get_exercise(self->session->course);
  BpData *data = bp_data_store_get(self->session->data);
  g_autofree char *lesson = exercise == BP_LAB ? g_strdup(_("Free lab"))
                                               : g_strdup_printf(_("Exercise %d"), exercise + 1);
  g_autofree char *train = data ? bp_text_count(data->set->train.n) : NULL;
  g_autofree char *test = data ? bp_text_count(data->set->test.n) : NULL;
  g_autofree char *text =
      data ? /* Translators: exercise · data set, pictures for training + for testing */
          g_strdup_printf(_("%s · %s %s + %s"), lesson, nn_dataset_title(data->set), train, test)
           : g_strdup(lesson);
  adw_window_title_set_subtitle(self->title, text);
}

static void on_state(BpWindow *self)
{
  bp_window_actions_update(self);
  bp_footer_update(self->footer);
  bp_window_update_banner(self);
  bp_window_update_alert(self);
  follow_frames(self, bp_runner_is_active(self->session->runner));
  follow_session_end(self, bp_runner_is_active(self->session->runner));
}

/* Who turns to a run again wants to know again. */
static void on_shown(BpWindow *self)
{
  self->dismissed = FALSE;
  on_state(self);
}

static void on_data(BpWindow *self)
{
  write_title(self);
  on_state(self);
}

static void on_recipe(BpWindow *self, gboolean elsewhere)
{
  write_title(self);
  bp_window_actions_update(self);
  bp_window_update_banner(self);
}

static void tell_accuracies(BpWindow *self, BpRun *run)
{
  if (isnan(run->test_accuracy))
    return;
  g_autofree char *test = bp_text_percent(run->test_accuracy);
  g_autofree char *text =
      g_strdup_printf(run->practice ? _("Run %u finished: test accuracy %s on practice digits")
                                    : _("Run %u finished: test accuracy %s"),
                      run->number, test);
  bp_window_tell(self, text);
}

static void tell_opened(BpWindow *self, BpRun *run)
{
  g_autofree char *test = bp_text_percent(run->test_accuracy);
  g_autofree char *text =
      g_strdup_printf(run->practice ? _("“%s” is open: test accuracy %s on practice digits")
                                    : _("“%s” is open: test accuracy %s"),
                      run->name, test);
  bp_window_tell(self, text);
}

static void on_run_ended(BpWindow *self, BpRun *run)
{
  if (self->closing)
    return;
  if (run->status == BP_RUN_FAILED && !run->device_failed)
    bp_window_tell_failure(self, _("The run failed"), run->error);
  else if (run->status == BP_RUN_FINISHED)
    tell_accuracies(self, run);
  else if (run->opened && !isnan(run->test_accuracy))
    tell_opened(self, run);
  on_state(self);
}

static void on_device(BpWindow *self)
{
  guint selected = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->device));
  if (selected != GTK_INVALID_LIST_POSITION)
    bp_devices_choose(self->session->devices, (int)selected);
}

static void fill_devices(BpWindow *self)
{
  int n;
  const BpDevice *devices = bp_devices_get_all(self->session->devices, &n);
  g_autoptr(GtkStringList) titles = gtk_string_list_new(NULL);
  for (int i = 0; i < n; i++)
    gtk_string_list_append(titles, devices[i].title);
  g_signal_handlers_block_by_func(self->device, on_device, self);
  gtk_drop_down_set_model(GTK_DROP_DOWN(self->device), G_LIST_MODEL(titles));
  gtk_drop_down_set_selected(GTK_DROP_DOWN(self->device),
                             (guint)bp_devices_get_chosen(self->session->devices));
  g_signal_handlers_unblock_by_func(self->device, on_device, self);
}

/* Where the sidebar lies over the rest, a choice in it ends its task: the exercise or the results
 * of the run come to sight. */
static void on_chosen(BpWindow *self, gboolean exercise)
{
  if (!bp_flap_is_folded(GTK_WIDGET(self->outer)))
    return;
  gtk_toggle_button_set_active(self->sidebar_button, FALSE);
  if (bp_flap_is_folded(GTK_WIDGET(self->inner)))
    gtk_toggle_button_set_active(self->recipe_button, exercise);
}

/* From a line of the program to its row. */
static void on_asked(BpWindow *self, const char *path)
{
  gtk_toggle_button_set_active(self->recipe_button, TRUE);
  bp_recipe_column_find(self->recipe, path);
}

static void on_pointed(BpWindow *self, const char *path)
{
  bp_program_page_mark(bp_results_get_program(self->results), path);
}

static void connect_session(BpWindow *self)
{
  BpSession *session = self->session;
  const struct {
    gpointer part;
    const char *signal;
    GCallback function;
  } signals[] = {
      {session->devices, "changed", G_CALLBACK(fill_devices)},
      {session->data, "changed", G_CALLBACK(on_data)},
      {session->data, "fetch-changed", G_CALLBACK(bp_window_update_banner)},
      {session->runner, "state-changed", G_CALLBACK(on_state)},
      {session->runner, "ended", G_CALLBACK(on_run_ended)},
      {session->runs, "shown-changed", G_CALLBACK(on_shown)},
      {session->course, "recipe-changed", G_CALLBACK(on_recipe)},
      {session->course, "readiness-changed", G_CALLBACK(on_state)},
      {session, "notice", G_CALLBACK(bp_window_tell)},
      {session, "failed", G_CALLBACK(on_failed)},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
    g_signal_connect_object(signals[i].part, signals[i].signal, signals[i].function, self,
                            G_CONNECT_SWAPPED);
  g_signal_connect_swapped(self->device, "notify::selected", G_CALLBACK(on_device), self);
  g_signal_connect_swapped(self->sidebar, "chosen", G_CALLBACK(on_chosen), self);
  g_signal_connect_swapped(bp_sidebar_get_runs(self->sidebar), "deleted",
                           G_CALLBACK(bp_window_offer_undelete), self);
  g_signal_connect_swapped(self->recipe, "refused", G_CALLBACK(bp_window_tell), self);
  g_signal_connect_object(self->recipe, "pointed", G_CALLBACK(on_pointed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(bp_results_get_program(self->results), "asked", G_CALLBACK(on_asked),
                          self, G_CONNECT_SWAPPED);
}

static void disconnect_session(BpWindow *self)
{
  BpSession *session = self->session;
  gpointer parts[] = {session,         session->devices, session->data,
                      session->runner, session->runs,    session->course};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
    g_signal_handlers_disconnect_by_data(parts[i], self);
}

/* ---- width ---- */

static void take_width(BpWindow *self)
{
  gtk_widget_set_visible(self->device, !self->narrow);
  gtk_widget_set_visible(GTK_WIDGET(self->title), !self->narrow);
  gtk_widget_set_visible(self->step_button, !self->narrow);
  gtk_widget_set_visible(GTK_WIDGET(self->recipe_button),
                         bp_flap_is_folded(GTK_WIDGET(self->inner)));
  if (self->narrow)
    gtk_widget_remove_css_class(self->train_button, "train");
  else
    gtk_widget_add_css_class(self->train_button, "train");
  bp_banner_set_narrow(self->banner, self->narrow);
  bp_banner_set_narrow(self->alert, self->narrow);
  bp_footer_set_room(self->footer, self->narrow, self->brief);
  bp_results_set_narrow(self->results, self->narrow);
  bp_window_actions_update(self);
}

/* Larger letters need more room. */
static gboolean is_below(BpWindow *self, int limit)
{
  int dpi;
  g_object_get(gtk_settings_get_default(), "gtk-xft-dpi", &dpi, NULL);
  return self->width < (gint64)limit * MAX(dpi, USUAL_DPI) / USUAL_DPI;
}

static gboolean on_relayout(GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  BpWindow *self = BP_WINDOW(widget);
  self->relayout = 0;
  self->narrow = is_below(self, NARROW);
  self->brief = is_below(self, BRIEF);
  take_width(self);
  return G_SOURCE_REMOVE;
}

/* Widgets must not come and go while sizes are being given out: the next frame does it, before its
 * own layout. */
static void want_relayout(BpWindow *self)
{
  if (!self->relayout)
    self->relayout = gtk_widget_add_tick_callback(GTK_WIDGET(self), on_relayout, NULL, NULL);
}

static void bp_window_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
  BpWindow *self = BP_WINDOW(widget);
  GTK_WIDGET_CLASS(bp_window_parent_class)->size_allocate(widget, width, height, baseline);
  self->width = width;
  if (is_below(self, NARROW) != self->narrow || is_below(self, BRIEF) != self->brief)
    want_relayout(self);
}

/* ---- closing ---- */

static void on_idle(BpWindow *self)
{
  if (self->closing)
    gtk_window_destroy(GTK_WINDOW(self));
}

/* Gone from the screen at once; the threads end within a moment, and then the window itself. */
static void close_soon(BpWindow *self)
{
  self->closing = TRUE;
  g_signal_connect_object(self->session, "idle", G_CALLBACK(on_idle), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
  bp_session_abort(self->session);
}

static void on_stop_answer(GtkWindow *window, const char *id, gpointer user_data)
{
  BpWindow *self = BP_WINDOW(window);
  self->asking = FALSE;
  if (!g_str_equal(id, "stop"))
    return;
  if (bp_session_is_idle(self->session)) /* it has ended meanwhile */
    gtk_window_destroy(window);
  else
    close_soon(self);
}

static void ask_to_stop(BpWindow *self)
{
  const BpAnswer answers[] = {{"cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT},
                              {"stop", _("_Stop and close"), ADW_RESPONSE_DESTRUCTIVE},
                              {NULL}};
  const BpStatus *status = bp_runner_get_status(self->session->runner);
  BpRun *run = bp_runner_get_run(self->session->runner);
  g_autofree char *done = bp_text_count(status->step), *all = bp_text_count(status->n_steps);
  g_autofree char *heading = g_strdup_printf(_("Stop run %u?"), run->number);
  g_autofree char *text = status->n_steps
                              ? g_strdup_printf(run->path ? _("It has done %s of %s steps, and "
                                                              "can be resumed from there.")
                                                          : _("It has done %s of %s steps. What it "
                                                              "has learned is lost when the window "
                                                              "closes."),
                                                done, all)
                              : g_strdup(_("It has just begun."));
  self->asking = TRUE;
  bp_ask(GTK_WINDOW(self), heading, text, answers, on_stop_answer, NULL);
}

/* A run that is being stopped asks no more. */
static bool would_lose_run(BpWindow *self)
{
  BpState state = bp_runner_get_state(self->session->runner);
  return state != BP_STATE_IDLE && state != BP_STATE_STOPPING;
}

static gboolean bp_window_close_request(GtkWindow *window)
{
  BpWindow *self = BP_WINDOW(window);
  if (self->closing || bp_session_is_idle(self->session))
    return GDK_EVENT_PROPAGATE;
  if (!would_lose_run(self))
    close_soon(self);
  else if (!self->asking)
    ask_to_stop(self);
  return GDK_EVENT_STOP;
}

/* ---- object ---- */

static void bp_window_dispose(GObject *object)
{
  BpWindow *self = BP_WINDOW(object);
  if (self->relayout)
    gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->relayout);
  self->relayout = 0;
  if (self->session && self->recipe) {
    follow_frames(self, FALSE);
    disconnect_session(self);
    g_signal_handlers_disconnect_by_data(self->sidebar, self);
    g_signal_handlers_disconnect_by_data(bp_sidebar_get_runs(self->sidebar), self);
    bp_recipe_column_set_session(self->recipe, NULL);
  }
  gtk_widget_dispose_template(GTK_WIDGET(object), BP_TYPE_WINDOW);
  G_OBJECT_CLASS(bp_window_parent_class)->dispose(object);
}

static void bp_window_finalize(GObject *object)
{
  g_clear_object(&BP_WINDOW(object)->session);
  g_free(BP_WINDOW(object)->to_open);
  g_free(BP_WINDOW(object)->to_replace);
  G_OBJECT_CLASS(bp_window_parent_class)->finalize(object);
}

static void bind_children(GtkWidgetClass *widget)
{
  gtk_widget_class_bind_template_child(widget, BpWindow, toasts);
  gtk_widget_class_bind_template_child(widget, BpWindow, drop_area);
  gtk_widget_class_bind_template_child(widget, BpWindow, title);
  gtk_widget_class_bind_template_child(widget, BpWindow, sidebar_button);
  gtk_widget_class_bind_template_child(widget, BpWindow, recipe_button);
  gtk_widget_class_bind_template_child(widget, BpWindow, train_button);
  gtk_widget_class_bind_template_child(widget, BpWindow, stop_button);
  gtk_widget_class_bind_template_child(widget, BpWindow, step_button);
  gtk_widget_class_bind_template_child(widget, BpWindow, device);
  gtk_widget_class_bind_template_child(widget, BpWindow, train_content);
  gtk_widget_class_bind_template_child(widget, BpWindow, banner);
  gtk_widget_class_bind_template_child(widget, BpWindow, alert);
  gtk_widget_class_bind_template_child(widget, BpWindow, outer);
  gtk_widget_class_bind_template_child(widget, BpWindow, inner);
  gtk_widget_class_bind_template_child(widget, BpWindow, sidebar);
  gtk_widget_class_bind_template_child(widget, BpWindow, recipe);
  gtk_widget_class_bind_template_child(widget, BpWindow, results);
  gtk_widget_class_bind_template_child(widget, BpWindow, footer);
}

/* ---- the one property: how the loss is drawn ---- */

enum { PROP_LOG_LOSS = 1 };

static void bp_window_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_LOG_LOSS)
    g_value_set_boolean(value, BP_WINDOW(object)->log_loss);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void bp_window_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  BpWindow *self = BP_WINDOW(object);
  if (id == PROP_LOG_LOSS) {
    self->log_loss = g_value_get_boolean(value);
    bp_results_set_log_loss(self->results, self->log_loss);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

static void install_log_loss(BpWindowClass *klass)
{
  G_OBJECT_CLASS(klass)->get_property = bp_window_get_property;
  G_OBJECT_CLASS(klass)->set_property = bp_window_set_property;
  g_object_class_install_property(G_OBJECT_CLASS(klass), PROP_LOG_LOSS,
                                  g_param_spec_boolean("log-loss", NULL, NULL, FALSE,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_install_property_action(GTK_WIDGET_CLASS(klass), "win.log-loss", "log-loss");
}

static void bp_window_class_init(BpWindowClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  install_log_loss(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_window_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_window_finalize;
  widget->size_allocate = bp_window_size_allocate;
  GTK_WINDOW_CLASS(klass)->close_request = bp_window_close_request;
  g_type_ensure(BP_TYPE_BANNER);
  g_type_ensure(BP_TYPE_SIDEBAR);
  g_type_ensure(BP_TYPE_RECIPE_COLUMN);
  g_type_ensure(BP_TYPE_RESULTS);
  g_type_ensure(BP_TYPE_FOOTER);
  gtk_widget_class_set_template_from_resource(widget, "/io/github/backprop_lab/Backprop/window.ui");
  bind_children(widget);
  bp_window_actions_install(widget);
}

static void bp_window_init(BpWindow *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  bp_style_follow(GTK_WIDGET(self));
  bp_window_take_drops(self);
  g_object_bind_property(self->outer, "reveal-flap", self->sidebar_button, "active",
                         G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  gtk_widget_set_visible(GTK_WIDGET(self->recipe_button),
                         bp_flap_is_folded(GTK_WIDGET(self->inner)));
  g_signal_connect_swapped(self->inner, "notify::folded", G_CALLBACK(want_relayout), self);
  g_object_bind_property(self->inner, "reveal-flap", self->recipe_button, "active",
                         G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

BpWindow *bp_window_new(GtkApplication *app, BpSession *session)
{
  BpWindow *self = g_object_new(BP_TYPE_WINDOW, "application", app, NULL);
  self->session = g_object_ref(session);
  fill_devices(self);
  bp_accessible_name_drop_down(GTK_DROP_DOWN(self->device), _("Device"));
  bp_sidebar_set_session(self->sidebar, session);
  bp_recipe_column_set_session(self->recipe, session);
  bp_results_set_session(self->results, session);
  bp_footer_set_session(self->footer, session);
  connect_session(self);
  bp_narrator_follow(GTK_WIDGET(self), session->runner);
  on_data(self);
  return self;
}

BpSession *bp_window_get_session(BpWindow *self)
{
  return self->session;
}

BpCharts *bp_window_get_charts(BpWindow *self)
{
  return bp_results_get_charts(self->results);
}
