/* text.c: see text.h. */
#include "text.h"
#include "ui/axis.h"

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
  guint64 whole = (guint64)(seconds + 0.5);
  if (seconds < 10)
    return g_strdup_printf("%.1f s", seconds);
  if (whole < 60)
    return g_strdup_printf("%" G_GUINT64_FORMAT " s", whole);
  if (whole < 3600)
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%02u min", whole / 60, (guint)(whole % 60));
  return g_strdup_printf("%" G_GUINT64_FORMAT ":%02u h", whole / 3600, (guint)(whole / 60 % 60));
}
