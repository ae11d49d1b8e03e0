/* The recipe column offers every kind that there is, with a row for each of its parameters that
 * applies, says at its row what cannot be, and fits a narrow window. Every warning is fatal. */
#include "widget-check.h"
#include "gtk-check.h"
#include "width-check.h"
#include "app/application.h"
#include "app/window/recipe-column.h"
#include "app/text.h"
#include "app/window/window.h"
#include "tests/fetch/write-idx.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kind-menu.h"
#include "ui/recipe/kind-row.h"
#include "ui/recipe/kinds-row.h"
#include "ui/recipe/param-panel.h"
#include "ui/recipe/value-row.h"
#include <string.h>

static BpSession *session;
static BpWindow *window;
static GtkWidget *column;

/* ---- the parts ---- */

static NnConfig *recipe(void)
{
  return bp_course_get_recipe(session->course);
}

/* The panel with the row of that key. */
static BpParamPanel *panel_in(GtkWidget *root, const char *key)
{
  if (BP_IS_PARAM_PANEL(root) && bp_param_panel_get_row(BP_PARAM_PANEL(root), key))
    return BP_PARAM_PANEL(root);
  for (GtkWidget *child = gtk_widget_get_first_child(root); child;
       child = gtk_widget_get_next_sibling(child)) {
    BpParamPanel *found = panel_in(child, key);
    if (found)
      return found;
  }
  return NULL;
}

/* The rows of the lists of transforms. */
static BpKindsRow *transforms_in(GtkWidget *root, const char *key)
{
  g_autofree char *path = g_strconcat("data.", key, NULL);
  return BP_KINDS_ROW(bp_param_panel_get_row(panel_in(root, path), path));
}

static BpKindsRow *transforms(void)
{
  return transforms_in(column, "transforms");
}

/* The list whose button says "Add layer" and that is the network's own. */
static BpKindList *network_in(GtkWidget *root)
{
  if (BP_IS_KIND_LIST(root) &&
      !gtk_widget_get_ancestor(gtk_widget_get_parent(root), BP_TYPE_KIND_LIST) &&
      !gtk_widget_get_ancestor(root, BP_TYPE_KINDS_ROW))
    return BP_KIND_LIST(root);
  for (GtkWidget *child = gtk_widget_get_first_child(root); child;
       child = gtk_widget_get_next_sibling(child)) {
    BpKindList *found = network_in(child);
    if (found)
      return found;
  }
  return NULL;
}

static BpKindItem *item_of(BpKindList *list, int i)
{
  GtkWidget *item = bp_kind_list_get_item(list, i);
  if (!nn_check(item != NULL))
    exit(1);
  return BP_KIND_ITEM(item);
}

static BpKindItem *layer_at(int i)
{
  return item_of(network_in(column), i);
}

static BpParamPanel *panel_of(BpKindItem *item)
{
  return BP_PARAM_PANEL(bp_kind_item_get_panel(item));
}

static BpKindList *held_by(BpKindItem *item)
{
  return BP_KIND_LIST(bp_kind_item_get_inner_list(item));
}

/* ---- what a person does ---- */

static void choose_in(GtkWidget *menu, const char *name)
{
  GtkListBox *kinds = bp_kind_menu_get_list(BP_KIND_MENU(menu));
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index(kinds, i)); i++)
    if (!g_strcmp0(bp_kind_menu_get_kind(row)->name, name)) {
      g_signal_emit_by_name(kinds, "row-activated", row);
      run_loop(3);
      return;
    }
  nn_check(!"the kind is in the menu");
}

static void choose(BpParamPanel *panel, const char *key, const char *name)
{
  choose_in(bp_kind_row_get_menu(BP_KIND_ROW(bp_param_panel_get_row(panel, key))), name);
}

static void add(BpKindList *list, const char *name)
{
  choose_in(bp_kind_list_get_menu(list), name);
}

static void type_text(BpParamPanel *panel, const char *key, const char *text)
{
  GtkWidget *row = bp_param_panel_get_row(panel, key);
  if (!nn_check(row != NULL))
    return;
  GtkWidget *entry = bp_value_row_get_editor(BP_VALUE_ROW(row));
  gtk_editable_set_text(GTK_EDITABLE(entry), text);
  g_signal_emit_by_name(entry, "activate");
  run_loop(3);
}

/* The free lab, afresh. */
static void start(const char *network)
{
  bp_course_set_exercise(session->course, BP_LAB);
  bp_course_reset_recipe(session->course);
  BpKindList *list = network_in(column);
  if (network) {
    while (nn_config_count(recipe(), "network") > 0)
      bp_kind_list_remove(list, 0);
    g_auto(GStrv) names = g_strsplit(network, " ", -1);
    for (int i = 0; names[i]; i++) {
      bp_kind_list_select(list, i - 1);
      bp_kind_list_add(list, names[i]);
    }
  }
  run_loop(3);
}

/* ---- rows and tables ---- */

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

/* ---- what cannot be ---- */

/* The sentence at a layer's row has these words, and no other row has one. */
static void check_refused(int at, const char *words)
{
  int n = nn_config_count(recipe(), "network");
  nn_check(!bp_course_get_check(session->course)->ok);
  for (int i = 0; i < n; i++) {
    const char *error = bp_kind_item_get_error(layer_at(i));
    if (i == at)
      nn_check_has(error ? error : "", words);
    else
      nn_check(error == NULL);
  }
}

static void test_impossible(void)
{
  start("Flatten BatchNorm2d Linear");
  check_refused(1, "784");
  start("Linear");
  check_refused(0, "Flatten");
  start("Conv2d Flatten Linear");
  bp_kind_list_select(network_in(column), 0);
  type_text(panel_of(layer_at(0)), "kernel_size", "(3, 31)");
  check_refused(0, "31");
  start("Flatten Linear");
  check_refused(1, "10"); /* 64 outputs for 10 classes */
  bp_kind_list_select(network_in(column), 1);
  type_text(panel_of(layer_at(1)), "out_features", "10");
  nn_check(bp_course_get_check(session->course)->ok);
  choose(panel_of(layer_at(1)), "bias_init", "xavier_uniform_");
  check_refused(1, "");
  GtkWidget *row = bp_param_panel_get_row(panel_of(layer_at(1)), "bias_init");
  nn_check(bp_param_row_has_problem(BP_PARAM_ROW(row)));
  choose(panel_of(layer_at(1)), "bias_init", "zeros_");
  nn_check(bp_course_get_check(session->course)->ok);
  nn_check(bp_kind_item_get_error(layer_at(1)) == NULL);
}

static void test_impossible_inside(void)
{
  start("Flatten Residual Linear");
  add(held_by(layer_at(1)), "Conv2d");
  nn_check(!bp_course_get_check(session->course)->ok);
  nn_check(bp_kind_item_get_error(item_of(held_by(layer_at(1)), 0)) != NULL);
  nn_check(bp_kind_item_get_error(layer_at(1)) == NULL);
  nn_check(bp_kind_list_remove(held_by(layer_at(1)), 0));
  add(held_by(layer_at(1)), "Linear");
  check_refused(1, "784"); /* it gives back 64 */
  type_text(panel_of(item_of(held_by(layer_at(1)), 0)), "out_features", "784");
  type_text(panel_of(layer_at(2)), "out_features", "10");
  nn_check(bp_course_get_check(session->course)->ok);
  nn_check_str(bp_kind_item_get_summary(item_of(held_by(layer_at(1)), 0)), "784 → 784");
}

/* Words and numbers as PyTorch writes them. */
static void test_text_forms(void)
{
  start("Conv2d MaxPool2d");
  NnConfig *conv = nn_config_at(recipe(), "network", 0);
  NnConfig *pool = nn_config_at(recipe(), "network", 1);
  type_text(panel_of(layer_at(0)), "padding", "'same'");
  nn_check(nn_config_value(conv, "padding")->numbers[0] < 0);
  type_text(panel_of(layer_at(0)), "padding", "(1, 2)");
  nn_check_int((int)nn_config_value(conv, "padding")->numbers[1], 2);
  type_text(panel_of(layer_at(0)), "padding", "sane");
  nn_check(bp_param_panel_has_error(panel_of(layer_at(0))));
  nn_check_int((int)nn_config_value(conv, "padding")->numbers[1], 2);
  type_text(panel_of(layer_at(1)), "stride", "3");
  nn_check_int((int)nn_config_value(pool, "stride")->numbers[0], 3);
  type_text(panel_of(layer_at(1)), "stride", "None");
  nn_check(nn_config_value(pool, "stride")->numbers[0] !=
           nn_config_value(pool, "stride")->numbers[0]);
  BpParamPanel *loss = panel_in(column, "loss");
  type_text(loss, "loss.weight", "[1, 1, 1, 1, 1, 2, 1, 1, 1, 0.5]");
  nn_check_int(nn_config_count(nn_config_child(recipe(), "loss"), "weight"), 10);
  type_text(loss, "loss.weight", "1, two");
  nn_check(bp_param_panel_has_error(loss));
  type_text(loss, "loss.weight", "");
  nn_check_int(nn_config_count(nn_config_child(recipe(), "loss"), "weight"), 0);
  choose(panel_in(column, "optimizer"), "optimizer", "Adafactor");
  type_text(panel_in(column, "optimizer"), "optimizer.eps", "(None, 1e-4)");
  nn_check_near(nn_config_value(nn_config_child(recipe(), "optimizer"), "eps")->numbers[1], 1e-4, 0,
                0);
}

static void test_sentences(void)
{
  static const char *const cases[][2] = {
      {"network.3: it has 2.", "It has 2."},
      {"network.1.layers.0.bias_init: Too flat.", "Too flat."},
      {"data.transforms.0 (Resize): too large.", "Too large."},
      {"scheduler.milestones has 2 entries.", "milestones has 2 entries."},
      {"scheduler.schedulers.1 is a StepLR.", "schedulers.1 is a StepLR."},
      {"network.0: kernel_size is 31.", "kernel_size is 31."},
      {"The network gives 3. It should not.", "The network gives 3. It should not."},
      {"", ""}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = bp_text_of_row(cases[i][0]);
    nn_check_str(text, cases[i][1]);
  }
}

/* ---- narrow windows and large letters ---- */

static void test_narrow(void)
{
  enum { NARROWEST = 360 };
  int dpi;
  start(NULL);
  add(network_in(column), "Residual");
  add(held_by(layer_at(bp_kind_list_get_selected(network_in(column)))), "BatchNorm1d");
  choose(panel_in(column, "scheduler"), "scheduler", "CosineAnnealingWarmRestarts");
  adw_expander_row_set_expanded(ADW_EXPANDER_ROW(transforms()), TRUE);
  g_object_get(gtk_settings_get_default(), "gtk-xft-dpi", &dpi, NULL);
  for (int scale = 1; scale <= 2; scale++) {
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", scale * 96 * 1024, NULL);
    gtk_window_set_default_size(GTK_WINDOW(window), NARROWEST, 720);
    run_loop(300);
    check_width(adw_application_window_get_content(ADW_APPLICATION_WINDOW(window)), NARROWEST);
    check_width(column, NARROWEST);
  }
  g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", dpi, NULL);
}

/* ---- what is loaded ---- */

static bool is_loaded(void)
{
  return !bp_data_store_is_loading(session->data);
}

/* Opens it as a person does, and checks what it is called: data, recipe, and the line at its row.
 */
static void check_opened(const char *dir, const char *set, const char *kind, const char *line)
{
  bp_data_store_open(session->data, dir);
  nn_check(wait_for(is_loaded, 20000));
  const NnDataset *data = bp_data_store_get(session->data)->set;
  GtkWidget *row = bp_param_panel_get_row(panel_in(column, "data.dataset"), "data.dataset");
  nn_check_str(data->name, set);
  nn_check_str(nn_config_child(nn_config_child(recipe(), "data"), "dataset")->kind->name, kind);
  const char *said = adw_action_row_get_subtitle(ADW_ACTION_ROW(row));
  nn_check_str(said ? said : "", line);
}

/* Ten classes of 28 × 28 are MNIST only where something but their size says so. */
static void test_loaded(void)
{
  g_autofree char *home = g_dir_make_tmp("backprop-column-XXXXXX", NULL);
  g_autofree char *own = write_ten(home, "letters", "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  g_autofree char *named = write_ten(home, "MNIST", NULL);
  check_opened(own, "idx", "idx", "");
  nn_check_str(bp_data_store_get(session->data)->set->title, "letters");
  nn_check_str(bp_data_store_get(session->data)->set->class_names[9], "J");
  check_opened(named, "mnist", "mnist", "");
  check_opened("practice", "practice", "mnist", "Loaded: Practice digits");
  check_opened(own, "idx", "idx", "");
  check_opened("practice", "practice", "idx", "Loaded: Practice digits");
  check_opened(named, "mnist", "mnist", "");
  remove_tree(home);
}

static bool is_in_sight(GtkWidget *view)
{
  graphene_rect_t at;
  GtkWidget *in = gtk_widget_get_ancestor(view, GTK_TYPE_SCROLLED_WINDOW);
  return gtk_widget_get_mapped(view) && gtk_widget_compute_bounds(view, in, &at) &&
         at.origin.y >= 0 && at.origin.y < (float)gtk_widget_get_height(in);
}

/* In sight, once what it lies in has unfolded; it stands out and has the focus. */
static void check_shown(const char *path, GtkWidget *view)
{
  nn_check(bp_recipe_column_find(BP_RECIPE_COLUMN(column), path) &&
           gtk_widget_has_css_class(view, "bp-flash"));
  for (int i = 0; i < 40 && !is_in_sight(view); i++)
    run_loop(50);
  nn_check(is_in_sight(view) && gtk_widget_get_state_flags(view) & GTK_STATE_FLAG_FOCUS_WITHIN);
}

static void test_find(void)
{
  start("Flatten Residual Linear");
  add(held_by(layer_at(1)), "Linear");
  bp_kind_list_select(held_by(layer_at(1)), -1);
  bp_kind_list_select(network_in(column), -1);
  adw_expander_row_set_expanded(ADW_EXPANDER_ROW(transforms()), FALSE);
  BpParamPanel *optimizer = panel_in(column, "optimizer");
  BpKindList *list = BP_KIND_LIST(bp_kinds_row_get_list(transforms()));
  bp_kind_list_add(list, "RandomCrop");
  bp_kind_list_select(list, -1);
  check_shown("optimizer.lr", bp_param_panel_get_row(optimizer, "optimizer.lr"));
  check_shown("network.2.out_features",
              bp_param_panel_get_row(panel_of(layer_at(2)), "out_features"));
  nn_check(bp_kind_item_get_open(layer_at(2)));
  check_shown("network.1.layers.0.bias_init",
              bp_param_panel_get_row(panel_of(item_of(held_by(layer_at(1)), 0)), "bias_init"));
  check_shown("data.transforms.0.size", bp_param_panel_get_row(panel_of(item_of(list, 0)), "size"));
  nn_check(adw_expander_row_get_expanded(ADW_EXPANDER_ROW(transforms())));
  check_shown("data.test_transforms", GTK_WIDGET(transforms_in(column, "test_transforms")));
  check_shown("loop.epochs",
              bp_param_panel_get_row(panel_in(column, "loop.epochs"), "loop.epochs"));
  check_shown("network.0", GTK_WIDGET(layer_at(0)));
  check_shown("optimizer.color",
              bp_param_panel_get_row(optimizer, "optimizer")); /* as near as there is */
  nn_check(!bp_recipe_column_find(BP_RECIPE_COLUMN(column), "networks"));
  nn_check(!bp_recipe_column_find(BP_RECIPE_COLUMN(column), ""));
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
  nn_test("impossible stacks are marked at their row", test_impossible);
  nn_test("and inside a Residual", test_impossible_inside);
  nn_test("values as PyTorch writes them", test_text_forms);
  nn_test("sentences without their place", test_sentences);
  nn_test("a dotted path leads to its row, wherever that is", test_find);
  nn_test("a narrow window, and letters twice as large", test_narrow);
  nn_test("says what is loaded", test_loaded);
  gtk_window_destroy(GTK_WINDOW(window));
  g_object_unref(session);
  run_loop(100);
  return nn_test_done();
}
