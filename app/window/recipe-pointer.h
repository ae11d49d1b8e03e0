/* recipe-pointer.h: which part of the recipe a person is at: the row or layer under the pointer, or
 * else the one that has the focus. Thread: the window's. */
#pragma once
#include <gtk/gtk.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

/* Follows what is in `widget`, until that goes. `recipe` gives what rows edit parts of; `pointed`
 * is told the dotted path, "" for none, whenever it is another one. Both are given `user_data`. */
typedef const NnConfig *(*BpRecipeOf)(gpointer user_data);
typedef void (*BpPointed)(gpointer user_data, const char *path);
void bp_recipe_pointer_follow(GtkWidget *widget, BpRecipeOf recipe, BpPointed pointed,
                              gpointer user_data);

G_END_DECLS
