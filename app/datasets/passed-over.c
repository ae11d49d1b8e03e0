/* passed-over.c: see passed-over.h. */
#include "passed-over.h"
#include "picture-file.h"
#include "ui/i18n.h"
#include <string.h>

void bp_passed_over_init(BpPassedOver *self)
{
  *self = (BpPassedOver){.endings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
}

void bp_passed_over_clear(BpPassedOver *self)
{
  for (int why = 0; why < BP_N_PASSED; why++)
    g_clear_pointer(&self->first[why], g_free);
  g_clear_pointer(&self->endings, g_hash_table_unref);
}

void bp_passed_over_add(BpPassedOver *self, BpPassed why, const char *path)
{
  if (self->n[why]++ == 0)
    self->first[why] = g_strdup(path);
}

/* What is not a short word is no ending: "holiday in St. Moritz". */
char *bp_name_ending(const char *name)
{
  enum { MOST = 8 };
  const char *dot = strrchr(name, '.');
  gsize n = dot ? strlen(dot + 1) : 0;
  gboolean word = n >= 1 && n <= MOST && dot != name;
  for (gsize i = 1; word && i <= n; i++)
    word = g_ascii_isalnum(dot[i]);
  return word ? g_ascii_strdown(dot, -1) : g_strdup("");
}

void bp_passed_over_add_ending(BpPassedOver *self, const char *name)
{
  char *ending = bp_name_ending(name);
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(self->endings, ending));
  g_hash_table_insert(self->endings, ending, GUINT_TO_POINTER(n + 1));
}

guint bp_passed_over_count(const BpPassedOver *self)
{
  guint sum = 0;
  GHashTableIter iter;
  gpointer n;
  for (int why = 0; why < BP_N_PASSED; why++)
    sum += self->n[why];
  g_hash_table_iter_init(&iter, self->endings);
  while (g_hash_table_iter_next(&iter, NULL, &n))
    sum += GPOINTER_TO_UINT(n);
  return sum;
}

/* ---- in words ---- */

typedef struct {
  guint n;
  const char *ending;
} Kind;

/* The most first; among equals by their names, so that one folder always gets one text. */
static int by_number(gconstpointer a, gconstpointer b)
{
  const Kind *x = a, *y = b;
  return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->ending, y->ending);
}

static GArray *sorted_endings(const BpPassedOver *self)
{
  GArray *kinds = g_array_new(FALSE, FALSE, sizeof(Kind));
  GHashTableIter iter;
  gpointer ending, n;
  g_hash_table_iter_init(&iter, self->endings);
  while (g_hash_table_iter_next(&iter, &ending, &n)) {
    Kind kind = {GPOINTER_TO_UINT(n), ending};
    g_array_append_val(kinds, kind);
  }
  g_array_sort(kinds, by_number);
  return kinds;
}

static void add_endings(const BpPassedOver *self, GPtrArray *parts)
{
  enum { MOST = 6 };
  g_autoptr(GArray) kinds = sorted_endings(self);
  guint n_others = 0;
  for (guint i = 0; i < kinds->len; i++) {
    const Kind *kind = &g_array_index(kinds, Kind, i);
    if (i >= MOST)
      n_others += kind->n;
    else if (bp_picture_ending_is_known(kind->ending))
      /* Translators: pictures of a kind, ".webp", that the system has no decoder for. */
      g_ptr_array_add(parts, g_strdup_printf(_("%u %s (cannot be read on this system)"), kind->n,
                                             kind->ending));
    else if (kind->ending[0])
      g_ptr_array_add(parts, g_strdup_printf("%u %s", kind->n, kind->ending));
    else
      /* Translators: of files whose names have no ending such as ".png". */
      g_ptr_array_add(parts, g_strdup_printf(_("%u without an ending"), kind->n));
  }
  if (n_others > 0)
    g_ptr_array_add(parts, g_strdup_printf(_("%u of other kinds"), n_others));
}

/* As text, from `root` on. A sentence has no room for hundreds of folders. */
static char *shown_path(const char *path, const char *root)
{
  enum { ENDS = 40 };
  gsize n = strlen(root);
  g_autofree char *text =
      g_filename_display_name(g_str_has_prefix(path, root) && path[n] == '/' ? path + n + 1 : path);
  glong length = g_utf8_strlen(text, -1);
  if (length <= 2 * ENDS + 1)
    return g_steal_pointer(&text);
  g_autofree char *start = g_utf8_substring(text, 0, ENDS),
                  *end = g_utf8_substring(text, length - ENDS, length);
  return g_strconcat(start, "…", end, NULL);
}

/* Translators: parts of a list of files: "40 .webp, 1 hidden (.x), 1 too large (a/5.png)". */
static const char *words_of(BpPassed why, guint n)
{
  switch (why) {
  case BP_PASSED_HIDDEN:
    return _("%u hidden (%s)");
  case BP_PASSED_SPECIAL:
    return nn_text_n("%u that is not a file (%s)", "%u that are not files (%s)", n);
  case BP_PASSED_CLOSED:
    return nn_text_n("%u folder that cannot be read (%s)", "%u folders that cannot be read (%s)",
                     n);
  case BP_PASSED_CIRCLE:
    return nn_text_n("%u circular link (%s)", "%u circular links (%s)", n);
  case BP_PASSED_DEEP:
    return nn_text_n("%u folder nested too deeply (%s)", "%u folders nested too deeply (%s)", n);
  case BP_PASSED_REPEATED:
    return nn_text_n("%u link to a folder read already (%s)",
                     "%u links to folders read already (%s)", n);
  case BP_PASSED_LOOSE:
    return _("%u outside the class folders (%s)");
  case BP_PASSED_LARGE:
    return _("%u too large (%s)");
  default:
    return _("%u that cannot be decoded (%s)");
  }
}

const char *bp_passed_over_ending(const BpPassedOver *self)
{
  GHashTableIter iter;
  gpointer ending, n;
  g_hash_table_iter_init(&iter, self->endings);
  if (g_hash_table_size(self->endings) != 1 || !g_hash_table_iter_next(&iter, &ending, &n))
    return NULL;
  gboolean all = GPOINTER_TO_UINT(n) == bp_passed_over_count(self);
  return all && ((char *)ending)[0] && !bp_picture_ending_is_known(ending) ? ending : NULL;
}

char *bp_passed_over_list(const BpPassedOver *self, const char *root)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  add_endings(self, parts);
  for (int why = 0; why < BP_N_PASSED; why++) {
    if (self->n[why] == 0)
      continue;
    g_autofree char *shown = shown_path(self->first[why], root);
    g_ptr_array_add(parts, g_strdup_printf(words_of(why, self->n[why]), self->n[why], shown));
  }
  g_ptr_array_add(parts, NULL);
  return g_strjoinv(", ", (char **)parts->pdata);
}
