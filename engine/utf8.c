/* utf8.c: see utf8.h. */
#include "utf8.h"
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

int nn_utf8_point(const char *text, uint32_t *point)
{
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const uint8_t *s = (const uint8_t *)text;
  int n = promised(s[0]);
  uint32_t code = n > 1 ? s[0] & (0x7fu >> n) : s[0];
  for (int i = 1; i < n; i++) {
    if (s[i] >> 6 != 2)
      return 0;
    code = code << 6 | (s[i] & 0x3fu);
  }
  *point = code;
  return n == 0 || code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : n;
}

typedef struct {
  uint32_t first, last;
} Range;

static bool is_in(uint32_t code, const Range *ranges, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (code >= ranges[i].first && code <= ranges[i].last)
      return true;
  return false;
}

int nn_utf8_bytes(const char *text)
{
  static const Range kept_out[] = {
      {0, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x2029}, {0x202a, 0x202e}, {0x2066, 0x2069}};
  uint32_t code;
  int n = nn_utf8_point(text, &code);
  return n > 0 && is_in(code, kept_out, sizeof kept_out / sizeof *kept_out) ? 0 : n;
}

bool nn_utf8_is_blank(uint32_t point)
{
  static const Range blank[] = {{0x20, 0x20},     {0xa0, 0xa0},     {0xad, 0xad},
                                {0x61c, 0x61c},   {0x1680, 0x1680}, {0x180e, 0x180e},
                                {0x2000, 0x200f}, {0x202f, 0x202f}, {0x205f, 0x2064},
                                {0x206a, 0x206f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
  return is_in(point, blank, sizeof blank / sizeof *blank);
}

void nn_utf8_clean(char *text)
{
  while (*text) {
    int n = nn_utf8_bytes(text);
    if (n == 0)
      *text = '?';
    text += n ? n : 1;
  }
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

const char *nn_utf8_other(const char *bytes, size_t n)
{
  const uint8_t *b = (const uint8_t *)bytes;
  bool wide = n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff));
  bool widest = n >= 4 && ((wide && !b[2] && !b[3]) || (!b[0] && !b[1] && b[2] == 0xfe));
  return widest ? "UTF-32" : wide ? "UTF-16" : NULL;
}
