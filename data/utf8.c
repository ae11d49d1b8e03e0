/* utf8.c: see utf8.h. */
#include "utf8.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* By the first byte alone; 0: none starts with it. */
static int promised(uint8_t first)
{
  return first < 0x80         ? 1
         : first >> 5 == 0x06 ? 2
         : first >> 4 == 0x0e ? 3
         : first >> 3 == 0x1e ? 4
                              : 0;
}

int nn_utf8_bytes(const char *text)
{
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const uint8_t *s = (const uint8_t *)text;
  int n = promised(s[0]);
  if (n < 2)
    return n == 1 && s[0] >= 0x20 && s[0] != 0x7f;
  uint32_t code = s[0] & (0x7fu >> n);
  for (int i = 1; i < n; i++) {
    if (s[i] >> 6 != 2)
      return 0;
    code = code << 6 | (s[i] & 0x3fu);
  }
  return code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : n;
}

void nn_utf8_copy(char *to, size_t size, const char *from, size_t n)
{
  for (size_t i = 0; i < n && from[i];) {
    size_t bytes = (size_t)nn_utf8_bytes(from + i);
    bool whole = bytes > 0 && bytes <= n - i;
    size_t step = whole ? bytes : 1;
    if (step >= size)
      break;
    memcpy(to, whole ? from + i : "?", step);
    to += step;
    size -= step;
    i += step;
  }
  *to = '\0';
}
