/* recipe-column.h: the column in the middle: the exercise's card, and the whole recipe as rows that
 * are made from the kinds' tables. It edits the session's recipe in place. Thread: the window's.
 * Signals:
 *   "refused" (string): a change was refused; one sentence for a toast.
 *   "pointed" (string): the dotted path of what the pointer is at, or else has the focus; "" none.
 */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_RECIPE_COLUMN (bp_recipe_column_get_type())
G_DECLARE_FINAL_TYPE(BpRecipeColumn, bp_recipe_column, BP, RECIPE_COLUMN, AdwBin)

/* Borrows the session, and follows it. NULL: lets go of its recipe, before the session goes. */
void bp_recipe_column_set_session(BpRecipeColumn *self, BpSession *session);
/* Takes over the text that is still being typed in a row, before the recipe is used. FALSE: some
 * row holds a text that is no value; "refused" has said which. */
gboolean bp_recipe_column_commit(BpRecipeColumn *self);
/* Shows where `path` of the recipe is edited ("network.2.out_features", "data.transforms.0.size",
 * "optimizer.lr"), or as near as there is a row: opens what is folded, scrolls there and lets it
 * stand out. FALSE: there is none. */
gboolean bp_recipe_column_find(BpRecipeColumn *self, const char *path);

G_END_DECLS
