/* number-text.h: numbers as a person writes and steps them. No GTK. They are written with the
 * decimal mark of the person's locale, and read with that or with a point. */
#pragma once
#include "engine/recipe/config.h"

/* nn_number_shown() for an entry or a row, where nothing stands for NAN (None). */
const char *bp_number_text(double number, char text[NN_NUMBER_TEXT]);
/* What stands between the numbers of a list: ", ", or "; " where the comma is the decimal mark. */
const char *bp_number_separator(void);
/* Reads one number; spaces around it are allowed. "", "None" and "null" give NAN. False: not a
 * number. */
bool bp_number_parse(const char *text, double *number);
/* Reads numbers (or None) apart by commas, semicolons or spaces, in brackets of any kind or in
 * none; *n says how many. Where the comma is the decimal mark it parts numbers only before a space,
 * in `whole` numbers, and in a text with points. NULL: not numbers. Caller frees with g_free(). */
double *bp_numbers_parse(const char *text, bool whole, int *n);
/* `text` with a narrow space that no line breaks at between a number and its "%", where it has a
 * plain one. Caller frees. */
char *bp_number_keep_percents(const char *text);
/* Is `text` this word, "same", perhaps in quotes? */
bool bp_text_is_word(const char *text, const char *word);

/* The next of …, 1, 2, 5, 10, 20, … above (direction 1) or below (−1) a positive number. */
double bp_number_step_log(double number, int direction);
/* What one press of + (direction 1) or − (−1) makes of a value of `spec`: the step of a linear
 * scale, 1-2-5 on a logarithmic one (doubling and halving for whole numbers), kept within the
 * sensible part of the range (param.h), into which it also leads back. Gives `number` itself when
 * there is no way on. */
double bp_number_step(const NnParamSpec *spec, double number, int direction);
