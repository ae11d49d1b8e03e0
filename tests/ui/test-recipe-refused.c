/* test-recipe-refused.c: what cannot be is said at its row, and texts are taken as PyTorch writes
 * them. */
#include "column-check.h"
#include "app/text.h"

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

void run_refused_tests(void)
{
  nn_test("impossible stacks are marked at their row", test_impossible);
  nn_test("and inside a Residual", test_impossible_inside);
  nn_test("values as PyTorch writes them", test_text_forms);
  nn_test("sentences without their place", test_sentences);
}
