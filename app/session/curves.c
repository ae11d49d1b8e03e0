/* curves.c: see curves.h. */
#include "curves.h"
#include <math.h>

enum { BLOCK_PICTURES = 400, EARLY_BLOCKS = 10 };

void bp_curves_init(BpCurves *curves, int batch_size)
{
  *curves = (BpCurves){.loss = bp_series_new(),
                       .accuracy = bp_series_new(),
                       .test_loss = bp_series_new(),
                       .test_accuracy = bp_series_new(),
                       .validation_loss = bp_series_new(),
                       .validation_accuracy = bp_series_new(),
                       .lr = bp_series_new(),
                       .seconds = bp_series_new(),
                       .block_size = (guint)MAX(BLOCK_PICTURES / batch_size, 1)};
  bp_series_append(curves->seconds, 0, 0);
}

void bp_curves_clear(BpCurves *curves)
{
  BpSeries *all[] = {curves->loss,
                     curves->accuracy,
                     curves->test_loss,
                     curves->test_accuracy,
                     curves->validation_loss,
                     curves->validation_accuracy,
                     curves->lr,
                     curves->seconds};
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
    bp_series_unref(all[i]);
  *curves = (BpCurves){0};
}

/* The accuracy of a batch of 8 is one of nine numbers, and jumps between them; a few hundred
 * pictures together make a curve. At the beginning fewer do, a tenth of what there was so far: else
 * a run of a hundred batches would have two points. */
static void add_to_block(BpCurves *curves, const NnProgress *record)
{
  guint64 enough = CLAMP(record->step / EARLY_BLOCKS, 1, curves->block_size);
  curves->block_sum += record->accuracy;
  if (++curves->block_n < enough)
    return;
  bp_series_append(curves->accuracy, (double)record->step, curves->block_sum / curves->block_n);
  curves->block_sum = 0;
  curves->block_n = 0;
}

/* Now and then: what lies between is as good as straight. A thousand points for each tenfold of the
 * time that has passed are enough for any chart. */
static void add_time(BpCurves *curves, const NnProgress *record)
{
  gsize n = bp_series_length(curves->seconds);
  double last = bp_series_y(curves->seconds, n - 1);
  if (n == 1 || record->seconds - last >= MAX(0.01, last / 400))
    bp_series_append(curves->seconds, (double)record->step + 1, record->seconds);
}

void bp_curves_add_record(BpCurves *curves, const NnProgress *record)
{
  bp_series_append(curves->loss, (double)record->step, record->loss);
  bp_series_append(curves->lr, (double)record->step, record->lr);
  add_time(curves, record);
  add_to_block(curves, record);
  curves->n_steps = record->step + 1;
}

bool bp_curves_add_test_point(BpCurves *curves, guint64 step, double accuracy, double loss)
{
  return isfinite(accuracy) && bp_series_append(curves->test_accuracy, (double)step, accuracy) &&
         bp_series_append(curves->test_loss, (double)step, loss);
}

void bp_curves_add_epoch(BpCurves *curves, const NnEpoch *epoch)
{
  double step = (double)epoch->last_step + 1;
  curves->n_epochs = (guint)epoch->epoch + 1;
  bp_curves_add_test_point(curves, epoch->last_step + 1, epoch->test_accuracy, epoch->test_loss);
  if (!isfinite(epoch->validation_accuracy))
    return;
  bp_series_append(curves->validation_accuracy, step, epoch->validation_accuracy);
  bp_series_append(curves->validation_loss, step, epoch->validation_loss);
}
