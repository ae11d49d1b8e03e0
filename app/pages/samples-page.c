/* samples-page.c: see samples-page.h. */
#include "samples-page.h"
#include "digit-browser.h"
#include "app/text.h"
#include "ui/i18n.h"

enum { PER_PAGE = 96 };

struct _BpSamplesPage {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  BpDigitBrowser *browser;
  guint first; /* index of the first digit shown */
};

G_DEFINE_FINAL_TYPE(BpSamplesPage, bp_samples_page, ADW_TYPE_BIN)

/* The accuracy is that of all test images: it is said where these are of the same step. */
static void write_note(BpSamplesPage *self, const BpEvaluation *evaluation)
{
  BpRun *run = bp_runs_get_shown_run(self->session->runs);
  g_autofree char *percent = NULL, *moment = NULL, *note = NULL;
  if (!evaluation) {
    note = bp_runs_dup_unseen(self->session->runs);
    bp_digit_browser_set_note(self->browser, note);
    return;
  }
  percent = bp_text_percent(evaluation->metrics.accuracy);
  moment = bp_run_dup_moment(run, evaluation->step);
  if (evaluation != bp_runs_get_evaluation(self->session->runs)) {
    bp_digit_browser_set_note(self->browser, moment);
    return;
  }
  /* Translators: "Run 3, step 3 000: test accuracy 96.4 %". */
  note =
      g_strdup_printf(evaluation->data->set->practice ? _("%s: test accuracy %s on practice digits")
                                                      : _("%s: test accuracy %s"),
                      moment, percent);
  bp_digit_browser_set_note(self->browser, note);
}

static void update(BpSamplesPage *self)
{
  if (!self->session || !gtk_widget_get_mapped(GTK_WIDGET(self)))
    return;
  BpData *data = bp_runs_get_shown_data(self->session->runs);
  guint32 indices[PER_PAGE];
  guint n = 0, total = data ? (guint)data->set->test.n : 0;
  if (self->first >= total)
    self->first = 0;
  for (; n < PER_PAGE && self->first + n < total; n++)
    indices[n] = self->first + n;
  BpRange range = {self->first, n};
  BpEvaluation *evaluation = bp_runs_get_watched(self->session->runs, range);
  bp_runner_watch(self->session->runner, range);
  bp_digit_browser_show(self->browser, data, evaluation, indices, n);
  write_note(self, evaluation);
}

static void on_more(GtkButton *button, gpointer user_data)
{
  BpSamplesPage *self = user_data;
  self->first += PER_PAGE;
  update(self);
}

static void on_map(GtkWidget *widget, gpointer user_data)
{
  update(BP_SAMPLES_PAGE(widget));
}

static void on_unmap(GtkWidget *widget, gpointer user_data)
{
  BpSamplesPage *self = BP_SAMPLES_PAGE(widget);
  if (self->session)
    bp_runner_watch(self->session->runner, (BpRange){0});
}

static void bp_samples_page_class_init(BpSamplesPageClass *klass) {}

static void bp_samples_page_init(BpSamplesPage *self)
{
  GtkWidget *more = gtk_button_new_with_label(_("Show others"));
  gtk_widget_add_css_class(more, "flat");
  gtk_widget_set_tooltip_text(more, _("Shows the next images of the test set"));
  self->browser = BP_DIGIT_BROWSER(
      bp_digit_browser_new(_("Test images"), _("Test images appear here once data are loaded")));
  bp_digit_browser_set_button(self->browser, more);
  adw_bin_set_child(ADW_BIN(self), GTK_WIDGET(self->browser));
  g_signal_connect(more, "clicked", G_CALLBACK(on_more), self);
  g_signal_connect(self, "map", G_CALLBACK(on_map), NULL);
  g_signal_connect(self, "unmap", G_CALLBACK(on_unmap), NULL);
}

void bp_samples_page_set_session(BpSamplesPage *self, BpSession *session)
{
  self->session = session;
  g_signal_connect_object(session->runs, "evaluated", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "ended", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runs, "watched", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(session->data, "changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  update(self);
}

const char *bp_samples_page_get_note(BpSamplesPage *self)
{
  return bp_digit_browser_get_note(self->browser);
}

void bp_samples_page_set_narrow(BpSamplesPage *self, gboolean narrow)
{
  bp_digit_browser_set_narrow(self->browser, narrow);
}
