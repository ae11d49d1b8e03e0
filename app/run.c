/* run.c: see run.h. */
#include "run.h"
#include "text.h"
#include <math.h>

G_DEFINE_FINAL_TYPE(BpRun, bp_run, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void unref_curves(const BpCurves *curves)
{
  bp_series_unref(curves->loss);
  bp_series_unref(curves->accuracy);
  bp_series_unref(curves->test_loss);
  bp_series_unref(curves->test_accuracy);
  bp_series_unref(curves->lr);
}

static void bp_run_finalize(GObject *object)
{
  BpRun *self = BP_RUN(object);
  unref_curves(&self->curves);
  nn_config_free(self->recipe);
  g_free(self->error);
  G_OBJECT_CLASS(bp_run_parent_class)->finalize(object);
}

static void bp_run_class_init(BpRunClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_run_finalize;
  signals[CHANGED] =
      g_signal_new("changed", BP_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void bp_run_init(BpRun *self)
{
  self->curves = (BpCurves){.loss = bp_series_new(),
                            .accuracy = bp_series_new(),
                            .test_loss = bp_series_new(),
                            .test_accuracy = bp_series_new(),
                            .lr = bp_series_new()};
  self->test_accuracy = self->train_accuracy = NAN;
}

BpRun *bp_run_new(guint number, int exercise, const NnConfig *recipe, bool practice)
{
  NnConfig *copy = nn_config_copy(recipe, NULL);
  if (!copy)
    return NULL;
  BpRun *self = g_object_new(BP_TYPE_RUN, NULL);
  self->number = number;
  self->exercise = exercise;
  self->recipe = copy;
  self->practice = practice;
  return self;
}

void bp_run_changed(BpRun *self)
{
  g_signal_emit(self, signals[CHANGED], 0);
}

char *bp_run_dup_title(BpRun *self)
{
  const NnKind *optimizer = nn_config_child(self->recipe, "optimizer")->kind;
  const NnKind *scheduler = nn_config_child(self->recipe, "scheduler")->kind;
  if (g_str_equal(scheduler->name, "none"))
    return g_strdup_printf("Run %u · %s", self->number, optimizer->name);
  return g_strdup_printf("Run %u · %s, %s", self->number, optimizer->name, scheduler->name);
}

char *bp_run_dup_caption(BpRun *self)
{
  static const char *const words[] = {
      [BP_RUN_ACTIVE] = "training",   [BP_RUN_FINISHED] = NULL,   [BP_RUN_STOPPED] = "stopped",
      [BP_RUN_DIVERGED] = "diverged", [BP_RUN_FAILED] = "failed",
  };
  const char *word = words[self->status];
  if (isnan(self->test_accuracy))
    return g_strdup(word ? word : "finished");
  g_autofree char *percent = bp_text_percent(self->test_accuracy);
  return g_strdup_printf("%s%s%s%s", word ? word : "", word ? " · " : "", percent,
                         self->practice ? " on practice digits" : "");
}

void bp_run_add_test_point(BpRun *self, guint64 step, double accuracy, double loss)
{
  if (!isfinite(accuracy) || !bp_series_append(self->curves.test_accuracy, (double)step, accuracy))
    return;
  bp_series_append(self->curves.test_loss, (double)step, loss);
  self->test_accuracy = accuracy;
}
