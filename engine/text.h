/* text.h: the texts that a person reads, in the person's language.
 *
 * Texts are written in English where they belong. N_("…") marks one that stands in a table, so that
 * the catalog of translations (po/) contains it; code that shows it passes it through
 * nn_text(). The format of nn_fail() needs no mark: it is looked up there. What machines read
 * (JSON, recipes, names and keys of kinds) is never translated. Without a catalog, in the C
 * locale and before a program has called setlocale(), every text is the English one. Thread: any.
 */
#pragma once
#include <libintl.h>
#include <locale.h>
#include <stddef.h>

#define NN_TEXT_DOMAIN "backprop"
/* Spelled as in GLib's header, so that both may be included. */
#define N_(String) (String)

/* The translation of a text marked with N_(); borrowed for ever. NULL and "" stay what they are. */
__attribute__((format_arg(1), unused)) static inline const char *nn_text(const char *text)
{
  return text && *text ? dgettext(NN_TEXT_DOMAIN, text) : text;
}

/* What stands between units and tenths in the person's numbers: "." or "," or "٫". Only what a
 * person reads is written with it; recipes, JSON and logs have a point in every locale. */
__attribute__((unused)) static inline const char *nn_decimal_mark(void)
{
  const char *mark = localeconv()->decimal_point;
  return *mark ? mark : ".";
}

/* The same as nn_text() for a sentence about a number: the plural that n needs in that language. */
__attribute__((format_arg(1), format_arg(2), unused)) static inline const char *
nn_text_n(const char *one, const char *many, unsigned long n)
{
  return dngettext(NN_TEXT_DOMAIN, one, many, n);
}
