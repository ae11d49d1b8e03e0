/* window-preferences.h: the window and its session follow the preferences, and what the student has
 * the current one is kept. */
#pragma once
#include "app/session/preferences.h"
#include "window.h"

G_BEGIN_DECLS

/* Once, before the window is shown: size, charts, threads, device, memory and data directory follow
 * the preferences from now on, and recipes are kept a moment after they change and when the window
 * is closed. */
void bp_window_follow_preferences(BpWindow *window, GSettings *preferences);
/* Keeps now what would be kept in a moment, and the text that is being typed with it. */
void bp_window_keep(BpWindow *window);

G_END_DECLS
