/* error.c: see error.h. The texts end up in a window and on a terminal, and may quote what a file
 * or a command line held, so they are made one line of valid UTF-8 here, once for all. */
#include "error.h"
#include "utf8.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- characters ---- */

static bool goes_on(char c)
{
  return ((unsigned char)c & 0xc0) == 0x80;
}

static const char ellipsis[] = "…";
enum { N_ELLIPSIS = sizeof ellipsis - 1 };

/* What is shown of a text of n bytes in at most `most`: its first *head bytes and, behind an
 * ellipsis, its last *tail ones; all of it, without one, where it fits. */
static void split(const char *text, size_t n, size_t most, size_t *head, size_t *tail)
{
  *head = n;
  *tail = 0;
  if (n <= most)
    return;
  size_t room = most > N_ELLIPSIS ? most - N_ELLIPSIS : 0;
  *head = room - room / 2;
  *tail = room / 2;
  for (int i = 0; i < 3 && *head > 0 && goes_on(text[*head]); i++)
    --*head;
  for (int i = 0; i < 3 && *tail > 0 && goes_on(text[n - *tail]); i++)
    --*tail;
}

const char *nn_elide(const char *text, char *to, size_t size)
{
  size_t n = strlen(text), head, tail;
  split(text, n, size - 1, &head, &tail);
  snprintf(to, size, "%.*s%s%s", (int)head, text, head < n ? ellipsis : "",
           head < n ? text + n - tail : "");
  return to;
}

/* ---- sentences: printf(), but a text that is too long loses its middle ---- */

enum { MOST_ARGUMENTS = 16 };

/* "%2$.64s" is the second argument, a text of at most 64 bytes; "%02x" has a width of 2. */
typedef struct {
  int argument, width, precision; /* precision −1: not given */
  char length, type;              /* 'l' for long long, 'z', or 0; 's', 'd', 'u', 'x', 'f', 'g' */
} Conversion;

typedef union {
  const char *text;
  double number;
  long long whole; /* and the same bits for what has no sign */
} Argument;

static int take_number(const char **at)
{
  char *end;
  long number = strtol(*at, &end, 10);
  *at = end;
  return (int)number;
}

/* `at`: behind the %. Returns what follows the conversion. */
static const char *parse(const char *at, int *next, Conversion *c)
{
  size_t n = strspn(at, "0123456789");
  *c = (Conversion){.argument = at[n] == '$' ? take_number(&at) - 1 : (*next)++, .precision = -1};
  at += *at == '$';
  if (*at >= '0' && *at <= '9')
    c->width = take_number(&at);
  if (*at == '.') {
    at++;
    c->precision = take_number(&at);
  }
  assert(*at != 'l' || at[1] == 'l'); /* no plain long: it differs from machine to machine */
  if (*at == 'l' || *at == 'z')
    c->length = *at;
  at += strspn(at, "lz");
  c->type = *at;
  assert(*at && strchr("sduxfg", *at) && c->argument >= 0 && c->argument < MOST_ARGUMENTS);
  return at + 1;
}

static Argument take(const Conversion *c, va_list *args)
{
  if (c->type == 's')
    return (Argument){.text = va_arg(*args, const char *)};
  if (c->type == 'f' || c->type == 'g')
    return (Argument){.number = va_arg(*args, double)};
  if (c->length == 'l')
    return (Argument){.whole = va_arg(*args, long long)};
  if (c->length == 'z')
    return (Argument){.whole = (long long)va_arg(*args, size_t)};
  if (c->type == 'd')
    return (Argument){.whole = va_arg(*args, int)};
  return (Argument){.whole = va_arg(*args, unsigned)};
}

/* In the order in which they were given, which a translation may have changed in its format. */
static void take_all(const char *format, va_list *args, Argument arguments[MOST_ARGUMENTS])
{
  Conversion taken[MOST_ARGUMENTS] = {0};
  int next = 0;
  for (const char *at = format; (at = strchr(at, '%'));) {
    Conversion c;
    if (at[1] == '%') {
      at += 2;
      continue;
    }
    at = parse(at + 1, &next, &c);
    taken[c.argument] = c;
  }
  for (int i = 0; i < MOST_ARGUMENTS && taken[i].type; i++)
    arguments[i] = take(&taken[i], args);
}

/* A text under way; `used` goes on counting when it is full. */
typedef struct {
  char *text;
  size_t size, used;
} Sentence;

static void put(Sentence *s, const char *text, size_t n)
{
  if (s->used + n < s->size)
    memcpy(s->text + s->used, text, n);
  s->used += n;
}

static void put_text(Sentence *s, const char *text, size_t most)
{
  size_t n = strlen(text), head, tail;
  split(text, n, most, &head, &tail);
  put(s, text, head);
  if (head < n) {
    put(s, ellipsis, N_ELLIPSIS);
    put(s, text + n - tail, tail);
  }
}

static void put_number(Sentence *s, const Conversion *c, Argument argument)
{
  char text[NN_PATH];
  int n, precision = c->precision < 0 ? 6 : c->precision;
  switch (c->type) {
  case 'd':
    n = snprintf(text, sizeof text, "%lld", argument.whole);
    break;
  case 'u':
    n = snprintf(text, sizeof text, "%llu", (unsigned long long)argument.whole);
    break;
  case 'x':
    n = snprintf(text, sizeof text, "%0*llx", c->width, (unsigned long long)argument.whole);
    break;
  case 'f':
    n = snprintf(text, sizeof text, "%.*f", precision, argument.number);
    break;
  default:
    n = snprintf(text, sizeof text, "%.*g", precision, argument.number);
  }
  put(s, text, (size_t)n);
}

/* No text in it longer than `most`; false if it is too long even so. */
static bool write(Sentence *s, const char *format, const Argument *arguments, size_t most)
{
  int next = 0;
  s->used = 0;
  while (*format) {
    size_t n = strcspn(format, "%");
    put(s, format, n);
    format += n;
    if (format[0] == '%' && format[1] == '%') {
      put(s, format, 1);
      format += 2;
    } else if (*format) {
      Conversion c;
      format = parse(format + 1, &next, &c);
      Argument argument = arguments[c.argument];
      if (c.type == 's')
        put_text(s, argument.text ? argument.text : "",
                 c.precision >= 0 && (size_t)c.precision < most ? (size_t)c.precision : most);
      else
        put_number(s, &c, argument);
    }
  }
  s->text[s->used < s->size ? s->used : 0] = '\0';
  return s->used < s->size;
}

bool nn_vfail(NnError *err, NnStatus status, const char *where, const char *format, va_list args)
{
  if (!err)
    return false;
  NnError made = {.status = status}; /* the arguments may point into *err itself */
  Argument arguments[MOST_ARGUMENTS] = {0};
  Sentence sentence = {.text = made.text, .size = sizeof made.text};
  va_list taken;
  format = nn_text(format);
  va_copy(taken, args);
  take_all(format, &taken, arguments);
  va_end(taken);
  for (size_t most = NN_SENTENCE; !write(&sentence, format, arguments, most) && most > 16;)
    most -= most / 4;
  nn_elide(where ? where : "", made.where, sizeof made.where);
  nn_utf8_clean(made.where);
  nn_utf8_clean(made.text);
  *err = made;
  return false;
}

bool nn_fail(NnError *err, NnStatus status, const char *where, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  nn_vfail(err, status, where, format, args);
  va_end(args);
  return false;
}

bool nn_fail_nomem(NnError *err, const char *what)
{
  return nn_fail(err, NN_ERR_NOMEM, NULL, "There is not enough memory for %s.", nn_text(what));
}

/* ---- dotted keys ---- */

void nn_path_key(char path[NN_PATH], const char *base, const char *key)
{
  char made[2 * NN_PATH]; /* base may be path itself */
  Sentence sentence = {.text = made, .size = sizeof made};
  Argument parts[] = {{.text = base}, {.text = *base ? "." : ""}, {.text = key}};
  write(&sentence, "%s%s%s", parts, NN_PATH - 1);
  nn_elide(made, path, NN_PATH);
}

void nn_path_index(char path[NN_PATH], const char *base, int index)
{
  char number[16];
  snprintf(number, sizeof number, "%d", index);
  nn_path_key(path, base, number);
}
