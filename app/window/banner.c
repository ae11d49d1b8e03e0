/* banner.c: see banner.h. */
#include "banner.h"
#include "ui/i18n.h"

struct _BpBanner {
  AdwBin parent_instance;
  GtkRevealer *revealer;
  GtkWidget *strip;
  GtkLabel *label;
  GtkProgressBar *progress;
  GtkButton *button, *offer;
};

G_DEFINE_FINAL_TYPE(BpBanner, bp_banner, ADW_TYPE_BIN)

static void bp_banner_class_init(BpBannerClass *klass)
{
  gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "bpbanner");
}

static GtkButton *add_button(BpBanner *self)
{
  GtkWidget *button = gtk_button_new();
  gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible(button, FALSE); /* it has no label yet */
  gtk_box_append(GTK_BOX(self->strip), button);
  return GTK_BUTTON(button);
}

static void add_progress(BpBanner *self)
{
  self->progress = GTK_PROGRESS_BAR(gtk_progress_bar_new());
  gtk_progress_bar_set_show_text(self->progress, TRUE);
  gtk_widget_set_valign(GTK_WIDGET(self->progress), GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand(GTK_WIDGET(self->progress), TRUE);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Download"), -1);
  gtk_box_append(GTK_BOX(self->strip), GTK_WIDGET(self->progress));
}

static void bp_banner_init(BpBanner *self)
{
  self->label = GTK_LABEL(gtk_label_new(NULL));
  gtk_label_set_wrap(self->label, TRUE);
  gtk_label_set_natural_wrap_mode(self->label, GTK_NATURAL_WRAP_WORD);
  gtk_label_set_xalign(self->label, 0);
  gtk_widget_set_hexpand(GTK_WIDGET(self->label), TRUE);
  self->strip = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class(self->strip, "strip");
  gtk_box_append(GTK_BOX(self->strip), GTK_WIDGET(self->label));
  add_progress(self);
  self->offer = add_button(self);
  self->button = add_button(self);
  self->revealer = GTK_REVEALER(gtk_revealer_new());
  gtk_revealer_set_child(self->revealer, self->strip);
  adw_bin_set_child(ADW_BIN(self), GTK_WIDGET(self->revealer));
}

GtkWidget *bp_banner_new(void)
{
  return g_object_new(BP_TYPE_BANNER, NULL);
}

void bp_banner_show(BpBanner *self, const char *text, const char *button, const char *action,
                    gboolean warning)
{
  gtk_revealer_set_reveal_child(self->revealer, text != NULL);
  if (!text)
    return;
  gtk_label_set_label(self->label, text);
  gtk_widget_set_visible(GTK_WIDGET(self->offer), FALSE);
  gtk_widget_set_visible(GTK_WIDGET(self->progress), FALSE);
  gtk_widget_set_visible(GTK_WIDGET(self->button), button != NULL);
  if (button) {
    gtk_button_set_label(self->button, button);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(self->button), action);
  }
  if (warning)
    gtk_widget_add_css_class(self->strip, "warning");
  else
    gtk_widget_remove_css_class(self->strip, "warning");
}

void bp_banner_offer(BpBanner *self, const char *button, const char *action)
{
  gtk_button_set_label(self->offer, button);
  gtk_actionable_set_action_name(GTK_ACTIONABLE(self->offer), action);
  gtk_widget_set_visible(GTK_WIDGET(self->offer), TRUE);
}

void bp_banner_set_progress(BpBanner *self, double fraction, const char *text)
{
  gtk_progress_bar_set_fraction(self->progress, CLAMP(fraction, 0, 1));
  gtk_progress_bar_set_text(self->progress, text);
  gtk_widget_set_visible(GTK_WIDGET(self->progress), TRUE);
}

void bp_banner_set_narrow(BpBanner *self, gboolean narrow)
{
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self->strip),
                                 narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

const char *bp_banner_get_text(BpBanner *self)
{
  return gtk_revealer_get_reveal_child(self->revealer) ? gtk_label_get_label(self->label) : NULL;
}
