/* race-window.h: a device race: how long an epoch of the recipe takes on one core, on all cores and
 * on a graphics card, as bars. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/race.h"

G_BEGIN_DECLS

#define BP_TYPE_RACE_WINDOW (bp_race_window_get_type())
G_DECLARE_FINAL_TYPE(BpRaceWindow, bp_race_window, BP, RACE_WINDOW, AdwWindow)

/* Starts at once and ends with the window. recipe is copied, a reference to data is taken.
 */
GtkWidget *bp_race_window_new(GtkWindow *parent, const NnConfig *recipe, BpData *data);
/* For tests: the words beside bar `index` (they may be a reason), or NULL beyond the last; and
 * whether all have finished. */
const char *bp_race_window_get_words(BpRaceWindow *self, int index);
gboolean bp_race_window_is_done(BpRaceWindow *self);
/* One sentence on how it went; "" before. */
const char *bp_race_window_get_outcome(BpRaceWindow *self);

G_END_DECLS
