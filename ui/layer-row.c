/* layer-row.c: edge | header (name, summary, handle), error, revealer with the parameters. The row
 * changes nothing but its own layer's parameters; moving and removing is the list's. */
#include "layer-row.h"
#include "kind-row.h"
#include "layer-summary.h"
#include "param-panel.h"

struct _BpLayerRow {
  GtkListBoxRow parent_instance;
  NnConfig *config; /* borrowed */
  const NnKind *kind;
  GtkWidget *header, *summary, *error, *revealer, *panel;
};

enum { CHANGED, REMOVE, MOVE_BY, DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpLayerRow, bp_layer_row, GTK_TYPE_LIST_BOX_ROW)

/* ---- keyboard ---- */

/* Delete is for the row itself: in an entry of the opened part it deletes letters. */
static gboolean on_delete(GtkWidget *row, GVariant *args, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root(row);
  if (!root || gtk_root_get_focus(root) != row)
    return FALSE;
  g_signal_emit(row, signals[REMOVE], 0);
  return TRUE;
}

static gboolean on_move_key(GtkWidget *row, GVariant *args, gpointer data)
{
  g_signal_emit(row, signals[MOVE_BY], 0, g_variant_get_int32(args));
  return TRUE;
}

static void add_move_keys(GtkWidgetClass *klass, guint key, guint keypad_key, int by)
{
  gtk_widget_class_add_binding(klass, key, GDK_ALT_MASK, on_move_key, "i", by);
  gtk_widget_class_add_binding(klass, keypad_key, GDK_ALT_MASK, on_move_key, "i", by);
}

/* ---- dragging ---- */

static GdkContentProvider *on_drag_prepare(GtkDragSource *source, double x, double y,
                                           BpLayerRow *self)
{
  return gdk_content_provider_new_typed(BP_TYPE_LAYER_ROW, self);
}

static void on_drag_begin(GtkDragSource *source, GdkDrag *drag, BpLayerRow *self)
{
  g_autoptr(GdkPaintable) picture = gtk_widget_paintable_new(self->header);
  gtk_drag_source_set_icon(source, picture, gtk_widget_get_width(self->header) - 16, 16);
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-dragged");
}

static void on_drag_end(GtkDragSource *source, GdkDrag *drag, gboolean delete_data,
                        BpLayerRow *self)
{
  gtk_widget_remove_css_class(GTK_WIDGET(self), "bp-dragged");
}

static void on_drop_leave(GtkDropTarget *target, BpLayerRow *self)
{
  gtk_widget_remove_css_class(GTK_WIDGET(self), "bp-drop-before");
  gtk_widget_remove_css_class(GTK_WIDGET(self), "bp-drop-after");
}

static gboolean in_lower_half(BpLayerRow *self, double y)
{
  return y > gtk_widget_get_height(GTK_WIDGET(self)) / 2.0;
}

static GdkDragAction on_drop_motion(GtkDropTarget *target, double x, double y, BpLayerRow *self)
{
  on_drop_leave(target, self);
  gtk_widget_add_css_class(GTK_WIDGET(self),
                           in_lower_half(self, y) ? "bp-drop-after" : "bp-drop-before");
  return GDK_ACTION_MOVE;
}

static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y,
                        BpLayerRow *self)
{
  GtkWidget *row = g_value_get_object(value);
  on_drop_leave(target, self);
  if (!row || gtk_widget_get_parent(row) != gtk_widget_get_parent(GTK_WIDGET(self)))
    return FALSE;
  g_signal_emit(self, signals[DROPPED], 0, row, in_lower_half(self, y));
  return TRUE;
}

static void add_dragging(BpLayerRow *self)
{
  GtkDragSource *source = gtk_drag_source_new();
  gtk_drag_source_set_actions(source, GDK_ACTION_MOVE);
  g_signal_connect(source, "prepare", G_CALLBACK(on_drag_prepare), self);
  g_signal_connect(source, "drag-begin", G_CALLBACK(on_drag_begin), self);
  g_signal_connect(source, "drag-end", G_CALLBACK(on_drag_end), self);
  gtk_widget_add_controller(self->header, GTK_EVENT_CONTROLLER(source));
  GtkDropTarget *target = gtk_drop_target_new(BP_TYPE_LAYER_ROW, GDK_ACTION_MOVE);
  g_signal_connect(target, "motion", G_CALLBACK(on_drop_motion), self);
  g_signal_connect(target, "leave", G_CALLBACK(on_drop_leave), self);
  g_signal_connect(target, "drop", G_CALLBACK(on_drop), self);
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(target));
}

/* ---- parts ---- */

static GtkWidget *make_label(const char *text, const char *css, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), ellipsize);
  gtk_widget_add_css_class(label, css);
  return label;
}

static void make_header(BpLayerRow *self)
{
  const NnKind *kind = self->config->kind;
  self->header = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class(self->header, "bp-layer-header");
  GtkWidget *name = make_label(bp_kind_title(kind), "heading", PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars(GTK_LABEL(name), 11);
  gtk_box_append(GTK_BOX(self->header), name);
  self->summary = make_label("", "dim-label", PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand(self->summary, TRUE);
  gtk_widget_add_css_class(self->summary, "numeric");
  gtk_box_append(GTK_BOX(self->header), self->summary);
  GtkWidget *handle = gtk_image_new_from_icon_name("list-drag-handle-symbolic");
  gtk_widget_add_css_class(handle, "dim-label");
  gtk_widget_set_cursor_from_name(handle, "grab");
  gtk_widget_set_tooltip_text(handle, "Drag to move this layer, or press Alt+Up or Alt+Down");
  gtk_box_append(GTK_BOX(self->header), handle);
  gtk_widget_set_tooltip_text(self->header, kind->doc);
}

static void on_panel_changed(BpLayerRow *self, const char *key)
{
  g_signal_emit(self, signals[CHANGED], 0, key);
}

static void on_remove_clicked(BpLayerRow *self)
{
  g_signal_emit(self, signals[REMOVE], 0);
}

static GtkWidget *make_button(BpLayerRow *self, const char *label, const char *icon)
{
  GtkWidget *content = adw_button_content_new();
  adw_button_content_set_icon_name(ADW_BUTTON_CONTENT(content), icon);
  adw_button_content_set_label(ADW_BUTTON_CONTENT(content), label);
  GtkWidget *button = gtk_button_new();
  gtk_button_set_child(GTK_BUTTON(button), content);
  gtk_widget_add_css_class(button, "flat");
  gtk_widget_set_halign(button, GTK_ALIGN_END);
  g_autofree char *name = g_strdup_printf("%s %s", label, bp_kind_title(self->config->kind));
  gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void make_revealer(BpLayerRow *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class(box, "bp-layer-body");
  self->panel = bp_param_panel_new();
  bp_param_panel_set_plain(BP_PARAM_PANEL(self->panel), TRUE);
  bp_param_panel_set_config(BP_PARAM_PANEL(self->panel), self->config, NULL);
  g_signal_connect_swapped(self->panel, "changed", G_CALLBACK(on_panel_changed), self);
  GtkWidget *doc = make_label(self->config->kind->doc, "dim-label", PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap(GTK_LABEL(doc), TRUE);
  gtk_widget_add_css_class(doc, "caption");
  gtk_widget_add_css_class(doc, "bp-layer-doc");
  GtkWidget *button = make_button(self, "Remove", "user-trash-symbolic");
  gtk_widget_set_tooltip_text(button, "Take this layer out of the network (Delete)");
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(on_remove_clicked), self);
  gtk_box_append(GTK_BOX(box), doc);
  gtk_box_append(GTK_BOX(box), self->panel);
  gtk_box_append(GTK_BOX(box), button);
  self->revealer = gtk_revealer_new();
  gtk_revealer_set_child(GTK_REVEALER(self->revealer), box);
}

static void make_error(BpLayerRow *self)
{
  self->error = make_label("", "error", PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap(GTK_LABEL(self->error), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(self->error), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class(self->error, "caption");
  gtk_widget_add_css_class(self->error, "bp-layer-error");
  gtk_widget_set_visible(self->error, FALSE);
}

static void add_edge(BpLayerRow *self, GtkWidget *outer)
{
  const char *group = self->config->kind->group;
  g_autofree char *css = g_strconcat("bp-group-", group ? group : "other", NULL);
  GtkWidget *edge = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class(edge, "bp-edge");
  gtk_widget_add_css_class(edge, css);
  gtk_box_append(GTK_BOX(outer), edge);
}

GtkWidget *bp_layer_row_new(NnConfig *layer)
{
  g_return_val_if_fail(layer, NULL);
  BpLayerRow *self = g_object_new(BP_TYPE_LAYER_ROW, NULL);
  self->config = layer;
  self->kind = layer->kind;
  GtkWidget *outer = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *inner = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_hexpand(inner, TRUE);
  make_header(self);
  make_error(self);
  make_revealer(self);
  add_edge(self, outer);
  gtk_box_append(GTK_BOX(inner), self->header);
  gtk_box_append(GTK_BOX(inner), self->error);
  gtk_box_append(GTK_BOX(inner), self->revealer);
  gtk_box_append(GTK_BOX(outer), inner);
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(self), outer);
  add_dragging(self);
  return GTK_WIDGET(self);
}

/* ---- state ---- */

void bp_layer_row_update(BpLayerRow *self, const NnShape *in, const NnShape *out, const char *error,
                         int position, int n)
{
  g_return_if_fail(BP_IS_LAYER_ROW(self) && self->config);
  char text[BP_SUMMARY_TEXT];
  bp_layer_summary(self->config, in, out, text);
  gtk_label_set_text(GTK_LABEL(self->summary), text);
  gtk_label_set_text(GTK_LABEL(self->error), error ? error : "");
  gtk_widget_set_visible(self->error, error != NULL);
  if (error)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
  g_autofree char *label = g_strdup_printf("Layer %d of %d: %s %s", position + 1, n,
                                           bp_kind_title(self->config->kind), text);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 error ? error : self->config->kind->doc, -1);
}

void bp_layer_row_set_open(BpLayerRow *self, gboolean open)
{
  g_return_if_fail(BP_IS_LAYER_ROW(self));
  gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), open);
  gtk_accessible_update_state(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
  if (open)
    gtk_widget_add_css_class(GTK_WIDGET(self), "bp-open");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "bp-open");
}

gboolean bp_layer_row_get_open(BpLayerRow *self)
{
  return gtk_revealer_get_reveal_child(GTK_REVEALER(self->revealer));
}

NnConfig *bp_layer_row_get_config(BpLayerRow *self)
{
  return self->config;
}

void bp_layer_row_set_config(BpLayerRow *self, NnConfig *layer)
{
  g_return_if_fail(BP_IS_LAYER_ROW(self) && layer->kind == self->kind);
  gboolean same = layer == self->config;
  self->config = layer;
  if (same)
    bp_param_panel_refresh(BP_PARAM_PANEL(self->panel));
  else
    bp_param_panel_set_config(BP_PARAM_PANEL(self->panel), layer, NULL);
}

const NnKind *bp_layer_row_get_kind(BpLayerRow *self)
{
  return self->kind;
}

const char *bp_layer_row_get_summary(BpLayerRow *self)
{
  return gtk_label_get_text(GTK_LABEL(self->summary));
}

const char *bp_layer_row_get_error(BpLayerRow *self)
{
  const char *text = gtk_label_get_text(GTK_LABEL(self->error));
  return text[0] ? text : NULL;
}

GtkWidget *bp_layer_row_get_panel(BpLayerRow *self)
{
  return self->panel;
}

void bp_layer_row_forget(BpLayerRow *self)
{
  g_return_if_fail(BP_IS_LAYER_ROW(self));
  self->config = NULL;
  bp_param_panel_set_config(BP_PARAM_PANEL(self->panel), NULL, NULL);
}

static void bp_layer_row_class_init(BpLayerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  GType type = G_TYPE_FROM_CLASS(klass);
  signals[CHANGED] = g_signal_new("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REMOVE] =
      g_signal_new("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MOVE_BY] = g_signal_new("move-by", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
  signals[DROPPED] = g_signal_new("dropped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, BP_TYPE_LAYER_ROW, G_TYPE_BOOLEAN);
  gtk_widget_class_add_binding(widget_class, GDK_KEY_Delete, 0, on_delete, NULL);
  gtk_widget_class_add_binding(widget_class, GDK_KEY_KP_Delete, 0, on_delete, NULL);
  add_move_keys(widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, -1);
  add_move_keys(widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 1);
}

static void bp_layer_row_init(BpLayerRow *self)
{
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-layer");
}
