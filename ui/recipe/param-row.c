/* param-row.c: an AdwActionRow with an editor that fits the type of its parameter. The config is
 * the model; the editor only shows it. Every way of editing ends in try_number() or try_numbers().
 */
#include "param-row.h"
#include "ui/accessible.h"
#include "kind-menu.h"
#include "number-text.h"
#include "value-entry.h"
#include "ui/i18n.h"
#include <math.h>

struct _BpParamRow {
  AdwActionRow parent_instance;
  NnConfig *config; /* borrowed */
  const NnParamSpec *spec;
  char *key;            /* owned, dotted */
  GtkWidget *editor;    /* BpValueEntry, GtkSwitch or GtkDropDown */
  char *refused, *mark; /* owned sentences: of the row's own text, from outside */
  gboolean updating;    /* the editor is being set, not edited */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpParamRow, bp_param_row, ADW_TYPE_ACTION_ROW)

static gboolean has_null_entries(BpParamRow *self)
{
  return (self->spec->flags & NN_PARAM_NULL_ENTRIES) != 0;
}

/* None alone; a pair of which each may be None is both then. */
static gboolean nullable(BpParamRow *self)
{
  return (self->spec->flags & NN_PARAM_NULLABLE) != 0 ||
         (self->spec->type == NN_PARAM_PAIR && has_null_entries(self));
}

/* Edited as text, without steps. */
static gboolean is_list(BpParamRow *self)
{
  return self->spec->type == NN_PARAM_FLOATS || self->spec->type == NN_PARAM_PAIR;
}

static gboolean is_whole(BpParamRow *self)
{
  return self->spec->type == NN_PARAM_PAIR || (self->spec->flags & NN_PARAM_WHOLE) != 0;
}

static void show_marks(BpParamRow *self)
{
  const char *text = self->refused ? self->refused : self->mark;
  adw_action_row_set_subtitle(ADW_ACTION_ROW(self), text ? text : "");
  if (text)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
  GtkWidget *editor = bp_param_row_get_editor(self);
  gtk_accessible_update_state(GTK_ACCESSIBLE(editor), GTK_ACCESSIBLE_STATE_INVALID,
                              text ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                              -1);
  gtk_accessible_update_property(GTK_ACCESSIBLE(editor), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 text ? text : nn_text(self->spec->doc), -1);
  if (BP_IS_VALUE_ENTRY(self->editor))
    bp_value_entry_set_eager(BP_VALUE_ENTRY(self->editor), self->refused != NULL);
}

static void set_refused(BpParamRow *self, const char *text)
{
  if (!g_strcmp0(self->refused, text))
    return;
  g_free(self->refused);
  self->refused = g_strdup(text);
  show_marks(self);
  gtk_widget_activate_action(GTK_WIDGET(self), BP_PARAM_ROW_REFUSED, NULL);
}

static void accept(BpParamRow *self, gboolean changed)
{
  set_refused(self, NULL);
  bp_param_row_refresh(self);
  if (changed)
    g_signal_emit(self, signals[CHANGED], 0);
}

static gboolean same(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

static void try_number(BpParamRow *self, double number)
{
  NnError err = {0};
  double old = nn_config_number(self->config, self->spec->key);
  if (nn_config_set_number(self->config, self->spec->key, number, &err))
    accept(self, !same(old, number));
  else
    set_refused(self, err.text);
}

static void try_numbers(BpParamRow *self, const double *numbers, int n)
{
  NnError err = {0};
  const NnValue *old = nn_config_value(self->config, self->spec->key);
  gboolean changed = old->n != n;
  for (int i = 0; i < n && !changed; i++)
    changed = !same(old->numbers[i], numbers[i]);
  if (nn_config_set_numbers(self->config, self->spec->key, numbers, n, &err))
    accept(self, changed);
  else
    set_refused(self, err.text);
}

static void try_seed(BpParamRow *self, const char *text)
{
  NnError err = {0};
  NnValue old = *nn_config_value(self->config, self->spec->key);
  const NnValue *now = nn_config_value(self->config, self->spec->key);
  if (nn_config_set_seed(self->config, self->spec->key, text, &err))
    accept(self, now->seed != old.seed || now->number != old.number);
  else
    set_refused(self, err.text);
}

static void refuse_text(BpParamRow *self, const char *text)
{
  char range[NN_RANGE_TEXT];
  nn_param_range_text(self->spec, range);
  g_autofree char *sentence =
      text[0] ? g_strdup_printf(_("“%s” is not allowed: it must be %s."), text, range)
              : g_strdup_printf(_("A value is missing: it must be %s."), range);
  set_refused(self, sentence);
}

static gboolean is_none(const char *text)
{
  double number;
  return bp_number_parse(text, &number) && isnan(number);
}

/* The words that may stand instead of numbers: "same" for a pair, "random" for a list; −1: none. */
static int find_word(BpParamRow *self, const char *text)
{
  for (int i = 0; self->spec->choices && self->spec->choices[i]; i++)
    if (bp_text_is_word(text, self->spec->choices[i]))
      return i;
  return -1;
}

static gboolean fits_pair(BpParamRow *self, double number)
{
  return number >= 0 || (isnan(number) && has_null_entries(self));
}

/* "3", "(3, 5)", "same", or nothing for None. */
static void commit_pair(BpParamRow *self, const char *text)
{
  int n = 0, word = find_word(self, text);
  g_autofree double *numbers = bp_numbers_parse(text, is_whole(self), &n);
  if (word >= 0)
    try_numbers(self, (double[]){-1 - word, -1 - word}, 2);
  else if (nullable(self) && is_none(text))
    try_numbers(self, (double[]){NAN, NAN}, 2);
  else if (!numbers || n < 1 || n > 2 || !fits_pair(self, numbers[0]) ||
           !fits_pair(self, numbers[n - 1]))
    refuse_text(self, text);
  else
    try_numbers(self, (double[]){numbers[0], numbers[n - 1]}, 2);
}

/* "0.9, 0.999", "[3, 6]", "4", "random", "None, 1e-3", or nothing for an empty list or None. */
static void commit_list(BpParamRow *self, const char *text)
{
  int n = 0;
  g_autofree double *numbers = bp_numbers_parse(text, is_whole(self), &n);
  if (find_word(self, text) >= 0 || is_none(text))
    try_numbers(self, NULL, 0);
  else if (!numbers)
    refuse_text(self, text);
  else
    try_numbers(self, numbers, n);
}

static void on_commit(BpParamRow *self, const char *text)
{
  double number;
  if (!self->config)
    return;
  if (self->spec->type == NN_PARAM_SEED && !is_none(text))
    try_seed(self, text);
  else if (self->spec->type == NN_PARAM_FLOATS)
    commit_list(self, text);
  else if (self->spec->type == NN_PARAM_PAIR)
    commit_pair(self, text);
  else if (!bp_number_parse(text, &number) || (isnan(number) && !nullable(self)))
    refuse_text(self, text);
  else
    try_number(self, number);
}

/* The seed `steps` further; itself where there is none. */
static NnValue step_seed(BpParamRow *self, int steps)
{
  NnValue seed = *nn_config_value(self->config, self->spec->key), next = seed;
  gboolean negative = seed.number < 0;
  next.seed += (guint64)(gint64)steps;
  next.number = negative ? (double)(gint64)next.seed : (double)next.seed;
  gboolean wraps = steps > 0  ? !negative && next.seed < seed.seed
                   : negative ? next.number > seed.number
                              : next.seed > seed.seed;
  return wraps ? seed : next;
}

static void on_step(BpParamRow *self, int steps)
{
  if (!self->config)
    return;
  if (self->spec->type == NN_PARAM_SEED) {
    char text[NN_NUMBER_TEXT];
    NnValue next = step_seed(self, steps);
    try_seed(self, nn_seed_text(&next, text));
    return;
  }
  double number = nn_config_number(self->config, self->spec->key);
  for (int i = 0; i < ABS(steps); i++)
    number = bp_number_step(self->spec, number, steps > 0 ? 1 : -1);
  try_number(self, number);
}

static void on_switch(BpParamRow *self)
{
  if (!self->updating && self->config)
    try_number(self, gtk_switch_get_active(GTK_SWITCH(self->editor)));
}

static void on_choice(BpParamRow *self)
{
  guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->editor));
  if (self->updating || !self->config || chosen == GTK_INVALID_LIST_POSITION)
    return;
  if (nullable(self))
    try_number(self, chosen ? chosen - 1.0 : NAN);
  else
    try_number(self, chosen);
}

/* The config's value as a text; caller frees. */
static char *value_text(BpParamRow *self)
{
  const NnValue *value = nn_config_value(self->config, self->spec->key);
  char text[NN_NUMBER_TEXT];
  if (self->spec->type == NN_PARAM_SEED)
    return g_strdup(nn_seed_text(value, text));
  if (!is_list(self))
    return g_strdup(bp_number_text(value->number, text));
  gboolean pair = self->spec->type == NN_PARAM_PAIR;
  if (pair && value->numbers[0] < 0)
    return g_strdup(self->spec->choices[-1 - (int)value->numbers[0]]);
  if (pair && isnan(value->numbers[0]) && isnan(value->numbers[1]))
    return g_strdup("");
  if (value->n == 0 && self->spec->choices)
    return g_strdup(self->spec->choices[0]);
  const char *separator = is_whole(self) ? ", " : bp_number_separator();
  GString *all = g_string_new(NULL);
  int n = pair && same(value->numbers[0], value->numbers[1]) ? 1 : value->n;
  for (int i = 0; i < n; i++)
    g_string_append_printf(all, "%s%s", i ? separator : "",
                           isnan(value->numbers[i]) ? "None"
                                                    : bp_number_text(value->numbers[i], text));
  return g_string_free(all, FALSE);
}

static void refresh_entry(BpParamRow *self)
{
  BpValueEntry *entry = BP_VALUE_ENTRY(self->editor);
  g_autofree char *text = value_text(self);
  bp_value_entry_set_text(entry, text);
  if (is_list(self))
    return;
  double number = nn_config_number(self->config, self->spec->key);
  if (self->spec->type == NN_PARAM_SEED) {
    guint64 seed = nn_config_seed(self->config, self->spec->key);
    bp_value_entry_set_can_step(entry, step_seed(self, -1).seed != seed,
                                step_seed(self, 1).seed != seed);
    return;
  }
  bp_value_entry_set_can_step(entry, !same(bp_number_step(self->spec, number, -1), number),
                              !same(bp_number_step(self->spec, number, 1), number));
}

static void refresh_choice(BpParamRow *self)
{
  double number = nn_config_number(self->config, self->spec->key);
  if (GTK_IS_SWITCH(self->editor))
    gtk_switch_set_active(GTK_SWITCH(self->editor), number != 0);
  else
    gtk_drop_down_set_selected(GTK_DROP_DOWN(self->editor),
                               isnan(number) ? 0 : (guint)number + (nullable(self) ? 1 : 0));
}

void bp_param_row_refresh(BpParamRow *self)
{
  g_return_if_fail(BP_IS_PARAM_ROW(self));
  if (!self->config)
    return;
  self->updating = TRUE;
  if (BP_IS_VALUE_ENTRY(self->editor))
    refresh_entry(self);
  else
    refresh_choice(self);
  self->updating = FALSE;
  set_refused(self, NULL);
}

/* What an empty entry stands for, or NULL when it may not be empty. */
static const char *meaning_of_nothing(const NnParamSpec *spec)
{
  if (spec->flags & NN_PARAM_NULLABLE)
    return _("None");
  if (spec->type != NN_PARAM_FLOATS || !nn_param_check_len(spec, 0))
    return NULL;
  return _("none");
}

static void add_value_entry(BpParamRow *self)
{
  gboolean list = is_list(self);
  const char *nothing = meaning_of_nothing(self->spec);
  self->editor = bp_value_entry_new(!list, list ? 10 : 5);
  g_signal_connect_swapped(self->editor, "commit", G_CALLBACK(on_commit), self);
  g_signal_connect_swapped(self->editor, "step", G_CALLBACK(on_step), self);
  if (nothing)
    gtk_entry_set_placeholder_text(
        GTK_ENTRY(bp_value_entry_get_entry(BP_VALUE_ENTRY(self->editor))), nothing);
}

static void add_drop_down(BpParamRow *self)
{
  static const char *const no_yes[] = {N_("no"), N_("yes"), NULL};
  const char *const *choices = self->spec->type == NN_PARAM_BOOL ? no_yes : self->spec->choices;
  GtkStringList *list = gtk_string_list_new(NULL);
  if (nullable(self))
    gtk_string_list_append(list, _("None"));
  for (int i = 0; choices[i]; i++)
    gtk_string_list_append(list, choices == no_yes ? nn_text(choices[i])
                                                   : choices[i]); /* PyTorch's words stay */
  self->editor = gtk_drop_down_new(G_LIST_MODEL(list), NULL);
  gtk_widget_add_css_class(self->editor, "flat");
  g_signal_connect_swapped(self->editor, "notify::selected", G_CALLBACK(on_choice), self);
}

static void add_editor(BpParamRow *self)
{
  if (self->spec->type == NN_PARAM_CHOICE ||
      (self->spec->type == NN_PARAM_BOOL && nullable(self))) {
    add_drop_down(self);
  } else if (self->spec->type == NN_PARAM_BOOL) {
    self->editor = gtk_switch_new();
    g_signal_connect_swapped(self->editor, "notify::active", G_CALLBACK(on_switch), self);
  } else {
    add_value_entry(self);
  }
  gtk_widget_set_valign(self->editor, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix(ADW_ACTION_ROW(self), self->editor);
  adw_action_row_set_activatable_widget(ADW_ACTION_ROW(self), bp_param_row_get_editor(self));
}

/* The name of the editor says where the parameter belongs too: "Gain, weight_init". */
static void name_editor(BpParamRow *self, const char *where)
{
  g_autofree char *bare = g_strndup(where, strlen(where) ? strlen(where) - 1 : 0);
  const char *own = nn_text(self->spec->label);
  g_autofree char *label = bare[0] ? g_strdup_printf("%s, %s", own, bare) : g_strdup(own);
  if (GTK_IS_DROP_DOWN(self->editor))
    bp_accessible_name_drop_down(GTK_DROP_DOWN(self->editor), label);
  else
    bp_accessible_set_name(bp_param_row_get_editor(self), label);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), nn_text(self->spec->doc));
}

/* "Batch size (pictures)": a unit behind the buttons would shift them from row to row. "Epochs
 * (epochs)" says it twice. */
static char *title_of(const NnParamSpec *spec)
{
  const char *label = nn_text(spec->label ? spec->label : spec->key);
  gboolean has_unit = spec->unit && spec->unit[0] && spec->label &&
                      g_ascii_strcasecmp(spec->unit, spec->label) != 0;
  /* Translators: a setting and its unit: "Batch size (pictures)". */
  return has_unit ? g_strdup_printf(_("%s (%s)"), label, nn_text(spec->unit)) : g_strdup(label);
}

GtkWidget *bp_param_row_new(NnConfig *config, const NnParamSpec *spec, const char *where)
{
  g_return_val_if_fail(config && spec && where, NULL);
  g_autofree char *title = title_of(spec);
  BpParamRow *self = g_object_new(BP_TYPE_PARAM_ROW, "use-markup", FALSE, "title", title, NULL);
  self->spec = spec;
  self->key = g_strconcat(where, spec->key, NULL);
  add_editor(self);
  name_editor(self, where);
  bp_param_row_set_config(self, config);
  show_marks(self);
  return GTK_WIDGET(self);
}

void bp_param_row_set_config(BpParamRow *self, NnConfig *config)
{
  g_return_if_fail(BP_IS_PARAM_ROW(self));
  self->config = config;
  if (config && BP_IS_VALUE_ENTRY(self->editor)) {
    /* The same value: leave alone what is being typed, or was refused. */
    g_autofree char *text = value_text(self);
    if (bp_value_entry_shows(BP_VALUE_ENTRY(self->editor), text))
      return;
  }
  bp_param_row_refresh(self);
}

void bp_param_row_mark_error(BpParamRow *self, const char *text)
{
  g_return_if_fail(BP_IS_PARAM_ROW(self));
  if (!g_strcmp0(self->mark, text))
    return;
  g_free(self->mark);
  self->mark = g_strdup(text);
  show_marks(self);
}

gboolean bp_param_row_has_error(BpParamRow *self)
{
  return self->refused || self->mark;
}

char *bp_param_row_dup_refusal(BpParamRow *self)
{
  g_return_val_if_fail(BP_IS_PARAM_ROW(self), NULL);
  if (!self->refused || !self->config)
    return NULL;
  const NnKind *kind = self->config->kind;
  const char *label = nn_text(self->spec->label ? self->spec->label : self->spec->key);
  if (kind->klass == NN_CLASS_SECTION)
    /* Translators: a setting, and why its text is refused. */
    return g_strdup_printf(_("%s: %s"), label, self->refused);
  /* Translators: what the setting belongs to ("SGD"), the setting, and why its text is refused. */
  return g_strdup_printf(_("%s, %s: %s"), bp_kind_title(kind), label, self->refused);
}

const char *bp_param_row_get_key(BpParamRow *self)
{
  return self->key;
}

const NnParamSpec *bp_param_row_get_spec(BpParamRow *self)
{
  return self->spec;
}

GtkWidget *bp_param_row_get_editor(BpParamRow *self)
{
  return BP_IS_VALUE_ENTRY(self->editor) ? bp_value_entry_get_entry(BP_VALUE_ENTRY(self->editor))
                                         : self->editor;
}

static void bp_param_row_finalize(GObject *object)
{
  BpParamRow *self = BP_PARAM_ROW(object);
  g_free(self->key);
  g_free(self->refused);
  g_free(self->mark);
  G_OBJECT_CLASS(bp_param_row_parent_class)->finalize(object);
}

static void bp_param_row_class_init(BpParamRowClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_param_row_finalize;
  signals[CHANGED] = g_signal_new("changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void bp_param_row_init(BpParamRow *self) {}
