/* narrator.c: see narrator.h. */
#include "narrator.h"
#include "app/text.h"
#include "ui/accessible.h"
#include "ui/i18n.h"
#include <math.h>

typedef struct {
  BpRunner *runner; /* borrowed */
  guint n_spoken;   /* epochs of the present run */
} Narrator;

static const char KEY[] = "bp-narrator";

char *bp_narrator_epoch_sentence(BpRun *run, const BpStatus *status)
{
  g_autofree char *loss = isnan(status->loss) ? g_strdup("–") : bp_text_number(status->loss);
  g_autofree char *percent = NULL;
  if (isnan(run->test_accuracy))
    return g_strdup_printf(_("Epoch %u of %u: loss %s."), run->epochs, status->n_epochs, loss);
  percent = bp_text_percent(run->test_accuracy);
  return g_strdup_printf(run->practice
                             ? _("Epoch %u of %u: loss %s, test accuracy %s on practice digits.")
                             : _("Epoch %u of %u: loss %s, test accuracy %s."),
                         run->epochs, status->n_epochs, loss, percent);
}

char *bp_narrator_end_sentence(BpRun *run)
{
  static const char *const sentences[] = {[BP_RUN_ACTIVE] = N_("Run %u continues."),
                                          [BP_RUN_FINISHED] = N_("Run %u has finished."),
                                          [BP_RUN_STOPPED] = N_("Run %u was stopped."),
                                          [BP_RUN_DIVERGED] = N_("Run %u has diverged."),
                                          [BP_RUN_FAILED] = N_("Run %u has failed."),
                                          [BP_RUN_INTERRUPTED] = N_("Run %u was interrupted.")};
  g_autofree char *percent = NULL;
  if (run->status != BP_RUN_FINISHED || isnan(run->test_accuracy))
    return g_strdup_printf(nn_text(sentences[run->status]), run->number);
  percent = bp_text_percent(run->test_accuracy);
  return g_strdup_printf(_("Run %u has finished: test accuracy %s."), run->number, percent);
}

static void on_run_started(GtkWidget *window)
{
  Narrator *self = g_object_get_data(G_OBJECT(window), KEY);
  self->n_spoken = 0;
}

/* Of epochs that end faster than frames are drawn only the newest is spoken of. */
static void on_progress(GtkWidget *window)
{
  Narrator *self = g_object_get_data(G_OBJECT(window), KEY);
  BpRun *run = bp_runner_get_run(self->runner);
  if (!run || run->epochs <= self->n_spoken)
    return;
  self->n_spoken = run->epochs;
  g_autofree char *sentence = bp_narrator_epoch_sentence(run, bp_runner_get_status(self->runner));
  bp_accessible_announce(window, sentence);
}

static void on_run_ended(GtkWidget *window, BpRun *run)
{
  g_autofree char *sentence = bp_narrator_end_sentence(run);
  bp_accessible_announce(window, sentence);
}

void bp_narrator_follow(GtkWidget *window, BpRunner *runner)
{
  Narrator *self = g_new0(Narrator, 1);
  self->runner = runner;
  g_object_set_data_full(G_OBJECT(window), KEY, self, g_free);
  g_signal_connect_object(runner, "started", G_CALLBACK(on_run_started), window, G_CONNECT_SWAPPED);
  g_signal_connect_object(runner, "progress", G_CALLBACK(on_progress), window, G_CONNECT_SWAPPED);
  g_signal_connect_object(runner, "ended", G_CALLBACK(on_run_ended), window, G_CONNECT_SWAPPED);
}
