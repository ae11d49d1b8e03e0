/* number.c: see number.h. */
#include "number.h"
#include "text.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double least_written_out = 0.01, most_written_out = 1e15, most_measured = 1e7;

/* The window runs in the user's locale, whose decimal mark may be a comma or a longer sequence. */
static void replace_mark(char *text, const char *from, const char *to)
{
  char *found = *from ? strstr(text, from) : NULL;
  size_t old = strlen(from), new = strlen(to);
  if (!found || strlen(text) - old + new >= NN_NUMBER_TEXT)
    return;
  memmove(found + new, found + old, strlen(found + old) + 1);
  memcpy(found, to, new);
}

/* "1e-08" → "1e-8", "1e+20" → "1e20" */
static void shorten_exponent(char *text)
{
  char *to = strchr(text, 'e');
  if (!to)
    return;
  const char *from = ++to;
  if (*from == '-')
    from = ++to;
  from += strspn(from, "+0");
  memmove(to, from, strlen(from) + 1);
}

/* The fewest digits, from `least` to 17, in which it reads back as itself. */
static void write_shortest(double number, bool exponent, int least, char text[NN_NUMBER_TEXT])
{
  for (int digits = least; digits <= 17; digits++) {
    snprintf(text, NN_NUMBER_TEXT, exponent ? "%.*e" : "%.*g", digits, number);
    if (!isfinite(number) || strtod(text, NULL) == number)
      break;
  }
  replace_mark(text, localeconv()->decimal_point, ".");
  shorten_exponent(text);
}

const char *nn_number_text(double number, char text[NN_NUMBER_TEXT])
{
  write_shortest(number, false, 15, text);
  return text;
}

/* For people, written out below `most`. */
static const char *write_shown(double number, double most, char text[NN_NUMBER_TEXT])
{
  double size = fabs(number);
  if ((size > 0 && size < least_written_out) || size >= most)
    write_shortest(number, true, 0, text);
  else if (number == floor(number))
    snprintf(text, NN_NUMBER_TEXT, "%.0f", size == 0 ? 0 : number); /* no minus zero */
  else
    write_shortest(number, false, 1, text);
  replace_mark(text, ".", nn_decimal_mark());
  return text;
}

const char *nn_number_shown(double number, char text[NN_NUMBER_TEXT])
{
  return write_shown(number, most_written_out, text);
}

const char *nn_number_rounded(double number, int digits, char text[NN_NUMBER_TEXT])
{
  char rounded[NN_NUMBER_TEXT];
  snprintf(rounded, sizeof rounded, "%.*e", digits - 1, number);
  return write_shown(strtod(rounded, NULL), most_measured, text);
}
