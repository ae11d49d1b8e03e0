/* style.h: the style sheet of this room's widgets. */
#pragma once
#include "compat.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds the style sheet to the default display, the first time only. Every widget of this room calls
 * it when its class is made; needs gtk_init(). Thread: UI thread. */
void bp_style_load(void);

/* Keeps classes on a window for sheets that want other shades: bp-dark in the dark style,
 * bp-contrast in high contrast, bp-light-contrast in that on a light ground. (libadwaita took
 * sheets of its own for that; the newest wants media queries, which older GTK does not read.) */
void bp_style_follow(GtkWidget *window);

/* Keeps a long subtitle of an AdwActionRow from taking the room of the value beside it: it wraps.
 */
void bp_style_limit_subtitle(GtkWidget *row);

G_END_DECLS
