/* help-reference.h: pages of the help that are made from the tables of kinds. */
#pragma once
#include <glib.h>
#include "engine/recipe/kind.h"

G_BEGIN_DECLS

/* "Optimizers"; NULL for a class that has no page. */
const char *bp_help_reference_title(NnKindClass klass);
/* A page in the form of help-markup.h: every kind of the class with its parameters. Caller frees.
 */
char *bp_help_reference_page(NnKindClass klass);

G_END_DECLS
