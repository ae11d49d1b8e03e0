/* transforms-row.c: see transforms-row.h. A recipe's file may hold a transform twice, or in another
 * order; it stays so until its switch is used here. */
#include "transforms-row.h"
#include "ui/param-panel.h"

enum { MAX_TRANSFORMS = 16 };

typedef struct {
  const NnKind *kind;
  GtkWidget *row, *toggle, *panel;
} Entry;

struct _BpTransformsRow {
  AdwExpanderRow parent_instance;
  NnConfig *data; /* borrowed */
  int n;
  Entry entries[MAX_TRANSFORMS];
  gboolean reading; /* the switches are being set, not used */
};

G_DEFINE_FINAL_TYPE(BpTransformsRow, bp_transforms_row, ADW_TYPE_EXPANDER_ROW)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_transforms_row_class_init(BpTransformsRowClass *klass)
{
  signals[CHANGED] = g_signal_new("changed", BP_TYPE_TRANSFORMS_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

/* The place of a kind in the recipe's list, −1 if it is not there. */
static int find(BpTransformsRow *self, const NnKind *kind)
{
  int n = nn_config_count(self->data, "transforms");
  for (int i = 0; i < n; i++)
    if (nn_config_at(self->data, "transforms", i)->kind == kind)
      return i;
  return -1;
}

static void write_summary(BpTransformsRow *self)
{
  g_autoptr(GString) text = g_string_new(NULL);
  int n = nn_config_count(self->data, "transforms");
  for (int i = 0; i < n; i++)
    g_string_append_printf(text, "%s%s", i ? " · " : "",
                           nn_config_at(self->data, "transforms", i)->kind->name);
  adw_expander_row_set_subtitle(ADW_EXPANDER_ROW(self), n ? text->str : "None");
}

static void read_config(BpTransformsRow *self)
{
  self->reading = TRUE;
  for (int i = 0; i < self->n; i++) {
    Entry *entry = &self->entries[i];
    int at = find(self, entry->kind);
    NnConfig *config = at < 0 ? NULL : nn_config_at(self->data, "transforms", at);
    gboolean has_rows = config && nn_param_count(entry->kind->params) > 0;
    gtk_switch_set_active(GTK_SWITCH(entry->toggle), at >= 0);
    bp_param_panel_set_config(BP_PARAM_PANEL(entry->panel), has_rows ? config : NULL, NULL);
    gtk_widget_set_visible(entry->panel, has_rows);
  }
  write_summary(self);
  self->reading = FALSE;
}

/* Before the first transform in the recipe that comes later in the list of kinds. */
static int place_for(BpTransformsRow *self, int which)
{
  int n = nn_config_count(self->data, "transforms");
  for (int i = 0; i < n; i++)
    for (int later = which + 1; later < self->n; later++)
      if (nn_config_at(self->data, "transforms", i)->kind == self->entries[later].kind)
        return i;
  return n;
}

static void switch_on(BpTransformsRow *self, int which)
{
  NnConfig *config = nn_config_new(self->entries[which].kind, NULL);
  if (config)
    nn_config_insert(self->data, "transforms", place_for(self, which), config, NULL);
}

static void on_switch(GtkSwitch *toggle, GParamSpec *pspec, gpointer user_data)
{
  BpTransformsRow *self = user_data;
  int which = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(toggle), "which")), at;
  if (self->reading || !self->data)
    return;
  bp_param_panel_set_config(BP_PARAM_PANEL(self->entries[which].panel), NULL, NULL);
  if (gtk_switch_get_active(toggle))
    switch_on(self, which);
  else
    while ((at = find(self, self->entries[which].kind)) >= 0)
      nn_config_remove(self->data, "transforms", at, NULL);
  read_config(self);
  g_signal_emit(self, signals[CHANGED], 0);
}

static void on_parameter(BpTransformsRow *self)
{
  g_signal_emit(self, signals[CHANGED], 0);
}

static void add_entry(BpTransformsRow *self, const NnKind *kind)
{
  Entry *entry = &self->entries[self->n];
  entry->kind = kind;
  entry->row = adw_action_row_new();
  entry->toggle = gtk_switch_new();
  entry->panel = bp_param_panel_new();
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(entry->row), kind->name);
  adw_action_row_set_subtitle(ADW_ACTION_ROW(entry->row), kind->doc);
  gtk_widget_set_valign(entry->toggle, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix(ADW_ACTION_ROW(entry->row), entry->toggle);
  adw_action_row_set_activatable_widget(ADW_ACTION_ROW(entry->row), entry->toggle);
  gtk_accessible_update_property(GTK_ACCESSIBLE(entry->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 kind->name, -1);
  bp_param_panel_set_plain(BP_PARAM_PANEL(entry->panel), TRUE);
  g_object_set_data(G_OBJECT(entry->toggle), "which", GINT_TO_POINTER(self->n));
  g_signal_connect(entry->toggle, "notify::active", G_CALLBACK(on_switch), self);
  g_signal_connect_swapped(entry->panel, "changed", G_CALLBACK(on_parameter), self);
  adw_expander_row_add_row(ADW_EXPANDER_ROW(self), entry->row);
  adw_expander_row_add_row(ADW_EXPANDER_ROW(self), entry->panel);
  self->n++;
}

static void bp_transforms_row_init(BpTransformsRow *self)
{
  const NnKind *const *kinds = nn_kinds(NN_CLASS_TRANSFORM);
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self), "Transforms");
  gtk_widget_set_tooltip_text(GTK_WIDGET(self),
                              "What is done to each picture before the network sees it");
  for (; *kinds && self->n < MAX_TRANSFORMS; kinds++)
    add_entry(self, *kinds);
}

GtkWidget *bp_transforms_row_new(void)
{
  return g_object_new(BP_TYPE_TRANSFORMS_ROW, NULL);
}

void bp_transforms_row_set_config(BpTransformsRow *self, NnConfig *data)
{
  self->data = data;
  if (data)
    read_config(self);
  else
    for (int i = 0; i < self->n; i++)
      bp_param_panel_set_config(BP_PARAM_PANEL(self->entries[i].panel), NULL, NULL);
}
