/* param-panel.h: rows that edit one NnConfig, made from its kind's parameter table.
 *
 * One row per NnParamSpec: FLOAT and INT a compact number entry (spin button for a linear scale, an
 * entry with − and + in steps of 1-2-5 for a logarithmic one), BOOL a switch, CHOICE a combo,
 * FLOATS an entry "0.9, 0.999", KIND a menu of the kinds followed by the rows of the chosen one,
 * KINDS a list of kinds. DERIVED parameters have no row. Rows whose `visible_if` does not hold are
 * hidden. The config never holds a refused value: a refused text marks its row in words and the old
 * value stays.
 *
 * Thread: the UI thread. Signals:
 *   "changed" (const char *key): a value of the config has been changed by a person. `key` is
 * dotted from the panel's config: "lr", "weight_init.gain"; the value "weight_init" is a kind. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

#define BP_TYPE_PARAM_PANEL (bp_param_panel_get_type())
G_DECLARE_FINAL_TYPE(BpParamPanel, bp_param_panel, BP, PARAM_PANEL, AdwBin)

GtkWidget *bp_param_panel_new(void);

/* Shows `config`, which is borrowed until another is set, NULL is set or the panel goes. Whoever
 * frees it first sets NULL (which empties the panel). `title`: a heading above the rows, or NULL.
 */
void bp_param_panel_set_config(BpParamPanel *self, NnConfig *config, const char *title);
/* Which keys of the config itself (not of chosen children) get rows: NULL-terminated lists, copied;
 * `only` also gives the order; NULL means all (none hidden). Takes effect at once. */
void bp_param_panel_set_filter(BpParamPanel *self, const char *const *only,
                               const char *const *hidden);
/* Reads the values of the borrowed config again, after somebody else changed it. Rows are kept
 * where the kinds are the same; the focus stays. Emits nothing. */
void bp_param_panel_refresh(BpParamPanel *self);
/* Marks the row of `key` (dotted) with a sentence; NULL takes the mark away. A row's own refused
 * text is marked by the panel itself. False when it is not in sight. */
gboolean bp_param_panel_mark_error(BpParamPanel *self, const char *key, const char *text);
/* Takes away every mark that bp_param_panel_mark_error() made. */
void bp_param_panel_clear_errors(BpParamPanel *self);
/* Is some row marked now, by either way? */
gboolean bp_param_panel_has_error(BpParamPanel *self);
/* Dense rows without a card of their own, for use inside another card. */
void bp_param_panel_set_plain(BpParamPanel *self, gboolean plain);
/* Unfolds what a dotted path lies in ("transforms.0.size") and returns its widget: a BpParamRow, or
 * of what is in a list a BpKindItem or a row in it. NULL: there is none in sight. */
GtkWidget *bp_param_panel_find(BpParamPanel *self, const char *path);
/* The BpParamRow of a dotted key, or NULL. */
GtkWidget *bp_param_panel_get_row(BpParamPanel *self, const char *key);

G_END_DECLS
