/* sidebar.c: see sidebar.h. */
#include "sidebar.h"
#include "column-layout.h"
#include "runs-pane.h"
#include "ui/accessible.h"
#include "ui/tab-stop.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"

enum { WIDTH = 248 };

struct _BpSidebar {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  GtkListBox *exercises;
  BpRunsPane *runs;
  GtkWidget *signs[BP_N_LESSONS]; /* labels: number or ✓ */
};

G_DEFINE_FINAL_TYPE(BpSidebar, bp_sidebar, ADW_TYPE_BIN)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_sidebar_dispose(GObject *object)
{
  gtk_widget_dispose_template(GTK_WIDGET(object), BP_TYPE_SIDEBAR);
  G_OBJECT_CLASS(bp_sidebar_parent_class)->dispose(object);
}

static void bp_sidebar_class_init(BpSidebarClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_sidebar_dispose;
  g_type_ensure(BP_TYPE_TAB_STOP);
  g_type_ensure(BP_TYPE_RUNS_PANE);
  gtk_widget_class_set_template_from_resource(widget,
                                              "/io/github/backprop_lab/Backprop/sidebar.ui");
  gtk_widget_class_bind_template_child(widget, BpSidebar, exercises);
  gtk_widget_class_bind_template_child(widget, BpSidebar, runs);
  signals[CHOSEN] = bp_signal_new(BP_TYPE_SIDEBAR, "chosen", 1, G_TYPE_BOOLEAN, 0);
}

/* ---- exercises ---- */

static void add_exercise(BpSidebar *self, int index)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *number = g_strdup_printf("%d", index + 1);
  self->signs[index] = gtk_label_new(index == BP_LAB ? "∗" : number);
  gtk_widget_add_css_class(self->signs[index], "badge");
  gtk_widget_add_css_class(self->signs[index], "numeric");
  gtk_widget_set_valign(self->signs[index], GTK_ALIGN_CENTER);
  gtk_box_append(GTK_BOX(box), self->signs[index]);
  GtkWidget *title = gtk_label_new(nn_text(bp_exercise_get(index)->title));
  gtk_label_set_wrap(GTK_LABEL(title), TRUE);
  gtk_label_set_xalign(GTK_LABEL(title), 0);
  gtk_widget_set_hexpand(title, TRUE);
  gtk_box_append(GTK_BOX(box), title);
  gtk_list_box_append(self->exercises, box);
}

static void name_exercise(BpSidebar *self, int i, gboolean done)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index(self->exercises, i);
  const char *title = nn_text(bp_exercise_get(i)->title);
  g_autofree char *name = i == BP_LAB ? g_strdup(title)
                          : done      ? g_strdup_printf(_("Exercise %d: %s, done"), i + 1, title)
                                      : g_strdup_printf(_("Exercise %d: %s"), i + 1, title);
  gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void update_exercises(BpSidebar *self)
{
  int now = bp_course_get_exercise(self->session->course);
  for (int i = 0; i < BP_N_EXERCISES; i++) {
    gboolean done = bp_course_is_exercise_done(self->session->course, i);
    g_autofree char *number = g_strdup_printf("%d", i + 1);
    gtk_label_set_label(GTK_LABEL(self->signs[i]), done ? "✓" : number);
    if (done)
      gtk_widget_add_css_class(self->signs[i], "done");
    name_exercise(self, i, done);
  }
  name_exercise(self, BP_LAB, FALSE);
  gtk_list_box_select_row(self->exercises, gtk_list_box_get_row_at_index(self->exercises, now));
}

static void on_exercise(GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  BpSidebar *self = user_data;
  if (row)
    bp_course_set_exercise(self->session->course, gtk_list_box_row_get_index(row));
}

/* ---- all of it ---- */

static void on_exercise_activated(BpSidebar *self)
{
  g_signal_emit(self, signals[CHOSEN], 0, TRUE);
}

static void on_run_chosen(BpSidebar *self)
{
  g_signal_emit(self, signals[CHOSEN], 0, FALSE);
}

static void bp_sidebar_init(BpSidebar *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  gtk_widget_set_layout_manager(GTK_WIDGET(self), bp_column_layout_new(WIDTH, WIDTH));
  for (int i = 0; i < BP_N_LESSONS; i++)
    add_exercise(self, i);
}

void bp_sidebar_set_session(BpSidebar *self, BpSession *session)
{
  self->session = session;
  bp_runs_pane_set_session(self->runs, session);
  update_exercises(self);
  g_signal_connect(self->exercises, "row-selected", G_CALLBACK(on_exercise), self);
  g_signal_connect_swapped(self->exercises, "row-activated", G_CALLBACK(on_exercise_activated),
                           self);
  g_signal_connect_swapped(self->runs, "chosen", G_CALLBACK(on_run_chosen), self);
  g_signal_connect_object(session->course, "recipe-changed", G_CALLBACK(update_exercises), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "ended", G_CALLBACK(update_exercises), self,
                          G_CONNECT_SWAPPED);
}

BpRunsPane *bp_sidebar_get_runs(BpSidebar *self)
{
  return self->runs;
}
