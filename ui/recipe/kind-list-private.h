/* kind-list-private.h: what the files of a list of kinds share: kind-list.c has the rows in step
 * with the configs, kind-list-edit.c what a person does with them. */
#pragma once
#include "kind-item.h"
#include "kind-list.h"

struct _BpKindList {
  AdwBin parent_instance;
  NnConfig *holder;        /* borrowed */
  const NnParamSpec *spec; /* of the list; NULL without a holder */
  GtkWidget *list, *empty, *add_button, *add_label;
  GtkWidget *problem; /* of the list as a whole */
  GPtrArray *rows;    /* borrowed from list, in its order */
};

int bp_kind_list_count(BpKindList *self);
NnConfig *bp_kind_list_entry(BpKindList *self, int i);        /* borrowed */
int bp_kind_list_position(BpKindList *self, BpKindItem *row); /* −1: it is in another list */
/* The row of a config, in no list yet. */
GtkWidget *bp_kind_list_make_item(BpKindList *self, NnConfig *config);
void bp_kind_list_put_row(BpKindList *self, GtkWidget *row, guint i);
void bp_kind_list_take_row(BpKindList *self, guint i);
/* Entries have come, gone or moved: what was known of them is not any more. */
void bp_kind_list_reset_rows(BpKindList *self);
/* The same, and the signal "changed". */
void bp_kind_list_emit_changed(BpKindList *self);
/* Says why a change was refused. Returns FALSE. */
gboolean bp_kind_list_refuse(BpKindList *self, const NnError *err);

/* ---- kind-list-edit.c ---- */

/* `dragged`, of whichever list, was dropped on the row. */
void bp_kind_list_drop(BpKindItem *row, BpKindItem *dragged, gboolean after, BpKindList *self);
/* What is dropped on this widget comes to the end. */
void bp_kind_list_add_drop_target(BpKindList *self, GtkWidget *widget);
