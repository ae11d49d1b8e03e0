/* test-window-data.c: data that come into the window: fetched from a server of the test's own, and
 * pictures of a folder. Every warning ends the program. Needs a display; without one it is skipped.
 */
#include "app/application.h"
#include "app/window/banner.h"
#include "app/window/window.h"
#include "engine/recipe/recipe.h"
#include "tests/check.h"
#include "tests/ui/gtk-check.h"
#include "write-idx.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>

enum { PATIENCE_MS = 30000, N_CLASSES = 3, N_PICTURES = 14, WIDTH = 64, HEIGHT = 48 };

static GtkApplication *app;
static BpWindow *window;
static BpSession *session;
static SoupServer *server;
static char *home, *mnist, *address;

/* ---- a server, which can be so slow that there is something to see ---- */

static bool answers, is_slow;

static gboolean next_piece(gpointer message)
{
  soup_server_message_unpause(message);
  return G_SOURCE_REMOVE;
}

/* Whoever cancels lets go of the message: the timer keeps it. */
static void on_wrote_chunk(SoupServerMessage *message, gpointer user_data)
{
  soup_server_message_pause(message);
  g_timeout_add_full(G_PRIORITY_DEFAULT, 50, next_piece, g_object_ref(message), g_object_unref);
}

static void send_slowly(SoupServerMessage *message, GBytes *content)
{
  gsize n = g_bytes_get_size(content), step = 1 << 18;
  SoupMessageBody *body = soup_server_message_get_response_body(message);
  soup_message_headers_set_content_length(soup_server_message_get_response_headers(message),
                                          (goffset)n);
  g_signal_connect(message, "wrote-chunk", G_CALLBACK(on_wrote_chunk), NULL);
  for (gsize at = 0; at < n; at += step) {
    g_autoptr(GBytes) piece = g_bytes_new_from_bytes(content, at, MIN(step, n - at));
    soup_message_body_append_bytes(body, piece);
  }
  soup_message_body_complete(body);
}

static void on_request(SoupServer *from, SoupServerMessage *message, const char *path,
                       GHashTable *query, gpointer user_data)
{
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *file = mnist ? g_build_filename(mnist, name, NULL) : NULL;
  char *content;
  gsize n;
  if (!answers || !file || !g_file_get_contents(file, &content, &n, NULL)) {
    soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  g_autoptr(GBytes) bytes = g_bytes_new_take(content, n);
  soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
  if (is_slow)
    send_slowly(message, bytes);
  else
    soup_message_body_append_bytes(soup_server_message_get_response_body(message), bytes);
}

static void start_server(void)
{
  g_autoptr(GError) error = NULL;
  server = soup_server_new(NULL, NULL);
  soup_server_add_handler(server, NULL, on_request, NULL, NULL);
  g_assert_true(soup_server_listen_local(server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  GSList *uris = soup_server_get_uris(server);
  address = g_uri_to_string(uris->data);
  g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
}

/* ---- looking and waiting ---- */

static GtkWidget *find(GtkWidget *widget, GType type, const char *action)
{
  bool is_it = gtk_widget_get_mapped(widget) && g_type_is_a(G_OBJECT_TYPE(widget), type);
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

static GtkWidget *find_labelled(GtkWidget *widget, const char *label)
{
  if (GTK_IS_BUTTON(widget) && gtk_widget_get_mapped(widget) &&
      g_strcmp0(gtk_button_get_label(GTK_BUTTON(widget)), label) == 0)
    return widget;
  GtkWidget *child = gtk_widget_get_first_child(widget), *found = NULL;
  for (; child && !found; child = gtk_widget_get_next_sibling(child))
    found = find_labelled(child, label);
  return found;
}

static GtkWidget *banner(void)
{
  return find(GTK_WIDGET(window), BP_TYPE_BANNER, NULL);
}

static GtkWidget *button(const char *action)
{
  return find(banner(), GTK_TYPE_BUTTON, action);
}

static const char *said(void)
{
  const char *text = bp_banner_get_text(BP_BANNER(banner()));
  return text ? text : "";
}

static bool can_get(void)
{
  return button("win.get-data") != NULL;
}

static bool can_cancel(void)
{
  return button("win.cancel-fetch") != NULL;
}

static bool is_fetching(void)
{
  BpFetchProgress progress;
  return bp_data_store_get_fetch(session->data, &progress) && progress.done > 0;
}

static bool is_quiet(void)
{
  return bp_session_is_idle(session);
}

static void click(const char *action)
{
  GtkWidget *widget = button(action);
  if (nn_check(widget != NULL))
    g_signal_emit_by_name(widget, "clicked");
}

/* Changes the recipe as another file would: the rows borrow parts of the one at hand. */
static void set(const char *key, const char *value)
{
  NnError err = {0};
  g_autofree char *file = g_build_filename(home, "recipe.json", NULL);
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  if (!nn_check(nn_config_set_path(recipe, key, value, &err)))
    printf("# %s\n", err.text);
  nn_check(nn_recipe_save(recipe, file, NULL));
  nn_check(bp_course_open_recipe(session->course, file, NULL));
  nn_config_free(recipe);
}

static char *failure, *told;

static void on_text(BpSession *from, const char *text, gpointer slot)
{
  char **kept = slot;
  g_free(*kept);
  *kept = g_strdup(text);
}

static void on_failed(BpSession *from, const char *text, const char *what, gpointer slot)
{
  g_autofree char *both = g_strdup_printf("%s: %s", what, text);
  on_text(from, both, slot);
}

static char *files_there(void)
{
  g_autofree char *raw = g_build_filename(home, "backprop", "MNIST", "raw", NULL);
  g_autoptr(GDir) dir = g_dir_open(raw, 0, NULL);
  GString *names = g_string_new(NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir)))
    g_string_append_printf(names, "%s ", name);
  return g_string_free(names, FALSE);
}

/* ---- tests ---- */

static void test_offers(void)
{
  nn_check(wait_for(can_get, PATIENCE_MS));
  nn_check_has(said(), "not comparable with MNIST");
  nn_check_str(gtk_button_get_label(GTK_BUTTON(button("win.get-data"))), "Download MNIST");
  nn_check(button("win.open-data") != NULL);
  nn_check(!can_cancel());
}

static void test_refused(void)
{
  answers = false;
  click("win.get-data");
  nn_check(can_cancel() || wait_for(is_quiet, PATIENCE_MS));
  nn_check(wait_for(is_quiet, PATIENCE_MS));
  nn_check_has(failure ? failure : "", "The download failed: ");
  nn_check_has(failure ? failure : "", "404");
  nn_check(can_get());
  g_autofree char *names = files_there();
  nn_check_str(names, "");
  close_questions(app);
}

static void test_cancelled(void)
{
  if (!mnist) {
    nn_skip("no MNIST here");
    return;
  }
  answers = is_slow = true;
  click("win.get-data");
  nn_check(wait_for(is_fetching, PATIENCE_MS));
  nn_check(wait_for(can_cancel, PATIENCE_MS));
  nn_check_has(said(), "Downloading MNIST");
  nn_check(find(banner(), GTK_TYPE_PROGRESS_BAR, NULL) != NULL);
  click("win.cancel-fetch");
  nn_check(wait_for(is_quiet, PATIENCE_MS));
  nn_check_has(told ? told : "", "what was downloaded so far is kept");
  g_autofree char *names = files_there();
  nn_check_str(names, "train-images-idx3-ubyte.gz.part ");
  nn_check(wait_for(can_get, PATIENCE_MS));
  nn_check(find(banner(), GTK_TYPE_PROGRESS_BAR, NULL) == NULL);
}

static void test_fetched(void)
{
  if (!mnist) {
    nn_skip("no MNIST here");
    return;
  }
  is_slow = false;
  click("win.get-data");
  nn_check(wait_for(is_quiet, PATIENCE_MS));
  nn_check_has(told ? told : "", "MNIST was downloaded");
  BpData *data = bp_data_store_get(session->data);
  nn_check(!data->set->practice);
  nn_check_int(data->set->train.n, 60000);
  nn_check_str(said(), "");
}

/* Another recipe, and the data that it asks for. */
static void ask_for(const char *path, const char *text)
{
  set(path, text);
  nn_check(wait_for(is_quiet, PATIENCE_MS));
}

/* What was chosen but is not there is offered, and not trained in silence as something else. */
static void test_another_set(void)
{
  ask_for("data.dataset", "fashion-mnist");
  nn_check_has(said(), "Fashion-MNIST is not on this computer yet");
  nn_check_str(gtk_button_get_label(GTK_BUTTON(button("win.get-data"))), "Download Fashion-MNIST");
  ask_for("data.dataset", "folder");
  nn_check(!can_get());
  nn_check(button("win.open-data") != NULL);
  nn_check_has(said(), "No folder of images is open yet");
  ask_for("data.dataset", "idx");
  nn_check_has(said(), "No folder of IDX files is open yet");
  ask_for("data.dataset", "mnist");
}

/* 3 classes of 64 × 48 pixels, one color each. */
static char *write_pictures(void)
{
  static const char *const names[N_CLASSES] = {"leaf", "sky", "soil"};
  char *dir = g_build_filename(home, "pictures", NULL);
  for (int k = 0; k < N_CLASSES; k++) {
    g_autofree char *class_dir = g_build_filename(dir, names[k], NULL);
    g_assert_true(g_mkdir_with_parents(class_dir, 0700) == 0);
    g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, WIDTH, HEIGHT);
    gdk_pixbuf_fill(picture, 0x30303000u + (guint32)k * 0x50505000u);
    for (int i = 0; i < N_PICTURES; i++) {
      g_autofree char *name = g_strdup_printf("%02d.png", i);
      g_autofree char *path = g_build_filename(class_dir, name, NULL);
      g_assert_true(gdk_pixbuf_save(picture, path, "png", NULL, NULL));
    }
  }
  return dir;
}

static const char *wanted_set(void)
{
  NnConfig *data = nn_config_child(bp_course_get_recipe(session->course), "data");
  return nn_config_child(data, "dataset")->kind->name;
}

static int last_outputs(void)
{
  NnConfig *recipe = bp_course_get_recipe(session->course);
  int n = nn_config_count(recipe, "network");
  return nn_config_int(nn_config_at(recipe, "network", n - 1), "out_features");
}

static void take_up(int exercise)
{
  bp_course_set_exercise(session->course, exercise);
  nn_check(wait_for(is_quiet, PATIENCE_MS));
}

static void open_folder(const char *dir)
{
  bp_data_store_open(session->data, dir);
  nn_check(wait_for(is_quiet, PATIENCE_MS));
}

/* Recipe and network turn to what was opened. */
static void test_folder(void)
{
  g_autofree char *dir = write_pictures();
  take_up(BP_LAB);
  open_folder(dir);
  NnDataset *data = bp_data_store_get(session->data)->set;
  char text[NN_CLASS_TEXT];
  nn_check_str(data->title, "pictures");
  nn_check_int(data->n_classes, N_CLASSES);
  nn_check_str(nn_dataset_class_name(data, 1, text), "sky");
  nn_check_int(data->shape.dims[1], 28);
  nn_check_has(told ? told : "", "every 7th image is a test image, 6 in all");
  nn_check_str(wanted_set(), "folder");
  nn_check_int(last_outputs(), N_CLASSES);
  nn_check_str(bp_course_get_check(session->course)->text, "");
  nn_check(bp_course_can_train(session->course));
  nn_check_str(said(), "");
  ask_for("data.dataset.image_size", "[48, 64]");
  data = bp_data_store_get(session->data)->set;
  nn_check_int(data->shape.dims[1], HEIGHT);
  nn_check_int(data->shape.dims[2], WIDTH);
}

/* An exercise goes on with MNIST, or what stands in for it, and with its own network. */
static void check_exercise(int index)
{
  NnConfig *start = bp_exercise_recipe(index, NULL);
  take_up(index);
  nn_check(nn_config_equal(bp_course_get_recipe(session->course), start));
  nn_check_int(bp_data_store_get(session->data)->set->n_classes, 10);
  nn_check(bp_course_can_train(session->course));
  nn_check(bp_course_get_edited_recipe(session->course, index) == NULL); /* nothing of it is kept */
  nn_config_free(start);
}

static void check_lab(void)
{
  nn_check_int(bp_course_get_exercise(session->course), BP_LAB);
  nn_check_str(wanted_set(), "folder");
  nn_check_str(bp_data_store_get(session->data)->set->title, "pictures");
  nn_check_int(last_outputs(), N_CLASSES);
  nn_check(bp_course_can_train(session->course));
}

/* What was opened is the lab's; the exercises are as they were. */
static void test_to_and_fro(void)
{
  for (int i = 0; i < BP_N_EXERCISES; i++)
    check_exercise(i);
  take_up(BP_LAB);
  check_lab();
  nn_check_int(bp_data_store_get(session->data)->set->shape.dims[1], HEIGHT);
}

/* Opened in an exercise, they open in the lab. */
static void test_opened_in_an_exercise(void)
{
  g_autofree char *dir = g_build_filename(home, "pictures", NULL);
  check_exercise(1);
  open_folder(dir);
  check_lab();
  check_exercise(1);
  check_exercise(0);
}

/* Whoever wants them in an exercise says so in its recipe, which then keeps them. */
static void test_chosen_in_an_exercise(void)
{
  g_autofree char *dir = g_build_filename(home, "pictures", NULL);
  bp_course_set_exercise(session->course, 3);
  ask_for("data.dataset", "folder");
  open_folder(dir);
  nn_check_int(bp_course_get_exercise(session->course), 3);
  nn_check_str(bp_data_store_get(session->data)->set->title, "pictures");
  check_exercise(2);
  take_up(3);
  nn_check_str(wanted_set(), "folder");
  bp_course_reset_recipe(session->course);
  nn_check(wait_for(is_quiet, PATIENCE_MS));
  take_up(BP_LAB);
  check_lab();
}

static GtkWidget *mend_button(void)
{
  return find_labelled(GTK_WIDGET(window), "One output for each class");
}

/* What does not fit is said in a sentence, and mended by a click. */
static void test_mends(void)
{
  set("network.5.out_features", "7");
  nn_check(!bp_course_can_train(session->course));
  nn_check_str(bp_course_get_check(session->course)->text,
               "The output size of the network is 7, but there are 3 classes; it must be 3.");
  if (nn_check(mend_button() != NULL))
    g_signal_emit_by_name(mend_button(), "clicked");
  nn_check_int(last_outputs(), N_CLASSES);
  nn_check(bp_course_can_train(session->course));
  nn_check(mend_button() == NULL);
}

static bool is_evaluated(void);

static void test_thousand_classes(void)
{
  g_autofree char *dir = write_idx(home);
  open_folder(dir);
  nn_check_str(wanted_set(), "idx");
  nn_check_int(bp_data_store_get(session->data)->set->n_classes, 1000);
  nn_check_int(last_outputs(), 1000);
  set("scheduler.kind", "none");
  set("optimizer.lr", "0.003");
  set("loop.epochs", "12");
  if (!nn_check(bp_course_can_train(session->course)))
    return;
  bp_course_train(session->course, FALSE);
  nn_check(wait_for(is_evaluated, PATIENCE_MS));
  nn_check_int(bp_runner_get_run(session->runner)->status, BP_RUN_FINISHED);
  nn_check(bp_runner_get_run(session->runner)->test_accuracy > 0.5); /* chance is 0.001 */
  nn_check_int(bp_runs_get_evaluation(session->runs)->n_classes, 1000);
  ask_for("data.dataset.kind", "folder");
  nn_check_int(last_outputs(), N_CLASSES);
}

static bool is_evaluated(void)
{
  return bp_runs_get_evaluation(session->runs) && is_quiet();
}

/* The whole window with three classes: results, digits, bars with the classes' names. */
static void test_trains_folder(void)
{
  set("data.dataset.image_size", "[48, 64]");
  ask_for("loop.epochs", "3");
  nn_check_str(bp_course_get_check(session->course)->text, "");
  if (!nn_check(bp_course_can_train(session->course)))
    return;
  bp_course_train(session->course, FALSE);
  nn_check(wait_for(is_evaluated, PATIENCE_MS));
  nn_check_int(bp_runner_get_run(session->runner)->status, BP_RUN_FINISHED);
  nn_check(bp_runner_get_run(session->runner)->test_accuracy > 0.3);
}

/* Pictures of every size that there may be go through the whole window. */
static void test_sizes(void)
{
  static const struct {
    const char *text;
    int rows, columns;
  } sizes[] = {{"1", 1, 1}, {"[1, 256]", 1, 256}, {"256", 256, 256}};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    set("data.dataset.image_size", sizes[i].text);
    ask_for("loop.epochs", "1");
    const NnShape *shape = &bp_data_store_get(session->data)->set->shape;
    nn_check_int(shape->dims[1], sizes[i].rows);
    nn_check_int(shape->dims[2], sizes[i].columns);
    if (!nn_check(bp_course_can_train(session->course)))
      return;
    bp_course_train(session->course, FALSE);
    nn_check(wait_for(is_evaluated, PATIENCE_MS));
    nn_check_int(bp_runner_get_run(session->runner)->status, BP_RUN_FINISHED);
  }
}

static bool gone;

static void on_gone(gpointer data, GObject *object)
{
  gone = true;
}

static bool is_gone(void)
{
  return gone;
}

/* The last test: closed in the midst of a transfer. */
static void test_closes(void)
{
  bp_data_store_open(session->data, "practice");
  ask_for("data.dataset", "mnist");
  answers = is_slow = true;
  nn_check(can_get());
  click("win.get-data");
  g_object_weak_ref(G_OBJECT(session), on_gone, NULL);
  gtk_window_close(GTK_WINDOW(window));
  nn_check(wait_for(is_gone, PATIENCE_MS));
}

static const struct {
  const char *name;
  void (*function)(void);
} tests[] = {
    {"offers MNIST beside the practice digits", test_offers},
    {"a server that has nothing", test_refused},
    {"a transfer can be seen and cancelled", test_cancelled},
    {"a transfer ends with the data there", test_fetched},
    {"a set that is not there is offered", test_another_set},
    {"opens a folder of pictures", test_folder},
    {"recipes keep what they ask for", test_to_and_fro},
    {"pictures opened in an exercise open in the lab", test_opened_in_an_exercise},
    {"an exercise whose recipe asks for pictures gets them", test_chosen_in_an_exercise},
    {"a click mends the network", test_mends},
    {"trains on a folder", test_trains_folder},
    {"a thousand classes", test_thousand_classes},
    {"from 1 to 256 pixels", test_sizes},
    {"closes in the midst of a transfer", test_closes},
};

/* ---- the program ---- */

static void on_activate(GtkApplication *application)
{
  g_autoptr(GError) error = NULL;
  session = bp_session_new(&error);
  g_assert_no_error(error);
  window = bp_window_new(application, session);
  gtk_window_set_default_size(GTK_WINDOW(window), 1400, 900);
  gtk_window_present(GTK_WINDOW(window));
  g_signal_connect(session, "failed", G_CALLBACK(on_failed), &failure);
  g_signal_connect(session, "notice", G_CALLBACK(on_text), &told);
  bp_data_store_set_mirror(session->data, address);
  bp_data_store_open(session->data, NULL);
  g_object_unref(session); /* the window keeps it */
}

int main(void)
{
  g_autofree char *there = NULL;
  const char *folder = g_getenv("BACKPROP_TEST_MNIST");
  if (!gtk_init_check()) {
    printf("1..0 # SKIP no display\n");
    return 0;
  }
  there = folder ? g_build_filename(folder, "train-images-idx3-ubyte.gz", NULL) : NULL;
  mnist = there && g_file_test(there, G_FILE_TEST_EXISTS) ? g_strdup(folder) : NULL;
  home = g_dir_make_tmp("backprop-window-data-XXXXXX", NULL);
  g_setenv("XDG_DATA_HOME", home, TRUE);
  g_unsetenv("BACKPROP_DATA");
  g_setenv("no_proxy", "127.0.0.1", TRUE);
  make_warnings_fatal();
  start_server();
  app = GTK_APPLICATION(bp_application_new());
  g_application_set_flags(G_APPLICATION(app), G_APPLICATION_NON_UNIQUE);
  g_assert_true(g_application_register(G_APPLICATION(app), NULL, NULL));
  on_activate(app);
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
    nn_test(tests[i].name, tests[i].function);
  remove_tree(home);
  return nn_test_done();
}
