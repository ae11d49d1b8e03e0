/* kind-item.c: header (name, summary, handle), error, what it holds, revealer with the
 * parameters. The row changes nothing but its own kind's parameters; moving and removing is the
 * list's. */
#include "kind-item.h"
#include "ui/accessible.h"
#include "kind-list.h"
#include "kind-menu.h"
#include "kind-summary.h"
#include "param-panel.h"
#include "row-drag.h"
#include "ui/style.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <string.h>

struct _BpKindItem {
  GtkListBoxRow parent_instance;
  NnConfig *config; /* borrowed */
  const NnKind *kind;
  GtkWidget *header, *summary, *error, *revealer, *panel;
  GtkWidget *inner_list; /* a BpKindList, or NULL */
  char *mark, *key;      /* owned: the sentence, or NULL; the parameter that it is about, or "" */
};

enum { CHANGED, REMOVE, MOVE_BY, DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpKindItem, bp_kind_item, GTK_TYPE_LIST_BOX_ROW)

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

/* ---- parts ---- */

static GtkWidget *make_label(const char *text, const char *css, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), ellipsize);
  if (ellipsize)
    bp_accessible_show_cut_text(label);
  gtk_widget_add_css_class(label, css);
  return label;
}

static void make_header(BpKindItem *self)
{
  const NnKind *kind = self->config->kind;
  self->header = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class(self->header, "bp-layer-header");
  GtkWidget *name = make_label(bp_kind_title(kind), "heading", PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars(GTK_LABEL(name), 8);
  gtk_widget_add_css_class(name, "bp-layer-name");
  gtk_box_append(GTK_BOX(self->header), name);
  self->summary = make_label("", "dim-label", PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand(self->summary, TRUE);
  gtk_widget_add_css_class(self->summary, "numeric");
  gtk_box_append(GTK_BOX(self->header), self->summary);
  GtkWidget *handle = gtk_image_new_from_icon_name("list-drag-handle-symbolic");
  gtk_widget_add_css_class(handle, "dim-label");
  gtk_widget_set_cursor_from_name(handle, "grab");
  gtk_widget_set_tooltip_text(handle, _("Drag to move, or press Alt+Up or Alt+Down"));
  gtk_box_append(GTK_BOX(self->header), handle);
  gtk_widget_set_tooltip_text(self->header, nn_text(kind->doc));
}

/* The parameter that is a list of kinds, or NULL. */
static const char *list_key(BpKindItem *self)
{
  for (const NnParamSpec *spec = self->kind->params; spec && spec->key; spec++)
    if (spec->type == NN_PARAM_KINDS)
      return spec->key;
  return NULL;
}

static void emit_changed(BpKindItem *self)
{
  g_signal_emit(self, signals[CHANGED], 0);
}

/* A click in here is no click on the row itself, which would open or close it. */
static void on_released(GtkGesture *gesture)
{
  gtk_gesture_set_state(gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void keep_clicks(GtkWidget *widget)
{
  GtkGesture *click = gtk_gesture_click_new();
  g_signal_connect(click, "released", G_CALLBACK(on_released), NULL);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
}

/* Always in sight, indented: the list reads as the whole network. */
static void make_inner_list(BpKindItem *self, GtkWidget *inner)
{
  if (!list_key(self))
    return;
  self->inner_list = bp_kind_list_new();
  bp_kind_list_set_config(BP_KIND_LIST(self->inner_list), self->config, list_key(self));
  g_signal_connect_swapped(self->inner_list, "changed", G_CALLBACK(emit_changed), self);
  gtk_widget_add_css_class(self->inner_list, "bp-held");
  keep_clicks(self->inner_list);
  gtk_box_append(GTK_BOX(inner), self->inner_list);
}

static void on_remove_clicked(BpKindItem *self)
{
  g_signal_emit(self, signals[REMOVE], 0);
}

static GtkWidget *make_remove(BpKindItem *self)
{
  /* An AdwButtonContent would have its label read out after the name. */
  GtkWidget *content = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append(GTK_BOX(content), gtk_image_new_from_icon_name("user-trash-symbolic"));
  gtk_box_append(GTK_BOX(content), gtk_label_new(_("Remove")));
  GtkWidget *button = gtk_button_new();
  gtk_button_set_child(GTK_BUTTON(button), content);
  gtk_widget_add_css_class(button, "flat");
  gtk_widget_set_halign(button, GTK_ALIGN_END);
  g_autofree char *name = /* Translators: takes the layer of that name out: "Remove ReLU". */
      g_strdup_printf(_("Remove %s"), bp_kind_title(self->config->kind));
  bp_accessible_set_name(button, name);
  return button;
}

static void make_revealer(BpKindItem *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class(box, "bp-layer-body");
  self->panel = bp_param_panel_new();
  bp_param_panel_set_plain(BP_PARAM_PANEL(self->panel), TRUE);
  if (list_key(self))
    bp_param_panel_set_filter(BP_PARAM_PANEL(self->panel), NULL,
                              (const char *const[]){list_key(self), NULL});
  bp_param_panel_set_config(BP_PARAM_PANEL(self->panel), self->config, NULL);
  g_signal_connect_swapped(self->panel, "changed", G_CALLBACK(emit_changed), self);
  GtkWidget *doc = make_label(nn_text(self->config->kind->doc), "dim-label", PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap(GTK_LABEL(doc), TRUE);
  gtk_widget_add_css_class(doc, "caption");
  gtk_widget_add_css_class(doc, "bp-layer-doc");
  GtkWidget *button = make_remove(self);
  gtk_widget_set_tooltip_text(button, _("Remove (Delete)"));
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(on_remove_clicked), self);
  gtk_box_append(GTK_BOX(box), doc);
  gtk_box_append(GTK_BOX(box), self->panel);
  gtk_box_append(GTK_BOX(box), button);
  self->revealer = gtk_revealer_new();
  gtk_revealer_set_child(GTK_REVEALER(self->revealer), box);
  keep_clicks(self->revealer);
}

static void make_error(BpKindItem *self)
{
  self->error = make_label("", "error", PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap(GTK_LABEL(self->error), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(self->error), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class(self->error, "caption");
  gtk_widget_add_css_class(self->error, "bp-layer-error");
  gtk_widget_set_visible(self->error, FALSE);
}

/* A stripe in the color of the kind's group. */
static void add_edge(BpKindItem *self, GtkWidget *box)
{
  const char *group = self->config->kind->group;
  g_autofree char *css = g_strconcat("bp-group-", group ? group : "other", NULL);
  gtk_widget_add_css_class(box, "bp-edge");
  gtk_widget_add_css_class(box, css);
}

GtkWidget *bp_kind_item_new(NnConfig *config)
{
  g_return_val_if_fail(config, NULL);
  BpKindItem *self = g_object_new(BP_TYPE_KIND_ITEM, NULL);
  self->config = config;
  self->kind = config->kind;
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  make_header(self);
  make_error(self);
  make_revealer(self);
  add_edge(self, box);
  gtk_box_append(GTK_BOX(box), self->header);
  gtk_box_append(GTK_BOX(box), self->error);
  make_inner_list(self, box);
  gtk_box_append(GTK_BOX(box), self->revealer);
  gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(self), box);
  bp_row_drag_add(GTK_WIDGET(self), self->header, self->inner_list);
  return GTK_WIDGET(self);
}

/* ---- state ---- */

/* With the parameters in sight the sentence stands at its own row; else beneath the name. */
static void show_mark(BpKindItem *self)
{
  BpParamPanel *panel = BP_PARAM_PANEL(self->panel);
  bp_param_panel_clear_errors(panel);
  gboolean at_row = self->mark && bp_kind_item_get_open(self) &&
                    bp_param_panel_mark_error(panel, self->key, self->mark);
  gtk_label_set_text(GTK_LABEL(self->error), self->mark ? self->mark : "");
  gtk_widget_set_visible(self->error, self->mark && !at_row);
  if (self->mark)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 self->mark ? self->mark : nn_text(self->kind->doc), -1);
}

static void set_mark(BpKindItem *self, const char *key, const char *text)
{
  if (!self->mark && !text)
    return;
  g_free(self->mark);
  g_free(self->key);
  self->mark = g_strdup(text);
  self->key = g_strdup(key);
  show_mark(self);
}

/* What of `path` is beneath the list that it holds, "layers.0.size" → "0.size"; NULL: it is not. */
static const char *path_in_list(BpKindItem *self, const char *path)
{
  const char *key = list_key(self);
  gsize length = key ? strlen(key) : 0;
  return key && g_str_has_prefix(path, key) && path[length] == '.' ? path + length + 1 : NULL;
}

void bp_kind_item_mark(BpKindItem *self, const char *path, const char *text)
{
  g_return_if_fail(BP_IS_KIND_ITEM(self) && path);
  const char *inner = path_in_list(self, path);
  if (inner)
    bp_kind_list_mark(BP_KIND_LIST(self->inner_list), inner, text);
  else
    set_mark(self, path, text);
}

GtkWidget *bp_kind_item_find(BpKindItem *self, const char *path)
{
  g_return_val_if_fail(BP_IS_KIND_ITEM(self) && path, NULL);
  const char *inner = path_in_list(self, path);
  GtkWidget *row = bp_param_panel_find(BP_PARAM_PANEL(self->panel), path);
  return inner ? bp_kind_list_find(BP_KIND_LIST(self->inner_list), inner)
         : row ? row
         : self->inner_list && !strcmp(path, list_key(self)) ? self->inner_list
                                                             : GTK_WIDGET(self);
}

void bp_kind_item_clear(BpKindItem *self)
{
  g_return_if_fail(BP_IS_KIND_ITEM(self));
  set_mark(self, "", NULL);
  if (self->inner_list)
    bp_kind_list_clear(BP_KIND_LIST(self->inner_list));
}

void bp_kind_item_update(BpKindItem *self, const NnShape *in, const NnShape *out, int position,
                         int n)
{
  g_return_if_fail(BP_IS_KIND_ITEM(self) && self->config);
  char text[BP_SUMMARY_TEXT];
  bp_kind_summary(self->config, in, out, text);
  g_autofree char *shown = bp_accessible_left_to_right(self->summary, text);
  gtk_label_set_text(GTK_LABEL(self->summary), shown);
  const char *format = nn_class(self->kind->klass)->entry;
  g_autofree char *label = g_strdup_printf(format ? nn_text(format) : _("Item %d of %d: %s %s"),
                                           position + 1, n, bp_kind_title(self->kind), text);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void bp_kind_item_set_open(BpKindItem *self, gboolean open)
{
  g_return_if_fail(BP_IS_KIND_ITEM(self));
  gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), open);
  /* It stands beneath when open, and a tooltip would cover it. */
  gtk_widget_set_tooltip_text(self->header, open ? NULL : nn_text(self->kind->doc));
  gtk_accessible_update_state(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
  if (open)
    gtk_widget_add_css_class(GTK_WIDGET(self), "bp-open");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "bp-open");
  show_mark(self);
}

gboolean bp_kind_item_get_open(BpKindItem *self)
{
  return gtk_revealer_get_reveal_child(GTK_REVEALER(self->revealer));
}

NnConfig *bp_kind_item_get_config(BpKindItem *self)
{
  return self->config;
}

void bp_kind_item_set_config(BpKindItem *self, NnConfig *config)
{
  g_return_if_fail(BP_IS_KIND_ITEM(self) && config->kind == self->kind);
  gboolean same = config == self->config;
  self->config = config;
  if (self->inner_list && same)
    bp_kind_list_refresh(BP_KIND_LIST(self->inner_list));
  else if (self->inner_list)
    bp_kind_list_set_config(BP_KIND_LIST(self->inner_list), config, list_key(self));
  if (same)
    bp_param_panel_refresh(BP_PARAM_PANEL(self->panel));
  else
    bp_param_panel_set_config(BP_PARAM_PANEL(self->panel), config, NULL);
}

const NnKind *bp_kind_item_get_kind(BpKindItem *self)
{
  return self->kind;
}

const char *bp_kind_item_get_summary(BpKindItem *self)
{
  return gtk_label_get_text(GTK_LABEL(self->summary));
}

const char *bp_kind_item_get_error(BpKindItem *self)
{
  return self->mark;
}

GtkWidget *bp_kind_item_get_inner_list(BpKindItem *self)
{
  return self->inner_list;
}

GtkWidget *bp_kind_item_get_panel(BpKindItem *self)
{
  return self->panel;
}

void bp_kind_item_release(BpKindItem *self)
{
  g_return_if_fail(BP_IS_KIND_ITEM(self));
  self->config = NULL;
  if (self->inner_list)
    bp_kind_list_set_config(BP_KIND_LIST(self->inner_list), NULL, NULL);
  bp_param_panel_set_config(BP_PARAM_PANEL(self->panel), NULL, NULL);
}

static void bp_kind_item_finalize(GObject *object)
{
  g_free(BP_KIND_ITEM(object)->mark);
  g_free(BP_KIND_ITEM(object)->key);
  G_OBJECT_CLASS(bp_kind_item_parent_class)->finalize(object);
}

static void bp_kind_item_class_init(BpKindItemClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  GType type = G_TYPE_FROM_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_kind_item_finalize;
  signals[CHANGED] = bp_signal_new(type, "changed", 0, 0, 0);
  signals[REMOVE] = bp_signal_new(type, "remove", 0, 0, 0);
  signals[MOVE_BY] = bp_signal_new(type, "move-by", 1, G_TYPE_INT, 0);
  signals[DROPPED] = bp_signal_new(type, "dropped", 2, BP_TYPE_KIND_ITEM, G_TYPE_BOOLEAN);
  gtk_widget_class_add_binding(widget_class, GDK_KEY_Delete, 0, on_delete, NULL);
  gtk_widget_class_add_binding(widget_class, GDK_KEY_KP_Delete, 0, on_delete, NULL);
  add_move_keys(widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, -1);
  add_move_keys(widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 1);
}

static void bp_kind_item_init(BpKindItem *self)
{
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-layer");
}
