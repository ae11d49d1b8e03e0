/* results.c: see results.h. */
#include "results.h"
#include "app/window/column-layout.h"
#include "mistakes-page.h"
#include "program-page.h"
#include "samples-page.h"
#include "app/text.h"
#include "ui/accessible.h"
#include "ui/i18n.h"

/* NATURAL_WIDTH: with the sidebar and the recipe beside it, these fit a window of 1017 pixels, and
 * a screen of 1080 has room for it. No set's names make it wider. */
enum { NATURAL_WIDTH = 440, PAGE_HEIGHT = 322, CHART_MS = 40 };

struct _BpResults {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  BpCharts *charts;
  GtkStack *stack;
  GtkWidget *switcher;
  GtkStackPage *mistakes;
  BpSamplesPage *samples_page;
  BpMistakesPage *mistakes_page;
  BpProgramPage *program_page;
  GtkWidget *content;
  gint64 last_drawn;
};

G_DEFINE_FINAL_TYPE(BpResults, bp_results, ADW_TYPE_BIN)

/* ---- object ---- */

/* A group may have a name; what is nothing in particular may not, and newer GTK drops it. */
static void bp_results_class_init(BpResultsClass *klass)
{
  gtk_widget_class_set_accessible_role(GTK_WIDGET_CLASS(klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *new_pages(BpResults *self)
{
  self->stack = GTK_STACK(gtk_stack_new());
  self->samples_page = g_object_new(BP_TYPE_SAMPLES_PAGE, NULL);
  self->mistakes_page = g_object_new(BP_TYPE_MISTAKES_PAGE, NULL);
  gtk_stack_add_titled(self->stack, GTK_WIDGET(self->samples_page), "samples", _("Samples"));
  self->mistakes =
      gtk_stack_add_titled(self->stack, GTK_WIDGET(self->mistakes_page), "mistakes", _("Mistakes"));
  self->program_page = g_object_new(BP_TYPE_PROGRAM_PAGE, NULL);
  gtk_stack_add_titled(self->stack, GTK_WIDGET(self->program_page), "program", "PyTorch");
  gtk_widget_set_vexpand(GTK_WIDGET(self->stack), TRUE);
  gtk_widget_set_size_request(GTK_WIDGET(self->stack), -1, PAGE_HEIGHT);
  return GTK_WIDGET(self->stack);
}

/* Large letters in a narrow window: the titles give way, and say all of it in their tooltips. The
 * labels are made anew with each title. */
static void let_titles_shrink(GtkWidget *switcher)
{
  GtkWidget *button = gtk_widget_get_first_child(switcher);
  gtk_box_layout_set_homogeneous(GTK_BOX_LAYOUT(gtk_widget_get_layout_manager(switcher)), FALSE);
  for (; button; button = gtk_widget_get_next_sibling(button)) {
    GtkWidget *label = gtk_button_get_child(GTK_BUTTON(button));
    if (!GTK_IS_LABEL(label))
      continue;
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    bp_accessible_show_cut_text(label);
  }
}

static GtkWidget *new_content(BpResults *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *pages = new_pages(self), *switcher = gtk_stack_switcher_new();
  self->switcher = switcher;
  self->charts = g_object_new(BP_TYPE_CHARTS, NULL);
  gtk_stack_switcher_set_stack(GTK_STACK_SWITCHER(switcher), self->stack);
  let_titles_shrink(switcher);
  gtk_accessible_update_property(GTK_ACCESSIBLE(switcher), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Images and program"), -1);
  gtk_widget_add_css_class(switcher, "pills");
  gtk_widget_set_halign(switcher, GTK_ALIGN_START);
  gtk_widget_add_css_class(box, "results");
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->charts));
  gtk_box_append(GTK_BOX(box), switcher);
  gtk_box_append(GTK_BOX(box), pages);
  return box;
}

static void bp_results_init(BpResults *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new();
  self->content = new_content(self);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Results"),
                                 -1);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->content);
  adw_bin_set_child(ADW_BIN(self), scroller);
  gtk_widget_set_layout_manager(GTK_WIDGET(self), bp_column_layout_new(0, NATURAL_WIDTH));
}

/* ---- following the session ---- */

static void write_count(BpResults *self)
{
  BpEvaluation *evaluation = bp_runs_get_evaluation(self->session->runs);
  g_autofree char *count = evaluation ? bp_text_count(evaluation->n_mistakes) : NULL;
  g_autofree char *title =
      count ? g_strdup_printf(_("Mistakes %s"), count) : g_strdup(_("Mistakes"));
  gtk_stack_page_set_title(self->mistakes, title);
  let_titles_shrink(self->switcher);
}

static void show_runs(BpResults *self)
{
  bp_charts_set_runs(self->charts, bp_runs_get_shown_run(self->session->runs),
                     bp_runs_get_list(self->session->runs));
}

static void on_progress(BpResults *self)
{
  if (bp_runner_is_time(self->session->runner, &self->last_drawn, CHART_MS))
    bp_charts_update(self->charts);
}

static void on_run_ended(BpResults *self, BpRun *run)
{
  bp_charts_update(self->charts);
}

void bp_results_set_session(BpResults *self, BpSession *session)
{
  self->session = session;
  bp_samples_page_set_session(self->samples_page, session);
  bp_mistakes_page_set_session(self->mistakes_page, session);
  bp_program_page_set_session(self->program_page, session);
  g_signal_connect_object(session->runs, "shown-changed", G_CALLBACK(show_runs), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "progress", G_CALLBACK(on_progress), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "ended", G_CALLBACK(on_run_ended), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runs, "evaluated", G_CALLBACK(write_count), self,
                          G_CONNECT_SWAPPED);
}

BpProgramPage *bp_results_get_program(BpResults *self)
{
  return self->program_page;
}

BpCharts *bp_results_get_charts(BpResults *self)
{
  return self->charts;
}

void bp_results_set_log_loss(BpResults *self, gboolean log_loss)
{
  bp_charts_set_log_loss(self->charts, log_loss);
}

void bp_results_show_page(BpResults *self, const char *name)
{
  gtk_stack_set_visible_child_name(self->stack, name);
}

void bp_results_set_narrow(BpResults *self, gboolean narrow)
{
  if (narrow)
    gtk_widget_add_css_class(self->switcher, "narrow");
  else
    gtk_widget_remove_css_class(self->switcher, "narrow");
  bp_samples_page_set_narrow(self->samples_page, narrow);
  bp_mistakes_page_set_narrow(self->mistakes_page, narrow);
}
