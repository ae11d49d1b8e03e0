/* utf8.h: what files and folders call a thing is not always text; what is shown has to be. Thread:
 * any. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the character at `s` has, and its code point; 0 where there is none in UTF-8: not
 * for overlong forms, surrogates and what lies beyond U+10FFFF. `s` ends in a zero. */
int nn_utf8_point(const char *s, uint32_t *point);
/* The same; 0 also for one that must not reach a line of text: controls (C0, DEL, C1: a terminal
 * obeys them), line separators, and what turns the direction of the text around it (Unicode
 * Standard Annex #9: U+202A … U+202E, U+2066 … U+2069). */
int nn_utf8_bytes(const char *s);
/* Is nothing to be seen of it: a space, or without a width (General_Category Zs and Cf)? */
bool nn_utf8_is_blank(uint32_t point);
/* Copies the n bytes at `from` to `to` (size ≥ 1, zero at the end included), whole characters only;
 * each byte that is none becomes "?". */
void nn_utf8_copy(char *to, size_t size, const char *from, size_t n);
/* The same in place. */
void nn_utf8_clean(char *text);
/* The encoding that the n bytes of a file say they are in, as Windows' Notepad may save it:
 * "UTF-16" or "UTF-32" by its mark, else NULL. */
const char *nn_utf8_other(const char *bytes, size_t n);
