/* recipes.h: the recipes that come with the program, by name. */
#pragma once
#include "engine/recipe/recipe.h"

typedef struct {
  const char *name;  /* on the command line: "tutorial" */
  const char *title; /* one sentence for a person */
  const char *json;  /* a recipe; what it leaves out is the default */
} BpShippedRecipe;

/* Ends with name NULL. */
extern const BpShippedRecipe bp_shipped_recipes[];

/* Does it name one of them? NULL is the tutorial's. */
bool bp_recipe_is_shipped(const char *name);
/* `name` is a shipped name or else a path; NULL is the tutorial's. */
bool bp_recipe_open(const char *name, NnConfig **recipe, NnError *err);
