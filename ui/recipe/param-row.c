/* param-row.c: see param-row.h. */
#include "param-row.h"
#include "kind-menu.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <string.h>

/* What every row has. */
typedef struct {
  NnConfig *config; /* borrowed */
  const NnParamSpec *spec;
  char *key, *refused, *problem; /* owned; the sentences: of the row's own text, from outside */
} State;

static guint changed_signal;

G_DEFINE_INTERFACE(BpParamRow, bp_param_row, ADW_TYPE_PREFERENCES_ROW)

static void bp_param_row_default_init(BpParamRowInterface *iface)
{
  changed_signal = bp_signal_new(BP_TYPE_PARAM_ROW, "changed", 0, 0, 0);
}

static State *state_of(BpParamRow *self)
{
  return g_object_get_data(G_OBJECT(self), "bp-param-row");
}

static void state_free(gpointer data)
{
  State *state = data;
  g_free(state->key);
  g_free(state->refused);
  g_free(state->problem);
  g_free(state);
}

static const char *label_of(const NnParamSpec *spec)
{
  return nn_text(spec->label ? spec->label : spec->key);
}

/* "Batch size (pictures)": a unit behind the buttons would shift them from row to row. "Epochs
 * (epochs)" says it twice. */
static char *title_of(const NnParamSpec *spec)
{
  gboolean has_unit = spec->unit && spec->unit[0] && spec->label &&
                      g_ascii_strcasecmp(spec->unit, spec->label) != 0;
  /* Translators: a setting and its unit: "Batch size (pictures)". */
  return has_unit ? g_strdup_printf(_("%s (%s)"), label_of(spec), nn_text(spec->unit))
                  : g_strdup(label_of(spec));
}

/* The last word of "network.0.weight_init."; "" of a section. */
static char *owner_of(const NnConfig *config, const char *where)
{
  if (config->kind->klass == NN_CLASS_SECTION || !where[0])
    return g_strdup("");
  g_autofree char *path = g_strndup(where, strlen(where) - 1);
  const char *dot = strrchr(path, '.');
  return g_strdup(dot ? dot + 1 : path);
}

GtkWidget *bp_param_row_new(GType type, NnConfig *config, const NnParamSpec *spec,
                            const char *where)
{
  g_return_val_if_fail(config && spec && where, NULL);
  g_autofree char *title = title_of(spec), *owner = owner_of(config, where);
  BpParamRow *self = g_object_new(type, "use-markup", FALSE, "title", title, "tooltip-text",
                                  nn_text(spec->doc), NULL);
  State *state = g_new0(State, 1);
  *state = (State){.config = config, .spec = spec, .key = g_strconcat(where, spec->key, NULL)};
  g_object_set_data_full(G_OBJECT(self), "bp-param-row", state, state_free);
  BP_PARAM_ROW_GET_IFACE(self)->build(self, owner);
  BP_PARAM_ROW_GET_IFACE(self)->read(self);
  return GTK_WIDGET(self);
}

void bp_param_row_set_config(BpParamRow *self, NnConfig *config)
{
  state_of(self)->config = config;
  BP_PARAM_ROW_GET_IFACE(self)->read(self);
}

void bp_param_row_reset(BpParamRow *self)
{
  bp_param_row_set_problem(self, "", NULL);
  if (BP_PARAM_ROW_GET_IFACE(self)->reset)
    BP_PARAM_ROW_GET_IFACE(self)->reset(self);
}

NnConfig *bp_param_row_get_config(BpParamRow *self)
{
  return state_of(self)->config;
}

const NnParamSpec *bp_param_row_get_spec(BpParamRow *self)
{
  return state_of(self)->spec;
}

const char *bp_param_row_get_key(BpParamRow *self)
{
  return state_of(self)->key;
}

/* What was typed goes before what does not fit together. */
static void show(BpParamRow *self, const char *path)
{
  State *state = state_of(self);
  const char *text = state->refused ? state->refused : state->problem;
  if (text)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
  BP_PARAM_ROW_GET_IFACE(self)->show_problem(self, path, text);
}

void bp_param_row_set_problem(BpParamRow *self, const char *path, const char *text)
{
  State *state = state_of(self);
  if (!state->problem && !text)
    return;
  char *copy = g_strdup(text);
  g_free(state->problem);
  state->problem = copy;
  show(self, path);
}

void bp_param_row_refuse(BpParamRow *self, const char *text)
{
  State *state = state_of(self);
  if (!g_strcmp0(state->refused, text))
    return;
  g_free(state->refused);
  state->refused = g_strdup(text);
  show(self, "");
  gtk_widget_activate_action(GTK_WIDGET(self), BP_PARAM_ROW_REFUSED, NULL);
}

gboolean bp_param_row_is_refused(BpParamRow *self)
{
  return state_of(self)->refused != NULL;
}

gboolean bp_param_row_has_problem(BpParamRow *self)
{
  return state_of(self)->refused || state_of(self)->problem;
}

GtkWidget *bp_param_row_find(BpParamRow *self, const char *path)
{
  g_return_val_if_fail(BP_IS_PARAM_ROW(self) && path, NULL);
  BpParamRowInterface *iface = BP_PARAM_ROW_GET_IFACE(self);
  return iface->find ? iface->find(self, path) : GTK_WIDGET(self);
}

char *bp_param_row_dup_refusal(BpParamRow *self)
{
  g_return_val_if_fail(BP_IS_PARAM_ROW(self), NULL);
  const State *state = state_of(self);
  if (!state->refused || !state->config)
    return NULL;
  const NnKind *kind = state->config->kind;
  if (kind->klass == NN_CLASS_SECTION)
    /* Translators: a setting, and why its text is refused. */
    return g_strdup_printf(_("%s: %s"), label_of(state->spec), state->refused);
  /* Translators: what the setting belongs to ("SGD"), the setting, and why its text is refused. */
  return g_strdup_printf(_("%s, %s: %s"), bp_kind_title(kind), label_of(state->spec),
                         state->refused);
}

void bp_param_row_emit_changed(BpParamRow *self)
{
  g_signal_emit(self, changed_signal, 0);
}
