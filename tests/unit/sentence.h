/* sentence.h: is what a failure left in an NnError a sentence? Judged by the C library's own
 * decoder of UTF-8, not by ours. */
#pragma once
#include "tests/check.h"
#include "engine/error.h"
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* As memory is that nobody has written to: no status, no end, no UTF-8. */
static inline void poison(NnError *err)
{
  memset(err, 0xa5, sizeof *err);
}

static inline bool is_utf8(const char *text, size_t size)
{
  static const char *const names[] = {"C.UTF-8", "en_US.UTF-8"};
  static locale_t utf8 = (locale_t)0;
  bool ok = memchr(text, '\0', size);
  for (int i = 0; i < 2 && !utf8; i++)
    utf8 = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
  if (!nn_check(utf8 != (locale_t)0))
    return false;
  locale_t before = uselocale(utf8);
  mbstate_t state = {0};
  ok = ok && mbsrtowcs(NULL, &text, 0, &state) != (size_t)-1;
  uselocale(before);
  return ok;
}

/* `what` led to the failure. */
static inline bool check_sentence(const NnError *err, const char *what)
{
  size_t n = strnlen(err->text, sizeof err->text);
  bool ok = err->status > NN_OK && err->status <= NN_ERR_CANCELLED &&
            is_utf8(err->where, sizeof err->where) && is_utf8(err->text, sizeof err->text) &&
            n > 12 && err->text[n - 1] == '.' && err->text[n - 2] != '.' &&
            !isspace((unsigned char)err->text[0]) && !strstr(err->text, "  ") &&
            !strstr(err->text, "(null)");
  if (!ok)
    printf("# %.300s: status %d, \"%.*s\"\n", what, (int)err->status, (int)(n < 600 ? n : 600),
           err->text);
  return nn_check(ok);
}
