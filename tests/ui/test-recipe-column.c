/* test-recipe-column.c: the recipe column offers every kind that there is, with a row for each of
 * its parameters that applies; with test-recipe-refused.c and test-recipe-places.c in one window.
 * Every warning is fatal. */
#include "column-check.h"
#include "app/application.h"
#include "app/window/recipe-column.h"
#include "ui/recipe/kind-row.h"
#include "ui/recipe/value-row.h"
#include <string.h>

/* Each parameter has its row, in sight if it applies; returns how many rows. */
static int check_rows(BpParamPanel *panel, const NnConfig *config, const char *where,
                      gboolean visible, gboolean with_lists)
{
  int n = 0;
  for (const NnParamSpec *spec = config->kind->params; spec && spec->key; spec++) {
    if (spec->flags & NN_PARAM_DERIVED || (spec->type == NN_PARAM_KINDS && !with_lists))
      continue;
    g_autofree char *key = g_strconcat(where, spec->key, NULL);
    GtkWidget *row = bp_param_panel_get_row(panel, key);
    gboolean shown = visible && nn_config_visible(config, spec);
    if (!nn_check(row && gtk_widget_get_visible(row) == shown))
      fprintf(stderr, "# %s of %s\n", key, config->kind->name);
    n++;
    if (spec->type == NN_PARAM_KIND) {
      g_autofree char *below = g_strconcat(key, ".", NULL);
      n += check_rows(panel, nn_config_child(config, spec->key), below, shown, TRUE);
    }
  }
  return n;
}

static int count_rows(BpParamPanel *panel)
{
  GtkListBox *list = GTK_LIST_BOX(find_widget(GTK_WIDGET(panel), GTK_TYPE_LIST_BOX));
  int n = 0;
  while (gtk_list_box_get_row_at_index(list, n))
    n++;
  return n;
}

static void check_item(BpKindItem *item, const NnKind *kind)
{
  NnConfig *config = bp_kind_item_get_config(item);
  nn_check_str(config->kind->name, kind->name);
  nn_check(bp_kind_item_get_open(item));
  nn_check_int(count_rows(panel_of(item)), check_rows(panel_of(item), config, "", TRUE, FALSE));
}

static void test_layers(void)
{
  start("Linear");
  BpKindList *list = network_in(column);
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++) {
    bp_kind_list_select(list, 0);
    add(list, (*kind)->name);
    check_item(layer_at(1), *kind);
    nn_check(bp_kind_list_remove(list, 1));
  }
  add(list, "Residual");
  int i = bp_kind_list_get_selected(list);
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++) {
    BpKindList *held = held_by(layer_at(i));
    add(held, (*kind)->name);
    check_item(item_of(held, 0), *kind);
    nn_check_int(nn_config_count(nn_config_at(recipe(), "network", i), "layers"), 1);
    nn_check(bp_kind_list_remove(held, 0));
  }
}

static void test_inits(void)
{
  static const char *const keys[] = {"weight_init", "bias_init"};
  start("Flatten Linear");
  bp_kind_list_select(network_in(column), 1);
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_INIT); *kind; kind++)
    for (int i = 0; i < 2; i++) {
      NnConfig *layer = bp_kind_item_get_config(layer_at(1));
      choose(panel_of(layer_at(1)), keys[i], (*kind)->name);
      nn_check_str(nn_config_child(layer, keys[i])->kind->name, (*kind)->name);
      nn_check_int(count_rows(panel_of(layer_at(1))),
                   check_rows(panel_of(layer_at(1)), layer, "", TRUE, FALSE));
    }
}

/* One KIND, of the recipe ("") or of a section of it ("data."). */
static void try_all(NnConfig *config, const char *section, const char *key, NnKindClass klass)
{
  g_autofree char *path = g_strconcat(section, key, NULL), *where = g_strconcat(path, ".", NULL);
  for (const NnKind *const *kind = nn_kinds(klass); *kind; kind++) {
    BpParamPanel *panel = panel_in(column, path);
    choose(panel, path, (*kind)->name);
    NnConfig *child = nn_config_child(config, key);
    nn_check_str(child->kind->name, (*kind)->name);
    check_rows(panel, child, where, TRUE, TRUE);
  }
}

static void test_sections(void)
{
  start(NULL);
  try_all(recipe(), "", "loss", NN_CLASS_LOSS);
  try_all(recipe(), "", "optimizer", NN_CLASS_OPTIMIZER);
  try_all(recipe(), "", "scheduler", NN_CLASS_SCHEDULER);
  try_all(nn_config_child(recipe(), "data"), "data.", "dataset", NN_CLASS_DATASET);
  static const char *const sections[] = {"data", "regularization", "loop"};
  for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
    NnConfig *section = nn_config_child(recipe(), sections[i]);
    for (const NnParamSpec *spec = section->kind->params; spec->key; spec++) {
      g_autofree char *path = g_strconcat(sections[i], ".", spec->key, NULL);
      nn_check(panel_in(column, path) != NULL);
    }
  }
}

static BpKindList *schedules(void)
{
  GtkWidget *row = bp_param_panel_get_row(panel_in(column, "scheduler"), "scheduler.schedulers");
  return row ? BP_KIND_LIST(bp_kinds_row_get_list(BP_KINDS_ROW(row))) : NULL;
}

static void empty_schedules(void)
{
  NnConfig *scheduler = nn_config_child(recipe(), "scheduler");
  while (nn_config_count(scheduler, "schedulers") > 0 && bp_kind_list_remove(schedules(), 0))
    continue;
  nn_check_int(nn_config_count(scheduler, "schedulers"), 0);
}

static void test_schedules(void)
{
  start(NULL);
  choose(panel_in(column, "scheduler"), "scheduler", "ChainedScheduler");
  empty_schedules();
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_SCHEDULER); *kind; kind++) {
    add(schedules(), (*kind)->name);
    check_item(item_of(schedules(), 0), *kind);
    nn_check(bp_kind_list_remove(schedules(), 0));
  }
  choose(panel_in(column, "scheduler"), "scheduler", "SequentialLR");
  empty_schedules();
  add(schedules(), "LinearLR");
  add(schedules(), "StepLR");
  nn_check(!bp_course_get_check(session->course)->ok);
  GtkWidget *row = bp_param_panel_get_row(panel_in(column, "scheduler"), "scheduler.milestones");
  nn_check(bp_param_row_has_problem(BP_PARAM_ROW(row)));
  type_text(panel_in(column, "scheduler"), "scheduler.milestones", "[2]");
  nn_check(bp_course_get_check(session->course)->ok);
  nn_check(!bp_param_row_has_problem(BP_PARAM_ROW(row)));
  add(schedules(), "ChainedScheduler"); /* after the opened one: PyTorch cannot start it there */
  type_text(panel_in(column, "scheduler"), "scheduler.milestones", "2, 4");
  nn_check(!bp_course_get_check(session->course)->ok);
  nn_check(bp_kind_item_get_error(item_of(schedules(), 2)) != NULL);
}

static void test_transforms(void)
{
  start(NULL);
  BpKindList *list = BP_KIND_LIST(bp_kinds_row_get_list(transforms()));
  adw_expander_row_set_expanded(ADW_EXPANDER_ROW(transforms()), TRUE);
  nn_check(bp_kind_list_remove(list, 0)); /* ToTensor, which is there */
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_TRANSFORM); *kind; kind++) {
    add(list, (*kind)->name);
    check_item(item_of(list, 0), *kind);
    nn_check(bp_kind_list_remove(list, 0));
  }
  add(list, "RandomApply");
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_TRANSFORM); *kind; kind++) {
    BpKindList *held = held_by(item_of(list, 0));
    add(held, (*kind)->name);
    check_item(item_of(held, 0), *kind);
    nn_check(bp_kind_list_remove(held, 0));
  }
  nn_check(bp_kind_list_remove(list, 0));
  add(list, "ToTensor");
  bp_kind_list_select(list, -1);
  add(list, "RandomCrop"); /* in front, where it makes sense */
  check_item(item_of(list, 0), nn_kind_find(NN_CLASS_TRANSFORM, "RandomCrop"));
  nn_check(bp_course_get_check(session->course)->ok);
  type_text(panel_of(item_of(list, 0)), "size", "40");
  nn_check(!bp_course_get_check(session->course)->ok);
  nn_check(bp_kind_item_get_error(item_of(list, 0)) != NULL);
  type_text(panel_of(item_of(list, 0)), "padding", "(6, 8)");
  nn_check(bp_course_get_check(session->course)->ok);
  nn_check(bp_kind_item_get_error(item_of(list, 0)) == NULL);
  nn_check_int((int)bp_course_get_check(session->course)->in.dims[2], 40);
}

/* The sentence about a list as a whole; NULL: there is none. */
static const char *said_of(BpKindsRow *row)
{
  return bp_kind_list_get_problem(BP_KIND_LIST(bp_kinds_row_get_list(row)));
}

static void test_test_transforms(void)
{
  start(NULL);
  BpKindsRow *first = transforms(), *second = transforms_in(column, "test_transforms");
  BpKindList *list = BP_KIND_LIST(bp_kinds_row_get_list(second));
  NnConfig *data = nn_config_child(recipe(), "data");
  nn_check_has(adw_expander_row_get_subtitle(ADW_EXPANDER_ROW(second)), "without the random");
  nn_check(!adw_expander_row_get_expanded(ADW_EXPANDER_ROW(second)));
  add(list, "RandomRotation");
  nn_check(!bp_course_get_check(session->course)->ok);
  nn_check(adw_expander_row_get_expanded(ADW_EXPANDER_ROW(second)));
  nn_check_has(said_of(second), "does not convert the images to tensors");
  nn_check(said_of(first) == NULL);
  add(list, "ToTensor");
  nn_check(bp_course_get_check(session->course)->ok && said_of(second) == NULL);
  nn_check_int(nn_config_count(data, "test_transforms"), 2);
  nn_check(bp_kind_list_remove(list, 0) && bp_kind_list_remove(list, 0));
  nn_check(bp_course_get_check(session->course)->ok);
  nn_check_has(adw_expander_row_get_subtitle(ADW_EXPANDER_ROW(second)), "without the random");
  nn_check(bp_kind_list_remove(BP_KIND_LIST(bp_kinds_row_get_list(first)), 0));
  nn_check(!bp_course_get_check(session->course)->ok);
  nn_check_has(said_of(first), "does not convert the images to tensors");
  nn_check(said_of(second) == NULL);
}

int main(void)
{
  need_display();
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  GtkApplication *app = GTK_APPLICATION(bp_application_new());
  nn_check(g_application_register(G_APPLICATION(app), NULL, NULL));
  session = bp_session_new(NULL);
  window = bp_window_new(app, session);
  column = find_widget(GTK_WIDGET(window), BP_TYPE_RECIPE_COLUMN);
  gtk_window_present(GTK_WINDOW(window));
  run_loop(200);
  nn_test("every layer, in the network and in a Residual", test_layers);
  nn_test("every initialization, of weights and of biases", test_inits);
  nn_test("every loss, optimizer, schedule and data set", test_sections);
  nn_test("every schedule in a list of schedules", test_schedules);
  nn_test("every transform, alone and in a RandomApply", test_transforms);
  nn_test("a list for the test pictures", test_test_transforms);
  run_refused_tests();
  run_place_tests();
  gtk_window_destroy(GTK_WINDOW(window));
  g_object_unref(session);
  run_loop(100);
  return nn_test_done();
}
