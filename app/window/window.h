/* window.h: the main window. It owns its session; closing it stops the run, waits without blocking
 * for the threads to end, and then goes. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/pages/charts.h"
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_WINDOW (bp_window_get_type())
G_DECLARE_FINAL_TYPE(BpWindow, bp_window, BP, WINDOW, AdwApplicationWindow)

/* Takes a reference to the session. */
BpWindow *bp_window_new(GtkApplication *app, BpSession *session);
BpSession *bp_window_get_session(BpWindow *self);
/* Whose property "axis" is kept. Borrowed. */
BpCharts *bp_window_get_charts(BpWindow *self);
/* Opens a recipe in place of the one at hand. If that one has changes that no file has, the person
 * is asked first, and may save it. A failure becomes a dialog. */
void bp_window_open_recipe(BpWindow *self, const char *path);
void bp_window_open_file(BpWindow *self, GFile *file); /* the same */
/* One sentence that passes (a toast), and one that waits for an answer (a dialog). */
void bp_window_tell(BpWindow *self, const char *text);
void bp_window_tell_failure(BpWindow *self, const char *heading, const char *text);

G_END_DECLS
