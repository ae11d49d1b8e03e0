/* kind-row.c: see kind-row.h. */
#include "kind-row.h"
#include "ui/accessible.h"
#include "kind-menu.h"
#include "row-layout.h"
#include "ui/style.h"
#include "ui/i18n.h"

struct _BpKindRow {
  AdwActionRow parent_instance;
  GtkWidget *button, *value;
  char *problem, *note; /* owned sentences, or NULL */
};

static void init_param_row(BpParamRowInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE(BpKindRow, bp_kind_row, ADW_TYPE_ACTION_ROW,
                              G_IMPLEMENT_INTERFACE(BP_TYPE_PARAM_ROW, init_param_row))

static const NnParamSpec *spec_of(BpKindRow *self)
{
  return bp_param_row_get_spec(BP_PARAM_ROW(self));
}

static const NnKind *chosen_kind(BpKindRow *self)
{
  NnConfig *config = bp_param_row_get_config(BP_PARAM_ROW(self));
  NnConfig *child = config ? nn_config_child(config, spec_of(self)->key) : NULL;
  return child ? child->kind : NULL;
}

/* What the kind does is said where it is chosen, and in the tooltip. */
static void show_text(BpKindRow *self)
{
  const NnParamSpec *spec = spec_of(self);
  const NnKind *kind = chosen_kind(self);
  const char *doc = kind && kind->doc ? nn_text(kind->doc) : "",
             *title = kind ? bp_kind_title(kind) : "",
             *below = self->problem ? self->problem : self->note;
  g_autofree char *tip = g_strdup_printf("%s %s: %s", nn_text(spec->doc), title, doc);
  gtk_label_set_text(GTK_LABEL(self->value), title);
  adw_action_row_set_subtitle(ADW_ACTION_ROW(self), below ? below : "");
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), kind ? tip : nn_text(spec->doc));
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 self->problem ? self->problem : doc, -1);
  g_autofree char *name = g_strdup_printf("%s: %s", nn_text(spec->label), title);
  bp_accessible_set_name(self->button, name);
}

static void bp_kind_row_read(BpParamRow *row)
{
  BpKindRow *self = BP_KIND_ROW(row);
  GtkPopover *menu = gtk_menu_button_get_popover(GTK_MENU_BUTTON(self->button));
  if (menu)
    bp_kind_menu_set_chosen(BP_KIND_MENU(menu), chosen_kind(self));
  show_text(self);
}

static void bp_kind_row_show_problem(BpParamRow *row, const char *path, const char *text)
{
  BpKindRow *self = BP_KIND_ROW(row);
  g_free(self->problem);
  self->problem = g_strdup(text);
  show_text(self);
}

static void on_chosen(BpKindRow *self, const char *name)
{
  NnError err = {0};
  BpParamRow *row = BP_PARAM_ROW(self);
  const NnParamSpec *spec = spec_of(self);
  const NnKind *kind = nn_kind_find(spec->klass, name);
  NnConfig *config = bp_param_row_get_config(row);
  if (!config || kind == chosen_kind(self))
    return;
  bool ok = nn_config_set_kind(config, spec->key, kind, &err);
  bp_param_row_set_problem(row, "", ok ? NULL : err.text);
  bp_kind_row_read(row);
  if (ok)
    bp_param_row_emit_changed(row);
}

static void create_menu(GtkMenuButton *button, gpointer user_data)
{
  BpKindRow *self = user_data;
  if (gtk_menu_button_get_popover(button))
    return;
  GtkWidget *menu = bp_kind_menu_new(spec_of(self)->klass);
  g_signal_connect_swapped(menu, "chosen", G_CALLBACK(on_chosen), self);
  gtk_menu_button_set_popover(button, menu);
  bp_kind_menu_set_chosen(BP_KIND_MENU(menu), chosen_kind(self));
}

/* The name asks for all the room it needs, and goes below the title where there is not so much. */
static void bp_kind_row_build(BpParamRow *row, const char *owner)
{
  BpKindRow *self = BP_KIND_ROW(row);
  self->value = gtk_label_new("");
  gtk_label_set_xalign(GTK_LABEL(self->value), 1);
  gtk_label_set_ellipsize(GTK_LABEL(self->value), PANGO_ELLIPSIZE_END);
  bp_accessible_show_cut_text(self->value);
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
  bp_accessible_set_name(GTK_WIDGET(self), nn_text(spec_of(self)->label));
  bp_style_limit_subtitle(GTK_WIDGET(self));
  bp_row_layout_install(ADW_ACTION_ROW(self));
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
  g_free(BP_KIND_ROW(object)->problem);
  g_free(BP_KIND_ROW(object)->note);
  G_OBJECT_CLASS(bp_kind_row_parent_class)->finalize(object);
}

static void bp_kind_row_class_init(BpKindRowClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_kind_row_finalize;
}

static void bp_kind_row_init(BpKindRow *self) {}

static void init_param_row(BpParamRowInterface *iface)
{
  iface->build = bp_kind_row_build;
  iface->read = bp_kind_row_read;
  iface->show_problem = bp_kind_row_show_problem;
}
