/* sidebar.c: see sidebar.h. */
#include "sidebar.h"
#include "column-layout.h"
#include "ui/accessible.h"
#include "ui/plot/plot.h"
#include "ui/tab-stop.h"
#include "ui/i18n.h"

enum { WIDTH = 248 };

struct _BpSidebar {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  GtkListBox *exercises, *runs;
  GtkWidget *no_runs;
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
  gtk_widget_class_set_template_from_resource(widget,
                                              "/io/github/backprop_lab/Backprop/sidebar.ui");
  gtk_widget_class_bind_template_child(widget, BpSidebar, exercises);
  gtk_widget_class_bind_template_child(widget, BpSidebar, runs);
  gtk_widget_class_bind_template_child(widget, BpSidebar, no_runs);
  signals[CHOSEN] = g_signal_new("chosen", BP_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
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

/* ---- runs ---- */

static void update_run(GtkWidget *box, BpRun *run)
{
  GtkLabel *title = g_object_get_data(G_OBJECT(box), "title");
  GtkLabel *caption = g_object_get_data(G_OBJECT(box), "caption");
  g_autofree char *title_text = bp_run_dup_title(run), *caption_text = bp_run_dup_caption(run);
  gtk_label_set_label(title, title_text);
  gtk_label_set_label(caption, caption_text);
  g_autofree char *all = g_strjoinv("\n", run->differences);
  g_autofree char *told =
      g_strdup_printf("%s\n%s%s%s", title_text, caption_text, all[0] ? "\n\n" : "", all);
  gtk_widget_set_tooltip_text(box, told);
  /* The row is made around the box after its first update. */
  GtkWidget *row = gtk_widget_get_parent(box);
  if (row)
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, title_text,
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, caption_text, -1);
}

static void on_row(GtkWidget *box, GParamSpec *spec, gpointer run)
{
  if (gtk_widget_get_parent(box))
    update_run(box, BP_RUN(run));
}

static GtkLabel *add_line(GtkWidget *words, const char *css_class)
{
  GtkLabel *label = GTK_LABEL(gtk_label_new(NULL));
  gtk_label_set_xalign(label, 0);
  gtk_label_set_ellipsize(label, PANGO_ELLIPSIZE_END);
  bp_accessible_tell_cut_text(GTK_WIDGET(label));
  gtk_widget_add_css_class(GTK_WIDGET(label), css_class);
  gtk_box_append(GTK_BOX(words), GTK_WIDGET(label));
  return label;
}

static GtkWidget *new_run_row(gpointer item, gpointer user_data)
{
  BpRun *run = BP_RUN(item);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12), *dot = adw_bin_new();
  GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 1);
  g_autofree char *color = g_strdup_printf("color-%u", (run->number - 1) % BP_PLOT_COLORS);
  gtk_widget_add_css_class(dot, "run-dot");
  gtk_widget_add_css_class(dot, color);
  gtk_widget_set_valign(dot, GTK_ALIGN_CENTER);
  g_object_set_data(G_OBJECT(box), "title", add_line(words, "run-title"));
  GtkLabel *caption = add_line(words, "caption");
  gtk_widget_add_css_class(GTK_WIDGET(caption), "dim-label");
  gtk_widget_add_css_class(GTK_WIDGET(caption), "numeric");
  g_object_set_data(G_OBJECT(box), "caption", caption);
  gtk_box_append(GTK_BOX(box), dot);
  gtk_box_append(GTK_BOX(box), words);
  g_signal_connect_object(run, "changed", G_CALLBACK(update_run), box, G_CONNECT_SWAPPED);
  g_signal_connect_object(box, "notify::parent", G_CALLBACK(on_row), run, 0);
  update_run(box, run);
  return box;
}

static void on_run(GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  BpSidebar *self = user_data;
  GListModel *runs = bp_runs_get_list(self->session->runs);
  g_autoptr(BpRun) run =
      row ? g_list_model_get_item(runs, (guint)gtk_list_box_row_get_index(row)) : NULL;
  if (run)
    bp_runs_show(self->session->runs, (BpMoment){run, BP_NEWEST});
}

static GtkListBoxRow *shown_row(BpSidebar *self)
{
  GListModel *runs = bp_runs_get_list(self->session->runs);
  BpRun *shown = bp_runs_get_shown_run(self->session->runs);
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(runs, i);
    if (run == shown)
      return gtk_list_box_get_row_at_index(self->runs, (int)i);
  }
  return NULL;
}

static void on_runs(BpSidebar *self)
{
  gboolean any = g_list_model_get_n_items(bp_runs_get_list(self->session->runs)) > 0;
  gtk_widget_set_visible(self->no_runs, !any);
  gtk_widget_set_visible(GTK_WIDGET(self->runs), any);
  gtk_list_box_select_row(self->runs, shown_row(self));
}

static void on_activated(GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  BpSidebar *self = user_data;
  g_signal_emit(self, signals[CHOSEN], 0, list == self->exercises);
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
  gtk_list_box_bind_model(self->runs, bp_runs_get_list(session->runs), new_run_row, NULL, NULL);
  update_exercises(self);
  on_runs(self);
  g_signal_connect(self->exercises, "row-selected", G_CALLBACK(on_exercise), self);
  g_signal_connect(self->runs, "row-selected", G_CALLBACK(on_run), self);
  g_signal_connect(self->exercises, "row-activated", G_CALLBACK(on_activated), self);
  g_signal_connect(self->runs, "row-activated", G_CALLBACK(on_activated), self);
  g_signal_connect_object(session->course, "recipe-changed", G_CALLBACK(update_exercises), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "ended", G_CALLBACK(update_exercises), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runs, "shown-changed", G_CALLBACK(on_runs), self,
                          G_CONNECT_SWAPPED);
}
