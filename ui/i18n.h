/* i18n.h: marks for the texts of the window and of the terminal program. Without GLib, which
 * backprop-cli may be built without.
 *
 * _("Train") is translated where it stands. N_("Train") marks a text in a table, which nn_text()
 * translates where it is shown. C_("axis", "Loss") is for a short text whose place decides how it
 * is translated. ngettext("%d run", "%d runs", n) is the plural that n needs in that language.
 *
 * A sentence is one text, never glued together from pieces: other languages order them otherwise. A
 * comment that starts with "Translators:" right above goes into the catalog with the text. */
#pragma once
#include "engine/text.h"

#define _(String)           dgettext(NN_TEXT_DOMAIN, String)
#define C_(Context, String) bp_text_in_context(Context "\004" String, String)
#undef ngettext
#define ngettext(One, Many, n) dngettext(NN_TEXT_DOMAIN, One, Many, n)

/* Catalogs keep context and text as one, divided by that character. */
__attribute__((format_arg(2), unused)) static inline const char *
bp_text_in_context(const char *both, const char *text)
{
  const char *found = dgettext(NN_TEXT_DOMAIN, both);
  return found == both ? text : found;
}
