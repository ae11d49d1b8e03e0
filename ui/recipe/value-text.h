/* value-text.h: the value of a parameter as a person reads, types and steps it. No GTK. Functions
 * that change it return NULL, and in *changed whether it is another value now, or why it is
 * refused, in one sentence (to be freed with g_free()), and leave it. */
#pragma once
#include "engine/recipe/config.h"

/* May it be None? Of a pair of which each may be None, both may. */
bool bp_value_nullable(const NnParamSpec *spec);
/* FLOATS, PAIR: edited as a text, without steps. */
bool bp_value_is_list(const NnParamSpec *spec);
/* "3", "0.9, 0.999", "same", "" for None. Caller frees. */
char *bp_value_text(const NnConfig *config, const NnParamSpec *spec);
char *bp_value_set_text(NnConfig *config, const NnParamSpec *spec, const char *text, bool *changed);
char *bp_value_set_number(NnConfig *config, const NnParamSpec *spec, double number, bool *changed);
/* As many presses of + (or of −, for less than 0). */
char *bp_value_step(NnConfig *config, const NnParamSpec *spec, int steps, bool *changed);
/* Would a press of + (1) or − (−1) change it? */
bool bp_value_can_step(const NnConfig *config, const NnParamSpec *spec, int direction);
