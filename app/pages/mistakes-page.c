/* mistakes-page.c: see mistakes-page.h. */
#include "mistakes-page.h"
#include "digit-browser.h"
#include "app/text.h"
#include "ui/i18n.h"

/* Nobody scrolls through more, and an untrained network makes thousands of them. */
enum { MOST = 500 };

struct _BpMistakesPage {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  BpDigitBrowser *browser;
};

G_DEFINE_FINAL_TYPE(BpMistakesPage, bp_mistakes_page, ADW_TYPE_BIN)

static void write_note(BpMistakesPage *self, const BpEvaluation *evaluation)
{
  BpRun *run = bp_runs_get_shown_run(self->session->runs);
  if (!evaluation) {
    g_autofree char *why = bp_runs_dup_unseen(self->session->runs);
    bp_digit_browser_set_note(self->browser, why);
    return;
  }
  g_autofree char *wrong = bp_text_count(evaluation->n_mistakes);
  g_autofree char *all = bp_text_count(evaluation->n);
  g_autofree char *moment = bp_run_dup_moment(run, evaluation->step);
  /* Translators: "Run 3, step 3 000: 120 of 10 000 misclassified". */
  g_autofree char *counts = g_strdup_printf(evaluation->data->set->practice
                                                ? _("%s: %s of %s practice digits misclassified")
                                                : _("%s: %s of %s misclassified"),
                                            moment, wrong, all);
  g_autofree char *note =
      evaluation->n_mistakes > MOST
          ? g_strdup_printf(_("%s · the %d with the highest loss"), counts, MOST)
          : g_steal_pointer(&counts);
  bp_digit_browser_set_note(self->browser, note);
}

static void update(BpMistakesPage *self)
{
  if (!self->session || !gtk_widget_get_mapped(GTK_WIDGET(self)))
    return;
  BpEvaluation *evaluation = bp_runs_get_evaluation(self->session->runs);
  if (evaluation)
    bp_digit_browser_show(self->browser, evaluation->data, evaluation, evaluation->mistakes,
                          MIN(evaluation->n_mistakes, MOST));
  else
    bp_digit_browser_show(self->browser, NULL, NULL, NULL, 0);
  write_note(self, evaluation);
}

static void on_map(GtkWidget *widget, gpointer user_data)
{
  update(BP_MISTAKES_PAGE(widget));
}

static void bp_mistakes_page_class_init(BpMistakesPageClass *klass) {}

static void bp_mistakes_page_init(BpMistakesPage *self)
{
  self->browser = BP_DIGIT_BROWSER(
      bp_digit_browser_new(_("Highest loss first"), _("Misclassified test images appear here")));
  adw_bin_set_child(ADW_BIN(self), GTK_WIDGET(self->browser));
  g_signal_connect(self, "map", G_CALLBACK(on_map), NULL);
}

void bp_mistakes_page_set_session(BpMistakesPage *self, BpSession *session)
{
  self->session = session;
  g_signal_connect_object(session->runs, "evaluated", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "ended", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  update(self);
}

const char *bp_mistakes_page_get_note(BpMistakesPage *self)
{
  return bp_digit_browser_get_note(self->browser);
}

void bp_mistakes_page_set_narrow(BpMistakesPage *self, gboolean narrow)
{
  bp_digit_browser_set_narrow(self->browser, narrow);
}
