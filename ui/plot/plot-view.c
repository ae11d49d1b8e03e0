/* plot-view.c: a BpPlot in a widget. Drawing is in plot-draw.c; here are the theme's colors, the
 * cursor under pointer and keyboard, and the words for those who do not see the picture. */
#include "plot-view.h"
#include "ui/compat.h"
#include "ui/new-signal.h"
#include <adwaita.h>
#include <math.h>

#define DESCRIPTION_INTERVAL 1 /* seconds between two spoken descriptions at least */
#define CARD_RADIUS          12

struct _BpPlotView {
  GtkWidget parent_instance;
  BpPlot *plot;    /* owned */
  BpPlotArea area; /* of the last drawing */
  guint64 seen_revision;
  guint describe_source; /* a description is due when it fires; 0 if none is */
};

G_DEFINE_FINAL_TYPE(BpPlotView, bp_plot_view, GTK_TYPE_WIDGET)

enum { PROP_LOG_Y = 1, N_PROPERTIES };
enum { CURSOR_CHANGED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

/* ---- colors and font ---- */

static BpColor color_from_rgba(const GdkRGBA *rgba)
{
  return (BpColor){rgba->red, rgba->green, rgba->blue, rgba->alpha};
}

static BpColor faded(BpColor color, double factor)
{
  color.alpha *= factor;
  return color;
}

static BpColor laid_over(BpColor below, BpColor above)
{
  double a = above.alpha;
  return (BpColor){above.red * a + below.red * (1 - a), above.green * a + below.green * (1 - a),
                   above.blue * a + below.blue * (1 - a), 1};
}

static void read_colors(GtkWidget *widget, GdkRGBA *text, BpColor *background)
{
  GdkRGBA window, card;
  *text = bp_style_ink(widget);
  if (bp_style_named(widget, "window_bg_color", &window) &&
      bp_style_named(widget, "card_bg_color", &card))
    *background = laid_over(color_from_rgba(&window), color_from_rgba(&card));
}

void bp_plot_view_get_style(BpPlotView *self, BpPlotStyle *style)
{
  g_return_if_fail(BP_IS_PLOT_VIEW(self));
  GtkWidget *widget = GTK_WIDGET(self);
  AdwStyleManager *manager = adw_style_manager_get_default();
  PangoContext *context = gtk_widget_get_pango_context(widget);
  GdkRGBA text;
  bp_plot_style_default(style, adw_style_manager_get_dark(manager),
                        adw_style_manager_get_high_contrast(manager));
  double dim = style->dim.alpha / style->foreground.alpha;
  double grid = style->grid.alpha / style->foreground.alpha;
  read_colors(widget, &text, &style->background);
  style->foreground = color_from_rgba(&text);
  style->dim = faded(style->foreground, dim);
  style->grid = faded(style->foreground, grid);
  style->font = pango_context_get_font_description(context);
  style->dots_per_inch = pango_cairo_context_get_resolution(context);
  style->scale = gtk_widget_get_scale_factor(widget);
  style->rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
}

/* ---- drawing ---- */

static void append_focus_ring(GtkSnapshot *snapshot, BpColor color, float width, float height)
{
  GskRoundedRect outline;
  GdkRGBA rgba = {(float)color.red, (float)color.green, (float)color.blue, 0.5f};
  gsk_rounded_rect_init_from_rect(&outline, &GRAPHENE_RECT_INIT(0, 0, width, height), CARD_RADIUS);
  gtk_snapshot_append_border(snapshot, &outline, (float[4]){2, 2, 2, 2},
                             (GdkRGBA[4]){rgba, rgba, rgba, rgba});
}

static void bp_plot_view_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  BpPlotView *self = BP_PLOT_VIEW(widget);
  int width = gtk_widget_get_width(widget);
  int height = gtk_widget_get_height(widget);
  if (width <= 0 || height <= 0)
    return;
  BpPlotStyle style;
  bp_plot_view_get_style(self, &style);
  cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
  self->area = bp_plot_draw(self->plot, &style, cr, width, height);
  cairo_destroy(cr);
  if (gtk_widget_has_visible_focus(widget))
    append_focus_ring(snapshot, style.palette[0], width, height);
}

static void bp_plot_view_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                                 int *minimum, int *natural, int *minimum_baseline,
                                 int *natural_baseline)
{
  bool horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;
  *minimum = horizontal ? 180 : 140;
  *natural = horizontal ? 380 : 260;
  *minimum_baseline = *natural_baseline = -1;
}

/* ---- words ---- */

static void describe(BpPlotView *self)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) rows = bp_plot_cursor_text(self->plot);
  if (rows && !bp_plot_is_empty(self->plot))
    text = g_strjoinv(", ", rows);
  else
    text = bp_plot_describe(self->plot);
  const char *title = bp_plot_get_title(self->plot);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 title ? title : "", GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean describe_cb(gpointer data)
{
  BpPlotView *self = BP_PLOT_VIEW(data);
  self->describe_source = 0;
  describe(self);
  return G_SOURCE_REMOVE;
}

/* Many updates within a second are described once, at its end, with what is true then. */
static void describe_later(BpPlotView *self)
{
  if (self->describe_source == 0)
    self->describe_source = g_timeout_add_seconds(DESCRIPTION_INTERVAL, describe_cb, self);
}

/* ---- cursor ---- */

static bool same_place(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

static void move_cursor(BpPlotView *self, double x)
{
  if (same_place(x, bp_plot_get_cursor(self->plot)))
    return;
  bp_plot_view_set_cursor(self, x);
  g_signal_emit(self, signals[CURSOR_CHANGED], 0, x);
}

static void motion_cb(GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  BpPlotView *self = BP_PLOT_VIEW(data);
  const BpPlotArea *area = &self->area;
  bool inside = y >= area->y - 8 && y <= area->y + area->height + 8;
  move_cursor(self, inside ? bp_plot_x_at(self->plot, area, x) : NAN);
}

static void leave_cb(GtkEventController *controller, gpointer data)
{
  move_cursor(BP_PLOT_VIEW(data), NAN);
}

static void focus_leave_cb(GtkEventController *controller, gpointer data)
{
  move_cursor(BP_PLOT_VIEW(data), NAN);
  gtk_widget_queue_draw(GTK_WIDGET(data));
}

static void focus_enter_cb(GtkEventController *controller, gpointer data)
{
  gtk_widget_queue_draw(GTK_WIDGET(data));
}

/* Left and Right go from point to point, one pixel at least; with Control they go thirty. The
 * arrows mean the axis' directions, in right-to-left languages too. */
static gboolean key_cb(GtkEventControllerKey *controller, guint key, guint code,
                       GdkModifierType state, gpointer data)
{
  BpPlotView *self = BP_PLOT_VIEW(data);
  BpAxis axis = bp_plot_x_axis(self->plot);
  double least = (axis.max - axis.min) / fmax(1, self->area.width);
  if (state & GDK_CONTROL_MASK)
    least *= 30;
  if (key == GDK_KEY_Left || key == GDK_KEY_KP_Left)
    move_cursor(self, bp_plot_step_cursor(self->plot, -1, least));
  else if (key == GDK_KEY_Right || key == GDK_KEY_KP_Right)
    move_cursor(self, bp_plot_step_cursor(self->plot, 1, least));
  else if (key == GDK_KEY_Escape && !isnan(bp_plot_get_cursor(self->plot)))
    move_cursor(self, NAN);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void add_controllers(BpPlotView *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  GtkEventController *motion = gtk_event_controller_motion_new();
  g_signal_connect(motion, "enter", G_CALLBACK(motion_cb), self);
  g_signal_connect(motion, "motion", G_CALLBACK(motion_cb), self);
  g_signal_connect(motion, "leave", G_CALLBACK(leave_cb), self);
  gtk_widget_add_controller(widget, motion);
  GtkEventController *key = gtk_event_controller_key_new();
  g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
  gtk_widget_add_controller(widget, key);
  GtkEventController *focus = gtk_event_controller_focus_new();
  g_signal_connect(focus, "enter", G_CALLBACK(focus_enter_cb), self);
  g_signal_connect(focus, "leave", G_CALLBACK(focus_leave_cb), self);
  gtk_widget_add_controller(widget, focus);
}

/* ---- the object ---- */

static void bp_plot_view_dispose(GObject *object)
{
  BpPlotView *self = BP_PLOT_VIEW(object);
  g_clear_handle_id(&self->describe_source, g_source_remove);
  G_OBJECT_CLASS(bp_plot_view_parent_class)->dispose(object);
}

static void bp_plot_view_finalize(GObject *object)
{
  bp_plot_free(BP_PLOT_VIEW(object)->plot);
  G_OBJECT_CLASS(bp_plot_view_parent_class)->finalize(object);
}

static void bp_plot_view_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  BpPlotView *self = BP_PLOT_VIEW(object);
  if (id == PROP_LOG_Y)
    g_value_set_boolean(value, bp_plot_view_get_log_y(self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void bp_plot_view_set_property(GObject *object, guint id, const GValue *value,
                                      GParamSpec *spec)
{
  BpPlotView *self = BP_PLOT_VIEW(object);
  if (id == PROP_LOG_Y)
    bp_plot_view_set_log_y(self, g_value_get_boolean(value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void bp_plot_view_class_init(BpPlotViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS(klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  object_class->dispose = bp_plot_view_dispose;
  object_class->finalize = bp_plot_view_finalize;
  object_class->get_property = bp_plot_view_get_property;
  object_class->set_property = bp_plot_view_set_property;
  widget_class->snapshot = bp_plot_view_snapshot;
  widget_class->measure = bp_plot_view_measure;
  properties[PROP_LOG_Y] = g_param_spec_boolean("log-y", NULL, NULL, FALSE, flags);
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);
  signals[CURSOR_CHANGED] = bp_signal_new(BP_TYPE_PLOT_VIEW, "cursor-changed", 1, G_TYPE_DOUBLE, 0);
  gtk_widget_class_set_css_name(widget_class, "plot");
  gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void bp_plot_view_init(BpPlotView *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  AdwStyleManager *manager = adw_style_manager_get_default();
  self->plot = bp_plot_new();
  gtk_widget_add_css_class(widget, "card");
  gtk_widget_set_focusable(widget, TRUE);
  gtk_widget_set_focus_on_click(widget, FALSE);
  add_controllers(self);
  g_signal_connect_object(manager, "notify::dark", G_CALLBACK(gtk_widget_queue_draw), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(manager, "notify::high-contrast", G_CALLBACK(gtk_widget_queue_draw), self,
                          G_CONNECT_SWAPPED);
}

GtkWidget *bp_plot_view_new(const char *title)
{
  BpPlotView *self = g_object_new(BP_TYPE_PLOT_VIEW, NULL);
  bp_plot_set_title(self->plot, title);
  describe(self);
  return GTK_WIDGET(self);
}

BpPlot *bp_plot_view_get_plot(BpPlotView *self)
{
  g_return_val_if_fail(BP_IS_PLOT_VIEW(self), NULL);
  return self->plot;
}

void bp_plot_view_update(BpPlotView *self)
{
  g_return_if_fail(BP_IS_PLOT_VIEW(self));
  guint64 revision = bp_plot_revision(self->plot);
  if (revision == self->seen_revision)
    return;
  self->seen_revision = revision;
  gtk_widget_queue_draw(GTK_WIDGET(self));
  describe_later(self);
}

void bp_plot_view_set_cursor(BpPlotView *self, double x)
{
  g_return_if_fail(BP_IS_PLOT_VIEW(self));
  bp_plot_set_cursor(self->plot, x);
  bp_plot_view_update(self);
}

double bp_plot_view_get_cursor(BpPlotView *self)
{
  g_return_val_if_fail(BP_IS_PLOT_VIEW(self), NAN);
  return bp_plot_get_cursor(self->plot);
}

void bp_plot_view_set_log_y(BpPlotView *self, gboolean log_y)
{
  g_return_if_fail(BP_IS_PLOT_VIEW(self));
  if (bp_plot_get_log_y(self->plot) == (log_y != FALSE))
    return;
  bp_plot_set_log_y(self->plot, log_y != FALSE);
  bp_plot_view_update(self);
  g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LOG_Y]);
}

gboolean bp_plot_view_get_log_y(BpPlotView *self)
{
  g_return_val_if_fail(BP_IS_PLOT_VIEW(self), FALSE);
  return bp_plot_get_log_y(self->plot);
}
