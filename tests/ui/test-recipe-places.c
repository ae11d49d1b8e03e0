/* test-recipe-places.c: the column fits a narrow window, leads to the row of a path, and says what
 * is loaded. */
#include "column-check.h"
#include "app/window/recipe-column.h"
#include "tests/fetch/write-idx.h"
#include "width-check.h"

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

/* ---- where things are ---- */

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

void run_place_tests(void)
{
  nn_test("a dotted path leads to its row, wherever that is", test_find);
  nn_test("a narrow window, and letters twice as large", test_narrow);
  nn_test("says what is loaded", test_loaded);
}
