/* help-reference.h: pages of the help that are made from the tables of kinds. */
#pragma once
#include <glib.h>
#include "engine/recipe/kind.h"

G_BEGIN_DECLS

/* The class whose page has that place among them, from 1; NULL: there are fewer. */
const NnClass *bp_help_reference_class(int place);
/* A page in the form of help-markup.h: every kind of the class with its parameters. Caller frees.
 */
char *bp_help_reference_page(const NnClass *klass);

G_END_DECLS
