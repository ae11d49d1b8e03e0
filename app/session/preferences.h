/* preferences.h: what the program remembers from one start to the next, as properties. Each is kept
 * in GSettings by the same name (flatpak/io.github.backprop_lab.Backprop.gschema.xml explains
 * them). Where that schema is not installed, as in a build folder, they last as long as the
 * program: nothing fails for want of it.
 *
 *   "threads"           int     0: all cores
 *   "device"            string  "auto", "cpu", "cuda"
 *   "data-directory"    string  "": the user's own
 *   "color-scheme"      string  "system", "light", "dark"
 *   "window-width", "window-height"  int;  "window-maximized"  boolean
 *   "exercise"          string  id of the exercise at hand
 *   "chart-axis"        string  "auto", "step", "epoch", "seconds"
 *   "exercises-done"    GStrv   ids
 *   "data-folder", "data-folder-kind", "picture-folder"  string  that were opened last: of IDX
 * files with their kind of data set, of images; "": none "recipe-folder"     string  where a recipe
 * was opened or saved last; "": nowhere yet
 *
 * Thread: the window's. */
#pragma once
#include <gio/gio.h>
#include "session.h"

G_BEGIN_DECLS

#define BP_TYPE_PREFERENCES (bp_preferences_get_type())
G_DECLARE_FINAL_TYPE(BpPreferences, bp_preferences, BP, PREFERENCES, GObject)

/* Reads what was kept. */
BpPreferences *bp_preferences_new(void);
/* Whether they outlast the program. */
gboolean bp_preferences_are_kept(BpPreferences *self);

int bp_preferences_get_threads(BpPreferences *self);
const char *bp_preferences_get_device(BpPreferences *self); /* texts are borrowed */
const char *bp_preferences_get_data_directory(BpPreferences *self);
const char *bp_preferences_get_color_scheme(BpPreferences *self);
const char *bp_preferences_get_exercise(BpPreferences *self);
BpFolders bp_preferences_get_folders(BpPreferences *self); /* "" where there is none */
const char *bp_preferences_get_recipe_folder(BpPreferences *self);
const char *const *bp_preferences_get_exercises_done(BpPreferences *self); /* never NULL */

G_END_DECLS
