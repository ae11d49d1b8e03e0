/* train-on.h: asks for how many more epochs a run shall be trained. Thread: the window's. */
#pragma once
#include <gtk/gtk.h>
#include "app/session/run.h"

G_BEGIN_DECLS

/* A popover that says what becomes of the run's schedule, and whose button activates
 * "win.train-on".
 */
GtkWidget *bp_train_on_new(const BpRun *run);

G_END_DECLS
