/* application.h: the program `backprop`: command line, keys, about. There is one process and one
 * window: a second start hands its command line to the first and ends. */
#pragma once
#include <adwaita.h>
#include "app/session/preferences.h"

G_BEGIN_DECLS

#define BP_TYPE_APPLICATION (bp_application_get_type())
G_DECLARE_FINAL_TYPE(BpApplication, bp_application, BP, APPLICATION, AdwApplication)

/* Needs a display. */
BpApplication *bp_application_new(void);
/* Borrowed; NULL before the application is registered. */
GSettings *bp_application_get_preferences(BpApplication *self);

G_END_DECLS
