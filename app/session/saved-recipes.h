/* saved-recipes.h: the recipe of each exercise as the student left it, one file each in the user's
 * data directory, so that the next start goes on there. Which exercise it was, and which are done,
 * stands in the preferences. Thread: the window's. */
#pragma once
#include "preferences.h"
#include "session.h"

G_BEGIN_DECLS

/* Before a window shows the session. The exercise of a recipe that cannot be read (it is damaged,
 * or of a newer version) begins as it always does, and the file is put aside under another name,
 * NAME-unreadable.backprop: nothing that a person made is removed because this version cannot read
 * it. Returns a text that says so, to be freed, or NULL: all is well. */
char *bp_saved_recipes_restore(BpSession *session, GSettings *preferences);
/* Writes what differs from an exercise's start, and removes what does so no more; a file that
 * cannot be read, and has come there since, is put aside first. FALSE and `error`: the first thing
 * that could not be written. */
gboolean bp_saved_recipes_save(BpSession *session, GSettings *preferences, GError **error);

G_END_DECLS
