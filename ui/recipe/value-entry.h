/* value-entry.h: a small right-aligned entry for a value, with − and + buttons if it can be
 * stepped. It knows no numbers, only texts. Signals:
 *   "commit" (string text): Return, the focus left, or an assistive technology set the text; while
 *                           eager (see below) every key.
 *   "step" (int):           −, +, the arrow keys (±1), the page keys (±10). */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BP_TYPE_VALUE_ENTRY (bp_value_entry_get_type())
G_DECLARE_FINAL_TYPE(BpValueEntry, bp_value_entry, BP, VALUE_ENTRY, GtkBox)

GtkWidget *bp_value_entry_new(gboolean with_steps, int width_chars);
/* Shows text. Does nothing in answer to an eager "commit": the person is still typing. */
void bp_value_entry_set_text(BpValueEntry *self, const char *text);
/* Was this the last text to be shown? The person may have typed another since. */
gboolean bp_value_entry_shows(BpValueEntry *self, const char *text);
/* Hands over a text that is still being typed, as Return would. */
void bp_value_entry_commit(BpValueEntry *self);
/* Eager: "commit" at every key, so that a mark vanishes as soon as the text is right. */
void bp_value_entry_set_eager(BpValueEntry *self, gboolean eager);
void bp_value_entry_set_can_step(BpValueEntry *self, gboolean down, gboolean up);
GtkWidget *bp_value_entry_get_entry(BpValueEntry *self);
/* The − (direction −1) or + button; NULL without steps. */
GtkWidget *bp_value_entry_get_button(BpValueEntry *self, int direction);

G_END_DECLS
