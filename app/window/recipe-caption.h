/* recipe-caption.h: the line above the recipe's rows, which says for which run they count. Thread:
 * the window's. */
#pragma once
#include <gtk/gtk.h>
#include "app/session/session.h"

G_BEGIN_DECLS

GtkLabel *bp_recipe_caption_new(void);
/* room: pixels for the text on one line. */
void bp_recipe_caption_update(GtkLabel *caption, BpSession *session, int room);

G_END_DECLS
