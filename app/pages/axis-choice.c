/* axis-choice.c: see axis-choice.h. */
#include "axis-choice.h"
#include "ui/i18n.h"
#include "ui/tab-stop.h"
#include "ui/new-signal.h"

struct _BpAxisChoice {
  AdwBin parent_instance;
  GtkWidget *buttons[BP_N_UNITS];
  BpAxisUnit unit; /* of the button that is pressed */
};

G_DEFINE_FINAL_TYPE(BpAxisChoice, bp_axis_choice, ADW_TYPE_BIN)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void on_toggled(BpAxisChoice *self)
{
  for (int i = 0; i < BP_N_UNITS; i++) {
    gboolean pressed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(self->buttons[i]));
    if (!pressed || self->unit == (BpAxisUnit)i)
      continue;
    self->unit = (BpAxisUnit)i;
    g_signal_emit(self, signals[CHOSEN], 0, i);
  }
}

void bp_axis_choice_set_unit(BpAxisChoice *self, BpAxisUnit unit)
{
  self->unit = unit;
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(self->buttons[unit]), TRUE);
}

static gboolean bp_axis_choice_focus(GtkWidget *widget, GtkDirectionType direction)
{
  BpAxisChoice *self = BP_AXIS_CHOICE(widget);
  gboolean tab = direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD;
  if (bp_tab_stop_leaves(widget, direction))
    return FALSE;
  if (tab)
    return gtk_widget_grab_focus(self->buttons[self->unit]);
  return GTK_WIDGET_CLASS(bp_axis_choice_parent_class)->focus(widget, direction);
}

static void bp_axis_choice_class_init(BpAxisChoiceClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  widget->focus = bp_axis_choice_focus;
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_RADIO_GROUP);
  signals[CHOSEN] = bp_signal_new(BP_TYPE_AXIS_CHOICE, "chosen", 1, G_TYPE_INT, 0);
}

static void bp_axis_choice_init(BpAxisChoice *self)
{
  const struct {
    const char *label, *tooltip;
  } texts[] = {
      /* Translators: what the axis counts, as in "100 steps"; not the button that trains one. */
      [BP_UNIT_STEP] = {C_("axis", "Step"), _("Every batch is as wide as any other")},
      [BP_UNIT_EPOCH] = {C_("axis", "Epoch"), _("Runs with other batch sizes are comparable")},
      [BP_UNIT_SECONDS] = {C_("axis", "Seconds"),
                           _("Time spent training, without pauses and tests")},
  };
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class(box, "linked");
  gtk_widget_add_css_class(box, "axis-choice");
  for (int i = 0; i < BP_N_UNITS; i++) {
    GtkWidget *button = gtk_toggle_button_new_with_label(texts[i].label);
    gtk_widget_set_tooltip_text(button, texts[i].tooltip);
    if (i > 0)
      gtk_toggle_button_set_group(GTK_TOGGLE_BUTTON(button), GTK_TOGGLE_BUTTON(self->buttons[0]));
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), i == 0);
    g_signal_connect_swapped(button, "toggled", G_CALLBACK(on_toggled), self);
    gtk_box_append(GTK_BOX(box), button);
    self->buttons[i] = button;
  }
  adw_bin_set_child(ADW_BIN(self), box);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Horizontal axis"), -1);
}
