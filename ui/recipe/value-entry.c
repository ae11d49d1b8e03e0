#include "value-entry.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"

struct _BpValueEntry {
  GtkBox parent_instance;
  GtkWidget *entry, *down, *up;
  char *shown; /* owned: the text that stands for the value */
  int width_chars;
  gboolean eager, committing, typing, setting;
};

enum { MOST_CHARS = 24 }; /* that are seen without scrolling, if there is room for them */
enum { SPARE_CHARS = 2 }; /* a digit may be wider than the width that a font says */

enum { COMMIT, STEP, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpValueEntry, bp_value_entry, GTK_TYPE_BOX)

static void hand_over(BpValueEntry *self)
{
  if (self->committing)
    return;
  self->committing = TRUE;
  g_autofree char *copy = g_strdup(gtk_editable_get_text(GTK_EDITABLE(self->entry)));
  g_signal_emit(self, signals[COMMIT], 0, copy);
  self->committing = FALSE;
}

static gboolean is_edited(BpValueEntry *self)
{
  return g_strcmp0(gtk_editable_get_text(GTK_EDITABLE(self->entry)), self->shown) != 0;
}

void bp_value_entry_commit(BpValueEntry *self)
{
  g_return_if_fail(BP_IS_VALUE_ENTRY(self));
  if (is_edited(self))
    hand_over(self);
}

static gboolean has_focus(BpValueEntry *self)
{
  GtkWidget *text = GTK_WIDGET(gtk_editable_get_delegate(GTK_EDITABLE(self->entry)));
  return gtk_widget_is_focus(text);
}

static void on_changed(BpValueEntry *self)
{
  if (self->setting)
    return;
  self->typing = has_focus(self);
  if (!self->typing)
    bp_value_entry_commit(self);
  else if (self->eager)
    hand_over(self); /* typing the shown text again takes a mark away too */
  self->typing = FALSE;
}

static void emit_step(BpValueEntry *self, int steps)
{
  bp_value_entry_commit(self);
  g_signal_emit(self, signals[STEP], 0, steps);
}

static void on_button(GtkButton *button, BpValueEntry *self)
{
  emit_step(self, GTK_WIDGET(button) == self->up ? 1 : -1);
}

static gboolean on_key(BpValueEntry *self, guint keyval, guint code, GdkModifierType state)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return FALSE;
  if (keyval == GDK_KEY_Escape && self->shown && is_edited(self)) {
    g_autofree char *shown = g_strdup(self->shown);
    gtk_editable_set_text(GTK_EDITABLE(self->entry), shown);
    return TRUE;
  }
  if (!self->up)
    return FALSE;
  int steps = keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up                 ? 1
              : keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down           ? -1
              : keyval == GDK_KEY_Page_Up || keyval == GDK_KEY_KP_Page_Up     ? 10
              : keyval == GDK_KEY_Page_Down || keyval == GDK_KEY_KP_Page_Down ? -10
                                                                              : 0;
  if (steps)
    emit_step(self, steps);
  return steps != 0;
}

void bp_value_entry_set_text(BpValueEntry *self, const char *text)
{
  g_return_if_fail(BP_IS_VALUE_ENTRY(self));
  g_free(self->shown);
  self->shown = g_strdup(text);
  if (!self->typing) /* it does not grow under the fingers */
    gtk_editable_set_max_width_chars(
        GTK_EDITABLE(self->entry),
        MAX(self->width_chars, MIN((int)g_utf8_strlen(text, -1) + SPARE_CHARS, MOST_CHARS)));
  if (self->typing || !g_strcmp0(text, gtk_editable_get_text(GTK_EDITABLE(self->entry))))
    return;
  self->setting = TRUE;
  gtk_editable_set_text(GTK_EDITABLE(self->entry), text);
  gtk_editable_set_position(GTK_EDITABLE(self->entry), -1);
  self->setting = FALSE;
}

gboolean bp_value_entry_shows(BpValueEntry *self, const char *text)
{
  return self->shown && !g_strcmp0(self->shown, text);
}

void bp_value_entry_set_eager(BpValueEntry *self, gboolean eager)
{
  g_return_if_fail(BP_IS_VALUE_ENTRY(self));
  self->eager = eager;
}

void bp_value_entry_set_can_step(BpValueEntry *self, gboolean down, gboolean up)
{
  g_return_if_fail(BP_IS_VALUE_ENTRY(self));
  if (!self->up)
    return;
  gtk_widget_set_sensitive(self->down, down);
  gtk_widget_set_sensitive(self->up, up);
}

GtkWidget *bp_value_entry_get_entry(BpValueEntry *self)
{
  return self->entry;
}

GtkWidget *bp_value_entry_get_button(BpValueEntry *self, int direction)
{
  return direction > 0 ? self->up : self->down;
}

/* Like a spin button's, the buttons are not in the tab chain: the arrow keys do the same. */
static GtkWidget *add_button(BpValueEntry *self, const char *icon, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name(icon);
  gtk_widget_add_css_class(button, "flat");
  gtk_widget_add_css_class(button, "circular");
  gtk_widget_set_focusable(button, FALSE);
  gtk_widget_set_focus_on_click(button, FALSE);
  gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect(button, "clicked", G_CALLBACK(on_button), self);
  gtk_box_append(GTK_BOX(self), button);
  return button;
}

static void make_entry(BpValueEntry *self, int width_chars)
{
  self->width_chars = width_chars;
  self->entry = gtk_entry_new();
  gtk_editable_set_alignment(GTK_EDITABLE(self->entry), 1);
  gtk_editable_set_width_chars(GTK_EDITABLE(self->entry), width_chars);
  gtk_editable_set_max_width_chars(GTK_EDITABLE(self->entry), width_chars);
  gtk_entry_set_input_hints(GTK_ENTRY(self->entry), GTK_INPUT_HINT_NO_SPELLCHECK);
  gtk_widget_add_css_class(self->entry, "numeric");
  gtk_widget_set_valign(self->entry, GTK_ALIGN_CENTER);
  gtk_box_append(GTK_BOX(self), self->entry);
  g_signal_connect_swapped(self->entry, "changed", G_CALLBACK(on_changed), self);
  g_signal_connect_swapped(self->entry, "activate", G_CALLBACK(bp_value_entry_commit), self);
  GtkEventController *focus = gtk_event_controller_focus_new();
  g_signal_connect_swapped(focus, "leave", G_CALLBACK(bp_value_entry_commit), self);
  gtk_widget_add_controller(self->entry, focus);
  GtkEventController *keys = gtk_event_controller_key_new();
  gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped(keys, "key-pressed", G_CALLBACK(on_key), self);
  gtk_widget_add_controller(self->entry, keys);
}

GtkWidget *bp_value_entry_new(gboolean with_steps, int width_chars)
{
  BpValueEntry *self = g_object_new(BP_TYPE_VALUE_ENTRY, NULL);
  if (with_steps)
    self->down = add_button(self, "list-remove-symbolic", _("Decrease"));
  make_entry(self, width_chars);
  if (with_steps)
    self->up = add_button(self, "list-add-symbolic", _("Increase"));
  return GTK_WIDGET(self);
}

static void bp_value_entry_finalize(GObject *object)
{
  g_free(BP_VALUE_ENTRY(object)->shown);
  G_OBJECT_CLASS(bp_value_entry_parent_class)->finalize(object);
}

static void bp_value_entry_class_init(BpValueEntryClass *klass)
{
  GType type = G_TYPE_FROM_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_value_entry_finalize;
  signals[COMMIT] = bp_signal_new(type, "commit", 1, G_TYPE_STRING, 0);
  signals[STEP] = bp_signal_new(type, "step", 1, G_TYPE_INT, 0);
}

static void bp_value_entry_init(BpValueEntry *self)
{
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-value");
  gtk_widget_set_valign(GTK_WIDGET(self), GTK_ALIGN_CENTER);
}
