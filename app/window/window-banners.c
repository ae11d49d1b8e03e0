/* window-banners.c: the banner about the data, above the content, and the alert about a run that
 * broke off, over its lower end. */
#include "app/text.h"
#include "ui/i18n.h"
#include "window-private.h"

static void show_fetch(BpWindow *self, const NnCatalogSet *set, BpFetchProgress progress)
{
  g_autofree char *text = g_strdup_printf(_("Downloading %s"), set->title);
  g_autofree char *done = g_strdup_printf(_("%.1f of %.1f MB"), (double)progress.done / 1e6,
                                          (double)progress.total / 1e6);
  bp_banner_show(self->banner, text, _("Cancel"), "win.cancel-fetch", FALSE);
  bp_banner_set_progress(self->banner, (double)progress.done / (double)progress.total, done);
}

/* What the recipe asks for is not here: what is shown instead, and how to come by it. */
static void show_missing(BpWindow *self, BpMissing missing, const NnCatalogSet *set,
                         const NnDataset *there)
{
  g_autofree char *text = NULL, *get = set ? g_strdup_printf(_("Download %s"), set->title) : NULL;
  if (set && (set != nn_catalog[0] || !there->practice))
    text = g_strdup_printf(_("%s is not on this computer yet; currently loaded: %s."), set->title,
                           nn_dataset_title(there));
  else if (missing == BP_MISSING_NOTHING || missing == BP_MISSING_SET)
    text = g_strdup(
        _("Practice digits, drawn by this program: accuracy is not comparable with MNIST."));
  else
    text = g_strdup_printf(missing == BP_MISSING_FILES
                               ? _("No folder of IDX files is open yet; currently loaded: %s.")
                               : _("No folder of images is open yet; currently loaded: %s."),
                           nn_dataset_title(there));
  bp_banner_show(self->banner, text, _("Open folder…"), "win.open-data", FALSE);
  if (get)
    bp_banner_offer(self->banner, get, "win.get-data");
}

/* What ended the run that is shown, as the engine says it. */
static void show_error(BpWindow *self, BpRun *run)
{
  g_autofree char *text = g_strdup_printf(_("Run %u: %s"), run->number, run->error);
  bp_banner_show(self->alert, text, _("Close"), "win.dismiss", TRUE);
  if (run->device_failed)
    bp_banner_offer(self->alert, _("Restart on the CPU"), "win.train-on-cpu");
}

static void show_interrupted(BpWindow *self, BpRun *run)
{
  g_autofree char *done = bp_text_count(run->steps), *all = bp_text_count(run->n_steps);
  g_autofree char *text =
      g_strdup_printf(_("Run %u was interrupted after %s of %s steps."), run->number, done, all);
  bp_banner_show(self->alert, text, _("Close"), "win.dismiss", FALSE);
  bp_banner_offer(self->alert, _("Resume"), "win.resume-shown");
}

void bp_window_update_alert(BpWindow *self)
{
  BpRun *run = bp_runs_get_shown_run(self->session->runs);
  bool may_say = run && !self->dismissed && !bp_runner_is_active(self->session->runner);
  if (may_say && run->error)
    show_error(self, run);
  else if (may_say && run->status == BP_RUN_INTERRUPTED && bp_run_can_resume(run))
    show_interrupted(self, run);
  else
    bp_banner_show(self->alert, NULL, NULL, NULL, FALSE);
}

void bp_window_dismiss(BpWindow *self)
{
  self->dismissed = TRUE;
  bp_window_update_alert(self);
}

void bp_window_update_banner(BpWindow *self)
{
  const NnCatalogSet *set;
  BpFetchProgress progress;
  BpData *data = bp_data_store_get(self->session->data);
  BpMissing missing = bp_data_store_get_missing(self->session->data, &set);
  const NnCatalogSet *fetched = bp_data_store_get_fetch(self->session->data, &progress);
  if (fetched)
    show_fetch(self, fetched, progress);
  else if (data && bp_data_store_is_loading(self->session->data))
    return; /* what it says may be out of date in a moment */
  else if (data && (missing != BP_MISSING_NOTHING || data->set->practice))
    show_missing(self, missing, missing == BP_MISSING_SET ? set : NULL, data->set);
  else
    bp_banner_show(self->banner, NULL, NULL, NULL, FALSE);
}
