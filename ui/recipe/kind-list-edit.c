/* kind-list-edit.c: adding, removing, moving and dragging entries of a list. */
#include "kind-list-private.h"

static int index_in_class(const NnKind *kind)
{
  const NnKind *const *kinds = nn_kinds(kind->klass);
  int i = 0;
  while (kinds[i] && kinds[i] != kind)
    i++;
  return i;
}

static int insert_position(BpKindList *self, const NnKind *kind)
{
  int selected = bp_kind_list_get_selected(self), n = bp_kind_list_count(self);
  if (selected >= 0)
    return selected + 1;
  for (int i = 0; i < n && nn_class(kind->klass)->flags & NN_CLASS_IN_ORDER; i++)
    if (index_in_class(bp_kind_list_entry(self, i)->kind) > index_in_class(kind))
      return i;
  for (int i = n - 1; i >= 0; i--)
    if (!g_strcmp0(bp_kind_list_entry(self, i)->kind->name, self->spec->last_kind))
      return i;
  return n;
}

/* Puts `config` (consumed) there. */
static gboolean insert(BpKindList *self, NnConfig *config, int position)
{
  NnError err = {0};
  if (!nn_config_insert(self->holder, self->spec->key, position, config, &err))
    return bp_kind_list_refuse(self, &err);
  bp_kind_list_put_row(self, bp_kind_list_make_item(self, bp_kind_list_entry(self, position)),
                       (guint)position);
  gtk_widget_set_visible(self->list, TRUE); /* else it could not take the focus */
  gtk_widget_grab_focus(self->rows->pdata[position]);
  return TRUE;
}

gboolean bp_kind_list_add(BpKindList *self, const char *kind_name)
{
  g_return_val_if_fail(BP_IS_KIND_LIST(self) && kind_name && self->holder, FALSE);
  NnError err = {0};
  const NnKind *kind = nn_kind_find(self->spec->klass, kind_name);
  g_return_val_if_fail(kind, FALSE);
  NnConfig *config = nn_config_new(kind, &err);
  if (!config)
    return bp_kind_list_refuse(self, &err);
  int position = insert_position(self, kind);
  if (!insert(self, config, position))
    return FALSE;
  bp_kind_list_select(self, position);
  bp_kind_list_emit_changed(self);
  return TRUE;
}

/* Emits no signal. */
static gboolean take_out(BpKindList *self, int index)
{
  NnError err = {0};
  BpKindItem *row = self->rows->pdata[index];
  bp_kind_item_release(row);
  if (!nn_config_remove(self->holder, self->spec->key, index, &err)) {
    bp_kind_item_set_config(row, bp_kind_list_entry(self, index));
    return bp_kind_list_refuse(self, &err);
  }
  bp_kind_list_take_row(self, (guint)index);
  return TRUE;
}

gboolean bp_kind_list_remove(BpKindList *self, int index)
{
  g_return_val_if_fail(BP_IS_KIND_LIST(self), FALSE);
  int n = bp_kind_list_count(self);
  if (index < 0 || index >= n)
    return FALSE;
  /* The focus goes to the neighbor before its row goes. */
  gtk_widget_grab_focus(index + 1 < n ? self->rows->pdata[index + 1]
                        : index > 0   ? self->rows->pdata[index - 1]
                                      : self->add_button);
  if (!take_out(self, index))
    return FALSE;
  bp_kind_list_emit_changed(self);
  return TRUE;
}

/* The others go round it: a row that is taken out, if only for a moment, loses the focus, and GTK
 * gives that to the first row with the next frame. */
static void move_row(BpKindList *self, int from, int to)
{
  int step = from < to ? 1 : -1;
  for (int i = from; i != to; i += step) {
    GtkWidget *other = g_object_ref(self->rows->pdata[i + step]);
    bp_kind_list_take_row(self, (guint)(i + step));
    bp_kind_list_put_row(self, other, (guint)i);
    g_object_unref(other);
  }
  gtk_widget_grab_focus(self->rows->pdata[to]);
}

gboolean bp_kind_list_move(BpKindList *self, int from, int to)
{
  g_return_val_if_fail(BP_IS_KIND_LIST(self), FALSE);
  NnError err = {0};
  int n = bp_kind_list_count(self);
  if (from < 0 || to < 0 || from >= n || to >= n || from == to)
    return FALSE;
  if (!nn_config_move(self->holder, self->spec->key, from, to, &err))
    return bp_kind_list_refuse(self, &err);
  move_row(self, from, to);
  bp_kind_list_emit_changed(self);
  return TRUE;
}

/* ---- dragging ---- */

static BpKindList *list_of(BpKindItem *row)
{
  return BP_KIND_LIST(gtk_widget_get_ancestor(GTK_WIDGET(row), BP_TYPE_KIND_LIST));
}

/* From another list, to a place in this one: a copy comes, then the old one goes. */
static gboolean take_from_other_list(BpKindList *self, BpKindItem *dragged, int position)
{
  NnError err = {0};
  BpKindList *from = list_of(dragged);
  NnConfig *config = bp_kind_item_get_config(dragged);
  if (gtk_widget_is_ancestor(GTK_WIDGET(self), GTK_WIDGET(dragged)) ||
      config->kind->klass != self->spec->klass)
    return FALSE;
  NnConfig *copy = nn_config_copy(config, &err);
  if (!copy)
    return bp_kind_list_refuse(self, &err);
  if (!insert(self, copy, position))
    return FALSE;
  take_out(from, bp_kind_list_position(from, dragged));
  bp_kind_list_reset_rows(from);
  bp_kind_list_emit_changed(self);
  if (!gtk_widget_is_ancestor(GTK_WIDGET(self), GTK_WIDGET(from)))
    bp_kind_list_emit_changed(from); /* those around it hear of what has gone */
  return TRUE;
}

void bp_kind_list_drop(BpKindItem *row, BpKindItem *dragged, gboolean after, BpKindList *self)
{
  int from = bp_kind_list_position(self, dragged),
      to = bp_kind_list_position(self, row) + (after ? 1 : 0);
  if (from >= 0)
    bp_kind_list_move(self, from, from < to ? to - 1 : to);
  else
    take_from_other_list(self, dragged, to);
}

/* Beneath the rows: at the end. */
static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y,
                        BpKindList *self)
{
  BpKindItem *dragged = g_value_get_object(value);
  if (!dragged || !self->holder)
    return FALSE;
  int from = bp_kind_list_position(self, dragged);
  return from >= 0 ? bp_kind_list_move(self, from, bp_kind_list_count(self) - 1)
                   : take_from_other_list(self, dragged, bp_kind_list_count(self));
}

void bp_kind_list_add_drop_target(BpKindList *self, GtkWidget *widget)
{
  GtkDropTarget *target = gtk_drop_target_new(BP_TYPE_KIND_ITEM, GDK_ACTION_MOVE);
  g_signal_connect(target, "drop", G_CALLBACK(on_drop), self);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(target));
}
