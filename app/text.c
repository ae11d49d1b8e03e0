/* text.c: see text.h. */
#include "text.h"
#include "ui/plot/axis.h"
#include "ui/i18n.h"
#include <string.h>

static char *formatted(double value, BpFormat format)
{
  char text[64];
  bp_format_value(value, format, text, sizeof text);
  return g_strdup(text);
}

char *bp_text_count(guint64 count)
{
  return formatted((double)count, BP_FORMAT_COUNT);
}

char *bp_text_percent(double fraction)
{
  return formatted(fraction, BP_FORMAT_PERCENT);
}

char *bp_text_number(double number)
{
  return formatted(number, BP_FORMAT_NUMBER);
}

char *bp_text_rate(double lr)
{
  return formatted(lr, BP_FORMAT_RATE);
}

char *bp_text_seconds(double seconds)
{
  guint whole = (guint)CLAMP(seconds + 0.5, 0, G_MAXUINT);
  if (seconds < 10)
    return g_strdup_printf(_("%.1f s"), seconds);
  if (whole < 60)
    return g_strdup_printf(_("%u s"), whole);
  if (whole < 3600)
    return g_strdup_printf(_("%u:%02u min"), whole / 60, whole % 60);
  return g_strdup_printf(_("%u:%02u h"), whole / 3600, whole / 60 % 60);
}

static char *with_capital(const char *sentence)
{
  g_autofree char *first = g_utf8_strup(sentence, *sentence ? 1 : 0);
  gsize word = strcspn(sentence, " ");
  /* "kernel_size is …": a key stays as it is. */
  if (memchr(sentence, '_', word))
    return g_strdup(sentence);
  return g_strconcat(first, *sentence ? sentence + 1 : "", NULL);
}

/* The last part of a dotted path, together with the key that a number counts in. */
static const char *last_key(const char *path, gsize length)
{
  const char *key = path + length;
  while (key > path && key[-1] != '.')
    key--;
  return g_ascii_isdigit(*key) && key > path ? last_key(path, (gsize)(key - path) - 1) : key;
}

char *bp_text_of_row(const char *sentence)
{
  static const char in_path[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  gsize length = strspn(sentence, in_path);
  const char *rest = sentence + length, *dot = memchr(sentence, '.', length);
  if (!dot || dot + 1 >= rest)
    return g_strdup(sentence);
  if (g_str_has_prefix(rest, " (") && strstr(rest, "): "))
    return with_capital(strstr(rest, "): ") + 3); /* "data.transforms.0 (Resize): …" */
  if (g_str_has_prefix(rest, ": "))
    return with_capital(rest + 2);
  return g_strdup(last_key(sentence, length));
}
