/* banner.h: a strip above the content that says one thing, shows how far it has come,
 * and may offer buttons. (AdwBanner came
 * with libadwaita 1.3.) Thread: the window's. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define BP_TYPE_BANNER (bp_banner_get_type())
G_DECLARE_FINAL_TYPE(BpBanner, bp_banner, BP, BANNER, AdwBin)

GtkWidget *bp_banner_new(void);
/* Shows `text`; NULL hides the strip. button, action: label and action of the button, or NULL.
 * warning: in the color of warnings. */
void bp_banner_show(BpBanner *self, const char *text, const char *button, const char *action,
                    gboolean warning);
/* A button before that one, until the next bp_banner_show(). */
void bp_banner_offer(BpBanner *self, const char *button, const char *action);
/* How far what the text tells of has come, 0 … 1, and the same in words, until the next
 * bp_banner_show(). */
void bp_banner_set_progress(BpBanner *self, double fraction, const char *text);
/* Narrow: what stood side by side stands in a column. */
void bp_banner_set_narrow(BpBanner *self, gboolean narrow);
const char *bp_banner_get_text(BpBanner *self); /* NULL: hidden */

G_END_DECLS
