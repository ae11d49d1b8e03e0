/* window-check.h: the whole window in this process, on a small data set that the test writes, and
 * ways to look at it, click and wait. Every warning ends the program. Needs a display. */
#pragma once
#include "app/application.h"
#include "app/window/banner.h"
#include "app/exercises/exercise-card.h"
#include "app/window/footer.h"
#include "app/pages/mistakes-page.h"
#include "app/pages/results.h"
#include "app/pages/samples-page.h"
#include "app/window/sidebar.h"
#include "app/text.h"
#include "app/window/window.h"
#include "engine/recipe/recipe.h"
#include "gtk-check.h"
#include "tests/check.h"
#include <glib/gstdio.h>

enum { N_TRAIN = 2000, N_TEST = 400, SIDE = 28, PATIENCE_MS = 20000 };

static GtkApplication *app;
static BpWindow *window;
static BpSession *session;
static char *folder;

/* ---- a data set: class k is a bright bar in row 2k, with noise around it ---- */

static inline void put_u32(GByteArray *bytes, guint32 value)
{
  guint32 big = GUINT32_TO_BE(value);
  g_byte_array_append(bytes, (const guint8 *)&big, 4);
}

static inline void write_images(const char *path, guint n)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(GRand) rand = g_rand_new_with_seed(n);
  put_u32(bytes, 2051);
  put_u32(bytes, n);
  put_u32(bytes, SIDE);
  put_u32(bytes, SIDE);
  for (guint i = 0; i < n * SIDE * SIDE; i++) {
    guint row = i / SIDE % SIDE, label = i / (SIDE * SIDE) % 10;
    guint8 pixel = (guint8)g_rand_int_range(rand, 0, row == 2 * label + 3 ? 256 : 120);
    g_byte_array_append(bytes, &pixel, 1);
  }
  g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
}

static inline void write_labels(const char *path, guint n)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  put_u32(bytes, 2049);
  put_u32(bytes, n);
  for (guint i = 0; i < n; i++) {
    guint8 label = (guint8)(i % 10);
    g_byte_array_append(bytes, &label, 1);
  }
  g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
}

static const struct {
  const char *name;
  void (*write)(const char *path, guint n);
  guint n;
} files[] = {{"train-images-idx3-ubyte", write_images, N_TRAIN},
             {"train-labels-idx1-ubyte", write_labels, N_TRAIN},
             {"t10k-images-idx3-ubyte", write_images, N_TEST},
             {"t10k-labels-idx1-ubyte", write_labels, N_TEST}};

/* Where torchvision puts MNIST: the name of the directory says what the set is called. */
static inline char *data_dir(const char *root)
{
  return g_build_filename(root, "MNIST", "raw", NULL);
}

static inline char *write_data(void)
{
  char *root = g_dir_make_tmp("backprop-window-XXXXXX", NULL);
  g_autofree char *dir = data_dir(root);
  g_assert_true(g_mkdir_with_parents(dir, 0700) == 0);
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(dir, files[i].name, NULL);
    files[i].write(path, files[i].n);
  }
  return root;
}

static inline void remove_data(const char *root)
{
  g_autofree char *dir = data_dir(root), *above = g_path_get_dirname(dir);
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(dir, files[i].name, NULL);
    g_remove(path);
  }
  g_rmdir(dir);
  g_rmdir(above);
  g_rmdir(root);
}

/* ---- looking and waiting ---- */

static inline GtkWidget *find(GtkWidget *widget, GType type, const char *action)
{
  bool is_it = g_type_is_a(G_OBJECT_TYPE(widget), type);
  if (is_it && action)
    is_it = g_strcmp0(gtk_actionable_get_action_name(GTK_ACTIONABLE(widget)), action) == 0;
  if (is_it)
    return widget;
  GtkWidget *child = gtk_widget_get_first_child(widget);
  for (; child; child = gtk_widget_get_next_sibling(child)) {
    GtkWidget *found = find(child, type, action);
    if (found)
      return found;
  }
  return NULL;
}

static inline GtkWidget *part(GType type)
{
  return find(GTK_WIDGET(window), type, NULL);
}

static inline GtkWidget *button(const char *action)
{
  return find(GTK_WIDGET(window), GTK_TYPE_BUTTON, action);
}

static inline void click(const char *action)
{
  GtkWidget *widget = button(action);
  nn_check(widget && gtk_widget_get_sensitive(widget));
  if (widget)
    g_signal_emit_by_name(widget, "clicked");
}

static inline gsize n_points(void)
{
  BpRun *run = bp_runner_get_run(session->runner);
  return run ? bp_series_length(run->curves.loss) : 0;
}

static inline bool mapped(void)
{
  return gtk_widget_get_mapped(GTK_WIDGET(window)) && gtk_widget_get_width(GTK_WIDGET(window)) > 0;
}

static inline bool loaded(void)
{
  return bp_data_store_get(session->data) && !bp_data_store_is_loading(session->data);
}

static inline bool idle(void)
{
  return bp_runner_get_state(session->runner) == BP_STATE_IDLE;
}

static inline bool quiet(void)
{
  return bp_session_is_idle(session);
}

static inline bool training(void)
{
  return bp_runner_get_state(session->runner) == BP_STATE_TRAINING && n_points() > 20;
}

static gsize enough; /* points to wait for */

static inline bool more_points(void)
{
  return n_points() > enough;
}

static inline bool wait_for_more(gsize than)
{
  enough = than;
  return wait_for(more_points, PATIENCE_MS);
}

static inline bool paused_after_one(void)
{
  return bp_runner_get_state(session->runner) == BP_STATE_PAUSED && n_points() == 1;
}

/* Changes the recipe as another file would: the rows borrow parts of the one at hand. */
static inline void set(const char *path, const char *text)
{
  g_autofree char *file = g_build_filename(folder, "recipe.json", NULL);
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, path, text, NULL));
  nn_check(nn_recipe_save(recipe, file, NULL));
  nn_check(bp_course_open_recipe(session->course, file, NULL));
  nn_config_free(recipe);
  g_remove(file);
}

static inline bool ticked(const char *check)
{
  return bp_exercise_card_is_ticked(BP_EXERCISE_CARD(part(BP_TYPE_EXERCISE_CARD)), check);
}

static inline const char *title_of_mistakes(void)
{
  GtkStack *stack = GTK_STACK(find(part(BP_TYPE_RESULTS), GTK_TYPE_STACK, NULL));
  GtkWidget *page = gtk_stack_get_child_by_name(stack, "mistakes");
  return page ? gtk_stack_page_get_title(gtk_stack_get_page(stack, page)) : "";
}

/* Takes up an exercise afresh and makes runs short. */
static inline void start_over(int exercise, const char *epochs)
{
  bp_course_set_exercise(session->course, exercise);
  bp_course_reset_recipe(session->course);
  set("loop.epochs", epochs);
}

static inline const char *banner(void)
{
  const char *text = bp_banner_get_text(BP_BANNER(part(BP_TYPE_BANNER)));
  return text ? text : "";
}

static inline GtkWidget *alert_in(GtkWidget *at)
{
  GtkWidget *found = BP_IS_BANNER(at) && gtk_widget_has_css_class(at, "alert") ? at : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = alert_in(child);
  return found;
}

/* What is said of a run that broke off. */
static inline const char *alert(void)
{
  const char *text = bp_banner_get_text(BP_BANNER(alert_in(GTK_WIDGET(window))));
  return text ? text : "";
}

static inline const char *note_of_samples(void)
{
  return bp_samples_page_get_note(BP_SAMPLES_PAGE(part(BP_TYPE_SAMPLES_PAGE)));
}

static inline BpFooter *footer(void)
{
  return BP_FOOTER(part(BP_TYPE_FOOTER));
}

static inline bool over(void)
{
  return idle() && quiet();
}

/* ---- the program ---- */

static inline void open_window(void)
{
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  app = GTK_APPLICATION(bp_application_new());
  nn_check(g_application_register(G_APPLICATION(app), NULL, NULL));
  folder = write_data();
  g_setenv("BACKPROP_DATA", folder, TRUE); /* where MNIST is: what the exercises ask for */
  session = bp_session_new(NULL);
  window = bp_window_new(app, session);
  g_object_unref(session); /* the window keeps it */
  gtk_window_present(GTK_WINDOW(window));
  g_object_add_weak_pointer(G_OBJECT(window), (gpointer *)&window);
  bp_data_store_open(session->data, NULL);
  nn_check(wait_for(mapped, PATIENCE_MS) && wait_for(loaded, PATIENCE_MS));
}

typedef struct {
  const char *name;
  void (*function)(void);
} WindowTest;

/* Runs the tests, the last of which may close the window. */
static inline int test_window(const WindowTest *tests, gsize n)
{
  make_warnings_fatal();
  if (!gtk_init_check()) {
    nn_test_skip("the window", "there is no display");
    return nn_test_done() ? 77 : 0;
  }
  open_window();
  for (gsize i = 0; i < n; i++)
    nn_test(tests[i].name, tests[i].function);
  int status = nn_test_done();
  if (window)
    gtk_window_destroy(GTK_WINDOW(window));
  remove_data(folder);
  g_free(folder);
  g_object_unref(app);
  return status;
}
