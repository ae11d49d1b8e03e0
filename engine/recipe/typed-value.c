/* typed-value.c: see typed-value.h. */
#include "typed-value.h"
#include "engine/mem.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
  char *to;
  const char *from;
} Copy;

/* Letters, digits and what else holds a word together. */
static bool in_word(char c)
{
  return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == '+' || (c & 0x80);
}

static size_t digits(const char *text)
{
  return strspn(text, "0123456789");
}

/* The parts of a number. */
typedef struct {
  bool minus;
  const char *whole, *fraction, *exponent;
  size_t n_whole, n_fraction, n_exponent;
} Number;

/* Its length, if it is all of the word; otherwise 0. */
static size_t read_number(const char *text, Number *n)
{
  const char *at = text + (*text == '-' || *text == '+');
  *n = (Number){.minus = *text == '-', .whole = at, .n_whole = digits(at)};
  at += n->n_whole;
  if (*at == '.') {
    n->fraction = at + 1;
    n->n_fraction = digits(at + 1);
    at += 1 + n->n_fraction;
  }
  if (n->n_whole + n->n_fraction == 0)
    return 0;
  bool e = *at == 'e' || *at == 'E'; /* at[1] exists only behind one */
  size_t sign = e && (at[1] == '-' || at[1] == '+');
  if (e && digits(at + 1 + sign) > 0) {
    n->exponent = at;
    n->n_exponent = 1 + sign + digits(at + 1 + sign);
    at += n->n_exponent;
  }
  return in_word(*at) ? 0 : (size_t)(at - text);
}

static void put(Copy *copy, const char *text, size_t n)
{
  if (n == 0) /* a part that is missing is NULL, which memcpy() must not see */
    return;
  if (n > 0) /* `text` may be NULL then, which memcpy() must not be given */
    memcpy(copy->to, text, n);
  copy->to += n;
}

/* As JSON writes it: a digit before the point and one behind it, no zeros in front. */
static void put_number(Copy *copy, const Number *n)
{
  const char *whole = n->whole;
  size_t n_whole = n->n_whole;
  for (; n_whole > 1 && *whole == '0'; n_whole--)
    whole++;
  if (n->minus)
    put(copy, "-", 1);
  put(copy, n_whole ? whole : "0", n_whole ? n_whole : 1);
  if (n->n_fraction > 0) {
    put(copy, ".", 1);
    put(copy, n->fraction, n->n_fraction);
  }
  put(copy, n->exponent, n->n_exponent);
}

static void copy_quoted(Copy *copy)
{
  do {
    size_t n = *copy->from == '\\' && copy->from[1] ? 2 : 1;
    put(copy, copy->from, n);
    copy->from += n;
  } while (*copy->from && *copy->from != '"');
  if (*copy->from)
    put(copy, copy->from++, 1);
}

static void copy_word(Copy *copy)
{
  static const char *const words[][2] = {{"True", "true"}, {"False", "false"}, {"None", "null"}};
  Number number;
  size_t n = read_number(copy->from, &number), length = 0;
  while (in_word(copy->from[length]))
    length++;
  const char *found = NULL;
  for (size_t i = 0; !found && i < sizeof words / sizeof *words; i++)
    if (strlen(words[i][0]) == length && strncmp(copy->from, words[i][0], length) == 0)
      found = words[i][1];
  if (n > 0)
    put_number(copy, &number);
  else
    put(copy, found ? found : copy->from, found ? strlen(found) : length);
  copy->from += length;
}

/* Python's tuples are lists. */
static const char *bracket(const char *c)
{
  return *c == '(' ? "[" : *c == ')' ? "]" : c;
}

char *nn_typed_json(const char *text)
{
  /* A number grows by a zero at most, and has a character at least. */
  char *made = nn_alloc(2 * strlen(text) + 1);
  Copy copy = {made, text};
  if (!made)
    return NULL;
  while (*copy.from)
    if (*copy.from == '"')
      copy_quoted(&copy);
    else if (in_word(*copy.from))
      copy_word(&copy);
    else
      put(&copy, bracket(copy.from++), 1);
  return made;
}
