/* test-window-runs.c: what the window says of runs: which one it shows, where, and what came of it.
 */
#include "app/pages/charts.h"
#include "ui/plot/plot-view.h"
#include "window-check.h"
#include <math.h>

/* A part that is kept aside is measured after each epoch, and said where the outcome stands. */
static void test_validation(void)
{
  start_over(3, "2");
  set("data.validation_fraction", "0.2");
  click("win.train");
  nn_check(wait_for(idle, PATIENCE_MS) && wait_for(quiet, PATIENCE_MS));
  BpRun *run = bp_runner_get_run(session->runner);
  const BpSeries *accuracy = run->curves.validation_accuracy, *loss = run->curves.validation_loss;
  enum { KEPT = N_TRAIN / 5, STEPS = (N_TRAIN - KEPT) / 8 };
  nn_check_int(bp_series_length(accuracy), 2);
  nn_check_int(bp_series_length(loss), 2);
  for (int i = 0; i < 2 && bp_series_length(accuracy) == 2; i++) {
    double right = KEPT * bp_series_y(accuracy, i);
    nn_check_int(bp_series_x(accuracy, i), (i + 1) * STEPS);
    nn_check_near(right, round(right), 1e-9, 0); /* a whole number of pictures */
  }
  nn_check(run->validation_accuracy > 0.9 && run->validation_loss > 0);
  nn_check(run->train_loss > 0 && run->test_loss > 0);
  g_autofree char *percent = bp_text_percent(run->validation_accuracy);
  g_autofree char *number = bp_text_number(run->validation_loss);
  g_autofree char *wanted = g_strdup_printf("validation %s, loss %s", percent, number);
  nn_check_has(bp_footer_get_outcome(footer()), wanted);
}

/* One is no many. */
static void test_one_step(void)
{
  start_over(3, "1");
  set("data.batch_size", "2000");
  click("win.train");
  nn_check(wait_for(over, PATIENCE_MS));
  nn_check_int(bp_runner_get_run(session->runner)->steps, 1);
  nn_check_has(bp_footer_get_outcome(footer()), " · 1 step in ");
}

/* ---- the shown run ---- */

/* Trains a run with the exercise's recipe and that learning rate to its end. */
static BpRun *trained(const char *optimizer, const char *lr)
{
  start_over(3, "1");
  set("optimizer.kind", optimizer);
  set("optimizer.lr", lr);
  click("win.train");
  nn_check(wait_for(over, PATIENCE_MS));
  return bp_runner_get_run(session->runner);
}

static GtkListBox *run_list(GtkWidget *widget)
{
  if (GTK_IS_LIST_BOX(widget) && gtk_widget_has_css_class(widget, "runs"))
    return GTK_LIST_BOX(widget);
  GtkListBox *found = NULL;
  GtkWidget *child = gtk_widget_get_first_child(widget);
  for (; child && !found; child = gtk_widget_get_next_sibling(child))
    found = run_list(child);
  return found;
}

/* The rows have an order of their own; each has its run. */
static int row_index(BpRun *run)
{
  GtkListBox *list = run_list(part(BP_TYPE_SIDEBAR));
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(list, i)); i++)
    if (g_object_get_data(G_OBJECT(gtk_list_box_row_get_child(row)), "run") == run)
      return i;
  return -1;
}

static GtkListBoxRow *row_of(BpRun *run)
{
  int i = row_index(run);
  return i < 0 ? NULL : gtk_list_box_get_row_at_index(run_list(part(BP_TYPE_SIDEBAR)), i);
}

static bool row_has(BpRun *run, const char *text)
{
  GtkLabel *title = g_object_get_data(G_OBJECT(gtk_list_box_row_get_child(row_of(run))), "title");
  return strstr(gtk_label_get_label(title), text) != NULL;
}

static void choose_run(BpRun *run)
{
  gtk_list_box_select_row(run_list(part(BP_TYPE_SIDEBAR)), row_of(run));
  spend(100);
}

/* Pages, tab, footer and the highlighted row are about
 * `run`. */
static void check_shows(BpRun *run)
{
  g_autofree char *name = g_strdup_printf("Run %u", run->number);
  g_autofree char *percent = bp_text_percent(run->test_accuracy);
  g_autofree char *tab = g_strdup_printf("Mistakes %u", run->evaluation->n_mistakes);
  const char *samples = note_of_samples();
  nn_check_has(samples, name);
  nn_check_has(samples, percent);
  nn_check_str(title_of_mistakes(), tab);
  nn_check_has(bp_footer_get_headline(footer()), name);
  nn_check_has(bp_footer_get_outcome(footer()), percent);
  nn_check(gtk_list_box_row_is_selected(row_of(run)));
}

static void test_shows_the_chosen_run(void)
{
  BpRun *poor = trained("AdamW", "1e-7"), *good = trained("AdamW", "1e-3");
  nn_check(good->test_accuracy > poor->test_accuracy + 0.3);
  check_shows(good);
  choose_run(poor);
  check_shows(poor);
  choose_run(good);
  check_shows(good);
  choose_run(poor);
  start_over(1, "1000");
  click("win.train"); /* what is started is shown */
  nn_check(wait_for(training, PATIENCE_MS));
  nn_check(bp_runs_get_shown_run(session->runs) == bp_runner_get_run(session->runner));
  choose_run(poor); /* also while another one goes on */
  nn_check(bp_runs_get_evaluation(session->runs) == poor->evaluation);
  g_autofree char *name = g_strdup_printf("Run %u,", poor->number);
  nn_check_has(note_of_samples(), name);
  click("win.stop");
  nn_check(wait_for(over, PATIENCE_MS));
  check_shows(poor);
}

static void test_diverges(void)
{
  start_over(1, "5");
  set("optimizer.kind", "SGD");
  set("optimizer.lr", "1000");
  click("win.train");
  nn_check(wait_for(idle, PATIENCE_MS));
  BpRun *run = bp_runner_get_run(session->runner);
  nn_check_int(run->status, BP_RUN_DIVERGED);
  nn_check(n_points() > 0);
  nn_check_has(alert(), "Run ");
  nn_check_has(alert(), "stopped being finite at step");
  click("win.dismiss");
  nn_check_str(alert(), "");
  bp_runs_show(session->runs, (BpMoment){0}); /* who turns to it again wants to know again */
  bp_runs_show(session->runs, (BpMoment){run, BP_NEWEST});
  nn_check_has(alert(), "stopped being finite at step");
  nn_check(gtk_widget_get_sensitive(button("win.train")));
  /* What the run before it read wrong is that run's. */
  BpEvaluation *evaluation = bp_runs_get_evaluation(session->runs);
  nn_check(!evaluation || evaluation == run->evaluation);
  if (!evaluation)
    nn_check_str(title_of_mistakes(), "Mistakes");
  g_autofree char *name = g_strdup_printf("Run %u", run->number);
  nn_check_has(note_of_samples(), name);
  if (!evaluation)
    nn_check_has(note_of_samples(), "ended before it was evaluated");
  nn_check_has(bp_footer_get_headline(footer()), "diverged");
}

/* ---- what the charts compare ---- */

static BpPlot *loss_plot(void)
{
  return bp_plot_view_get_plot(BP_PLOT_VIEW(find(part(BP_TYPE_CHARTS), BP_TYPE_PLOT_VIEW, NULL)));
}

static bool describes(const char *words)
{
  g_autofree char *text = bp_plot_describe(loss_plot());
  return strstr(text, words) != NULL;
}

/* The shown run has its loss, learning rate and test points; each other one has the first two. */
static int others_in_charts(void)
{
  return (bp_plot_n_lines(loss_plot()) - 3) / 2;
}

static int with_the_same_data(BpRun *run)
{
  int n = 0;
  GListModel *runs = bp_runs_get_list(session->runs);
  for (guint i = 0; i < g_list_model_get_n_items(runs); i++) {
    g_autoptr(BpRun) other = g_list_model_get_item(runs, i);
    n += other != run && other->data == run->data;
  }
  return n;
}

static void open_data(const char *dir)
{
  bp_data_store_open(session->data, dir);
  nn_check(wait_for(loaded, PATIENCE_MS));
}

/* As write_data(), but for one pixel: the same pictures again would be the same data. */
static char *write_other_data(void)
{
  char *root = write_data(), *bytes;
  gsize n;
  g_autofree char *dir = data_dir(root), *path = g_build_filename(dir, files[0].name, NULL);
  g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
  bytes[n - 1] ^= 1;
  g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
  g_free(bytes);
  return root;
}

/* Steps of one batch size are alike; those of two are not, and epochs are. */
static void test_compares_what_is_comparable(void)
{
  GtkWidget *charts = part(BP_TYPE_CHARTS);
  BpRun *here = trained("SGD", "0.01");
  nn_check_int(others_in_charts(), MIN(with_the_same_data(here), 4));
  g_autofree char *elsewhere = write_other_data();
  open_data(elsewhere);
  BpRun *there = trained("SGD", "0.01");
  nn_check(there->data != here->data);
  nn_check_int(with_the_same_data(there), 0);
  nn_check_int(others_in_charts(), 0);
  nn_check(describes(" at step "));
  start_over(3, "1");
  set("data.batch_size", "4");
  click("win.train");
  nn_check(wait_for(over, PATIENCE_MS));
  nn_check_int(others_in_charts(), 1);
  nn_check(describes(" at epoch 1"));
  g_object_set(charts, "axis", "seconds", NULL);
  nn_check(describes(" seconds"));
  g_object_set(charts, "axis", "step", NULL);
  nn_check(describes(" at step 500"));
  g_object_set(charts, "axis", "auto", NULL);
  choose_run(here); /* back to what it ran on */
  nn_check_int(others_in_charts(), MIN(with_the_same_data(here), 4));
  remove_data(elsewhere);
}

/* ---- what a person does with a run ---- */

static void act_on(const char *action, BpRun *run)
{
  GtkWidget *pane = part(BP_TYPE_RUNS_PANE);
  gtk_widget_activate_action(pane, action, "u", run->number);
  spend(200);
}

static GtkWidget *find_entry(GtkWidget *at)
{
  if (GTK_IS_ENTRY(at) && gtk_widget_get_mapped(at))
    return at;
  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = find_entry(child);
  return found;
}

/* Whether GTK would ask the run's row for a tooltip, were the pointer there. */
static gboolean is_asked(BpRun *run)
{
  GtkWidget *pane = part(BP_TYPE_RUNS_PANE), *row = GTK_WIDGET(row_of(run));
  graphene_rect_t at;
  nn_check(gtk_widget_compute_bounds(row, pane, &at));
  GtkWidget *found = gtk_widget_pick(pane, at.origin.x + at.size.width / 2,
                                     at.origin.y + at.size.height / 2, GTK_PICK_INSENSITIVE);
  return found && (found == row || gtk_widget_is_ancestor(found, row));
}

static void test_renames(void)
{
  BpRun *run = trained("SGD", "0.01");
  spend(200);
  nn_check(is_asked(run));
  act_on("run.rename", run);
  nn_check(!is_asked(run)); /* its tooltip would cover what has been opened */
  GtkWidget *entry = find_entry(part(BP_TYPE_RUNS_PANE));
  if (!nn_check(entry != NULL))
    return;
  nn_check_str(gtk_editable_get_text(GTK_EDITABLE(entry)), run->name);
  gtk_editable_set_text(GTK_EDITABLE(entry), "  slow & steady ");
  g_signal_emit_by_name(entry, "activate");
  spend(200);
  nn_check_str(run->name, "slow & steady");
  nn_check(row_has(run, "slow & steady"));
  nn_check(is_asked(run));
}

/* A pinned run stands above newer ones, and still is what it was. */
static void test_pins(void)
{
  BpRun *old = trained("SGD", "0.01"), *new = trained("SGD", "0.02");
  nn_check(row_index(new) < row_index(old));
  act_on("run.pin", old);
  nn_check_int(row_index(old), 0);
  nn_check(gtk_list_box_row_is_selected(row_of(new)));
  choose_run(old);
  nn_check(bp_runs_get_shown_run(session->runs) == old);
  act_on("run.pin", old);
  nn_check(row_index(new) < row_index(old));
}

/* What was deleted is no longer shown, and comes back with one click. */
static void test_deletes(void)
{
  GListModel *list = bp_runs_get_list(session->runs);
  BpRun *run = trained("SGD", "0.03");
  guint before = g_list_model_get_n_items(list);
  act_on("run.delete", run);
  nn_check_int(g_list_model_get_n_items(list), before - 1);
  nn_check(bp_runs_get_shown_run(session->runs) != run);
  GtkWidget *undo = find_button("_Undo");
  if (!nn_check(undo != NULL))
    return;
  g_signal_emit_by_name(undo, "clicked");
  spend(200);
  nn_check_int(g_list_model_get_n_items(list), before);
  check_shows(run);
}

/* One that is being trained cannot be deleted. */
static void test_keeps_the_active(void)
{
  start_over(1, "1000");
  click("win.train");
  nn_check(wait_for(training, PATIENCE_MS));
  BpRun *run = bp_runner_get_run(session->runner);
  g_autoptr(GMenuModel) menu = bp_runs_pane_new_menu(run);
  g_autoptr(GMenuModel) last = g_menu_model_get_item_link(menu, 2, G_MENU_LINK_SECTION);
  nn_check_int(g_menu_model_get_n_items(last), 0);
  g_autoptr(GMenuModel) first = g_menu_model_get_item_link(menu, 0, G_MENU_LINK_SECTION);
  nn_check_int(g_menu_model_get_n_items(first), 0); /* nor goes it on, and no file keeps it */
  act_on("run.delete", run);
  nn_check(row_of(run) != NULL);
  click("win.stop");
  nn_check(wait_for(over, PATIENCE_MS));
}

static const WindowTest tests[] = {
    {"measures the validation part and says it", test_validation},
    {"a run of one step", test_one_step},
    {"shows the chosen run in every panel", test_shows_the_chosen_run},
    {"a diverged run keeps its curves, and nobody else's answers", test_diverges},
    {"a run is renamed", test_renames},
    {"pinned runs come first", test_pins},
    {"a deleted run comes back", test_deletes},
    {"the active run cannot be deleted", test_keeps_the_active},
    {"charts compare what is comparable", test_compares_what_is_comparable}};

int main(void)
{
  return test_window(tests, G_N_ELEMENTS(tests));
}
