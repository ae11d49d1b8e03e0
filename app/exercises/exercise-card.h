/* exercise-card.h: the card on top of the recipe: what the exercise is about, and its checklist,
 * which checks itself. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_EXERCISE_CARD (bp_exercise_card_get_type())
G_DECLARE_FINAL_TYPE(BpExerciseCard, bp_exercise_card, BP, EXERCISE_CARD, AdwBin)

/* Borrows the session, and follows it. */
void bp_exercise_card_set_session(BpExerciseCard *self, BpSession *session);
/* For tests: is the check of that text ticked? */
gboolean bp_exercise_card_is_ticked(BpExerciseCard *self, const char *check);

G_END_DECLS
