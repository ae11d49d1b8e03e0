/* narrator.h: announces the progress of runs to screen readers: a sentence after every epoch, and
 * one when a run has ended. Thread: the window's. */
#pragma once
#include "app/session/runner.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* From now on the window says what the runs do, until one of the two goes. */
void bp_narrator_follow(GtkWidget *window, BpRunner *runner);

/* "Epoch 3 of 30: loss 0.132, test accuracy 95.09 %." Caller frees. */
char *bp_narrator_epoch_sentence(BpRun *run, const BpStatus *status);
/* "Run 2 has finished: test accuracy 95.09 %." Caller frees. */
char *bp_narrator_end_sentence(BpRun *run);

G_END_DECLS
