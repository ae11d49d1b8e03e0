/* value-row.c: an AdwActionRow with an editor for the type of its parameter. The config is the
 * model; the editor only shows it. Every way of editing ends in finish(). */
#include "value-row.h"
#include "ui/accessible.h"
#include "row-layout.h"
#include "value-entry.h"
#include "value-text.h"
#include "ui/i18n.h"
#include <math.h>

struct _BpValueRow {
  AdwActionRow parent_instance;
  GtkWidget *editor; /* BpValueEntry, GtkSwitch or GtkDropDown */
  gboolean updating; /* the editor is being set, not edited */
};

static void init_param_row(BpParamRowInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE(BpValueRow, bp_value_row, ADW_TYPE_ACTION_ROW,
                              G_IMPLEMENT_INTERFACE(BP_TYPE_PARAM_ROW, init_param_row))

static const NnParamSpec *spec_of(BpValueRow *self)
{
  return bp_param_row_get_spec(BP_PARAM_ROW(self));
}

/* NULL: there is none. */
static NnConfig *config_of(BpValueRow *self)
{
  return bp_param_row_get_config(BP_PARAM_ROW(self));
}

/* ---- showing ---- */

static void show_value(BpValueRow *self)
{
  const NnParamSpec *spec = spec_of(self);
  NnConfig *config = config_of(self);
  self->updating = TRUE;
  if (BP_IS_VALUE_ENTRY(self->editor)) {
    BpValueEntry *entry = BP_VALUE_ENTRY(self->editor);
    g_autofree char *text = bp_value_text(config, spec);
    bp_value_entry_set_text(entry, text);
    if (!bp_value_is_list(spec))
      bp_value_entry_set_can_step(entry, bp_value_can_step(config, spec, -1),
                                  bp_value_can_step(config, spec, 1));
  } else {
    double number = nn_config_number(config, spec->key);
    if (GTK_IS_SWITCH(self->editor))
      gtk_switch_set_active(GTK_SWITCH(self->editor), number != 0);
    else
      gtk_drop_down_set_selected(GTK_DROP_DOWN(self->editor),
                                 isnan(number) ? 0 : (guint)number + bp_value_nullable(spec));
  }
  self->updating = FALSE;
}

static void bp_value_row_reset(BpParamRow *row)
{
  if (!bp_param_row_get_config(row))
    return;
  show_value(BP_VALUE_ROW(row));
  bp_param_row_refuse(row, NULL);
}

static void bp_value_row_read(BpParamRow *row)
{
  BpValueRow *self = BP_VALUE_ROW(row);
  if (config_of(self) && BP_IS_VALUE_ENTRY(self->editor)) {
    /* The same value: leave alone what is being typed, or was refused. */
    g_autofree char *text = bp_value_text(config_of(self), spec_of(self));
    if (bp_value_entry_shows(BP_VALUE_ENTRY(self->editor), text))
      return;
  }
  bp_value_row_reset(row);
}

static void bp_value_row_show_problem(BpParamRow *row, const char *path, const char *text)
{
  BpValueRow *self = BP_VALUE_ROW(row);
  GtkAccessible *editor = GTK_ACCESSIBLE(bp_value_row_get_editor(self));
  adw_action_row_set_subtitle(ADW_ACTION_ROW(self), text ? text : "");
  gtk_accessible_update_state(editor, GTK_ACCESSIBLE_STATE_INVALID,
                              text ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                              -1);
  gtk_accessible_update_property(editor, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 text ? text : nn_text(spec_of(self)->doc), -1);
  if (BP_IS_VALUE_ENTRY(self->editor))
    bp_value_entry_set_eager(BP_VALUE_ENTRY(self->editor), bp_param_row_is_refused(row));
}

/* ---- editing ---- */

/* What the config said to a new value; refusal: consumed. */
static void finish(BpValueRow *self, char *refusal, bool changed)
{
  BpParamRow *row = BP_PARAM_ROW(self);
  bp_param_row_refuse(row, refusal);
  if (!refusal)
    show_value(self);
  if (!refusal && changed)
    bp_param_row_emit_changed(row);
  g_free(refusal);
}

static void on_commit(BpValueRow *self, const char *text)
{
  bool changed;
  if (!config_of(self))
    return;
  char *refusal = bp_value_set_text(config_of(self), spec_of(self), text, &changed);
  finish(self, refusal, changed);
}

static void on_step(BpValueRow *self, int steps)
{
  bool changed;
  if (!config_of(self))
    return;
  char *refusal = bp_value_step(config_of(self), spec_of(self), steps, &changed);
  finish(self, refusal, changed);
}

static void choose(BpValueRow *self, double number)
{
  bool changed;
  if (self->updating || !config_of(self))
    return;
  char *refusal = bp_value_set_number(config_of(self), spec_of(self), number, &changed);
  finish(self, refusal, changed);
}

static void on_switch(BpValueRow *self)
{
  choose(self, gtk_switch_get_active(GTK_SWITCH(self->editor)));
}

static void on_choice(BpValueRow *self)
{
  guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->editor));
  if (chosen == GTK_INVALID_LIST_POSITION)
    return;
  if (bp_value_nullable(spec_of(self)))
    choose(self, chosen ? chosen - 1.0 : NAN);
  else
    choose(self, chosen);
}

/* ---- building ---- */

/* What an empty entry stands for, or NULL when it may not be empty. */
static const char *meaning_of_nothing(const NnParamSpec *spec)
{
  if (spec->flags & NN_PARAM_NULLABLE)
    return _("None");
  if (spec->type != NN_PARAM_FLOATS || !nn_param_check_len(spec, 0))
    return NULL;
  return _("none");
}

static void make_entry(BpValueRow *self)
{
  gboolean list = bp_value_is_list(spec_of(self));
  const char *nothing = meaning_of_nothing(spec_of(self));
  self->editor = bp_value_entry_new(!list, list ? 10 : 5);
  g_signal_connect_swapped(self->editor, "commit", G_CALLBACK(on_commit), self);
  g_signal_connect_swapped(self->editor, "step", G_CALLBACK(on_step), self);
  if (nothing)
    gtk_entry_set_placeholder_text(
        GTK_ENTRY(bp_value_entry_get_entry(BP_VALUE_ENTRY(self->editor))), nothing);
}

static void make_drop_down(BpValueRow *self)
{
  static const char *const no_yes[] = {N_("no"), N_("yes"), NULL};
  const NnParamSpec *spec = spec_of(self);
  const char *const *choices = spec->type == NN_PARAM_BOOL ? no_yes : spec->choices;
  GtkStringList *list = gtk_string_list_new(NULL);
  if (bp_value_nullable(spec))
    gtk_string_list_append(list, _("None"));
  for (int i = 0; choices[i]; i++)
    gtk_string_list_append(list, choices == no_yes ? nn_text(choices[i])
                                                   : choices[i]); /* PyTorch's words stay */
  self->editor = gtk_drop_down_new(G_LIST_MODEL(list), NULL);
  gtk_widget_add_css_class(self->editor, "flat");
  g_signal_connect_swapped(self->editor, "notify::selected", G_CALLBACK(on_choice), self);
}

/* The name of the editor says where the parameter belongs too: "Gain, weight_init". */
static void name_editor(BpValueRow *self, const char *owner)
{
  const char *own = nn_text(spec_of(self)->label);
  g_autofree char *label = owner[0] ? g_strdup_printf("%s, %s", own, owner) : g_strdup(own);
  if (GTK_IS_DROP_DOWN(self->editor))
    bp_accessible_name_drop_down(GTK_DROP_DOWN(self->editor), label);
  else
    bp_accessible_set_name(bp_value_row_get_editor(self), label);
}

static void bp_value_row_build(BpParamRow *row, const char *owner)
{
  BpValueRow *self = BP_VALUE_ROW(row);
  const NnParamSpec *spec = spec_of(self);
  if (spec->type == NN_PARAM_CHOICE || (spec->type == NN_PARAM_BOOL && bp_value_nullable(spec))) {
    make_drop_down(self);
  } else if (spec->type == NN_PARAM_BOOL) {
    self->editor = gtk_switch_new();
    g_signal_connect_swapped(self->editor, "notify::active", G_CALLBACK(on_switch), self);
  } else {
    make_entry(self);
  }
  gtk_widget_set_valign(self->editor, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix(ADW_ACTION_ROW(self), self->editor);
  adw_action_row_set_activatable_widget(ADW_ACTION_ROW(self), bp_value_row_get_editor(self));
  name_editor(self, owner);
  bp_value_row_show_problem(row, "", NULL);
  bp_row_layout_install(ADW_ACTION_ROW(self));
}

GtkWidget *bp_value_row_get_editor(BpValueRow *self)
{
  return BP_IS_VALUE_ENTRY(self->editor) ? bp_value_entry_get_entry(BP_VALUE_ENTRY(self->editor))
                                         : self->editor;
}

static void bp_value_row_class_init(BpValueRowClass *klass) {}

static void bp_value_row_init(BpValueRow *self) {}

static void init_param_row(BpParamRowInterface *iface)
{
  iface->build = bp_value_row_build;
  iface->read = bp_value_row_read;
  iface->reset = bp_value_row_reset;
  iface->show_problem = bp_value_row_show_problem;
}
