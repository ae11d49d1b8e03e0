/* run.c: see run.h. */
#include "run.h"
#include "engine/recipe/recipe.h"
#include "ui/new-signal.h"
#include "stored-run.h"
#include <math.h>

G_DEFINE_FINAL_TYPE(BpRun, bp_run, G_TYPE_OBJECT)

enum { CHANGED, CURVES_LOADED, CURVES_GROWN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_run_finalize(GObject *object)
{
  BpRun *self = BP_RUN(object);
  bp_curves_clear(&self->curves);
  nn_config_free(self->recipe);
  bp_evaluation_unref(self->evaluation);
  bp_evaluation_unref(self->watched);
  bp_data_unref(self->data);
  g_free(self->data_title);
  g_free(self->data_checksum);
  g_free(self->data_where);
  g_free(self->path);
  g_free(self->deleted);
  g_free(self->name);
  g_free(self->what);
  g_strfreev(self->differences);
  g_free(self->error);
  G_OBJECT_CLASS(bp_run_parent_class)->finalize(object);
}

static void bp_run_class_init(BpRunClass *klass)
{
  static const char *const names[] = {"changed", "curves-loaded", "curves-grown"};
  G_OBJECT_CLASS(klass)->finalize = bp_run_finalize;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = bp_signal_new(BP_TYPE_RUN, names[i], 0, 0, 0);
}

static void bp_run_init(BpRun *self)
{
  self->test_accuracy = self->test_loss = NAN;
  self->validation_accuracy = self->validation_loss = NAN;
  self->train_accuracy = self->train_loss = NAN;
}

static int batch_size(const BpRun *self)
{
  return nn_config_int(nn_config_child(self->recipe, "data"), "batch_size");
}

BpRun *bp_run_new(guint number, const char *exercise, const NnConfig *recipe, BpData *data)
{
  NnConfig *copy = nn_config_copy(recipe, NULL);
  if (!copy)
    return NULL;
  BpRun *self = g_object_new(BP_TYPE_RUN, NULL);
  self->number = number;
  self->exercise = g_intern_string(exercise);
  self->recipe = copy;
  self->data = bp_data_ref(data);
  self->data_title = g_strdup(nn_dataset_title(data->set));
  self->data_checksum = g_strdup(data->checksum);
  self->data_where = g_strdup(data->set->where);
  self->practice = data->set->practice;
  self->on_mnist = !self->practice && g_str_equal(data->set->name, nn_catalog[0]->name);
  bp_curves_init(&self->curves, batch_size(self));
  self->has_curves = true;
  return self;
}

void bp_run_changed(BpRun *self)
{
  g_signal_emit(self, signals[CHANGED], 0);
}

/* ---- from its file ---- */

void bp_run_take_info(BpRun *self, const BpRunInfo *info)
{
  g_free(self->name);
  g_free(self->error);
  self->name = g_strdup(info->title ? info->title : "");
  self->error = g_strdup(info->reason);
  self->pinned = info->pinned != 0;
  self->status = info->status;
  self->n_steps = (guint64)info->n_steps;
  self->steps_per_epoch = (guint64)info->steps_per_epoch;
  self->steps = (guint64)info->steps;
  self->epochs = (guint)info->epochs;
  self->seconds = info->seconds;
  self->test_accuracy = info->test_accuracy;
  self->test_loss = info->test_loss;
  self->validation_accuracy = info->validation_accuracy;
  self->validation_loss = info->validation_loss;
  self->train_accuracy = info->train_accuracy;
  self->train_loss = info->train_loss;
}

BpRun *bp_run_new_stored(guint number, const char *path, const BpRunInfo *info, NnError *err)
{
  NnConfig *recipe = NULL;
  if (!nn_recipe_parse(info->recipe ? info->recipe : "", path, &recipe, err))
    return NULL;
  BpRun *self = g_object_new(BP_TYPE_RUN, NULL);
  self->number = number;
  self->path = g_strdup(path);
  self->stored = true;
  self->exercise = g_intern_string(info->exercise ? info->exercise : "");
  self->recipe = recipe;
  self->data_title = g_strdup(info->data_title ? info->data_title : "");
  self->data_checksum = g_strdup(info->data_checksum);
  self->data_where = g_strdup(info->data_where);
  self->practice = info->data_practice != 0;
  self->on_mnist = !self->practice && g_strcmp0(info->data_name, nn_catalog[0]->name) == 0;
  bp_curves_init(&self->curves, batch_size(self));
  bp_run_take_info(self, info);
  self->what = g_strdup(self->name);
  return self;
}

bool bp_run_same_data(const BpRun *self, const BpRun *other)
{
  return self->data_checksum && g_strcmp0(self->data_checksum, other->data_checksum) == 0;
}

bool bp_run_can_resume(const BpRun *self)
{
  bool ended_early = self->status == BP_RUN_INTERRUPTED || self->status == BP_RUN_STOPPED;
  return self->stored && ended_early && self->steps < self->n_steps;
}

bool bp_run_can_train_on(const BpRun *self)
{
  return self->stored && (self->status == BP_RUN_FINISHED || bp_run_can_resume(self));
}

/* ---- its curves, while somebody looks ---- */

static void drop_curves(BpRun *self)
{
  bp_curves_clear(&self->curves);
  bp_curves_init(&self->curves, batch_size(self));
  self->has_curves = false;
}

void bp_run_take_curves(BpRun *self, BpCurves *curves)
{
  bp_curves_clear(&self->curves);
  self->curves = *curves;
  self->has_curves = true;
  g_signal_emit(self, signals[CURVES_LOADED], 0);
}

static void curves_ready(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpRun *self = BP_RUN(object);
  BpCurves *curves = g_task_propagate_pointer(G_TASK(result), NULL);
  self->loading_curves = false;
  if (!curves)
    return; /* the file has gone, or is damaged: there is nothing to draw */
  if (self->n_holders > 0 && !self->has_curves)
    bp_run_take_curves(self, curves);
  else
    bp_curves_clear(curves);
  g_free(curves);
}

static void load_curves(BpRun *self)
{
  if (self->has_curves || self->loading_curves || self->n_holders == 0 || !self->path)
    return;
  self->loading_curves = true;
  BpStoredMoment moment = {.path = self->path, .recipe = self->recipe};
  bp_stored_curves_async(&moment, G_OBJECT(self), curves_ready);
}

void bp_run_hold_curves(BpRun *self)
{
  self->n_holders++;
  load_curves(self);
}

void bp_run_reload_curves(BpRun *self)
{
  self->has_curves = false; /* those that are there are drawn until the others have come */
  load_curves(self);
}

static void news_ready(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpRun *self = BP_RUN(object);
  BpStoredNews *news = g_task_propagate_pointer(G_TASK(result), NULL);
  self->loading_curves = false;
  if (news && self->has_curves) {
    bp_stored_news_add(news, &self->curves);
    g_signal_emit(self, signals[CURVES_GROWN], 0);
  } else {
    load_curves(self); /* they were asked for meanwhile */
  }
  g_clear_pointer(&news, bp_stored_news_free);
}

void bp_run_follow_curves(BpRun *self)
{
  if (self->n_holders == 0 || !self->has_curves || self->loading_curves)
    return;
  if (self->steps < self->curves.n_steps) { /* it has gone back to a checkpoint */
    bp_run_reload_curves(self);
    return;
  }
  self->loading_curves = true;
  BpStoredMoment moment = {
      .path = self->path, .recipe = self->recipe, .step = self->curves.n_steps};
  bp_stored_news_async(&moment, G_OBJECT(self), news_ready);
}

void bp_run_release_curves(BpRun *self)
{
  if (--self->n_holders == 0 && self->stored && self->has_curves)
    drop_curves(self);
}

void bp_run_set_stored(BpRun *self)
{
  self->stored = true;
  if (self->n_holders == 0)
    drop_curves(self);
}

/* ---- what its trainer says ---- */

void bp_run_add_record(BpRun *self, const NnProgress *record)
{
  bp_curves_add_record(&self->curves, record);
  self->steps = record->step + 1;
}

double bp_run_recent_loss(BpRun *self)
{
  gsize n = bp_series_length(self->curves.loss), wanted = CLAMP(self->n_steps / 100, 20, 1000);
  return bp_series_extent(self->curves.loss, n - MIN(n, wanted), n).mean;
}

void bp_run_set_evaluation(BpRun *self, BpEvaluation *evaluation)
{
  bp_evaluation_unref(self->evaluation);
  self->evaluation = evaluation;
  if (self->watched && self->watched->step <= evaluation->step)
    g_clear_pointer(&self->watched, bp_evaluation_unref);
  const NnMetrics *metrics = &evaluation->metrics;
  if (!bp_curves_add_test_point(&self->curves, evaluation->step, metrics->accuracy, metrics->loss))
    return;
  self->test_accuracy = metrics->accuracy;
  self->test_loss = metrics->loss;
}

void bp_run_set_watched(BpRun *self, BpEvaluation *evaluation)
{
  bp_evaluation_unref(self->watched);
  self->watched = evaluation;
}

void bp_run_add_epoch(BpRun *self, const NnEpoch *epoch)
{
  bp_curves_add_epoch(&self->curves, epoch);
  self->epochs = epoch->epoch + 1;
  if (isfinite(epoch->test_accuracy)) {
    self->test_accuracy = epoch->test_accuracy;
    self->test_loss = epoch->test_loss;
  }
  if (!isfinite(epoch->validation_accuracy))
    return;
  self->validation_accuracy = epoch->validation_accuracy;
  self->validation_loss = epoch->validation_loss;
}
