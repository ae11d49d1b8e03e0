/* test-preferences.c: preferences act and are kept, recipes come back at the next start, and none
 * is lost by opening another. Run twice: with the schema named by the environment, and, with the
 * argument "schema", only what needs it, found beside the build folder's programs. Every warning
 * ends the program. */
#include "app/window/about.h"
#include "app/application.h"
#include "app/session/cuda-probe.h"
#include "app/session/saved-recipes.h"
#include "app/window/preferences-window.h"
#include "app/window/window-preferences.h"
#include "data/data.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "tests/check.h"
#include "gtk-check.h"
#include "width-check.h"
#include <glib/gstdio.h>

enum { PATIENCE_MS = 20000 };

static GtkApplication *app;
static GSettings *preferences;
static BpWindow *window;
static BpSession *session;
static GtkWidget *dialog; /* its page: newer libadwaita shows it within the window */

/* ---- waiting and looking ---- */

static bool loaded(void)
{
  return bp_data_store_get(session->data) && !bp_data_store_is_loading(session->data);
}

typedef bool (*Matches)(GtkWidget *widget, const void *data);

static GtkWidget *find_in(GtkWidget *widget, Matches matches, const void *data)
{
  if (matches(widget, data))
    return widget;
  GtkWidget *found = NULL, *child = gtk_widget_get_first_child(widget);
  for (; child && !found; child = gtk_widget_get_next_sibling(child))
    found = find_in(child, matches, data);
  return found;
}

static bool has_id(GtkWidget *widget, const void *id)
{
  return g_strcmp0(gtk_buildable_get_buildable_id(GTK_BUILDABLE(widget)), id) == 0;
}

static GtkWidget *row(const char *id)
{
  GtkWidget *found = find_in(dialog, has_id, id);
  nn_check(found != NULL);
  return found;
}

static bool is_button(GtkWidget *widget, const void *label)
{
  return GTK_IS_BUTTON(widget) && g_strcmp0(gtk_button_get_label(GTK_BUTTON(widget)), label) == 0;
}

/* In any window: newer libadwaita puts a question into its parent. */
static GtkWidget *button(const char *label)
{
  GListModel *windows = gtk_window_get_toplevels();
  for (guint i = 0; i < g_list_model_get_n_items(windows); i++) {
    g_autoptr(GtkWidget) toplevel = g_list_model_get_item(windows, i);
    GtkWidget *found =
        gtk_widget_get_visible(toplevel) ? find_in(toplevel, is_button, label) : NULL;
    if (found)
      return found;
  }
  return NULL;
}

static bool is_page(GtkWidget *widget, const void *data)
{
  return BP_IS_PREFERENCES_PAGE(widget);
}

static const char *sought;
static bool button_is_there(void)
{
  return button(sought) != NULL;
}

static void click(const char *label)
{
  sought = label;
  nn_check(wait_for(button_is_there, PATIENCE_MS));
  if (button(label))
    g_signal_emit_by_name(button(label), "clicked");
  spend(300);
}

static char *told;

static void on_told(BpSession *from, const char *text)
{
  g_free(told);
  told = g_strdup(text);
}

/* ---- recipes ---- */

static void set(const char *path, const char *text)
{
  NnError err = {0};
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, path, text, &err));
  bp_course_take_recipe(session->course, recipe);
}

static int epochs_of(BpSession *from)
{
  return nn_config_int(nn_config_child(bp_course_get_recipe(from->course), "loop"), "epochs");
}

static char *path_of(const char *name)
{
  return g_build_filename(g_get_user_data_dir(), name, NULL);
}

static char *write_recipe(const char *name, const char *json)
{
  char *path = path_of(name);
  nn_check(g_file_set_contents(path, json, -1, NULL));
  return path;
}

static void check_text(const char *key, const char *wanted)
{
  g_autofree char *text = g_settings_get_string(preferences, key);
  nn_check_str(text, wanted);
}

/* ---- the tests ---- */

static void test_kept(void)
{
  nn_check_int(g_settings_get_int(preferences, "threads"), 0);
  check_text("device", "auto");
  check_text("color-scheme", "system");
  /* Another one reads what the first has kept. */
  const char *done[] = {"network", NULL};
  g_settings_set_int(preferences, "threads", 3);
  g_settings_set_strv(preferences, "exercises-done", done);
  g_autoptr(GSettings) other = bp_preferences_new(NULL);
  g_auto(GStrv) kept = g_settings_get_strv(other, "exercises-done");
  nn_check_int(g_settings_get_int(other, "threads"), 3);
  nn_check_int(g_strv_length(kept), 1);
  g_settings_reset(preferences, "threads");
  g_settings_reset(preferences, "exercises-done");
}

static void test_dialog_opens(void)
{
  g_action_group_activate_action(G_ACTION_GROUP(app), "preferences", NULL);
  spend(400);
  GListModel *windows = gtk_window_get_toplevels();
  for (guint i = 0; i < g_list_model_get_n_items(windows) && !dialog; i++) {
    g_autoptr(GtkWidget) toplevel = g_list_model_get_item(windows, i);
    dialog = find_in(toplevel, is_page, NULL);
  }
  nn_check(dialog != NULL);
  if (!dialog)
    return;
  int dpi;
  g_object_get(gtk_settings_get_default(), "gtk-xft-dpi", &dpi, NULL);
  for (int scale = 1; scale <= 2; scale++) {
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", scale * 96 * 1024, NULL);
    spend(200);
    check_width(dialog, 350); /* around it is a frame */
  }
  g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", dpi, NULL);
}

static void test_color_scheme(void)
{
  AdwStyleManager *style = adw_style_manager_get_default();
  adw_combo_row_set_selected(ADW_COMBO_ROW(row("scheme")), 2);
  check_text("color-scheme", "dark");
  nn_check(adw_style_manager_get_dark(style));
  g_settings_set_string(preferences, "color-scheme", "light");
  nn_check_int(adw_combo_row_get_selected(ADW_COMBO_ROW(row("scheme"))), 1);
  nn_check(!adw_style_manager_get_dark(style));
  adw_combo_row_set_selected(ADW_COMBO_ROW(row("scheme")), 0);
}

static const BpDevice *first_device(void)
{
  int n;
  return bp_devices_get_all(session->devices, &n);
}

static void test_threads(void)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON(row("threads"));
  g_settings_set_string(preferences, "device", "cpu"); /* whatever else there is */
  nn_check_str(gtk_editable_get_text(GTK_EDITABLE(spin)), "All");
  gtk_spin_button_set_value(spin, 3);
  nn_check_int(g_settings_get_int(preferences, "threads"), 3);
  int most = MIN(3, nn_machine_cores()); /* more than these would only take turns */
  g_autofree char *title = g_strdup_printf(most > 1 ? "CPU · %d threads" : "CPU · %d thread", most);
  nn_check_int(first_device()->n_threads, most);
  nn_check_str(first_device()->title, title);
  gtk_spin_button_set_value(spin, 1);
  nn_check_int(first_device()->n_threads, 1);
  /* What a person types: the word itself is taken, too. */
  gtk_editable_set_text(GTK_EDITABLE(spin), "2");
  gtk_spin_button_update(spin);
  nn_check_int(g_settings_get_int(preferences, "threads"), 2);
  gtk_editable_set_text(GTK_EDITABLE(spin), "All");
  gtk_spin_button_update(spin);
  nn_check_int(g_settings_get_int(preferences, "threads"), 0);
  nn_check_int(first_device()->n_threads, nn_machine_cores());
  g_settings_set_string(preferences, "device", "auto");
}

static bool cuda_is_known(void)
{
  return bp_cuda_get_state() != BP_CUDA_UNKNOWN;
}

static void test_device(void)
{
  AdwComboRow *device = ADW_COMBO_ROW(row("device"));
  adw_combo_row_set_selected(device, 2);
  check_text("device", "cuda");
  nn_check_str(first_device()->name, "cuda");
  nn_check(wait_for(cuda_is_known, PATIENCE_MS));
  if (bp_cuda_get_state() == BP_CUDA_FAILS) /* and the row says why */
    nn_check_has(adw_action_row_get_subtitle(ADW_ACTION_ROW(device)), "CUDA");
  adw_combo_row_set_selected(device, 1);
  nn_check_str(first_device()->name, "cpu");
  adw_combo_row_set_selected(device, 0);
  check_text("device", "auto");
  nn_check_str(first_device()->name, bp_cuda_get_state() == BP_CUDA_WORKS ? "cuda" : "cpu");
}

static void put_idx(const char *dir, const char *name, guint32 magic, guint n, gsize each)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  guint32 head[] = {GUINT32_TO_BE(magic), GUINT32_TO_BE(n), GUINT32_TO_BE(28), GUINT32_TO_BE(28)};
  g_byte_array_append(bytes, (const guint8 *)head, each > 1 ? 16 : 8);
  for (gsize i = 0; i < n * each; i++)
    g_byte_array_append(bytes, (const guint8[]){(guint8)(i % 10)}, 1);
  nn_check(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
}

static void test_threads_are_explained(void)
{
  g_autofree char *cores = g_strdup_printf("At most one thread per core (%d).", nn_machine_cores());
  const char *said = adw_action_row_get_subtitle(ADW_ACTION_ROW(row("threads_row")));
  nn_check_has(said, cores);
  nn_check_has(said, "The number of threads does not change the results.");
}

static void test_data_directory(void)
{
  g_autofree char *dir = path_of("elsewhere"), *place = NULL;
  char *user_dir = NULL;
  g_mkdir_with_parents(dir, 0700);
  put_idx(dir, "train-images-idx3-ubyte", 2051, 70, 784);
  put_idx(dir, "train-labels-idx1-ubyte", 2049, 70, 1);
  put_idx(dir, "t10k-images-idx3-ubyte", 2051, 20, 784);
  put_idx(dir, "t10k-labels-idx1-ubyte", 2049, 20, 1);
  nn_check(!gtk_widget_get_sensitive(row("usual")));
  g_settings_set_string(preferences, "data-directory", dir);
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check_int(bp_data_store_get(session->data)->set->train.n, 70);
  nn_check_str(adw_action_row_get_subtitle(ADW_ACTION_ROW(row("folder_row"))), dir);
  nn_check(gtk_widget_get_sensitive(row("usual")));
  g_signal_emit_by_name(row("usual"), "clicked");
  check_text("data-directory", "");
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check(bp_data_store_get(session->data)->set->practice);
  place = path_of("backprop");
  nn_check(nn_data_user_dir(&user_dir, NULL));
  nn_check_str(user_dir, place);
  nn_free(user_dir);
}

static void test_debug_info(void)
{
  g_autofree char *text = bp_about_dup_debug_info(GTK_WINDOW(window), preferences);
  nn_check_has(text, "GTK 4.");
  nn_check_has(text, "threads: ");
  nn_check_has(text, "CUDA: ");
  g_action_group_activate_action(G_ACTION_GROUP(app), "about", NULL);
  spend(300);
}

static void test_window_size(void)
{
  gtk_window_set_default_size(GTK_WINDOW(window), 1000, 700);
  spend(300);
  g_autoptr(GSettings) again = bp_preferences_new(NULL);
  nn_check_int(g_settings_get_int(again, "window-width"), 1000);
  nn_check_int(g_settings_get_int(again, "window-height"), 700);
}

static void set_size(GSettings *settings, int width, int height)
{
  g_settings_set_int(settings, "window-width", width);
  g_settings_set_int(settings, "window-height", height);
}

/* The screen of this test has 1600 × 1000 pixels where it has its own. */
static void test_window_fits_monitor(void)
{
  g_autoptr(GdkMonitor) monitor = g_list_model_get_item(
      gdk_display_get_monitors(gtk_widget_get_display(GTK_WIDGET(window))), 0);
  GdkRectangle area;
  gdk_monitor_get_geometry(monitor, &area);
  g_autoptr(GSettings) large = bp_preferences_new(NULL);
  set_size(large, 3 * area.width, 3 * area.height);
  g_autoptr(BpSession) other = bp_session_new(NULL);
  BpWindow *second = bp_window_new(app, other);
  bp_window_follow_preferences(second, large);
  int width, height;
  gtk_window_get_default_size(GTK_WINDOW(second), &width, &height);
  nn_check(width > 0.9 * area.width && width < area.width);
  nn_check(height > 0.9 * area.height && height < area.height);
  set_size(large, 900, 600);
  gtk_window_get_default_size(GTK_WINDOW(second), &width, &height);
  nn_check(width == 900 && height == 600); /* what has room stays */
  gtk_window_destroy(GTK_WINDOW(second));
}

static char *said; /* of what could not be read, at the last start; NULL: of nothing */

/* As the next start would find it. */
static BpSession *next_start(void)
{
  BpSession *next = bp_session_new(NULL);
  g_free(said);
  said = bp_saved_recipes_restore(next, preferences);
  return next;
}

static void test_recipes_come_back(void)
{
  bp_course_set_exercise(session->course, 1);
  set("loop.epochs", "17");
  bp_course_set_exercise(session->course, BP_LAB);
  set("loop.epochs", "23");
  spend(1500); /* it is kept without being asked */
  g_autoptr(BpSession) next = next_start();
  nn_check_int(bp_course_get_exercise(next->course), BP_LAB);
  nn_check(
      nn_config_equal(bp_course_get_recipe(next->course), bp_course_get_recipe(session->course)));
  bp_course_set_exercise(next->course, 1);
  nn_check_int(epochs_of(next), 17);
  nn_check(!bp_course_is_exercise_done(next->course, 2));
  bp_course_restore_exercise(session->course, 2, NULL, TRUE);
  nn_check(bp_saved_recipes_save(session, preferences, NULL));
  g_autoptr(BpSession) later = next_start();
  nn_check(bp_course_is_exercise_done(later->course, 2));
}

static void test_start_leaves_no_file(void)
{
  g_autofree char *path = path_of("backprop/recipes/lab.backprop");
  nn_check(g_file_test(path, G_FILE_TEST_EXISTS));
  bp_course_reset_recipe(session->course);
  nn_check(bp_saved_recipes_save(session, preferences, NULL));
  nn_check(!g_file_test(path, G_FILE_TEST_EXISTS));
}

static void holds(const char *name, const char *text)
{
  g_autofree char *path = path_of(name), *found = NULL;
  nn_check(g_file_get_contents(path, &found, NULL, NULL));
  nn_check_str(found ? found : "", text);
}

/* What cannot be read, because it is damaged or of a later version, is put aside and said; the
 * exercise begins as it always does, and whatever is saved afterwards, the bytes are still there.
 */
static void test_broken_file(void)
{
  static const char cut[] = "{\"version\": 1, ", later[] = "{\"version\": 2, \"soul\": true}";
  g_autofree char *path = write_recipe("backprop/recipes/loop.backprop", cut);
  g_autoptr(BpSession) next = next_start();
  bp_course_set_exercise(next->course, 2);
  nn_check(bp_course_get_edited_recipe(next->course, 2) == NULL);
  nn_check(!g_file_test(path, G_FILE_TEST_EXISTS));
  holds("backprop/recipes/loop-unreadable.backprop", cut);
  nn_check_has(said ? said : "", "not valid JSON");
  nn_check_has(said ? said : "", "backprop/recipes/loop-unreadable.backprop");
  g_autofree char *again = write_recipe("backprop/recipes/loop.backprop", later);
  g_autoptr(BpSession) second = next_start();
  nn_check_has(said ? said : "", "version");
  holds("backprop/recipes/loop-unreadable-2.backprop", later);
  nn_check(bp_saved_recipes_save(second, preferences, NULL));
  holds("backprop/recipes/loop-unreadable.backprop", cut);
  holds("backprop/recipes/loop-unreadable-2.backprop", later);
  g_autoptr(BpSession) third = next_start();
  nn_check(third && said == NULL);
}

/* A program of another version may write while this one runs. */
static void test_broken_meanwhile(void)
{
  static const char later[] = "{\"version\": 3}";
  g_autofree char *path = write_recipe("backprop/recipes/network.backprop", later);
  nn_check(bp_saved_recipes_save(session, preferences, NULL));
  holds("backprop/recipes/network-unreadable.backprop", later);
  const char *done[] = {"of-another-version", NULL};
  g_settings_set_strv(preferences, "exercises-done", done);
  nn_check(bp_saved_recipes_save(session, preferences, NULL));
  g_auto(GStrv) kept = g_settings_get_strv(preferences, "exercises-done");
  nn_check(g_strv_contains((const char *const *)kept, done[0]));
}

static void test_nowhere_to_keep(void)
{
  g_autofree char *dir = path_of("backprop/recipes"), *aside = path_of("backprop/aside");
  g_autoptr(GError) error = NULL;
  nn_check_int(g_rename(dir, aside), 0);
  nn_check(g_file_set_contents(dir, "in the way", -1, NULL));
  nn_check(!bp_saved_recipes_save(session, preferences, &error));
  nn_check_has(error ? error->message : "", "recipes");
  g_remove(dir);
  nn_check_int(g_rename(aside, dir), 0);
}

static void test_opening_loses_nothing(void)
{
  g_autofree char *other =
      write_recipe("other.backprop", "{\"version\": 1, \"loop\": {\"epochs\": 31}}");
  bp_course_set_exercise(session->course, BP_LAB);
  bp_course_reset_recipe(session->course);
  nn_check(!bp_course_is_recipe_unsaved(session->course));
  bp_window_open_recipe(window, other); /* nothing to lose: no question */
  nn_check_int(epochs_of(session), 31);
  nn_check(!bp_course_is_recipe_unsaved(session->course));
  set("loop.epochs", "32");
  nn_check(bp_course_is_recipe_unsaved(session->course));
  bp_window_open_recipe(window, other);
  spend(300);
  nn_check_int(epochs_of(session), 32);
  click("_Cancel");
  nn_check_int(epochs_of(session), 32);
  bp_window_open_recipe(window, other);
  click("_Discard");
  nn_check_int(epochs_of(session), 31);
  set("loop.epochs", "33");
  nn_check(bp_course_save_recipe(session->course, other, NULL));
  nn_check(!bp_course_is_recipe_unsaved(session->course));
}

/* The ending of the name says which; what is in it is suite torch's question. */
static void test_a_program_is_saved(void)
{
  g_autofree char *text = NULL, *notebook = NULL;
  g_autofree char *path = g_build_filename(g_get_tmp_dir(), "backprop-program.py", NULL);
  g_autofree char *other = g_build_filename(g_get_tmp_dir(), "backprop-program.ipynb", NULL);
  g_autoptr(GError) error = NULL;
  bp_course_set_exercise(session->course, BP_LAB);
  bp_course_reset_recipe(session->course);
  set("optimizer.kind", "SGD");
  nn_check(bp_course_save_program(session->course, path, NULL));
  nn_check(bp_course_save_program(session->course, other, NULL));
  nn_check(g_file_get_contents(path, &text, NULL, NULL));
  nn_check(g_file_get_contents(other, &notebook, NULL, NULL));
  nn_check_has(text, "\noptimizer = optim.SGD(model.parameters(), ");
  nn_check_has(notebook, "\"nbformat\": 4");
  set("network", "[{\"kind\": \"Conv2d\", \"kernel_size\": 99}]"); /* cannot be */
  nn_check(!bp_course_save_program(session->course, path, &error) && error);
  g_remove(path);
  g_remove(other);
  bp_course_reset_recipe(session->course);
}

static void test_starting_over_can_be_undone(void)
{
  bp_course_set_exercise(session->course, 1);
  set("loop.epochs", "41");
  gtk_widget_activate_action(GTK_WIDGET(window), "win.reset-recipe", NULL);
  nn_check(epochs_of(session) != 41);
  bp_course_set_exercise(session->course, 0);
  click("_Undo");
  nn_check_int(bp_course_get_exercise(session->course), 1);
  nn_check_int(epochs_of(session), 41);
}

static const struct {
  const char *name;
  void (*function)(void);
} tests[] = {{"kept where there is a schema", test_kept},
             {"the dialog opens, and fits 360 pixels", test_dialog_opens},
             {"color scheme", test_color_scheme},
             {"threads", test_threads},
             {"device", test_device},
             {"threads are explained", test_threads_are_explained},
             {"data directory", test_data_directory},
             {"about and its debug information", test_debug_info},
             {"size of the window", test_window_size},
             {"a window fits the monitor", test_window_fits_monitor},
             {"recipes come back", test_recipes_come_back},
             {"a start recipe leaves no file", test_start_leaves_no_file},
             {"a broken file is put aside, and said", test_broken_file},
             {"so is one that comes meanwhile", test_broken_meanwhile},
             {"what cannot be written is told", test_nowhere_to_keep},
             {"opening a recipe loses nothing", test_opening_loses_nothing},
             {"a program for PyTorch is saved", test_a_program_is_saved},
             {"starting over can be undone", test_starting_over_can_be_undone}};

enum { N_WITH_SCHEMA = 4 }; /* the first of them */

static void open_window(void)
{
  app = GTK_APPLICATION(bp_application_new());
  g_application_set_flags(G_APPLICATION(app),
                          g_application_get_flags(G_APPLICATION(app)) | G_APPLICATION_NON_UNIQUE);
  nn_check(g_application_register(G_APPLICATION(app), NULL, NULL));
  preferences = bp_application_get_preferences(BP_APPLICATION(app));
  session = bp_session_new(NULL);
  window = bp_window_new(app, session);
  bp_window_follow_preferences(window, preferences);
  g_signal_connect(session, "notice", G_CALLBACK(on_told), NULL);
  gtk_window_present(GTK_WINDOW(window));
  bp_data_store_open(session->data, NULL);
  nn_check(wait_for(loaded, PATIENCE_MS));
}

int main(int argc, char **argv)
{
  gsize n_tests = argc > 1 ? N_WITH_SCHEMA : G_N_ELEMENTS(tests);
  g_autofree char *home = g_dir_make_tmp("backprop-preferences-XXXXXX", NULL);
  g_setenv("XDG_DATA_HOME", home, TRUE);
  g_unsetenv("BACKPROP_DATA");
  make_warnings_fatal();
  if (!gtk_init_check()) {
    nn_test_skip("preferences", "there is no display");
    return nn_test_done() ? 77 : 0;
  }
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  open_window();
  for (gsize i = 0; i < n_tests; i++)
    nn_test(tests[i].name, tests[i].function);
  gtk_window_close(GTK_WINDOW(window));
  spend(500);
  g_object_unref(session);
  g_object_unref(app);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", home);
  return g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL) ? nn_test_done() : 1;
}
