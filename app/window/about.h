/* about.h: what the program says about itself. */
#pragma once
#include <adwaita.h>
#include "app/session/preferences.h"

G_BEGIN_DECLS

void bp_about_show(GtkWindow *parent, GSettings *preferences);
/* For bug reports: versions, devices, how the window is drawn. Caller frees. */
char *bp_about_dup_debug_info(GtkWindow *parent, GSettings *preferences);

G_END_DECLS
