/* kind-search.h: how well a kind fits what a person has typed to find it. No GTK; any thread. */
#pragma once
#include "engine/recipe/kind.h"

/* 0 is the best, and what an empty text gives to every kind; then, in this order: the name or the
 * label itself, what begins one, a word within one ("norm" in BatchNorm1d), any part of one, the
 * title of the family, words of the explanation. −1: it does not fit. Case, blanks and punctuation
 * do not count: "leaky relu" finds LeakyReLU. `family` may be NULL. */
int bp_kind_search_rank(const NnKind *kind, const char *family, const char *text);
