/* evaluation.c: see evaluation.h. */
#include "evaluation.h"
#include "engine/tensor.h"
#include <math.h>
#include <stdlib.h>

/* The smallest probability that a loss is taken of, so that a certain mistake has a finite one. */
static const float smallest = 1e-37f;

static void judge(BpEvaluation *self, guint i)
{
  const float *row = self->probabilities + (gsize)i * self->n_classes;
  int label = self->data->set->test.labels[self->first + i];
  float p = row[label];
  self->predicted[i] = nn_argmax(row, (int)self->n_classes);
  self->losses[i] = isnan(p) ? INFINITY : -logf(fmaxf(p, smallest));
  if (self->predicted[i] != label)
    self->mistakes[self->n_mistakes++] = self->first + i;
}

static int by_loss(gconstpointer a, gconstpointer b, gpointer user_data)
{
  const BpEvaluation *self = user_data;
  guint32 i = *(const guint32 *)a, j = *(const guint32 *)b;
  float x = bp_evaluation_loss(self, i), y = bp_evaluation_loss(self, j);
  if (x != y)
    return x > y ? -1 : 1;
  return i < j ? -1 : i > j;
}

BpEvaluation *bp_evaluation_new(BpData *data, guint64 step, BpRange range, const NnMetrics *metrics,
                                float *probabilities)
{
  BpEvaluation *self = g_atomic_rc_box_new0(BpEvaluation);
  self->step = step;
  self->metrics = *metrics;
  self->data = bp_data_ref(data);
  self->first = range.first;
  self->n = range.n;
  self->n_classes = (guint)data->set->n_classes;
  self->probabilities = probabilities;
  self->predicted = g_new(int, self->n);
  self->losses = g_new(float, self->n);
  self->mistakes = g_new(guint32, self->n);
  for (guint i = 0; i < self->n; i++)
    judge(self, i);
  qsort_r(self->mistakes, self->n_mistakes, sizeof *self->mistakes, by_loss, self);
  return self;
}

BpEvaluation *bp_evaluation_ref(BpEvaluation *evaluation)
{
  return g_atomic_rc_box_acquire(evaluation);
}

static void clear(gpointer data)
{
  BpEvaluation *self = data;
  bp_data_unref(self->data);
  g_free(self->probabilities);
  g_free(self->predicted);
  g_free(self->losses);
  g_free(self->mistakes);
}

void bp_evaluation_unref(BpEvaluation *evaluation)
{
  if (evaluation)
    g_atomic_rc_box_release_full(evaluation, clear);
}

gboolean bp_evaluation_covers(const BpEvaluation *evaluation, BpRange range)
{
  return range.first >= evaluation->first &&
         range.first + range.n <= evaluation->first + evaluation->n;
}

const float *bp_evaluation_row(const BpEvaluation *evaluation, guint index)
{
  return evaluation->probabilities + (gsize)(index - evaluation->first) * evaluation->n_classes;
}

int bp_evaluation_predicted(const BpEvaluation *evaluation, guint index)
{
  return evaluation->predicted[index - evaluation->first];
}

float bp_evaluation_loss(const BpEvaluation *evaluation, guint index)
{
  return evaluation->losses[index - evaluation->first];
}
