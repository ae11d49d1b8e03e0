/* charts.c: see charts.h. */
#include "charts.h"
#include "ui/plot-view.h"
#include "ui/i18n.h"
#include <math.h>

enum {
  GAP = 12,
  SIDE_BY_SIDE = 470, /* from this width on */
  LEAST_HEIGHT = 190,
  NATURAL_HEIGHT = 270,
  OTHER_POINTS = 800 /* of another run's curve: its finest detail does not matter */
};
/* Points of a run that the moving average looks back on, as a part of all, and at most. */
static const double loss_part = 1.0 / 60, loss_most = 100;
static const double accuracy_part = 1.0 / 30,
                    accuracy_most = 5; /* its points are averages already */

struct _BpCharts {
  GtkWidget parent_instance;
  GtkWidget *loss, *accuracy;
  BpRun *run, *other;
  guint64 run_steps; /* run->n_steps as the axes know it */
};

G_DEFINE_FINAL_TYPE(BpCharts, bp_charts, GTK_TYPE_WIDGET)

/* ---- layout ---- */

/* Large letters need more room: 1 for the usual ones. */
static double letters(void)
{
  int dpi;
  g_object_get(gtk_settings_get_default(), "gtk-xft-dpi", &dpi, NULL);
  return CLAMP(dpi / (96.0 * 1024), 1, 2);
}

static int side_by_side(void)
{
  return (int)(SIDE_BY_SIDE * letters());
}

static void measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                    int *natural, int *minimum_baseline, int *natural_baseline)
{
  gboolean stacked = for_size >= 0 && for_size < side_by_side();
  int least = (int)(LEAST_HEIGHT * (1 + letters()) / 2);
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 240;
    *natural = SIDE_BY_SIDE;
  } else {
    *minimum = stacked ? 2 * least + GAP : least;
    *natural = stacked ? 2 * least + GAP : MAX(least, NATURAL_HEIGHT);
  }
}

static void place(GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate(child, &(GtkAllocation){x, y, width, height}, -1);
}

static void allocate(GtkWidget *widget, int width, int height, int baseline)
{
  BpCharts *self = BP_CHARTS(widget);
  if (width < side_by_side()) {
    int each = (height - GAP) / 2;
    place(self->loss, 0, 0, width, each);
    place(self->accuracy, 0, each + GAP, width, height - each - GAP);
  } else {
    int each = (width - GAP) / 2;
    place(self->loss, 0, 0, each, height);
    place(self->accuracy, each + GAP, 0, width - each - GAP, height);
  }
}

static GtkSizeRequestMode request_mode(GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* ---- the plots ---- */

static BpPlot *plot_of(GtkWidget *view)
{
  return bp_plot_view_get_plot(BP_PLOT_VIEW(view));
}

static int color_of(BpRun *run)
{
  return (int)(run->number - 1) % BP_PLOT_COLORS;
}

/* The smoothed curve alone: another run stays in the background. */
static BpSeries *faint_copy(BpSeries *series)
{
  BpSeries *copy = bp_series_new();
  gsize n = bp_series_length(series), stride = MAX(n / OTHER_POINTS, 1);
  for (gsize i = 0; i < n; i += stride)
    bp_series_append(copy, bp_series_x(series, i), bp_series_y(series, i, BP_SERIES_SMOOTH));
  return copy;
}

static void add_other(GtkWidget *view, BpSeries *series, BpRun *other)
{
  g_autofree char *name = g_strdup_printf(_("run %u"), other->number);
  g_autoptr(BpSeries) copy = faint_copy(series);
  bp_plot_add_line(plot_of(view), copy,
                   &(BpPlotLineOptions){.name = name, .color = color_of(other)});
}

static void add_run(GtkWidget *view, BpSeries *train, BpSeries *test, BpRun *run)
{
  int color = color_of(run);
  BpPlot *plot = plot_of(view);
  bp_plot_add_line(
      plot, train,
      &(BpPlotLineOptions){.name = C_("curve", "train"), .color = color, .smooth = true});
  bp_plot_add_line(
      plot, test,
      &(BpPlotLineOptions){.name = C_("curve", "test"), .color = color, .dashed = true});
}

/* A short run gets a short memory: otherwise its bold line would still be on its way at the end. */
static void set_smoothing(GtkWidget *view, double n_points, double part, double most)
{
  bp_plot_view_set_smoothing(BP_PLOT_VIEW(view), 1 - 1 / CLAMP(n_points * part, 2, most));
}

static void set_axes(BpCharts *self)
{
  GtkWidget *views[] = {self->loss, self->accuracy};
  BpRun *run = self->run;
  double total = run ? (double)run->n_steps : 0;
  if (self->other)
    total = MAX(total, (double)self->other->steps);
  self->run_steps = run ? run->n_steps : 0;
  for (int i = 0; i < 2; i++) {
    bp_plot_set_x_total(plot_of(views[i]), total);
    bp_plot_set_epoch_length(plot_of(views[i]), run ? (double)run->steps_per_epoch : 0);
  }
  if (run && run->n_steps > 0) {
    set_smoothing(self->loss, (double)run->n_steps, loss_part, loss_most);
    set_smoothing(self->accuracy, (double)run->n_steps / run->block_size, accuracy_part,
                  accuracy_most);
  }
}

void bp_charts_set_runs(BpCharts *self, BpRun *run, BpRun *other)
{
  g_set_object(&self->run, run);
  g_set_object(&self->other, other);
  bp_plot_clear_lines(plot_of(self->loss));
  bp_plot_clear_lines(plot_of(self->accuracy));
  if (other) {
    add_other(self->loss, other->curves.loss, other);
    add_other(self->accuracy, other->curves.accuracy, other);
  }
  if (run) {
    add_run(self->loss, run->curves.loss, run->curves.test_loss, run);
    add_run(self->accuracy, run->curves.accuracy, run->curves.test_accuracy, run);
    bp_plot_add_line(plot_of(self->loss), run->curves.lr,
                     &(BpPlotLineOptions){
                         .name = C_("curve", "lr"), .box_only = true, .format = BP_FORMAT_RATE});
  }
  bp_plot_set_title(plot_of(self->accuracy),
                    run && run->practice ? _("Accuracy on practice digits") : _("Accuracy"));
  set_axes(self);
  bp_charts_update(self);
}

void bp_charts_set_log_loss(BpCharts *self, gboolean log_loss)
{
  bp_plot_view_set_log_y(BP_PLOT_VIEW(self->loss), log_loss);
}

void bp_charts_update(BpCharts *self)
{
  if (self->run && self->run->n_steps != self->run_steps)
    set_axes(self);
  bp_plot_view_update(BP_PLOT_VIEW(self->loss));
  bp_plot_view_update(BP_PLOT_VIEW(self->accuracy));
}

/* ---- object ---- */

static void on_cursor(BpPlotView *view, double x, gpointer user_data)
{
  BpCharts *self = user_data;
  GtkWidget *other = GTK_WIDGET(view) == self->loss ? self->accuracy : self->loss;
  bp_plot_view_set_cursor(BP_PLOT_VIEW(other), x);
}

static GtkWidget *new_view(BpCharts *self, const char *title, const char *empty)
{
  GtkWidget *view = bp_plot_view_new(title);
  BpPlot *plot = plot_of(view);
  bp_plot_set_empty_text(plot, empty);
  bp_plot_set_fit_smooth(plot, true);
  bp_plot_set_skip_start(plot, 0.02);
  bp_plot_view_update(BP_PLOT_VIEW(view));
  gtk_widget_set_parent(view, GTK_WIDGET(self));
  g_signal_connect(view, "cursor-changed", G_CALLBACK(on_cursor), self);
  return view;
}

static void bp_charts_dispose(GObject *object)
{
  BpCharts *self = BP_CHARTS(object);
  g_clear_pointer(&self->loss, gtk_widget_unparent);
  g_clear_pointer(&self->accuracy, gtk_widget_unparent);
  g_clear_object(&self->run);
  g_clear_object(&self->other);
  G_OBJECT_CLASS(bp_charts_parent_class)->dispose(object);
}

static void bp_charts_class_init(BpChartsClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_charts_dispose;
  widget->measure = measure;
  widget->size_allocate = allocate;
  widget->get_request_mode = request_mode;
}

static void bp_charts_init(BpCharts *self)
{
  self->loss = new_view(self, _("Loss"), _("Loss appears here during training"));
  self->accuracy = new_view(self, _("Accuracy"), _("Accuracy appears here during training"));
  bp_plot_set_y_format(plot_of(self->accuracy), BP_FORMAT_PERCENT);
}
