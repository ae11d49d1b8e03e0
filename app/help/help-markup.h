/* help-markup.h: the subset of Markdown in which the help pages are written, as widgets.
 *
 *   # title   ## heading   paragraphs   - and 1. lists   ``` fenced code   **bold** *italic* `code`
 *   [text](help:page) or [text](https://…)
 *
 * Thread: the window's. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One line of text as Pango markup. Caller frees. */
char *bp_help_markup(const char *text);
/* The text of the first "# " line; NULL without one. Caller frees. */
char *bp_help_title(const char *page);
/* A column of labels. `on_link` (GtkLabel *, const char *uri, gpointer user_data) is connected to
 * "activate-link" of each: TRUE, if it has followed the link. */
GtkWidget *bp_help_page_new(const char *page, GCallback on_link, gpointer user_data);

G_END_DECLS
