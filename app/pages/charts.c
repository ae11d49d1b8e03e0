/* charts.c: see charts.h. */
#include "charts.h"
#include "axis-choice.h"
#include "ui/plot/plot-view.h"
#include "ui/i18n.h"
#include <math.h>

enum {
  GAP = 12,
  SIDE_BY_SIDE = 470, /* from this width on */
  LEAST_HEIGHT = 226,
  NATURAL_HEIGHT = 310,
  MOST_OTHERS = 4
};

/* What the axis counts, by BpAxisUnit. */
static const struct {
  const char *name;          /* value of the property */
  const char *label, *value; /* under the axis, and at the cursor */
  BpFormat format;
  double start; /* what is seen at first of a run that goes on */
} units[] = {
    [BP_UNIT_STEP] = {"step", N_("step"), N_("step %s"), BP_FORMAT_COUNT, 100},
    [BP_UNIT_EPOCH] = {"epoch", N_("epoch"), N_("epoch %s"), BP_FORMAT_NUMBER, 0.125},
    [BP_UNIT_SECONDS] = {"seconds", N_("seconds"), N_("%s seconds"), BP_FORMAT_NUMBER, 1},
};

struct _BpCharts {
  GtkWidget parent_instance;
  GtkWidget *loss, *accuracy, *choice;
  BpRun *run;        /* shown, or NULL */
  GPtrArray *others; /* BpRun, newest first */
  int chosen;        /* BpAxisUnit, or -1: nobody has */
  /* The run as the lines and axes know it. */
  guint64 n_steps;
  BpRunStatus status;
};

G_DEFINE_FINAL_TYPE(BpCharts, bp_charts, GTK_TYPE_WIDGET)

enum { PROP_AXIS = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

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

/* Under the middle of the loss, whose axis it names. */
static void place_choice(BpCharts *self, int width, int height)
{
  GtkRequisition size;
  gtk_widget_get_preferred_size(self->choice, NULL, &size);
  int least = MIN(size.width, width);
  place(self->choice, (width - least) / 2, height - BP_PLOT_FOOT_END - size.height, least,
        size.height);
}

static void allocate(GtkWidget *widget, int width, int height, int baseline)
{
  BpCharts *self = BP_CHARTS(widget);
  if (width < side_by_side()) {
    int each = (height - GAP) / 2;
    place(self->loss, 0, 0, width, each);
    place_choice(self, width, each);
    place(self->accuracy, 0, each + GAP, width, height - each - GAP);
  } else {
    int each = (width - GAP) / 2;
    place(self->loss, 0, 0, each, height);
    place_choice(self, each, height);
    place(self->accuracy, each + GAP, 0, width - each - GAP, height);
  }
}

static GtkSizeRequestMode request_mode(GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* ---- lines ---- */

static BpPlot *plot_of(GtkWidget *view)
{
  return bp_plot_view_get_plot(BP_PLOT_VIEW(view));
}

/* The one that was chosen, or the one that makes the runs comparable. */
static BpAxisUnit unit_of(BpCharts *self)
{
  if (self->chosen >= 0)
    return (BpAxisUnit)self->chosen;
  guint64 length = self->run ? self->run->steps_per_epoch : 0;
  for (guint i = 0; length > 0 && i < self->others->len; i++) {
    BpRun *other = g_ptr_array_index(self->others, i);
    if (other->steps_per_epoch > 0 && other->steps_per_epoch != length)
      return BP_UNIT_EPOCH;
  }
  return BP_UNIT_STEP;
}

static BpRuler ruler_of(BpRun *run, BpAxisUnit unit)
{
  return (BpRuler){.per_unit = unit == BP_UNIT_EPOCH ? (double)run->steps_per_epoch : 1,
                   .clock = unit == BP_UNIT_SECONDS ? run->curves.seconds : NULL};
}

static gboolean has_validation(BpRun *run)
{
  return nn_config_number(nn_config_child(run->recipe, "data"), "validation_fraction") > 0;
}

/* What all lines of one run have in common. */
static BpPlotLineOptions options_of(BpCharts *self, BpRun *run, const char *label,
                                    const char *number)
{
  return (BpPlotLineOptions){.label = label,
                             .number = number,
                             .color = (int)(run->number - 1) % BP_PLOT_COLORS,
                             .quiet = run != self->run,
                             .ruler = ruler_of(run, unit_of(self))};
}

static void add_curve(GtkWidget *view, BpSeries *series, BpPlotLineOptions options,
                      const char *band)
{
  options.name = C_("curve", "train");
  options.band = options.quiet ? NULL : band;
  bp_plot_add_line(plot_of(view), series, &options);
}

static void add_points(GtkWidget *view, BpSeries *test, BpSeries *validation,
                       BpPlotLineOptions options)
{
  options.kind = BP_LINE_POINTS;
  options.name = C_("curve", "test");
  bp_plot_add_line(plot_of(view), test, &options);
  options.name = C_("curve", "validation");
  options.hollow = true;
  if (validation)
    bp_plot_add_line(plot_of(view), validation, &options);
}

static void add_rate(GtkWidget *view, BpSeries *series, BpPlotLineOptions options)
{
  options.kind = BP_LINE_STRIP;
  options.name = C_("curve", "learning rate");
  options.format = BP_FORMAT_RATE;
  bp_plot_add_line(plot_of(view), series, &options);
}

static void add_run(BpCharts *self, BpRun *run)
{
  g_autofree char *title = bp_run_dup_title(run);
  g_autofree char *number = g_strdup_printf("%u", run->number);
  const BpCurves *curves = &run->curves;
  BpPlotLineOptions options = options_of(self, run, title, number);
  gboolean validation = has_validation(run);
  /* Translators: the band that four fifths of the batches' losses lie in. */
  /* xgettext:no-c-format */
  add_curve(self->loss, curves->loss, options, C_("curve", "80 % of batches"));
  add_curve(self->accuracy, curves->accuracy, options, NULL);
  add_rate(self->loss, curves->lr, options);
  if (options.quiet)
    return;
  add_points(self->loss, curves->test_loss, validation ? curves->validation_loss : NULL, options);
  add_points(self->accuracy, curves->test_accuracy, validation ? curves->validation_accuracy : NULL,
             options);
}

/* ---- axes ---- */

/* What the run will come to, as far as that is known. */
static double total_of(BpRun *run, BpAxisUnit unit)
{
  if (unit == BP_UNIT_SECONDS || run->steps_per_epoch == 0)
    return 0;
  return bp_ruler_place(&(BpRuler){.per_unit = ruler_of(run, unit).per_unit}, (double)run->n_steps);
}

static void set_axis(BpCharts *self, GtkWidget *view, BpAxisUnit unit)
{
  BpPlot *plot = plot_of(view);
  BpRun *run = self->run;
  gboolean active = run && run->status == BP_RUN_ACTIVE;
  GtkRequisition size;
  gtk_widget_get_preferred_size(self->choice, NULL, &size);
  gboolean covered = view == self->loss;
  bp_plot_set_foot(plot, covered ? size.width : 0, size.height);
  bp_plot_set_x_label(plot, covered ? NULL : nn_text(units[unit].label), nn_text(units[unit].value),
                      units[unit].format);
  bp_plot_set_x_plan(plot, active ? units[unit].start : 0, active ? total_of(run, unit) : 0);
  /* Epochs that the axis counts need no marks besides its own. */
  bp_plot_set_epoch_length(plot, run && unit != BP_UNIT_EPOCH ? (double)run->steps_per_epoch : 0);
}

static void rebuild(BpCharts *self)
{
  BpAxisUnit unit = unit_of(self);
  bp_axis_choice_set_unit(BP_AXIS_CHOICE(self->choice), unit);
  gtk_widget_set_child_visible(self->choice, self->run != NULL);
  bp_plot_clear_lines(plot_of(self->loss));
  bp_plot_clear_lines(plot_of(self->accuracy));
  for (guint i = self->others->len; i-- > 0;)
    add_run(self, g_ptr_array_index(self->others, i));
  if (self->run)
    add_run(self, self->run);
  bp_plot_set_title(plot_of(self->accuracy), self->run && self->run->practice
                                                 ? _("Accuracy on practice digits")
                                                 : _("Accuracy"));
  self->n_steps = self->run ? self->run->n_steps : 0;
  self->status = self->run ? self->run->status : BP_RUN_FINISHED;
  set_axis(self, self->loss, unit);
  set_axis(self, self->accuracy, unit);
  bp_plot_view_update(BP_PLOT_VIEW(self->loss));
  bp_plot_view_update(BP_PLOT_VIEW(self->accuracy));
}

/* ---- following ---- */

/* Its curves stay in memory, and are drawn once they are there. */
static BpRun *hold(BpCharts *self, BpRun *run)
{
  g_signal_connect_object(run, "curves-loaded", G_CALLBACK(rebuild), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(run, "curves-grown", G_CALLBACK(bp_charts_update), self,
                          G_CONNECT_SWAPPED);
  bp_run_hold_curves(run);
  return g_object_ref(run);
}

static void let_go(BpCharts *self, BpRun *run)
{
  g_signal_handlers_disconnect_by_func(run, rebuild, self);
  g_signal_handlers_disconnect_by_func(run, bp_charts_update, self);
  bp_run_release_curves(run);
  g_object_unref(run);
}

static void let_all_go(BpCharts *self, BpRun *run, GPtrArray *others)
{
  for (guint i = 0; i < others->len; i++)
    let_go(self, g_ptr_array_index(others, i));
  if (run)
    let_go(self, run);
  g_ptr_array_unref(others);
}

void bp_charts_set_runs(BpCharts *self, BpRun *run, GListModel *runs)
{
  BpRun *old = self->run;
  GPtrArray *old_others = self->others;
  self->run = run ? hold(self, run) : NULL;
  self->others = g_ptr_array_new();
  for (guint i = 0; run && i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) other = g_list_model_get_item(runs, i);
    if (other != run && bp_run_same_data(other, run) && self->others->len < MOST_OTHERS)
      g_ptr_array_add(self->others, hold(self, other));
  }
  let_all_go(self, old, old_others); /* after the others, so that what stays is not read again */
  rebuild(self);
}

void bp_charts_set_log_loss(BpCharts *self, gboolean log_loss)
{
  bp_plot_view_set_log_y(BP_PLOT_VIEW(self->loss), log_loss);
}

void bp_charts_update(BpCharts *self)
{
  /* How long it is has become known, or it has ended. */
  if (self->run && (self->run->n_steps != self->n_steps || self->run->status != self->status))
    rebuild(self);
  bp_plot_view_update(BP_PLOT_VIEW(self->loss));
  bp_plot_view_update(BP_PLOT_VIEW(self->accuracy));
}

static void choose(BpCharts *self, int unit)
{
  if (self->chosen == unit)
    return;
  self->chosen = unit;
  rebuild(self);
  g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_AXIS]);
}

static void on_chosen(BpAxisChoice *choice, int unit, gpointer user_data)
{
  choose(user_data, unit);
}

/* A place on the axis is another one now: the cursor of the one chart goes with that of the other.
 */
static void on_cursor(BpPlotView *view, double x, gpointer user_data)
{
  BpCharts *self = user_data;
  GtkWidget *other = GTK_WIDGET(view) == self->loss ? self->accuracy : self->loss;
  bp_plot_view_set_cursor(BP_PLOT_VIEW(other), x);
}

/* ---- object ---- */

static void bp_charts_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  int chosen = BP_CHARTS(object)->chosen;
  if (id == PROP_AXIS)
    g_value_set_string(value, chosen < 0 ? "auto" : units[chosen].name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void bp_charts_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  int chosen = -1;
  for (int i = 0; i < BP_N_UNITS; i++)
    if (g_strcmp0(g_value_get_string(value), units[i].name) == 0)
      chosen = i;
  if (id == PROP_AXIS)
    choose(BP_CHARTS(object), chosen);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static GtkWidget *new_view(BpCharts *self, const char *title, const char *empty)
{
  GtkWidget *view = bp_plot_view_new(title);
  BpPlot *plot = plot_of(view);
  bp_plot_set_empty_text(plot, empty);
  bp_plot_set_crop_start(plot, true);
  gtk_widget_set_parent(view, GTK_WIDGET(self));
  g_signal_connect(view, "cursor-changed", G_CALLBACK(on_cursor), self);
  return view;
}

static void bp_charts_dispose(GObject *object)
{
  BpCharts *self = BP_CHARTS(object);
  g_clear_pointer(&self->choice, gtk_widget_unparent);
  g_clear_pointer(&self->loss, gtk_widget_unparent);
  g_clear_pointer(&self->accuracy, gtk_widget_unparent);
  if (self->others)
    let_all_go(self, self->run, self->others);
  self->others = NULL;
  self->run = NULL;
  G_OBJECT_CLASS(bp_charts_parent_class)->dispose(object);
}

static void bp_charts_class_init(BpChartsClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  object->dispose = bp_charts_dispose;
  object->get_property = bp_charts_get_property;
  object->set_property = bp_charts_set_property;
  properties[PROP_AXIS] =
      g_param_spec_string("axis", NULL, NULL, "auto",
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties(object, N_PROPERTIES, properties);
  widget->measure = measure;
  widget->size_allocate = allocate;
  widget->get_request_mode = request_mode;
}

static void bp_charts_init(BpCharts *self)
{
  self->chosen = -1;
  self->others = g_ptr_array_new();
  self->loss = new_view(self, _("Loss"), _("Loss appears here during training"));
  self->choice = g_object_new(BP_TYPE_AXIS_CHOICE, NULL);
  gtk_widget_set_parent(self->choice, GTK_WIDGET(self));
  g_signal_connect(self->choice, "chosen", G_CALLBACK(on_chosen), self);
  self->accuracy = new_view(self, _("Accuracy"), _("Accuracy appears here during training"));
  bp_plot_set_y_format(plot_of(self->accuracy), BP_FORMAT_PERCENT);
  rebuild(self);
}
