/* footer.c: see footer.h. */
#include "footer.h"
#include "app/text.h"
#include "ui/accessible.h"
#include "ui/i18n.h"
#include <math.h>

enum {
  READABLE_MS = 100,
  PATIENCE_MS = 300, /* what is loaded sooner is not worth a word */
  LONG_MS = 1000     /* what takes longer can be canceled */
};

struct _BpFooter {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  gboolean narrow, brief;
  gint64 last_written;
  guint loading_timeout; /* while something is being loaded, */
  gint64 loading_since;  /* since then */
  GtkLabel *headline, *iterations, *loss, *lr, *rate, *left, *outcome;
  GtkProgressBar *bar;
  GtkWidget *details, *cancel;
};

G_DEFINE_FINAL_TYPE(BpFooter, bp_footer, ADW_TYPE_BIN)

static void bp_footer_dispose(GObject *object)
{
  g_clear_handle_id(&BP_FOOTER(object)->loading_timeout, g_source_remove);
  gtk_widget_dispose_template(GTK_WIDGET(object), BP_TYPE_FOOTER);
  G_OBJECT_CLASS(bp_footer_parent_class)->dispose(object);
}

static void bp_footer_class_init(BpFooterClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_footer_dispose;
  gtk_widget_class_set_template_from_resource(widget, "/io/github/backprop_lab/Backprop/footer.ui");
  gtk_widget_class_bind_template_child(widget, BpFooter, headline);
  gtk_widget_class_bind_template_child(widget, BpFooter, iterations);
  gtk_widget_class_bind_template_child(widget, BpFooter, loss);
  gtk_widget_class_bind_template_child(widget, BpFooter, lr);
  gtk_widget_class_bind_template_child(widget, BpFooter, rate);
  gtk_widget_class_bind_template_child(widget, BpFooter, left);
  gtk_widget_class_bind_template_child(widget, BpFooter, outcome);
  gtk_widget_class_bind_template_child(widget, BpFooter, bar);
  gtk_widget_class_bind_template_child(widget, BpFooter, details);
  gtk_widget_class_bind_template_child(widget, BpFooter, cancel);
}

static void bp_footer_init(BpFooter *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  bp_accessible_show_cut_text(GTK_WIDGET(self->headline));
  bp_accessible_show_cut_text(GTK_WIDGET(self->iterations));
  bp_accessible_show_cut_text(GTK_WIDGET(self->outcome));
}

/* Takes the text. */
static void write_label(GtkLabel *label, char *text)
{
  gtk_label_set_label(label, text);
  g_free(text);
}

/* `format` has one %s, for the number. */
static void write_number(GtkLabel *label, const char *format, double number, char *(*write)(double))
{
  g_autofree char *text = isnan(number) ? g_strdup("–") : write(number);
  write_label(label, g_strdup_printf(format, text));
}

static char *whole(double number)
{
  return bp_text_count((guint64)(number + 0.5));
}

static void write_iterations(BpFooter *self, const BpStatus *status)
{
  g_autofree char *done = bp_text_count(status->step);
  g_autofree char *all = status->n_steps ? bp_text_count(status->n_steps) : g_strdup("…");
  /* As wide as the total needs on both sides of the slash, so that nothing moves. */
  int width = (int)g_utf8_strlen(all, -1);
  gtk_label_set_width_chars(self->iterations, self->narrow ? 8 : 2 * width + 6);
  /* Translators: steps done / of all. */
  write_label(self->iterations, g_strdup_printf(_("step %s / %s"), done, all));
}

static void write_progress(BpFooter *self, const BpStatus *status)
{
  double fraction = status->n_steps ? (double)status->step / (double)status->n_steps : 0;
  guint number = bp_runner_get_run(self->session->runner)->number;
  write_label(
      self->headline,
      self->narrow
          ? g_strdup_printf(_("Epoch %u/%u"), status->epoch, status->n_epochs)
          : g_strdup_printf(/* Translators: number of the run, epoch, number of epochs. */
                            _("Run %u · epoch %u/%u"), number, status->epoch, status->n_epochs));
  gtk_progress_bar_set_fraction(self->bar, MIN(fraction, 1));
  write_iterations(self, status);
  write_number(self->loss, _("loss %s"), status->loss, bp_text_number);
  /* Translators: "lr" is the learning rate, as PyTorch calls it. */
  write_number(self->lr, _("lr %s"), status->lr, bp_text_rate);
  /* Translators: training steps per second. */
  write_number(self->rate, _("%s steps/s"), status->rate, whole);
}

static void write_left(BpFooter *self, BpState state, const BpStatus *status)
{
  if (state == BP_STATE_PAUSED)
    gtk_label_set_label(self->left, _("paused"));
  else if (state == BP_STATE_STOPPING)
    gtk_label_set_label(self->left, _("stopping…"));
  else if (state == BP_STATE_STARTING)
    gtk_label_set_label(self->left, _("starting…"));
  else if (status->step == status->n_steps)
    gtk_label_set_label(self->left, _("testing…"));
  else
    /* Translators: how long the run still takes: "12 s left". */
    write_number(self->left, _("%s left"), status->seconds_left, bp_text_seconds);
}

/* Adds " · test 97.24 %, loss 0.0951" where the part was measured. `format`: accuracy, loss. */
static void add_part(GString *text, const char *format, double accuracy, double loss)
{
  if (isnan(accuracy))
    return;
  g_autofree char *percent = bp_text_percent(accuracy), *number = bp_text_number(loss);
  g_string_append_printf(text, format, percent, number);
  g_string_append(text, " · ");
}

/* What stays when a run has ended: every part of the data that was measured, and the work. */
static char *outcome_text(BpRun *run)
{
  g_autoptr(GString) text = g_string_new(NULL);
  g_autofree char *steps = bp_text_count(run->steps), *seconds = bp_text_seconds(run->seconds);
  /* Translators: accuracy in percent and loss on the test set; so for the other two. */
  add_part(text, run->practice ? _("test %s, loss %s on practice digits") : _("test %s, loss %s"),
           run->test_accuracy, run->test_loss);
  add_part(text, _("validation %s, loss %s"), run->validation_accuracy, run->validation_loss);
  add_part(text, _("training %s, loss %s"), run->train_accuracy, run->train_loss);
  if (isnan(run->train_accuracy)) /* stopped in a hurry, or failed: not timed */
    g_string_append_printf(text, nn_text_n("%s step", "%s steps", run->steps), steps);
  else
    g_string_append_printf(text, nn_text_n("%s step in %s", "%s steps in %s", run->steps), steps,
                           seconds);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Where there is room for one number it is that which counts; the tooltip has all. */
static void write_outcome(BpFooter *self, BpRun *run)
{
  g_autofree char *all = outcome_text(run), *percent = NULL, *brief = NULL;
  if (self->narrow && !isnan(run->test_accuracy)) {
    percent = bp_text_percent(run->test_accuracy);
    brief = g_strdup_printf(_("test %s"), percent);
  }
  gtk_label_set_label(self->outcome, brief ? brief : all);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->outcome), brief ? all : NULL);
}

static void write_idle(BpFooter *self)
{
  static const char *const words[] = {
      [BP_RUN_ACTIVE] = N_("Run %u"),          [BP_RUN_FINISHED] = N_("Run %u finished"),
      [BP_RUN_STOPPED] = N_("Run %u stopped"), [BP_RUN_DIVERGED] = N_("Run %u diverged"),
      [BP_RUN_FAILED] = N_("Run %u failed"),   [BP_RUN_INTERRUPTED] = N_("Run %u was interrupted")};
  BpRun *run = bp_runs_get_shown_run(self->session->runs);
  if (run) {
    write_label(self->headline, g_strdup_printf(nn_text(words[run->status]), run->number));
    write_outcome(self, run);
  } else {
    const char *why_not = bp_course_why_not(self->session->course);
    gtk_label_set_label(self->headline, why_not ? _("Not ready") : _("Ready"));
    gtk_label_set_label(self->outcome, why_not ? why_not : _("Press Train to start"));
  }
}

/* ---- loading ---- */

static char *loading_text(const BpLoadProgress *progress)
{
  if (!progress->dir)
    return g_strdup(_("Loading the images…"));
  g_autofree char *name = g_path_get_basename(progress->dir);
  if (progress->total == 0) /* Translators: the name of a folder. */
    return g_strdup_printf(_("Loading “%s”…"), name);
  g_autofree char *done = bp_text_count(progress->done), *all = bp_text_count(progress->total);
  /* Translators: numbers of images, and the name of a folder. */
  return g_strdup_printf(_("%s of %s images from “%s”"), done, all, name);
}

static void write_loading(BpFooter *self, const BpLoadProgress *progress, gint64 waited)
{
  gtk_label_set_label(self->headline, _("Loading"));
  write_label(self->outcome, loading_text(progress));
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->outcome), NULL);
  gtk_widget_set_visible(self->cancel, waited >= LONG_MS * G_TIME_SPAN_MILLISECOND);
  if (progress->total > 0)
    gtk_progress_bar_set_fraction(self->bar, (double)progress->done / (double)progress->total);
  else
    gtk_progress_bar_pulse(self->bar);
}

static gboolean on_loading(gpointer user_data)
{
  bp_footer_update(user_data);
  return G_SOURCE_CONTINUE;
}

/* Whether loading takes so long, or there is so little else to show, that it is said. */
static gboolean shows_loading(BpFooter *self, BpLoadProgress *progress, gint64 *waited)
{
  if (!bp_data_store_get_progress(self->session->data, progress)) {
    g_clear_handle_id(&self->loading_timeout, g_source_remove);
    return FALSE;
  }
  if (!self->loading_timeout) {
    self->loading_since = g_get_monotonic_time();
    self->loading_timeout = g_timeout_add(READABLE_MS, on_loading, self);
  }
  *waited = g_get_monotonic_time() - self->loading_since;
  return !bp_data_store_get(self->session->data) ||
         *waited >= PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
}

/* ---- all of it ---- */

void bp_footer_update(BpFooter *self)
{
  BpState state = bp_runner_get_state(self->session->runner);
  gboolean active = state != BP_STATE_IDLE;
  BpLoadProgress progress;
  gint64 waited = 0;
  gboolean loading = !active && shows_loading(self, &progress, &waited);
  gtk_widget_set_visible(GTK_WIDGET(self->bar), active || loading);
  gtk_widget_set_visible(GTK_WIDGET(self->iterations), active);
  gtk_widget_set_visible(self->details, active && !self->brief);
  gtk_widget_set_visible(GTK_WIDGET(self->left), active && !self->narrow);
  gtk_widget_set_visible(GTK_WIDGET(self->outcome), !active && !(loading && self->narrow));
  if (!loading)
    gtk_widget_set_visible(self->cancel, FALSE);
  if (loading)
    write_loading(self, &progress, waited);
  else if (!active)
    write_idle(self);
  if (!active)
    return;
  write_progress(self, bp_runner_get_status(self->session->runner));
  write_left(self, state, bp_runner_get_status(self->session->runner));
}

/* Numbers that change more often cannot be read. */
static void on_progress(BpFooter *self)
{
  if (bp_runner_is_time(self->session->runner, &self->last_written, READABLE_MS))
    bp_footer_update(self);
}

void bp_footer_set_session(BpFooter *self, BpSession *session)
{
  self->session = session;
  g_signal_connect_object(session->runner, "progress", G_CALLBACK(on_progress), self,
                          G_CONNECT_SWAPPED);
  bp_footer_update(self);
}

void bp_footer_set_room(BpFooter *self, gboolean narrow, gboolean brief)
{
  self->narrow = narrow;
  self->brief = brief;
  gtk_label_set_width_chars(self->headline, narrow ? 5 : 18);
  gtk_label_set_ellipsize(self->headline, narrow ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_ellipsize(self->iterations, narrow ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  bp_footer_update(self);
}

const char *bp_footer_get_headline(BpFooter *self)
{
  return gtk_label_get_label(self->headline);
}

const char *bp_footer_get_iterations(BpFooter *self)
{
  return gtk_label_get_label(self->iterations);
}

const char *bp_footer_get_outcome(BpFooter *self)
{
  return gtk_label_get_label(self->outcome);
}
