/* test-program-page.c: the page PyTorch: it shows what backprop-cli prints of the recipe at hand,
 * marks the lines of the row that has the focus or the pointer, and leads from a line to its row.
 * Needs a display. */
#include "app/pages/program-page.h"
#include "app/run/program.h"
#include "app/window/recipe-column.h"
#include "engine/mem.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/param-row.h"
#include "window-check.h"

static BpProgramPage *page(void)
{
  return BP_PROGRAM_PAGE(part(BP_TYPE_PROGRAM_PAGE));
}

static void show_page(const char *name)
{
  gtk_widget_activate_action(GTK_WIDGET(window), "win.show-page", "s", name);
  spend(100);
}

/* What the recipe's program is. */
static void check_shown(void)
{
  char *wanted = NULL;
  g_autofree char *shown = bp_program_page_dup_text(page());
  nn_check(bp_program_write(bp_course_get_recipe(session->course), nn_shape_3d(1, 28, 28), false,
                            &wanted, NULL, NULL));
  nn_check_str(shown, wanted);
  nn_free(wanted);
}

static void test_shows(void)
{
  show_page("program");
  check_shown();
  set("optimizer.lr", "0.125");
  check_shown();
  show_page("samples");
  set("network.1.out_features", "10"); /* it is not in sight */
  set("loop.epochs", "7");
  show_page("program");
  check_shown();
}

/* Also what is edited in the rows, in place. */
static void test_follows_rows(void)
{
  NnConfig *recipe = bp_course_get_recipe(session->course);
  nn_check(nn_config_set_number(nn_config_child(recipe, "loop"), "epochs", 9, NULL));
  bp_course_recipe_edited(session->course);
  check_shown();
  g_autofree char *shown = bp_program_page_dup_text(page());
  nn_check_has(shown, "for epoch in range(9):");
}

/* The text of the marked lines, one after the other. */
static char *dup_marked(void)
{
  g_autofree char *lines = bp_program_page_dup_marked(page()),
                  *text = bp_program_page_dup_text(page());
  g_auto(GStrv) all = g_strsplit(text, "\n", -1), numbers = g_strsplit(lines, " ", -1);
  GString *marked = g_string_new(NULL);
  for (int i = 0; lines[0] && numbers[i]; i++)
    g_string_append_printf(marked, "%s\n", all[atoi(numbers[i]) - 1]);
  return g_string_free(marked, FALSE);
}

static void check_marked(const char *wanted)
{
  g_autofree char *marked = dup_marked();
  nn_check_str(marked, wanted);
}

static void test_marks(void)
{
  bp_program_page_mark(page(), "loop.epochs");
  check_marked("    for epoch in range(9):\n");
  bp_program_page_mark(page(), "network.1.bias"); /* a default, which the layer's line leaves out */
  check_marked("    nn.Linear(784, 10),\n");
  bp_program_page_mark(page(), "");
  check_marked("");
  bp_program_page_mark(page(), "nothing.of.that.name");
  check_marked("");
}

static bool is_row_of(GtkWidget *widget, const char *key)
{
  return BP_IS_PARAM_ROW(widget) &&
         g_str_equal(bp_param_row_get_spec(BP_PARAM_ROW(widget))->key, key);
}

static GtkWidget *find_row(GtkWidget *at, const char *key)
{
  GtkWidget *found = is_row_of(at, key) && gtk_widget_get_mapped(at) ? at : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = find_row(child, key);
  return found;
}

/* By the keyboard: the focus marks. */
static void test_focus(void)
{
  GtkWidget *row = find_row(part(BP_TYPE_RECIPE_COLUMN), "batch_size");
  if (!nn_check(row != NULL))
    return;
  gtk_widget_child_focus(row, GTK_DIR_TAB_FORWARD);
  spend(100);
  g_autofree char *marked = dup_marked();
  nn_check_has(marked, "train_loader = DataLoader(train_set, batch_size=");
  gtk_root_set_focus(GTK_ROOT(window), NULL);
  spend(100);
  check_marked("");
}

static int line_with(const char *part)
{
  g_autofree char *text = bp_program_page_dup_text(page());
  const char *at = strstr(text, part);
  int line = 1;
  if (!nn_check(at != NULL))
    return 0;
  for (const char *c = text; c < at; c++)
    line += *c == '\n';
  return line;
}

static GtkWidget *focus(void)
{
  return gtk_root_get_focus(GTK_ROOT(window));
}

/* A line leads to its row or layer, and is marked by that. */
static void test_asks(void)
{
  bp_program_page_ask(page(), line_with("nn.Linear(784, 10)"));
  spend(600);
  GtkWidget *item = focus() ? gtk_widget_get_ancestor(focus(), BP_TYPE_KIND_ITEM) : NULL;
  if (nn_check(item != NULL))
    nn_check(bp_kind_item_get_config(BP_KIND_ITEM(item)) ==
             nn_config_at(bp_course_get_recipe(session->course), "network", 1));
  check_marked("    nn.Linear(784, 10),\n");
  bp_program_page_ask(page(), line_with("for epoch in range("));
  spend(600);
  GtkWidget *row = focus() ? gtk_widget_get_ancestor(focus(), BP_TYPE_PARAM_ROW) : NULL;
  nn_check(row && is_row_of(row, "epochs"));
  bp_program_page_ask(page(), 1); /* of no part of the recipe */
  bp_program_page_ask(page(), 100000);
}

/* The last program stays while there is none, and it is said why. */
static void test_refused(void)
{
  g_autofree char *before = bp_program_page_dup_text(page());
  nn_check_str(bp_program_page_get_note(page()), "");
  set("network.0.kind", "Conv2d");
  set("network.0.kernel_size", "29");
  g_autofree char *after = bp_program_page_dup_text(page());
  nn_check(strlen(after) > 100);
  nn_check_has(bp_program_page_get_note(page()), "network.0");
  bp_course_reset_recipe(session->course);
  nn_check_str(bp_program_page_get_note(page()), "");
  check_shown();
}

static void on_text(GObject *clipboard, GAsyncResult *result, gpointer text)
{
  *(char **)text = gdk_clipboard_read_text_finish(GDK_CLIPBOARD(clipboard), result, NULL);
}

static char *pasted;

static bool has_pasted(void)
{
  return pasted != NULL;
}

static void test_copies(void)
{
  g_autofree char *shown = bp_program_page_dup_text(page());
  gtk_widget_activate_action(GTK_WIDGET(window), "win.copy-program", NULL);
  gdk_clipboard_read_text_async(gtk_widget_get_clipboard(GTK_WIDGET(window)), NULL, on_text,
                                &pasted);
  nn_check(wait_for(has_pasted, PATIENCE_MS));
  nn_check_str(pasted ? pasted : "", shown);
  g_clear_pointer(&pasted, g_free);
}

static void test_styles(void)
{
  AdwStyleManager *manager = adw_style_manager_get_default();
  for (int dark = 1; dark >= 0; dark--) {
    adw_style_manager_set_color_scheme(manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                     : ADW_COLOR_SCHEME_FORCE_LIGHT);
    spend(200);
    check_shown();
  }
}

int main(void)
{
  static const WindowTest tests[] = {{"shows the recipe at hand", test_shows},
                                     {"follows the rows", test_follows_rows},
                                     {"marks the lines of a path", test_marks},
                                     {"marks what has the focus", test_focus},
                                     {"leads from a line to its row", test_asks},
                                     {"a recipe that cannot be", test_refused},
                                     {"copies", test_copies},
                                     {"light and dark", test_styles}};
  return test_window(tests, G_N_ELEMENTS(tests));
}
