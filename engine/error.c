/* error.c: see error.h. The texts end up in a window and on a terminal, and may quote what a file
 * or a command line held, so they are made one line of valid UTF-8 here, once for all. */
#include "error.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 sequence at s, 0 if it is none: not for overlong forms, surrogates and what
 * lies beyond U+10FFFF. */
static int utf8_length(const unsigned char *s)
{
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  if (s[0] < 0x80)
    return 1;
  int n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc0 || s[0] > 0xf7)
    return 0;
  uint32_t point = s[0] & (0xff >> (n + 1));
  for (int i = 1; i < n; i++) {
    if ((s[i] & 0xc0) != 0x80)
      return 0;
    point = point << 6 | (s[i] & 0x3f);
  }
  bool valid = point >= least[n] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return valid ? n : 0;
}

/* Replaces control characters and broken sequences, also one that the buffer's end has cut. */
static void make_line(char *text)
{
  unsigned char *s = (unsigned char *)text;
  while (*s) {
    int n = utf8_length(s);
    if (n == 0 || *s < 0x20 || *s == 0x7f) {
      *s = '?';
      n = 1;
    }
    s += n;
  }
}

bool nn_fail(NnError *err, NnStatus status, const char *where, const char *format, ...)
{
  if (!err)
    return false;
  NnError made = {.status = status}; /* the arguments may point into *err itself */
  snprintf(made.where, sizeof made.where, "%s", where ? where : "");
  va_list args;
  va_start(args, format);
  vsnprintf(made.text, sizeof made.text, nn_text(format), args);
  va_end(args);
  make_line(made.where);
  make_line(made.text);
  *err = made;
  return false;
}

bool nn_fail_nomem(NnError *err, const char *what)
{
  return nn_fail(err, NN_ERR_NOMEM, NULL, "There is not enough memory for %s.", nn_text(what));
}
