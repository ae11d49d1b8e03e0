/* train-on.c: see train-on.h. */
#include "train-on.h"
#include "engine/schedulers/scheduler.h"
#include "ui/accessible.h"
#include "ui/i18n.h"

enum { MOST = 1000, USUAL = 5, TEXT_WIDTH = 34 };

typedef struct {
  guint number;
  GtkWidget *popover, *spin; /* which keep this */
} TrainOn;

/* Is it, or holds it, one whose length is the run's? */
static gboolean spans_run(const NnConfig *scheduler)
{
  const NnParamSpec *params = scheduler->kind->params;
  if (((const NnSchedulerKind *)scheduler->kind)->spans_run)
    return nn_param_index(params, "total_steps") < 0 ||
           isnan(nn_config_number(scheduler, "total_steps"));
  int n = nn_param_index(params, "schedulers") < 0 ? 0 : nn_config_count(scheduler, "schedulers");
  gboolean spans = FALSE;
  for (int i = 0; i < n; i++)
    spans = spans || spans_run(nn_config_at(scheduler, "schedulers", i));
  return spans;
}

/* What the learning rate does then; NULL: nothing. */
static char *dup_schedule_text(const BpRun *run)
{
  const NnConfig *scheduler = nn_config_child(run->recipe, "scheduler");
  const char *name = scheduler->kind->name;
  if (spans_run(scheduler))
    return g_strdup_printf(
        _("%s spans the whole run: the learning rate goes on as if the run had been "
          "planned with this many epochs."),
        name);
  return g_str_equal(name, "none")
             ? NULL
             : g_strdup_printf(_("%s goes on from where it stopped, as in PyTorch."), name);
}

static void on_train(TrainOn *self)
{
  guint more = (guint)gtk_spin_button_get_value_as_int(GTK_SPIN_BUTTON(self->spin));
  gtk_widget_activate_action(self->popover, "win.train-on", "(uu)", self->number, more);
  gtk_popover_popdown(GTK_POPOVER(self->popover));
}

static GtkWidget *new_question(TrainOn *self, const BpRun *run)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new(_("More epochs")),
            *button = gtk_button_new_with_mnemonic(_("_Train"));
  int planned = nn_config_int(nn_config_child(run->recipe, "loop"), "epochs"),
      left = planned - (int)run->epochs;
  self->spin = gtk_spin_button_new_with_range(1, MOST, 1);
  gtk_spin_button_set_value(GTK_SPIN_BUTTON(self->spin), left > 0 ? left : MIN(planned, USUAL));
  bp_accessible_set_name(self->spin, _("More epochs"));
  gtk_widget_set_hexpand(label, TRUE);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_add_css_class(button, "suggested-action");
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(on_train), self);
  gtk_box_append(GTK_BOX(box), label);
  gtk_box_append(GTK_BOX(box), self->spin);
  gtk_box_append(GTK_BOX(box), button);
  return box;
}

GtkWidget *bp_train_on_new(const BpRun *run)
{
  TrainOn *self = g_new0(TrainOn, 1);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *text = dup_schedule_text(run);
  self->number = run->number;
  self->popover = gtk_popover_new();
  g_object_set_data_full(G_OBJECT(self->popover), "train-on", self, g_free);
  gtk_box_append(GTK_BOX(box), new_question(self, run));
  if (text) {
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), TEXT_WIDTH);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_widget_add_css_class(label, "caption");
    gtk_widget_add_css_class(label, "dim-label");
    gtk_box_append(GTK_BOX(box), label);
  }
  gtk_popover_set_child(GTK_POPOVER(self->popover), box);
  return self->popover;
}
