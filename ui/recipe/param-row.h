/* param-row.h: a row that edits one parameter of a config. Every type of row implements this
 * interface, so that panels need not tell them apart; what all rows have (which parameter, its
 * place in the recipe, what is wrong with it) is kept here.
 *
 * A row borrows its config, writes accepted values into it and emits
 *   "changed" (): the config has a new value, by a person.
 * A refused text leaves the old value and says why in the row. Whenever a text is refused or a
 * refusal is over, the row activates the action BP_PARAM_ROW_REFUSED, which an ancestor may have,
 * however deep in lists and panels the row is. Thread: the UI thread. */
#pragma once
#include <adwaita.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

#define BP_TYPE_PARAM_ROW (bp_param_row_get_type())
G_DECLARE_INTERFACE(BpParamRow, bp_param_row, BP, PARAM_ROW, AdwPreferencesRow)

#define BP_PARAM_ROW_REFUSED "row.refused"

struct _BpParamRowInterface {
  GTypeInterface parent;
  /* Makes the parts, for get_spec(); once. `owner`: the key of what the parameter belongs to, "" in
   * a section. */
  void (*build)(BpParamRow *self, const char *owner);
  /* Shows the value of get_config() (NULL: there is none). What is being typed, or was refused,
   * stays if that is the value shown already. */
  void (*read)(BpParamRow *self);
  /* The same, and what is being typed or was refused goes. NULL: like read(). */
  void (*reset)(BpParamRow *self);
  /* Shows a sentence at what of the row `path` names, "" for all of it; NULL takes it away. */
  void (*show_problem)(BpParamRow *self, const char *path, const char *text);
  /* Unfolds what `path` lies in, and returns its widget. NULL: nothing in it has a path. */
  GtkWidget *(*find)(BpParamRow *self, const char *path);
};

/* `type` implements the interface. `where`: dotted path of the config from the panel's, ending in
 * "." or empty; copied. */
GtkWidget *bp_param_row_new(GType type, NnConfig *config, const NnParamSpec *spec,
                            const char *where);
/* Another config with the same table, in place of one that may be gone, or NULL. */
void bp_param_row_set_config(BpParamRow *self, NnConfig *config);
/* Shows the config's value again, also instead of a refused text, without problems. */
void bp_param_row_reset(BpParamRow *self);
NnConfig *bp_param_row_get_config(BpParamRow *self);
const NnParamSpec *bp_param_row_get_spec(BpParamRow *self);
/* The dotted key. */
const char *bp_param_row_get_key(BpParamRow *self);
/* A problem that the row's own text does not cause; `path` as in show_problem(). */
void bp_param_row_set_problem(BpParamRow *self, const char *path, const char *text);
gboolean bp_param_row_has_problem(BpParamRow *self);
/* The widget of the parameter, or of what `path` names in it, unfolded. */
GtkWidget *bp_param_row_find(BpParamRow *self, const char *path);
/* Why the row's own text is refused, in a sentence that names the row; NULL: it is not. (transfer
 * full) */
char *bp_param_row_dup_refusal(BpParamRow *self);

/* ---- for rows ---- */

/* Why the text of the row is refused; NULL: it no longer is. */
void bp_param_row_refuse(BpParamRow *self, const char *text);
gboolean bp_param_row_is_refused(BpParamRow *self);
void bp_param_row_emit_changed(BpParamRow *self);

G_END_DECLS
