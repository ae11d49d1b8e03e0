/* recipe-difference.c: see recipe-difference.h. The kinds' tables are walked side by side; lists
 * (layers, transforms) are first laid beside each other with as few changes as possible. */
#include "recipe-difference.h"
#include "ui/i18n.h"
#include "ui/recipe/kind-menu.h"
#include <math.h>
#include <string.h>

enum { SHOWN = 2 };

/* Texts in the order in which they were found, each once. */
static void add(GPtrArray *texts, char *text)
{
  if (g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL))
    g_free(text);
  else
    g_ptr_array_add(texts, text);
}

/* ---- one value ---- */

static gboolean same(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

static gboolean values_equal(const NnParamSpec *spec, const NnValue *a, const NnValue *b)
{
  if (spec->type == NN_PARAM_PAIR)
    return same(a->numbers[0], b->numbers[0]) && same(a->numbers[1], b->numbers[1]);
  if (spec->type != NN_PARAM_FLOATS)
    return same(a->number, b->number);
  gboolean equal = a->n == b->n;
  for (int i = 0; equal && i < a->n; i++)
    equal = same(a->numbers[i], b->numbers[i]);
  return equal;
}

static char *number_text(const NnParamSpec *spec, double number)
{
  char text[NN_NUMBER_TEXT];
  if (isnan(number))
    return g_strdup(_("none"));
  if (number < 0 && spec->type == NN_PARAM_PAIR)
    return g_strdup(spec->choices[-1 - (int)number]);
  return g_strdup(nn_number_shown(number, text));
}

/* "3", "(0.9, 0.99)", "reflect", "off" */
static char *value_text(const NnParamSpec *spec, const NnValue *value)
{
  if (spec->type == NN_PARAM_BOOL && !isnan(value->number))
    return g_strdup(value->number != 0 ? _("on") : _("off"));
  if (spec->type == NN_PARAM_CHOICE)
    return g_strdup(isnan(value->number) ? _("none") : spec->choices[(int)value->number]);
  if (spec->type != NN_PARAM_PAIR && spec->type != NN_PARAM_FLOATS)
    return number_text(spec, value->number);
  int n = spec->type == NN_PARAM_PAIR ? 2 : value->n;
  if (n == 0)
    return g_strdup(spec->choices ? spec->choices[0] : _("none"));
  if (n == 1 ||
      (n == 2 && spec->type == NN_PARAM_PAIR && same(value->numbers[0], value->numbers[1])))
    return number_text(spec, value->numbers[0]);
  g_autoptr(GString) all = g_string_new("(");
  for (int i = 0; i < n; i++) {
    g_autofree char *one = number_text(spec, value->numbers[i]);
    g_string_append_printf(all, "%s%s", i ? ", " : "", one);
  }
  return g_string_free(g_string_append_c(g_steal_pointer(&all), ')'), FALSE);
}

/* What an entry of a list (a layer) is mostly about needs no name, and some names are longer than a
 * list of runs has room for. */
static char *change_text(const NnConfig *config, const NnParamSpec *spec, gboolean listed)
{
  static const char *const shorter[][2] = {{"batch_size", "batch"},
                                           {"validation_fraction", "validation"}};
  g_autofree char *value = value_text(spec, nn_config_value(config, spec->key));
  const char *key = spec->key, *owner = listed ? bp_kind_title(config->kind) : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(shorter); i++)
    key = g_str_equal(key, shorter[i][0]) ? shorter[i][1] : key;
  if (listed && spec == config->kind->params)
    return g_strdup_printf("%s %s", owner, value);
  return listed ? g_strdup_printf("%s %s %s", owner, key, value)
                : g_strdup_printf("%s %s", key, value);
}

/* ---- lists ---- */

/* listed: both are entries of a list. */
static void compare(GPtrArray *texts, const NnConfig *a, const NnConfig *b, gboolean listed);

/* What laying two entries beside each other costs. */
enum { ADDED = 2, CHANGED = 1, REPLACED = 3 };

static int cost(const NnConfig *a, const NnConfig *b)
{
  return a->kind != b->kind ? REPLACED : nn_config_equal(a, b) ? 0 : CHANGED;
}

/* costs[i·(m + 1) + j]: the least for what remains of both from i and j on. */
static int *lay_beside(const NnValue *a, const NnValue *b)
{
  int n = a->n, m = b->n, stride = m + 1, *costs = g_new(int, (gsize)(n + 1) * (gsize)stride);
  for (int i = n; i >= 0; i--)
    for (int j = m; j >= 0; j--) {
      int least = i == n ? ADDED * (m - j) : j == m ? ADDED * (n - i) : G_MAXINT;
      if (i < n && j < m) {
        least = costs[(i + 1) * stride + j + 1] + cost(a->configs[i], b->configs[j]);
        least = MIN(least, costs[i * stride + j + 1] + ADDED);
        least = MIN(least, costs[(i + 1) * stride + j] + ADDED);
      }
      costs[i * stride + j] = least;
    }
  return costs;
}

/* One of `kinds` for each time that it came. */
static void add_counted(GPtrArray *texts, const char *sign, GPtrArray *kinds)
{
  for (guint i = 0; i < kinds->len; i++) {
    guint n = 0;
    const NnKind *kind = kinds->pdata[i];
    for (guint j = 0; j < kinds->len; j++)
      n += kinds->pdata[j] == kind;
    add(texts, n > 1 ? g_strdup_printf("%s %u %s", sign, n, bp_kind_title(kind))
                     : g_strdup_printf("%s %s", sign, bp_kind_title(kind)));
  }
}

static void compare_entries(GPtrArray *texts, const NnConfig *a, const NnConfig *b)
{
  if (a->kind == b->kind)
    compare(texts, a, b, TRUE);
  else
    add(texts, g_strdup_printf("%s → %s", bp_kind_title(a->kind), bp_kind_title(b->kind)));
}

static void compare_lists(GPtrArray *texts, const NnValue *a, const NnValue *b)
{
  g_autofree int *costs = lay_beside(a, b);
  g_autoptr(GPtrArray) added = g_ptr_array_new(), removed = g_ptr_array_new();
  int stride = b->n + 1;
  for (int i = 0, j = 0; i < a->n || j < b->n;) {
    const int *here = &costs[i * stride + j];
    if (i < a->n && j < b->n && *here == here[stride + 1] + cost(a->configs[i], b->configs[j]))
      compare_entries(texts, a->configs[i++], b->configs[j++]);
    else if (j < b->n && *here == here[1] + ADDED)
      g_ptr_array_add(added, (gpointer)b->configs[j++]->kind);
    else
      g_ptr_array_add(removed, (gpointer)a->configs[i++]->kind);
  }
  add_counted(texts, "+", added);
  add_counted(texts, "−", removed);
}

/* ---- configs ---- */

/* Another kind has other parameters, but every optimizer has a learning rate, and nothing else has.
 */
static void compare_children(GPtrArray *texts, const NnConfig *a, const NnConfig *b)
{
  int lr = nn_param_index(b->kind->params, "lr");
  if (a->kind == b->kind) {
    compare(texts, a, b, FALSE);
    return;
  }
  gboolean none = g_str_equal(b->kind->name, "none");
  add(texts,
      none ? g_strdup_printf("− %s", bp_kind_title(a->kind)) : g_strdup(bp_kind_title(b->kind)));
  if (lr >= 0 && nn_param_index(a->kind->params, "lr") >= 0 &&
      !same(nn_config_number(a, "lr"), nn_config_number(b, "lr")))
    add(texts, change_text(b, &b->kind->params[lr], FALSE));
}

static void compare(GPtrArray *texts, const NnConfig *a, const NnConfig *b, gboolean listed)
{
  for (const NnParamSpec *spec = a->kind->params; spec && spec->key; spec++) {
    const NnValue *x = nn_config_value(a, spec->key), *y = nn_config_value(b, spec->key);
    if (spec->flags & NN_PARAM_DERIVED)
      continue;
    if (spec->type == NN_PARAM_KIND)
      compare_children(texts, nn_config_child(a, spec->key), nn_config_child(b, spec->key));
    else if (spec->type == NN_PARAM_KINDS)
      compare_lists(texts, x, y);
    else if (!values_equal(spec, x, y))
      add(texts, change_text(b, spec, listed));
  }
}

/* ---- all of it ---- */

GStrv bp_recipe_differences(const NnConfig *base, const NnConfig *before, const NnConfig *recipe)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) newest = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GStrvBuilder) ordered = g_strv_builder_new();
  compare(all, base, recipe, FALSE);
  if (before && before != base)
    compare(newest, before, recipe, FALSE);
  for (int old = 0; old < 2; old++)
    for (guint i = 0; i < all->len; i++)
      if (g_ptr_array_find_with_equal_func(newest, all->pdata[i], g_str_equal, NULL) == !old)
        g_strv_builder_add(ordered, all->pdata[i]);
  return g_strv_builder_end(ordered);
}

char *bp_recipe_title(const NnConfig *recipe)
{
  const NnConfig *optimizer = nn_config_child(recipe, "optimizer");
  return g_strdup_printf("%s %s", bp_kind_title(optimizer->kind),
                         NN_SHOWN(nn_config_number(optimizer, "lr")));
}

char *bp_differences_title(const char *const *differences)
{
  guint n = g_strv_length((GStrv)differences);
  if (n == 0)
    return NULL;
  if (n == 1)
    return g_strdup(differences[0]);
  if (n == SHOWN)
    return g_strdup_printf("%s, %s", differences[0], differences[1]);
  /* Translators: two differences between recipes, and how many more there are. */
  return g_strdup_printf(_("%s, %s, +%u more"), differences[0], differences[1], n - SHOWN);
}
