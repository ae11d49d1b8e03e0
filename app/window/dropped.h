/* dropped.h: what the names of files say about what a person wants with them. Thread: any. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum { BP_DROPPED_NOTHING, BP_DROPPED_RECIPE, BP_DROPPED_DATA } BpDroppedKind;

typedef struct {
  BpDroppedKind kind;
  char *path;      /* of the recipe, or of the folder with data; owned; NULL: nothing */
  char *complaint; /* one sentence, owned; NULL: none */
} BpDropped;

/* What to do with `n` files that were dropped on the window, by their paths (NULL: not on this
 * computer): a recipe is opened, a folder is opened, and so is that of IDX files. */
void bp_dropped_judge(const char *const *paths, guint n, BpDropped *dropped);
void bp_dropped_clear(BpDropped *dropped);

/* A path for saving a recipe to: with the ending .backprop where it has none. Names that a desktop
 * portal gave stay as they are, for only these may be written. (transfer full) */
char *bp_recipe_path(const char *path);
/* The same for what has one of these endings ("py", …), the first if it has none of them. */
char *bp_saved_path(const char *path, const char *const *endings);
/* By its ending, is it a file of weights that can be opened? */
gboolean bp_are_weights(const char *path);

G_END_DECLS
