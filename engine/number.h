/* number.h: numbers as texts, for files and for people. Thread: any.
 *
 * People see one way of writing everywhere (rows, legends, tooltips, messages, terminal): 64, 0.01,
 * 1e-3, 2.5e-4. What is smaller than 0.01 has an exponent, since 0.00025 has to be counted out. */
#pragma once

enum { NN_NUMBER_TEXT = 32 };

/* For files: the shortest decimal text that reads back to the same double, with a point in every
 * locale: "0.001". */
const char *nn_number_text(double number, char text[NN_NUMBER_TEXT]);
/* For people: the shortest that reads back to the same double, with their decimal mark. */
const char *nn_number_shown(double number, char text[NN_NUMBER_TEXT]);
/* The same with a place of its own, which lasts as long as the block: an argument of nn_fail(). */
#define NN_SHOWN(number) nn_number_shown(number, (char[NN_NUMBER_TEXT]){0})
/* The same of a measured number, of which `digits` (1 to 17) count: zeros at its end are left out,
 * and from 1e7 on it has an exponent, too. Infinite and not a number: as printf() writes them. */
const char *nn_number_rounded(double number, int digits, char text[NN_NUMBER_TEXT]);
