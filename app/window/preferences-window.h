/* preferences-window.h: the dialog of preferences. Changes there take effect at once. */
#pragma once
#include "app/session/preferences.h"
#include "window.h"

G_BEGIN_DECLS

#define BP_TYPE_PREFERENCES_PAGE (bp_preferences_page_get_type())
G_DECLARE_FINAL_TYPE(BpPreferencesPage, bp_preferences_page, BP, PREFERENCES_PAGE,
                     AdwPreferencesPage)

/* Returns the dialog, borrowed. */
GtkWidget *bp_preferences_window_show(BpWindow *window, GSettings *preferences);

G_END_DECLS
