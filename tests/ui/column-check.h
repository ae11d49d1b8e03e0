/* column-check.h: the recipe column in a window of its own, its parts, and what a person does with
 * them: for the files of test-recipe-column. */
#pragma once
#include "widget-check.h"
#include "app/session/session.h"
#include "app/window/window.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kinds-row.h"
#include "ui/recipe/param-panel.h"

extern BpSession *session;
extern BpWindow *window;
extern GtkWidget *column;

/* Those of the other files. */
void run_refused_tests(void);
void run_place_tests(void);

NnConfig *recipe(void);
/* The panel with the row of that key. */
BpParamPanel *panel_in(GtkWidget *root, const char *key);
/* The rows of the lists of transforms. */
BpKindsRow *transforms_in(GtkWidget *root, const char *key);
BpKindsRow *transforms(void);
/* The list whose button says "Add layer" and that is the network's own. */
BpKindList *network_in(GtkWidget *root);
BpKindItem *item_of(BpKindList *list, int i);
BpKindItem *layer_at(int i);
BpParamPanel *panel_of(BpKindItem *item);
BpKindList *held_by(BpKindItem *item);
void choose(BpParamPanel *panel, const char *key, const char *name);
void add(BpKindList *list, const char *name);
void type_text(BpParamPanel *panel, const char *key, const char *text);
/* The free lab, afresh. */
void start(const char *network);
