/* race-window.c: see race-window.h. One lap after the other, so that none is in another's way. */
#include "race-window.h"
#include "app/session/cuda-probe.h"
#include "app/text.h"
#include "engine/machine.h"
#include "ui/compat.h"
#include "ui/i18n.h"

enum { MOST_LANES = 3, BAR_HEIGHT = 18 };

typedef struct {
  const char *device;
  int n_threads;
  BpLap *lap; /* owned; NULL: not run yet */
  GtkLabel *title, *words;
  GtkWidget *bar;
} Lane;

struct _BpRaceWindow {
  AdwWindow parent_instance;
  NnConfig *recipe;
  BpData *data;
  GCancellable *cancellable;
  Lane lanes[MOST_LANES];
  int n_lanes, running; /* running: which one; n_lanes: all are done */
  GtkLabel *outcome;
};

G_DEFINE_FINAL_TYPE(BpRaceWindow, bp_race_window, ADW_TYPE_WINDOW)

static void bp_race_window_dispose(GObject *object)
{
  BpRaceWindow *self = BP_RACE_WINDOW(object);
  if (self->cancellable)
    g_cancellable_cancel(self->cancellable);
  G_OBJECT_CLASS(bp_race_window_parent_class)->dispose(object);
}

static void bp_race_window_finalize(GObject *object)
{
  BpRaceWindow *self = BP_RACE_WINDOW(object);
  for (int i = 0; i < self->n_lanes; i++)
    g_free(self->lanes[i].lap);
  nn_config_free(self->recipe);
  bp_data_unref(self->data);
  g_clear_object(&self->cancellable);
  G_OBJECT_CLASS(bp_race_window_parent_class)->finalize(object);
}

static gboolean on_escape(GtkWidget *widget, GVariant *parameter, gpointer user_data)
{
  gtk_window_close(GTK_WINDOW(widget));
  return TRUE;
}

static void bp_race_window_class_init(BpRaceWindowClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_race_window_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_race_window_finalize;
  gtk_widget_class_add_binding(GTK_WIDGET_CLASS(klass), GDK_KEY_Escape, 0, on_escape, NULL);
}

/* ---- how it looks ---- */

static double longest(const BpRaceWindow *self)
{
  double most = 0;
  for (int i = 0; i < self->n_lanes; i++)
    if (self->lanes[i].lap && self->lanes[i].lap->ok)
      most = MAX(most, self->lanes[i].lap->epoch_seconds);
  return most;
}

static void draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  BpRaceWindow *self = BP_RACE_WINDOW(gtk_widget_get_root(GTK_WIDGET(area)));
  Lane *lane = user_data;
  double most = longest(self);
  if (!lane->lap || !lane->lap->ok || most <= 0)
    return;
  double length = MAX(3, width * lane->lap->epoch_seconds / most);
  GdkRGBA color = bp_style_ink(GTK_WIDGET(area));
  gdk_cairo_set_source_rgba(cr, &color);
  bool mirrored = gtk_widget_get_direction(GTK_WIDGET(area)) == GTK_TEXT_DIR_RTL;
  cairo_rectangle(cr, mirrored ? width - length : 0, 0, length, height);
  cairo_fill(cr);
}

static GtkLabel *label(const char *text, GtkWidget *grid, int column, int row, int width)
{
  GtkWidget *widget = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(widget), 0);
  gtk_label_set_wrap(GTK_LABEL(widget), TRUE);
  gtk_grid_attach(GTK_GRID(grid), widget, column, row, width, 1);
  return GTK_LABEL(widget);
}

static void add_lane(BpRaceWindow *self, GtkWidget *grid, const char *title, const char *device,
                     int n_threads)
{
  int i = self->n_lanes++;
  Lane *lane = &self->lanes[i];
  *lane = (Lane){.device = device, .n_threads = n_threads};
  lane->title = label(title, grid, 0, 2 * i, 1);
  lane->words = label(_("waiting"), grid, 1, 2 * i, 1);
  gtk_label_set_xalign(lane->words, 1);
  gtk_widget_set_hexpand(GTK_WIDGET(lane->words), TRUE);
  gtk_widget_add_css_class(GTK_WIDGET(lane->words), "numeric");
  lane->bar = gtk_drawing_area_new();
  gtk_widget_add_css_class(lane->bar, "race-bar");
  gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(lane->bar), BAR_HEIGHT);
  gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(lane->bar), draw, lane, NULL);
  gtk_widget_set_margin_bottom(lane->bar, 12);
  gtk_grid_attach(GTK_GRID(grid), lane->bar, 0, 2 * i + 1, 2, 1);
}

static GtkWidget *make_lanes(BpRaceWindow *self)
{
  GtkWidget *grid = gtk_grid_new();
  int n = nn_machine_cores();
  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  add_lane(self, grid, _("CPU · 1 thread"), "cpu", 1);
  if (n > 1) {
    g_autofree char *title =
        g_strdup_printf(ngettext("CPU · %u thread", "CPU · %u threads", (guint)n), n);
    add_lane(self, grid, title, "cpu", n);
  }
  const char *gpu = bp_cuda_get_title();
  add_lane(self, grid, gpu[0] ? gpu : _("GPU"), "cuda", 0);
  return grid;
}

static void build(BpRaceWindow *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scroller = gtk_scrolled_window_new();
  const int margin = 18;
  gtk_widget_set_margin_start(content, margin);
  gtk_widget_set_margin_end(content, margin);
  gtk_widget_set_margin_top(content, margin);
  gtk_widget_set_margin_bottom(content, margin);
  GtkWidget *intro =
      gtk_label_new(_("Time that this recipe takes for one epoch; shorter is faster."));
  gtk_label_set_wrap(GTK_LABEL(intro), TRUE);
  gtk_label_set_xalign(GTK_LABEL(intro), 0);
  self->outcome = GTK_LABEL(gtk_label_new(""));
  gtk_label_set_wrap(self->outcome, TRUE);
  gtk_label_set_xalign(self->outcome, 0);
  gtk_widget_add_css_class(GTK_WIDGET(self->outcome), "heading");
  gtk_box_append(GTK_BOX(content), intro);
  gtk_box_append(GTK_BOX(content), make_lanes(self));
  gtk_box_append(GTK_BOX(content), GTK_WIDGET(self->outcome));
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), content);
  gtk_widget_set_vexpand(scroller, TRUE);
  gtk_box_append(GTK_BOX(box), adw_header_bar_new());
  gtk_box_append(GTK_BOX(box), scroller);
  adw_window_set_content(ADW_WINDOW(self), box);
}

static void bp_race_window_init(BpRaceWindow *self)
{
  self->cancellable = g_cancellable_new();
}

/* ---- the race ---- */

static char *words_of(const BpLap *lap)
{
  g_autofree char *rate = bp_text_count((guint64)(lap->steps_per_second + 0.5));
  g_autofree char *time = lap->epoch_seconds < 10 ? g_strdup_printf(_("%.2f s"), lap->epoch_seconds)
                                                  : bp_text_seconds(lap->epoch_seconds);
  if (!lap->ok)
    return g_strdup(lap->text);
  /* Translators: the time of an epoch · steps in a second */
  return g_strdup_printf(lap->whole ? _("%s · %s steps/s") : _("about %s · %s steps/s"), time,
                         rate);
}

static void show_lap(BpRaceWindow *self, Lane *lane)
{
  g_autofree char *words = words_of(lane->lap);
  gtk_label_set_label(lane->words, words);
  gtk_widget_set_visible(lane->bar, lane->lap->ok);
  if (lane->lap->ok && g_str_equal(lane->device, "cuda"))
    gtk_label_set_label(lane->title, lane->lap->text);
  for (int i = 0; i < self->n_lanes; i++)
    gtk_widget_queue_draw(self->lanes[i].bar); /* all are as long as the longest one allows */
}

/* The fastest, and how much faster than the slowest. */
static void tell_outcome(BpRaceWindow *self)
{
  const Lane *best = NULL, *worst = NULL;
  for (int i = 0; i < self->n_lanes; i++) {
    const Lane *lane = &self->lanes[i];
    if (!lane->lap || !lane->lap->ok)
      continue;
    if (!best || lane->lap->epoch_seconds < best->lap->epoch_seconds)
      best = lane;
    if (!worst || lane->lap->epoch_seconds > worst->lap->epoch_seconds)
      worst = lane;
  }
  if (!best || best == worst)
    return;
  g_autofree char *text = g_strdup_printf(
      /* Translators: device, number, device */
      _("%s is %.1f times as fast as %s."), gtk_label_get_label(best->title),
      worst->lap->epoch_seconds / best->lap->epoch_seconds, gtk_label_get_label(worst->title));
  gtk_label_set_label(self->outcome, text);
}

static void run_next(BpRaceWindow *self);

static void on_lap(GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *weak = user_data;
  g_autofree BpLap *lap = bp_race_lap_finish(result);
  g_autoptr(BpRaceWindow) self = g_weak_ref_get(weak);
  g_weak_ref_clear(weak);
  g_free(weak);
  if (!self || g_cancellable_is_cancelled(self->cancellable) || !lap)
    return;
  Lane *lane = &self->lanes[self->running++];
  lane->lap = g_steal_pointer(&lap);
  show_lap(self, lane);
  run_next(self);
}

static void run_next(BpRaceWindow *self)
{
  if (self->running == self->n_lanes) {
    tell_outcome(self);
    return;
  }
  const Lane *lane = &self->lanes[self->running];
  GWeakRef *weak = g_new(GWeakRef, 1);
  g_weak_ref_init(weak, self);
  gtk_label_set_label(lane->words, _("running…"));
  bp_race_lap(self->recipe, self->data, lane->device, lane->n_threads, self->cancellable, on_lap,
              weak);
}

static gboolean on_close(BpRaceWindow *self)
{
  g_cancellable_cancel(self->cancellable);
  return FALSE;
}

GtkWidget *bp_race_window_new(GtkWindow *parent, const NnConfig *recipe, BpData *data)
{
  BpRaceWindow *self =
      g_object_new(BP_TYPE_RACE_WINDOW, "title", _("Compare devices"), "transient-for", parent,
                   "modal", TRUE, "destroy-with-parent", TRUE, "default-width", 480, NULL);
  self->recipe = nn_config_copy(recipe, NULL);
  self->data = bp_data_ref(data);
  build(self);
  g_signal_connect(self, "close-request", G_CALLBACK(on_close), NULL);
  if (self->recipe)
    run_next(self);
  return GTK_WIDGET(self);
}

const char *bp_race_window_get_words(BpRaceWindow *self, int index)
{
  return index < self->n_lanes ? gtk_label_get_label(self->lanes[index].words) : NULL;
}

gboolean bp_race_window_is_done(BpRaceWindow *self)
{
  return self->running == self->n_lanes;
}

const char *bp_race_window_get_outcome(BpRaceWindow *self)
{
  return gtk_label_get_label(self->outcome);
}
