/* wide-text.h: text that is in another encoding than UTF-8, as Windows' Notepad may save it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* "UTF-16" or "UTF-32" where the n bytes begin with the mark of that encoding, else NULL. */
static inline const char *nn_wide_text(const void *bytes, size_t n)
{
  const uint8_t *b = bytes;
  int wide = n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff));
  int widest = n >= 4 && ((wide && !b[2] && !b[3]) || (!b[0] && !b[1] && b[2] == 0xfe));
  return widest ? "UTF-32" : wide ? "UTF-16" : NULL;
}
