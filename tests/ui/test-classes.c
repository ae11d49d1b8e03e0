/* A class of kinds that nobody's code names, added as one entry: sentences, lists, menus and the
 * help include it. */
#include "widget-check.h"
#include "app/help/help-reference.h"
#include "app/help/help-window.h"
#include "data/data.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kind-menu.h"

static NnKind kinds[] = {{.name = "Accuracy", .doc = "How many are right.", .source = "made up"},
                         {.name = "Recall", .doc = "How many are found.", .source = "made up"}};
static const NnKind *const list_of_kinds[] = {&kinds[0], &kinds[1], NULL};
static const NnClass metric = {.name = "metric",
                               .plural = "Metrics",
                               .one_of = "one metric: ",
                               .unknown = "no metric has that name",
                               .add = "Add metric",
                               .add_tip = "Adds a metric after the open one",
                               .entry = "Metric %d of %d: %s %s",
                               .help_page = 8};
static NnParamSpec params[] = {{.key = "metrics",
                                .label = "Metrics",
                                .type = NN_PARAM_KINDS,
                                .max_len = 4,
                                .doc = "What is measured."},
                               {.key = "best",
                                .label = "Best",
                                .type = NN_PARAM_KIND,
                                .def_kind = "Accuracy",
                                .doc = "What the best run is best in."},
                               {0}};
static const NnKind holder = {
    .klass = NN_CLASS_SECTION, .name = "measure", .doc = "A section.", .params = params};
static NnConfig *config;

static void add_class(void)
{
  NnKindClass id = nn_class_add(&metric);
  params[0].klass = params[1].klass = kinds[0].klass = kinds[1].klass = id;
  nn_kinds_add(id, list_of_kinds);
  config = nn_config_new(&holder, NULL);
}

static void test_sentences(void)
{
  char text[NN_RANGE_TEXT];
  NnError err = {0};
  nn_check_str(nn_param_range_text(&params[1], text), "one metric: Accuracy, Recall");
  nn_check_str(nn_config_child(config, "best")->kind->name, "Accuracy");
  nn_check(!nn_config_set_path(config, "best", "recal", &err));
  nn_check_has(err.text, "no metric has that name. Did you mean \"Recall\"?");
  nn_check(nn_config_set_path(config, "best", "Recall", &err));
}

static gboolean has_text(GtkWidget *at, const char *text)
{
  if (GTK_IS_LABEL(at) && g_str_equal(gtk_label_get_text(GTK_LABEL(at)), text))
    return TRUE;
  gboolean found = FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = has_text(child, text);
  return found;
}

static void test_list(void)
{
  BpKindList *list = BP_KIND_LIST(bp_kind_list_new());
  bp_kind_list_set_config(list, config, "metrics");
  GtkWidget *window = show_widget(GTK_WIDGET(list), 360, 300);
  GtkListBox *menu = bp_kind_menu_get_list(BP_KIND_MENU(bp_kind_list_get_menu(list)));
  nn_check(has_text(GTK_WIDGET(list), "Add metric"));
  nn_check_str(gtk_widget_get_tooltip_text(bp_kind_list_get_button(list)), metric.add_tip);
  gtk_test_accessible_assert_property(menu, GTK_ACCESSIBLE_PROPERTY_LABEL, "Metrics");
  g_signal_emit_by_name(menu, "row-activated", gtk_list_box_get_row_at_index(menu, 1));
  nn_check_int(nn_config_count(config, "metrics"), 1);
  gtk_test_accessible_assert_property(bp_kind_list_get_item(list, 0), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      "Metric 1 of 1: Recall ");
  bp_kind_list_set_config(list, NULL, NULL);
  gtk_window_destroy(GTK_WINDOW(window));
}

static void test_help(void)
{
  BpHelpWindow *help = g_object_ref_sink(g_object_new(BP_TYPE_HELP_WINDOW, NULL));
  nn_check(bp_help_window_go(help, "metric"));
  nn_check_str(bp_help_window_get_page(help), "metric");
  nn_check(bp_help_window_go(help, NULL));
  nn_check(has_text(GTK_WIDGET(help), "Metrics"));
  g_autofree char *page = bp_help_reference_page(bp_help_reference_class(8));
  nn_check_has(page, "# Metrics\n");
  nn_check_has(page, "## Recall\n\nHow many are found.");
  gtk_window_destroy(GTK_WINDOW(help));
  g_object_unref(help);
}

int main(void)
{
  need_display();
  nn_data_register_kinds();
  add_class();
  nn_test("sentences about a recipe name its kinds", test_sentences);
  nn_test("a list of them has its menu and its words", test_list);
  nn_test("the help has a page of them", test_help);
  nn_config_free(config);
  return nn_test_done();
}
