/* help-window.h: the help: pages that come with the program, and a reference made of the kinds. It
 * needs no network, and no other program. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define BP_TYPE_HELP_WINDOW (bp_help_window_get_type())
G_DECLARE_FINAL_TYPE(BpHelpWindow, bp_help_window, BP, HELP_WINDOW, AdwWindow)

/* Shows the one help window of the application, making it if need be. */
BpHelpWindow *bp_help_window_show(GtkApplication *app);
/* A page by name ("network", or a class of kinds: "optimizer"); NULL: the list of all. FALSE: there
 * is no such page. */
gboolean bp_help_window_go(BpHelpWindow *self, const char *name);
/* The page that is shown; NULL: the list. */
const char *bp_help_window_get_page(BpHelpWindow *self);

G_END_DECLS
