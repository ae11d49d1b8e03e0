/* run-name.c: what a run is called, and what is said of it. */
#include "app/text.h"
#include "recipe-difference.h"
#include "run.h"
#include "ui/i18n.h"
#include "ui/recipe/kind-menu.h"
#include <math.h>

/* Which pictures they were says the set itself: the recipe does not know the folder's name, nor
 * that practice digits stood in. */
static GStrv find_differences(BpRun *self, BpRun *first, BpRun *before)
{
  g_autoptr(GStrvBuilder) all = g_strv_builder_new();
  g_auto(GStrv) of_recipe = bp_recipe_differences(first->recipe, before->recipe, self->recipe);
  const NnConfig *data = nn_config_child(self->recipe, "data");
  const char *asked = bp_kind_title(nn_config_child(data, "dataset")->kind);
  if (!g_str_equal(self->data_title, first->data_title))
    g_strv_builder_add(all, self->data_title);
  for (int i = 0; of_recipe[i]; i++)
    if (!g_str_equal(of_recipe[i], asked))
      g_strv_builder_add(all, of_recipe[i]);
  return g_strv_builder_end(all);
}

/* How many of the list have that name. */
static guint count_named(GListModel *runs, const char *what)
{
  guint n = 0;
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(runs, i);
    n += g_str_equal(run->what, what);
  }
  return n;
}

/* The list and the charts hold the runs of all exercises, each of which has a first of its own:
 * where two of them would have one name, the later says in what it differs from the other, too. */
static void tell_apart(BpRun *self, GListModel *runs)
{
  BpRun *other = NULL; /* the first of that name; the list keeps it */
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(runs, i);
    if (!g_str_equal(run->exercise, self->exercise) && g_str_equal(run->what, self->what))
      other = run;
  }
  if (!other)
    return;
  g_auto(GStrv) apart = bp_recipe_differences(other->recipe, NULL, self->recipe);
  g_autofree char *more = bp_differences_title((const char *const *)apart);
  if (!more)
    return;
  g_autofree char *before = self->what;
  self->what = g_strdup_printf("%s, %s", before, more);
}

void bp_run_compare(BpRun *self, GListModel *runs)
{
  BpRun *first = NULL, *before = NULL; /* of the same exercise; the list keeps them */
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(runs, i);
    if (run == self)
      first = before = NULL; /* all until now came later */
    else if (g_str_equal(run->exercise, self->exercise)) {
      first = run;
      before = before ? before : run;
    }
  }
  g_strfreev(self->differences);
  self->differences = first ? find_differences(self, first, before) : g_new0(char *, 1);
}

void bp_run_take_name(BpRun *self, GListModel *runs)
{
  bp_run_compare(self, runs);
  self->what = bp_differences_title((const char *const *)self->differences);
  if (!self->what)
    self->what = bp_recipe_title(self->recipe);
  tell_apart(self, runs);
  guint same = count_named(runs, self->what);
  self->name = same > 0 ? g_strdup_printf("%s (%u)", self->what, same + 1) : g_strdup(self->what);
}

char *bp_run_dup_title(BpRun *self)
{
  /* Translators: number of the run, and what makes it different: "Run 4 · lr 0.01". */
  return g_strdup_printf(_("Run %u · %s"), self->number, self->name);
}

/* What happens to it, or nothing when it has finished with an accuracy, or is there as its weights
 * were opened. */
static const char *status_word(BpRun *self)
{
  static const char *const words[] = {
      [BP_RUN_ACTIVE] = N_("training"), [BP_RUN_FINISHED] = NULL,
      [BP_RUN_STOPPED] = N_("stopped"), [BP_RUN_DIVERGED] = N_("diverged"),
      [BP_RUN_FAILED] = N_("failed"),   [BP_RUN_INTERRUPTED] = N_("interrupted"),
  };
  if (self->status == BP_RUN_FINISHED && isnan(self->test_accuracy))
    return _("finished");
  if (self->status == BP_RUN_STOPPED && self->steps == 0 && !isnan(self->test_accuracy))
    return NULL;
  if (self->status == BP_RUN_ACTIVE && self->paused)
    return _("paused");
  return nn_text(words[self->status]);
}

char *bp_run_dup_caption(BpRun *self)
{
  const char *word = status_word(self);
  g_autoptr(GString) text = g_string_new(word);
  if (!isnan(self->test_accuracy)) {
    g_autofree char *percent = bp_text_percent(self->test_accuracy);
    g_string_append(text, word ? " · " : "");
    g_string_append_printf(text, self->practice ? _("%s (practice digits)") : "%s", percent);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

char *bp_run_dup_moment(BpRun *self, guint64 step)
{
  g_autofree char *count = bp_text_count(step);
  return g_strdup_printf(_("Run %u, step %s"), self->number, count);
}
