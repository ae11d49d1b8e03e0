/* run.c: see run.h. */
#include "run.h"
#include "recipe-difference.h"
#include "app/text.h"
#include "ui/recipe/kind-menu.h"
#include "ui/i18n.h"
#include <math.h>

G_DEFINE_FINAL_TYPE(BpRun, bp_run, G_TYPE_OBJECT)

enum { BLOCK_PICTURES = 400, EARLY_BLOCKS = 10 };
enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

enum { N_CURVES = sizeof(BpCurves) / sizeof(BpSeries *) };

/* The i-th of them, where all are treated alike. */
static BpSeries **curve(BpCurves *curves, int i)
{
  return (BpSeries **)curves + i;
}

static void unref_curves(BpCurves *curves)
{
  for (int i = 0; i < N_CURVES; i++)
    bp_series_unref(*curve(curves, i));
}

static void bp_run_finalize(GObject *object)
{
  BpRun *self = BP_RUN(object);
  unref_curves(&self->curves);
  nn_config_free(self->recipe);
  bp_evaluation_unref(self->evaluation);
  bp_evaluation_unref(self->watched);
  bp_data_unref(self->data);
  g_free(self->name);
  g_free(self->what);
  g_strfreev(self->differences);
  g_free(self->error);
  G_OBJECT_CLASS(bp_run_parent_class)->finalize(object);
}

static void bp_run_class_init(BpRunClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_run_finalize;
  signals[CHANGED] =
      g_signal_new("changed", BP_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void make_curves(BpCurves *curves)
{
  for (int i = 0; i < N_CURVES; i++)
    *curve(curves, i) = bp_series_new();
  bp_series_append(curves->seconds, 0, 0);
}

static void bp_run_init(BpRun *self)
{
  make_curves(&self->curves);
  self->test_accuracy = self->test_loss = NAN;
  self->validation_accuracy = self->validation_loss = NAN;
  self->train_accuracy = self->train_loss = NAN;
}

BpRun *bp_run_new(guint number, int exercise, const NnConfig *recipe, BpData *data)
{
  NnConfig *copy = nn_config_copy(recipe, NULL);
  if (!copy)
    return NULL;
  BpRun *self = g_object_new(BP_TYPE_RUN, NULL);
  self->number = number;
  self->exercise = exercise;
  self->recipe = copy;
  self->data = bp_data_ref(data);
  self->practice = data->set->practice;
  self->on_mnist = !self->practice && g_str_equal(data->set->name, nn_catalog[0]->name);
  self->differences = g_new0(char *, 1);
  int batch = nn_config_int(nn_config_child(copy, "data"), "batch_size");
  self->block_size = (guint)MAX(BLOCK_PICTURES / batch, 1);
  return self;
}

void bp_run_changed(BpRun *self)
{
  g_signal_emit(self, signals[CHANGED], 0);
}

/* ---- what it is called ---- */

/* Which pictures they were says the set itself: the recipe does not know the folder's name, nor
 * that practice digits stood in. */
static void find_differences(BpRun *self, BpRun *first, BpRun *before)
{
  g_autoptr(GStrvBuilder) all = g_strv_builder_new();
  g_auto(GStrv) of_recipe = bp_recipe_differences(first->recipe, before->recipe, self->recipe);
  const NnConfig *data = nn_config_child(self->recipe, "data");
  const char *asked = bp_kind_title(nn_config_child(data, "dataset")->kind);
  const char *title = nn_dataset_title(self->data->set);
  if (!g_str_equal(title, nn_dataset_title(first->data->set)))
    g_strv_builder_add(all, title);
  for (int i = 0; of_recipe[i]; i++)
    if (!g_str_equal(of_recipe[i], asked))
      g_strv_builder_add(all, of_recipe[i]);
  g_strfreev(self->differences);
  self->differences = g_strv_builder_end(all);
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
    if (run->exercise != self->exercise && g_str_equal(run->what, self->what))
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

void bp_run_take_name(BpRun *self, GListModel *runs)
{
  BpRun *first = NULL, *before = NULL; /* of the same exercise; the list keeps them */
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(runs, i);
    if (run->exercise != self->exercise)
      continue;
    first = run;
    before = before ? before : run;
  }
  if (first)
    find_differences(self, first, before);
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

/* What happens to it, or nothing when it has finished with an accuracy. */
static const char *status_word(BpRun *self)
{
  static const char *const words[] = {
      [BP_RUN_ACTIVE] = N_("training"), [BP_RUN_FINISHED] = NULL,
      [BP_RUN_STOPPED] = N_("stopped"), [BP_RUN_DIVERGED] = N_("diverged"),
      [BP_RUN_FAILED] = N_("failed"),
  };
  if (self->status == BP_RUN_FINISHED && isnan(self->test_accuracy))
    return _("finished");
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

char *bp_run_dup_unseen(BpRun *self)
{
  if (!self)
    return g_strdup(_("Not evaluated yet"));
  return g_strdup_printf(self->status == BP_RUN_ACTIVE ? _("Run %u: not evaluated yet")
                                                       : _("Run %u ended before it was evaluated"),
                         self->number);
}

/* The accuracy of a batch of 8 is one of nine numbers, and jumps between them; a few hundred
 * pictures together make a curve. At the beginning fewer do, a tenth of what there was so far: else
 * a run of a hundred batches would have two points. */
static void add_to_block(BpRun *self, const NnProgress *record)
{
  guint64 enough = CLAMP(record->step / EARLY_BLOCKS, 1, self->block_size);
  self->block_sum += record->accuracy;
  if (++self->block_n < enough)
    return;
  bp_series_append(self->curves.accuracy, (double)record->step, self->block_sum / self->block_n);
  self->block_sum = 0;
  self->block_n = 0;
}

/* Now and then: what lies between is as good as straight. A thousand points for each tenfold of the
 * time that has passed are enough for any chart. */
static void tell_time(BpRun *self, const NnProgress *record)
{
  BpSeries *seconds = self->curves.seconds;
  gsize n = bp_series_length(seconds);
  double last = bp_series_y(seconds, n - 1);
  if (n == 1 || record->seconds - last >= MAX(0.01, last / 400))
    bp_series_append(seconds, (double)record->step + 1, record->seconds);
}

void bp_run_add_record(BpRun *self, const NnProgress *record)
{
  bp_series_append(self->curves.loss, (double)record->step, record->loss);
  bp_series_append(self->curves.lr, (double)record->step, record->lr);
  self->steps = record->step + 1;
  tell_time(self, record);
  add_to_block(self, record);
}

double bp_run_recent_loss(BpRun *self)
{
  gsize n = bp_series_length(self->curves.loss), wanted = CLAMP(self->n_steps / 100, 20, 1000);
  return bp_series_extent(self->curves.loss, n - MIN(n, wanted), n).mean;
}

void bp_run_add_test_point(BpRun *self, guint64 step, double accuracy, double loss)
{
  if (!isfinite(accuracy) || !bp_series_append(self->curves.test_accuracy, (double)step, accuracy))
    return;
  bp_series_append(self->curves.test_loss, (double)step, loss);
  self->test_accuracy = accuracy;
  self->test_loss = loss;
}

void bp_run_set_evaluation(BpRun *self, BpEvaluation *evaluation)
{
  bp_evaluation_unref(self->evaluation);
  self->evaluation = evaluation;
  if (self->watched && self->watched->step <= evaluation->step)
    g_clear_pointer(&self->watched, bp_evaluation_unref);
  bp_run_add_test_point(self, evaluation->step, evaluation->metrics.accuracy,
                        evaluation->metrics.loss);
}

void bp_run_set_watched(BpRun *self, BpEvaluation *evaluation)
{
  bp_evaluation_unref(self->watched);
  self->watched = evaluation;
}

void bp_run_add_epoch(BpRun *self, const NnEpoch *epoch)
{
  guint64 step = epoch->last_step + 1;
  bp_run_add_test_point(self, step, epoch->test_accuracy, epoch->test_loss);
  if (!isfinite(epoch->validation_accuracy))
    return;
  bp_series_append(self->curves.validation_accuracy, (double)step, epoch->validation_accuracy);
  bp_series_append(self->curves.validation_loss, (double)step, epoch->validation_loss);
  self->validation_accuracy = epoch->validation_accuracy;
  self->validation_loss = epoch->validation_loss;
}
