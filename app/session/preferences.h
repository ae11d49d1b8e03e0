/* preferences.h: what the program remembers from one start to the next: GSettings, whose keys
 * flatpak/io.github.backprop_lab.Backprop.gschema.xml explains. Thread: the window's. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* Looked for where GSettings looks, then where this program was installed to, then beside a build
 * folder's program: a prefix of one's own need not be in XDG_DATA_DIRS. NULL and `error`: there is
 * no schema, or only one of another version that lacks a key. */
GSettings *bp_preferences_new(GError **error);

G_END_DECLS
