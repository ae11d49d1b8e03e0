/* kind-summary.h: one line of text about a layer, "784 → 64 · Xavier uniform", or about another
 * chosen kind, "degrees 45". No GTK. */
#pragma once
#include "engine/recipe/config.h"
#include "engine/tensor.h"

/* What flows ("784 → 64", "64" where it does not change, nothing while not known), then what was
 * chosen: the kind of the first initialization unless it is the default one, the only number of the
 * layer, the first numbers of a transform, and whatever else differs from its default, two at most.
 * in, out may be NULL. */
enum { BP_SUMMARY_TEXT = 256 };
const char *bp_kind_summary(const NnConfig *config, const NnShape *in, const NnShape *out,
                            char text[BP_SUMMARY_TEXT]);
