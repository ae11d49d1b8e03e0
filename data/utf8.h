/* utf8.h: what files and folders call a thing is not always text; what is shown has to be. */
#pragma once
#include <stddef.h>

/* How many bytes the character at `s` has; 0 where there is none in UTF-8, or one that a line
 * cannot show (a control character). `s` ends in a zero. */
int nn_utf8_bytes(const char *s);
/* Copies the n bytes at `from` to `to` (size ≥ 1, zero at the end included), whole characters only;
 * each byte that is none becomes "?". */
void nn_utf8_copy(char *to, size_t size, const char *from, size_t n);
