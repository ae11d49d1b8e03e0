/* layer-list.c: rows in step with the recipe's "network". A moved layer keeps its row, and with it
 * its focus and its opened parameters; a refresh keeps the rows whose kinds are still the same. */
#include "layer-list.h"
#include "layer-menu.h"
#include "layer-row.h"
#include "param-panel.h"
#include "style.h"
#include <string.h>

#define NETWORK "network"

struct _BpLayerList {
  AdwBin parent_instance;
  NnConfig *recipe; /* borrowed */
  GtkWidget *list, *add_button;
  GPtrArray *rows; /* borrowed from list, in its order */
  NnShape in;
  NnShape *outs; /* owned; n_outs of them are known */
  int n_outs, bad_layer;
  char *message; /* owned, or NULL */
};

enum { CHANGED, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpLayerList, bp_layer_list, ADW_TYPE_BIN)

static int n_layers(BpLayerList *self)
{
  return self->recipe ? nn_config_count(self->recipe, NETWORK) : 0;
}

static int position_of(BpLayerList *self, BpLayerRow *row)
{
  guint i;
  return g_ptr_array_find(self->rows, row, &i) ? (int)i : -1;
}

/* ---- rows ---- */

static void update_rows(BpLayerList *self)
{
  int n = (int)self->rows->len;
  for (int i = 0; i < n; i++) {
    gboolean known = i < self->n_outs && (self->bad_layer < 0 || i < self->bad_layer);
    const NnShape *in = i == 0 ? (self->n_outs || self->bad_layer == 0 ? &self->in : NULL)
                        : i <= self->n_outs ? &self->outs[i - 1]
                                            : NULL;
    bp_layer_row_update(self->rows->pdata[i], in, known ? &self->outs[i] : NULL,
                        i == self->bad_layer ? self->message : NULL, i, n);
  }
}

static void forget_shapes(BpLayerList *self)
{
  self->n_outs = 0;
  self->bad_layer = -1;
  g_clear_pointer(&self->message, g_free);
}

static void emit_changed(BpLayerList *self)
{
  forget_shapes(self);
  update_rows(self);
  g_signal_emit(self, signals[CHANGED], 0);
}

static void on_row_changed(BpLayerRow *row, const char *key, BpLayerList *self)
{
  emit_changed(self);
}

static void on_row_remove(BpLayerRow *row, BpLayerList *self)
{
  bp_layer_list_remove(self, position_of(self, row));
}

static void on_row_move_by(BpLayerRow *row, int by, BpLayerList *self)
{
  int from = position_of(self, row);
  bp_layer_list_move(self, from, from + by);
}

static void on_row_dropped(BpLayerRow *row, BpLayerRow *dragged, gboolean after, BpLayerList *self)
{
  int from = position_of(self, dragged), to = position_of(self, row) + (after ? 1 : 0);
  bp_layer_list_move(self, from, from < to ? to - 1 : to);
}

static GtkWidget *make_row(BpLayerList *self, NnConfig *layer)
{
  GtkWidget *row = bp_layer_row_new(layer);
  g_signal_connect(row, "changed", G_CALLBACK(on_row_changed), self);
  g_signal_connect(row, "remove", G_CALLBACK(on_row_remove), self);
  g_signal_connect(row, "move-by", G_CALLBACK(on_row_move_by), self);
  g_signal_connect(row, "dropped", G_CALLBACK(on_row_dropped), self);
  return row;
}

static void take_row(BpLayerList *self, guint i)
{
  gtk_list_box_remove(GTK_LIST_BOX(self->list), self->rows->pdata[i]);
  g_ptr_array_remove_index(self->rows, i);
}

static void put_row(BpLayerList *self, GtkWidget *row, guint i)
{
  gtk_list_box_insert(GTK_LIST_BOX(self->list), row, (int)i);
  g_ptr_array_insert(self->rows, (int)i, row);
}

/* ---- public ---- */

void bp_layer_list_refresh(BpLayerList *self)
{
  g_return_if_fail(BP_IS_LAYER_LIST(self));
  int n = n_layers(self);
  for (int i = 0; i < n; i++) {
    NnConfig *layer = nn_config_at(self->recipe, NETWORK, i);
    BpLayerRow *row = i < (int)self->rows->len ? self->rows->pdata[i] : NULL;
    if (row && bp_layer_row_get_kind(row) == layer->kind) {
      bp_layer_row_set_config(row, layer);
    } else {
      if (row)
        take_row(self, (guint)i);
      put_row(self, make_row(self, layer), (guint)i);
    }
  }
  while ((int)self->rows->len > n)
    take_row(self, self->rows->len - 1);
  if (self->n_outs > n)
    forget_shapes(self);
  update_rows(self);
}

void bp_layer_list_set_recipe(BpLayerList *self, NnConfig *recipe)
{
  g_return_if_fail(BP_IS_LAYER_LIST(self));
  self->recipe = recipe;
  forget_shapes(self);
  bp_layer_list_select(self, -1);
  gtk_widget_set_sensitive(self->add_button, recipe != NULL);
  bp_layer_list_refresh(self);
}

void bp_layer_list_set_shapes(BpLayerList *self, NnShape in, const NnShape *outs, int bad_layer,
                              const char *message)
{
  g_return_if_fail(BP_IS_LAYER_LIST(self));
  /* The row says which layer it is; "network.3: " need not. */
  const char *colon =
      message && g_str_has_prefix(message, NETWORK ".") ? strstr(message, ": ") : NULL;
  char *copy = g_strdup(colon ? colon + 2 : message);
  forget_shapes(self);
  self->in = in;
  self->bad_layer = bad_layer;
  self->message = copy;
  self->n_outs = !outs ? 0 : bad_layer >= 0 ? MIN(bad_layer, n_layers(self)) : n_layers(self);
  self->outs = g_renew(NnShape, self->outs, self->n_outs + 1);
  if (self->n_outs)
    memcpy(self->outs, outs, (size_t)self->n_outs * sizeof *outs);
  update_rows(self);
}

int bp_layer_list_get_selected(BpLayerList *self)
{
  g_return_val_if_fail(BP_IS_LAYER_LIST(self), -1);
  for (guint i = 0; i < self->rows->len; i++)
    if (bp_layer_row_get_open(self->rows->pdata[i]))
      return (int)i;
  return -1;
}

void bp_layer_list_select(BpLayerList *self, int index)
{
  g_return_if_fail(BP_IS_LAYER_LIST(self));
  for (int i = 0; i < (int)self->rows->len; i++)
    if (bp_layer_row_get_open(self->rows->pdata[i]) != (i == index))
      bp_layer_row_set_open(self->rows->pdata[i], i == index);
}

/* After the selected layer; else before the last Linear, whose size must match the classes. */
static int insert_position(BpLayerList *self)
{
  int selected = bp_layer_list_get_selected(self), n = n_layers(self);
  if (selected >= 0)
    return selected + 1;
  for (int i = n - 1; i >= 0; i--)
    if (!g_strcmp0(nn_config_at(self->recipe, NETWORK, i)->kind->group, "linear"))
      return i;
  return n;
}

static gboolean refuse(BpLayerList *self, const NnError *err)
{
  g_signal_emit(self, signals[REFUSED], 0, err->text);
  return FALSE;
}

gboolean bp_layer_list_add(BpLayerList *self, const char *kind_name)
{
  g_return_val_if_fail(BP_IS_LAYER_LIST(self) && kind_name && self->recipe, FALSE);
  NnError err = {0};
  const NnKind *kind = nn_kind_find(NN_CLASS_LAYER, kind_name);
  g_return_val_if_fail(kind, FALSE);
  int position = insert_position(self);
  NnConfig *layer = nn_config_new(kind, &err);
  if (!layer || !nn_config_insert(self->recipe, NETWORK, position, layer, &err))
    return refuse(self, &err);
  put_row(self, make_row(self, nn_config_at(self->recipe, NETWORK, position)), (guint)position);
  bp_layer_list_select(self, position);
  gtk_widget_grab_focus(self->rows->pdata[position]);
  emit_changed(self);
  return TRUE;
}

gboolean bp_layer_list_remove(BpLayerList *self, int index)
{
  g_return_val_if_fail(BP_IS_LAYER_LIST(self), FALSE);
  NnError err = {0};
  if (index < 0 || index >= n_layers(self))
    return FALSE;
  BpLayerRow *row = self->rows->pdata[index];
  bp_layer_row_forget(row);
  if (!nn_config_remove(self->recipe, NETWORK, index, &err)) {
    bp_layer_row_set_config(row, nn_config_at(self->recipe, NETWORK, index));
    return refuse(self, &err);
  }
  /* The focus goes to the neighbour before its row goes. */
  int n = (int)self->rows->len;
  gtk_widget_grab_focus(index + 1 < n ? self->rows->pdata[index + 1]
                        : index > 0   ? self->rows->pdata[index - 1]
                                      : self->add_button);
  take_row(self, (guint)index);
  emit_changed(self);
  return TRUE;
}

gboolean bp_layer_list_move(BpLayerList *self, int from, int to)
{
  g_return_val_if_fail(BP_IS_LAYER_LIST(self), FALSE);
  NnError err = {0};
  int n = n_layers(self);
  if (from < 0 || to < 0 || from >= n || to >= n || from == to)
    return FALSE;
  if (!nn_config_move(self->recipe, NETWORK, from, to, &err))
    return refuse(self, &err);
  GtkWidget *row = g_object_ref(self->rows->pdata[from]);
  take_row(self, (guint)from);
  put_row(self, row, (guint)to);
  gtk_widget_grab_focus(row);
  g_object_unref(row);
  emit_changed(self);
  return TRUE;
}

/* ---- object ---- */

static void on_activated(BpLayerList *self, GtkListBoxRow *row)
{
  int index = position_of(self, BP_LAYER_ROW(row));
  bp_layer_list_select(self, bp_layer_list_get_selected(self) == index ? -1 : index);
}

static void on_chosen(BpLayerList *self, const char *name)
{
  if (self->recipe)
    bp_layer_list_add(self, name);
}

/* Made when first opened, because rooms may still add kinds while the window is built. */
static void create_menu(GtkMenuButton *button, gpointer self)
{
  if (gtk_menu_button_get_popover(button))
    return;
  GtkWidget *menu = bp_layer_menu_new();
  g_signal_connect_swapped(menu, "chosen", G_CALLBACK(on_chosen), self);
  gtk_menu_button_set_popover(button, menu);
}

static GtkWidget *make_add_button(BpLayerList *self)
{
  GtkWidget *content = adw_button_content_new();
  adw_button_content_set_icon_name(ADW_BUTTON_CONTENT(content), "list-add-symbolic");
  adw_button_content_set_label(ADW_BUTTON_CONTENT(content), "Add layer");
  self->add_button = gtk_menu_button_new();
  gtk_menu_button_set_child(GTK_MENU_BUTTON(self->add_button), content);
  gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(self->add_button), create_menu, self, NULL);
  gtk_widget_set_tooltip_text(self->add_button,
                              "Adds a layer after the opened one, or before the last Linear layer");
  gtk_widget_set_sensitive(self->add_button, FALSE);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 "Add layer", -1);
  return self->add_button;
}

GtkWidget *bp_layer_list_new(void)
{
  return g_object_new(BP_TYPE_LAYER_LIST, NULL);
}

static void bp_layer_list_finalize(GObject *object)
{
  BpLayerList *self = BP_LAYER_LIST(object);
  g_ptr_array_unref(self->rows);
  g_free(self->outs);
  g_free(self->message);
  G_OBJECT_CLASS(bp_layer_list_parent_class)->finalize(object);
}

static void bp_layer_list_class_init(BpLayerListClass *klass)
{
  GType type = G_TYPE_FROM_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_layer_list_finalize;
  signals[CHANGED] =
      g_signal_new("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  bp_style_load();
}

static void bp_layer_list_init(BpLayerList *self)
{
  self->rows = g_ptr_array_new();
  self->bad_layer = -1;
  self->list = gtk_list_box_new();
  gtk_list_box_set_selection_mode(GTK_LIST_BOX(self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class(self->list, "bp-layers");
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 "Layers of the network", -1);
  GtkWidget *empty = gtk_label_new("No layers yet. Pictures flow through them from top to bottom.");
  gtk_label_set_wrap(GTK_LABEL(empty), TRUE);
  gtk_label_set_justify(GTK_LABEL(empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class(empty, "dim-label");
  gtk_widget_add_css_class(empty, "bp-empty");
  gtk_list_box_set_placeholder(GTK_LIST_BOX(self->list), empty);
  g_signal_connect_swapped(self->list, "row-activated", G_CALLBACK(on_activated), self);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append(GTK_BOX(box), self->list);
  gtk_box_append(GTK_BOX(box), make_add_button(self));
  adw_bin_set_child(ADW_BIN(self), box);
}
