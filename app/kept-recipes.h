/* kept-recipes.h: the recipe of each exercise as the student left it, one file each in the user's
 * data directory, so that the next start goes on there. Which exercise it was, and which are done,
 * stands in the preferences. Thread: the window's. */
#pragma once
#include "preferences.h"
#include "session.h"

G_BEGIN_DECLS

/* Before a window shows the session. A recipe that cannot be read any more is left alone, and the
 * exercise begins as it always does. */
void bp_kept_recipes_restore(BpSession *session, BpPreferences *preferences);
/* Writes what differs from an exercise's start, and removes what does so no more. FALSE and
 * `error`: the first thing that could not be written. */
gboolean bp_kept_recipes_save(BpSession *session, BpPreferences *preferences, GError **error);

G_END_DECLS
