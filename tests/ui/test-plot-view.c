/* The widget around a plot: state, signals, and that it draws on a display. Skipped without one. */
#include "tests/check.h"
#include "gtk-check.h"
#include "ui/plot/plot-view.h"
#include <adwaita.h>
#include <math.h>

static void spin(int milliseconds)
{
  gint64 end = g_get_monotonic_time() + milliseconds * 1000;
  while (g_get_monotonic_time() < end)
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
}

static BpSeries *ramp(int n)
{
  BpSeries *series = bp_series_new();
  for (int i = 0; i < n; i++)
    bp_series_append(series, i, i / (double)n);
  return series;
}

static void count_cb(GObject *object, GParamSpec *spec, gpointer data)
{
  ++*(int *)data;
}

static void cursor_cb(BpPlotView *view, double x, gpointer data)
{
  *(double *)data = x;
}

static void test_properties(void)
{
  GtkWidget *widget = g_object_ref_sink(bp_plot_view_new("Loss"));
  BpPlotView *view = BP_PLOT_VIEW(widget);
  int notified = 0;
  g_signal_connect(view, "notify", G_CALLBACK(count_cb), &notified);
  bp_plot_view_set_log_y(view, FALSE);
  nn_check_int(notified, 0);
  g_object_set(view, "log-y", TRUE, NULL);
  nn_check_int(notified, 1);
  nn_check(bp_plot_get_log_y(bp_plot_view_get_plot(view)));
  g_autoptr(BpSeries) series = ramp(10);
  bp_plot_add_line(bp_plot_view_get_plot(view), series, &(BpPlotLineOptions){.name = "train"});
  bp_plot_view_update(view);
  double x = -1;
  g_signal_connect(view, "cursor-changed", G_CALLBACK(cursor_cb), &x);
  bp_plot_view_set_cursor(view, 3); /* from outside: no signal, or two charts would echo for ever */
  nn_check(x == -1 && bp_plot_view_get_cursor(view) == 3);
  g_object_unref(widget);
}

/* The key controller of the view, so that a key can be given to it as GTK would. */
static GtkEventController *key_controller(GtkWidget *widget)
{
  g_autoptr(GListModel) list = gtk_widget_observe_controllers(widget);
  for (guint i = 0; i < g_list_model_get_n_items(list); i++) {
    g_autoptr(GtkEventController) controller = g_list_model_get_item(list, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY(controller))
      return controller; /* the widget keeps it */
  }
  return NULL;
}

static gboolean press(GtkWidget *widget, guint key)
{
  gboolean handled = FALSE;
  g_signal_emit_by_name(key_controller(widget), "key-pressed", key, 0, 0, &handled);
  return handled;
}

static void test_keys(void)
{
  GtkWidget *widget = g_object_ref_sink(bp_plot_view_new("Loss"));
  BpPlotView *view = BP_PLOT_VIEW(widget);
  g_autoptr(BpSeries) series = ramp(5);
  double x = -1;
  bp_plot_add_line(bp_plot_view_get_plot(view), series, &(BpPlotLineOptions){.name = "train"});
  g_signal_connect(view, "cursor-changed", G_CALLBACK(cursor_cb), &x);
  nn_check(press(widget, GDK_KEY_Left) && x == 4); /* from nowhere to the last point */
  bp_plot_view_set_cursor(view, 2);
  press(widget, GDK_KEY_Escape);
  nn_check(isnan(x) && isnan(bp_plot_view_get_cursor(view)));
  nn_check(!press(widget, GDK_KEY_Escape));
  nn_check(!press(widget, GDK_KEY_a));
  g_object_unref(widget);
}

/* Shown in a window, light and dark, fed while it is shown. Any GTK warning ends the test. */
static void test_shown(void)
{
  GtkWidget *window = gtk_window_new();
  GtkWidget *widget = bp_plot_view_new("Loss");
  BpPlotView *view = BP_PLOT_VIEW(widget);
  g_autoptr(BpSeries) series = ramp(5000);
  bp_plot_add_line(bp_plot_view_get_plot(view), series, &(BpPlotLineOptions){.name = "train"});
  gtk_window_set_child(GTK_WINDOW(window), widget);
  gtk_window_set_default_size(GTK_WINDOW(window), 500, 320);
  gtk_window_present(GTK_WINDOW(window));
  bp_plot_view_update(view);
  spin(300);
  BpPlotStyle style;
  bp_plot_view_get_style(view, &style);
  nn_check(style.font != NULL && style.foreground.red < 0.5);
  adw_style_manager_set_color_scheme(adw_style_manager_get_default(), ADW_COLOR_SCHEME_FORCE_DARK);
  spin(300);
  bp_plot_view_get_style(view, &style);
  nn_check(style.foreground.red > 0.5 && style.background.red < 0.5);
  bp_series_append(series, 5000, NAN);
  bp_series_append(series, 5001, 2);
  bp_plot_view_set_cursor(view, 2500);
  spin(1200); /* the spoken description is due after a second */
  nn_check(gtk_accessible_get_accessible_role(GTK_ACCESSIBLE(widget)) == GTK_ACCESSIBLE_ROLE_IMG);
  gtk_window_destroy(GTK_WINDOW(window));
  spin(50);
}

int main(void)
{
  if (!gtk_init_check()) {
    nn_test_skip("the plot view", "no display");
    return nn_test_done();
  }
  adw_init();
  make_warnings_fatal();
  nn_test("properties", test_properties);
  nn_test("keys", test_keys);
  nn_test("shown, light and dark", test_shown);
  return nn_test_done();
}
