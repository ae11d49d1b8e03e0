/* race.h: one recipe on one device, against the clock: an epoch of it, or as much of one as fits
 * into a few seconds. Thread: the window's; the work is done on another. */
#pragma once
#include <gio/gio.h>
#include "shared-data.h"

G_BEGIN_DECLS

typedef struct {
  gboolean ok;
  char text[NN_SENTENCE]; /* the device, "CPU · 2 threads"; or one sentence: why it does not run */
  gboolean whole;         /* the epoch was run to its end, not projected */
  double epoch_seconds;   /* without evaluations */
  double steps_per_second;
} BpLap;

/* recipe is copied, a reference to data is taken. device, n_threads: of nn_backend_open(). */
void bp_race_lap(const NnConfig *recipe, BpData *data, const char *device, int n_threads,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full), free with g_free(); NULL: it was cancelled. */
BpLap *bp_race_lap_finish(GAsyncResult *result);

G_END_DECLS
