#include "kind-row.h"
#include "ui/accessible.h"
#include "kind-menu.h"
#include "ui/style.h"
#include "ui/i18n.h"

struct _BpKindRow {
  AdwActionRow parent_instance;
  NnConfig *config; /* borrowed */
  const NnParamSpec *spec;
  GtkWidget *button, *value;
  char *key;  /* owned, dotted */
  char *mark; /* owned sentence, or NULL */
  char *note; /* the same */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpKindRow, bp_kind_row, ADW_TYPE_ACTION_ROW)

static const NnKind *chosen_kind(BpKindRow *self)
{
  NnConfig *child = self->config ? nn_config_child(self->config, self->spec->key) : NULL;
  return child ? child->kind : NULL;
}

/* What the kind does is said where it is chosen, and in the tooltip. */
static void show_text(BpKindRow *self)
{
  const NnKind *kind = chosen_kind(self);
  const char *doc = kind && kind->doc ? nn_text(kind->doc) : "",
             *title = kind ? bp_kind_title(kind) : "";
  g_autofree char *tip = g_strdup_printf("%s %s: %s", nn_text(self->spec->doc), title, doc);
  gtk_label_set_text(GTK_LABEL(self->value), title);
  adw_action_row_set_subtitle(ADW_ACTION_ROW(self), self->mark   ? self->mark
                                                    : self->note ? self->note
                                                                 : "");
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), kind ? tip : nn_text(self->spec->doc));
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 self->mark ? self->mark : doc, -1);
  g_autofree char *name = g_strdup_printf("%s: %s", nn_text(self->spec->label), title);
  bp_accessible_set_name(self->button, name);
  if (self->mark)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
}

void bp_kind_row_refresh(BpKindRow *self)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  GtkPopover *menu = gtk_menu_button_get_popover(GTK_MENU_BUTTON(self->button));
  if (menu)
    bp_kind_menu_set_chosen(BP_KIND_MENU(menu), chosen_kind(self));
  show_text(self);
}

static void on_chosen(BpKindRow *self, const char *name)
{
  NnError err = {0};
  const NnKind *kind = nn_kind_find(self->spec->klass, name);
  if (!self->config || kind == chosen_kind(self))
    return;
  if (nn_config_set_kind(self->config, self->spec->key, kind, &err)) {
    g_clear_pointer(&self->mark, g_free);
    bp_kind_row_refresh(self);
    g_signal_emit(self, signals[CHANGED], 0);
  } else {
    bp_kind_row_mark_error(self, err.text);
  }
}

static void create_menu(GtkMenuButton *button, gpointer user_data)
{
  BpKindRow *self = user_data;
  if (gtk_menu_button_get_popover(button))
    return;
  GtkWidget *menu = bp_kind_menu_new(self->spec->klass);
  g_signal_connect_swapped(menu, "chosen", G_CALLBACK(on_chosen), self);
  gtk_menu_button_set_popover(button, menu);
  bp_kind_menu_set_chosen(BP_KIND_MENU(menu), chosen_kind(self));
}

/* The name asks for all the room it needs, but gives way in a narrow window. */
static void make_button(BpKindRow *self)
{
  self->value = gtk_label_new("");
  gtk_label_set_xalign(GTK_LABEL(self->value), 1);
  gtk_label_set_ellipsize(GTK_LABEL(self->value), PANGO_ELLIPSIZE_END);
  bp_accessible_tell_cut_text(self->value);
  gtk_label_set_width_chars(GTK_LABEL(self->value), 6);
  self->button = gtk_menu_button_new();
  gtk_menu_button_set_child(GTK_MENU_BUTTON(self->button), self->value);
  gtk_menu_button_set_always_show_arrow(GTK_MENU_BUTTON(self->button), TRUE);
  gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(self->button), create_menu, self, NULL);
  gtk_widget_add_css_class(self->button, "flat");
  gtk_widget_add_css_class(self->button, "bp-kind-button");
  gtk_widget_set_valign(self->button, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix(ADW_ACTION_ROW(self), self->button);
  adw_action_row_set_activatable_widget(ADW_ACTION_ROW(self), self->button);
}

GtkWidget *bp_kind_row_new(NnConfig *config, const NnParamSpec *spec, const char *where)
{
  g_return_val_if_fail(config && spec && where, NULL);
  BpKindRow *self = g_object_new(BP_TYPE_KIND_ROW, "use-markup", FALSE, "title",
                                 nn_text(spec->label ? spec->label : spec->key), NULL);
  self->spec = spec;
  self->key = g_strconcat(where, spec->key, NULL);
  make_button(self);
  bp_accessible_set_name(GTK_WIDGET(self), nn_text(spec->label ? spec->label : spec->key));
  bp_style_limit_subtitle(GTK_WIDGET(self));
  bp_kind_row_set_config(self, config);
  return GTK_WIDGET(self);
}

void bp_kind_row_set_config(BpKindRow *self, NnConfig *config)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  self->config = config;
  bp_kind_row_refresh(self);
}

void bp_kind_row_mark_error(BpKindRow *self, const char *text)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  char *copy = g_strdup(text);
  g_free(self->mark);
  self->mark = copy;
  show_text(self);
}

void bp_kind_row_set_note(BpKindRow *self, const char *text)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  if (g_strcmp0(text, self->note) == 0)
    return;
  g_free(self->note);
  self->note = g_strdup(text);
  show_text(self);
}

gboolean bp_kind_row_has_error(BpKindRow *self)
{
  return self->mark != NULL;
}

const char *bp_kind_row_get_key(BpKindRow *self)
{
  return self->key;
}

const NnParamSpec *bp_kind_row_get_spec(BpKindRow *self)
{
  return self->spec;
}

GtkWidget *bp_kind_row_get_menu(BpKindRow *self)
{
  create_menu(GTK_MENU_BUTTON(self->button), self);
  return GTK_WIDGET(gtk_menu_button_get_popover(GTK_MENU_BUTTON(self->button)));
}

GtkWidget *bp_kind_row_get_button(BpKindRow *self)
{
  return self->button;
}

static void bp_kind_row_finalize(GObject *object)
{
  BpKindRow *self = BP_KIND_ROW(object);
  g_free(self->key);
  g_free(self->mark);
  g_free(self->note);
  G_OBJECT_CLASS(bp_kind_row_parent_class)->finalize(object);
}

static void bp_kind_row_class_init(BpKindRowClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_kind_row_finalize;
  signals[CHANGED] = g_signal_new("changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void bp_kind_row_init(BpKindRow *self) {}
