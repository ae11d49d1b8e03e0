/* kind-search.c: see kind-search.h. Everything is compared as a row of letters and digits, of which
 * each knows whether a word begins there. */
#include "kind-search.h"
#include "engine/text.h"
#include <glib.h>

/* How well it fits in one text; IS_NAME is the best, and no rank is behind the last of these. */
enum { IN_NAME = 1, BEGINS_WORD, BEGINS_NAME, IS_NAME };
enum { RANK_FAMILY = IS_NAME, RANK_DOC };

typedef struct {
  gunichar letter; /* small */
  gboolean begins; /* a word */
} Letter;

/* In "LeakyReLU" words begin at L, R; in "PReLU" at P, R; in "BatchNorm1d" at B, N and 1. */
static gboolean begins_word(gunichar before, gunichar here, gunichar after)
{
  if (!g_unichar_isalnum(before))
    return TRUE;
  if (g_unichar_isdigit(here))
    return !g_unichar_isdigit(before);
  return g_unichar_isupper(here) && (!g_unichar_isupper(before) || g_unichar_islower(after));
}

static GArray *letters_of(const char *text)
{
  GArray *letters = g_array_new(TRUE, FALSE, sizeof(Letter));
  gunichar before = ' ';
  for (const char *at = text ? text : ""; *at; at = g_utf8_next_char(at)) {
    gunichar here = g_utf8_get_char(at), after = g_utf8_get_char(g_utf8_next_char(at));
    Letter letter = {g_unichar_tolower(here), begins_word(before, here, after)};
    if (g_unichar_isalnum(here))
      g_array_append_val(letters, letter);
    before = here;
  }
  return letters;
}

static gboolean is_at(const GArray *text, guint at, const GArray *wanted)
{
  for (guint i = 0; i < wanted->len; i++)
    if (g_array_index(text, Letter, at + i).letter != g_array_index(wanted, Letter, i).letter)
      return FALSE;
  return TRUE;
}

/* How well `wanted` fits in one text: 0 (not at all), IN_NAME … IS_NAME. */
static int fit(const char *text, const GArray *wanted)
{
  g_autoptr(GArray) letters = letters_of(text);
  int best = 0;
  for (guint at = 0; at + wanted->len <= letters->len; at++) {
    if (!is_at(letters, at, wanted))
      continue;
    int here = at == 0 ? wanted->len == letters->len ? IS_NAME : BEGINS_NAME
               : g_array_index(letters, Letter, at).begins ? BEGINS_WORD
                                                           : IN_NAME;
    best = MAX(best, here);
  }
  return best;
}

int bp_kind_search_rank(const NnKind *kind, const char *family, const char *text)
{
  g_autofree char *bare = g_strstrip(g_strdup(text));
  g_autoptr(GArray) wanted = letters_of(bare);
  if (!bare[0])
    return 0;
  if (wanted->len == 0)
    return -1;
  int best = MAX(fit(kind->name, wanted), fit(kind->label, wanted));
  best = MAX(best, fit(nn_text(kind->label), wanted));
  if (best > 0)
    return IS_NAME - best;
  if (fit(family, wanted))
    return RANK_FAMILY;
  /* Within words of an explanation a few letters stand by chance. */
  return fit(nn_text(kind->doc), wanted) >= BEGINS_WORD ? RANK_DOC : -1;
}
