/* digit-card.h: one card of the digit grid, and the list model's item behind it. */
#pragma once
#include "digit-grid.h"

G_BEGIN_DECLS

/* The model's item: a BpDigitItem that may be replaced in place. Signal "changed" (). */
#define BP_TYPE_DIGIT_ENTRY (bp_digit_entry_get_type())
G_DECLARE_FINAL_TYPE(BpDigitEntry, bp_digit_entry, BP, DIGIT_ENTRY, GObject)
BpDigitEntry *bp_digit_entry_new(const BpDigitItem *item);
const BpDigitItem *bp_digit_entry_get(BpDigitEntry *self);
void bp_digit_entry_set(BpDigitEntry *self, const BpDigitItem *item);

#define BP_TYPE_DIGIT_CARD (bp_digit_card_get_type())
G_DECLARE_FINAL_TYPE(BpDigitCard, bp_digit_card, BP, DIGIT_CARD, GtkBox)
GtkWidget *bp_digit_card_new(void);
/* Follows an entry (NULL: none). names: of the classes, borrowed, or NULL. */
void bp_digit_card_bind(BpDigitCard *self, BpDigitEntry *entry, const char *const *names,
                        gboolean smooth);
/* What the card says in words: its tooltip and accessible label. Caller frees. */
char *bp_digit_item_sentence(const BpDigitItem *item, const char *const *names);
/* Writes the name of a class, its number if there is none, "?" if it is negative. A long one is cut
 * between two characters, and ends in "…". */
enum { BP_CLASS_NAME = 64 };
void bp_class_name(const char *const *names, int index, char text[BP_CLASS_NAME]);
/* Is there a longer one than "tsu" among them, which needs more room than a digit? */
gboolean bp_class_names_have_words(const char *const *names);

G_END_DECLS
