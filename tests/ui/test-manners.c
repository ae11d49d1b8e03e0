/* test-manners.c: how the window behaves beside what it computes: that nothing jumps while it
 * trains, what it does with what is dropped on it, how it loads, and what it remembers. */
#include "window-check.h"
#include "app/window/recipe-column.h"
#include "ui/recipe/kind-list.h"
#include <gdk-pixbuf/gdk-pixbuf.h>

enum { FRAME = 10 }; /* that GTK draws around a window without a window manager */

static void resize(int width, int height)
{
  gtk_window_set_default_size(GTK_WINDOW(window), width, height);
  for (int i = 0; i < 100 && ABS(gtk_widget_get_width(GTK_WIDGET(window)) - width) > FRAME; i++) {
    spend(20); /* what is left out in a narrow window makes room for a narrower one */
    gtk_window_set_default_size(GTK_WINDOW(window), width + i % 2, height);
  }
  nn_check(ABS(gtk_widget_get_width(GTK_WIDGET(window)) - width) <= FRAME);
  spend(300); /* columns fold in the frame after */
}

/* ---- folders of images ---- */

/* One grey pixel, over and over: a folder that takes a while. */
static char *write_image_folder(const char *const *classes, int n_images)
{
  int n_classes = (int)g_strv_length((char **)classes);
  char *dir = g_dir_make_tmp("backprop-images-XXXXXX", NULL);
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, 64, 64);
  gdk_pixbuf_fill(pixbuf, 0x806040ff);
  g_autofree char *bytes = NULL;
  gsize size;
  nn_check(gdk_pixbuf_save_to_buffer(pixbuf, &bytes, &size, "png", NULL, NULL));
  for (int i = 0; i < n_images; i++) {
    g_autofree char *name = g_strdup_printf("%s/%s/%04d.png", dir, classes[i % n_classes], i);
    g_autofree char *class_dir = g_path_get_dirname(name);
    g_mkdir(class_dir, 0700);
    g_assert_true(g_file_set_contents(name, bytes, (gssize)size, NULL));
  }
  return dir;
}

static void remove_folder(const char *dir)
{
  g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
  const char *name;
  while (open && (name = g_dir_read_name(open))) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (g_remove(path) != 0)
      remove_folder(path);
  }
  g_rmdir(dir);
}

/* ---- nothing jumps ---- */

/* What is inside of these may change: a button that says Pause, the lines of the checklist, the
 * footer's numbers, bars where there were none, and how much a scrollbar has to show of a list that
 * has got one more run. They themselves stay. */
static bool is_closed(GtkWidget *widget)
{
  static const char *const names[] = {"BpFooter",    "BpExerciseCard",   "AdwButtonContent",
                                      "BpBanner",    "GtkStackSwitcher", "BpProbabilityBars",
                                      "GtkScrollbar"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(G_OBJECT_TYPE_NAME(widget), names[i]))
      return true;
  return false;
}

/* A new run goes to the front of the list, a toast passes, and an alert lies over the rest. */
static bool is_left_out(GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child(widget);
  return g_str_equal(G_OBJECT_TYPE_NAME(widget), "AdwToastWidget") ||
         gtk_widget_has_css_class(widget, "alert") ||
         (g_str_equal(G_OBJECT_TYPE_NAME(widget), "BpTabStop") &&
          gtk_widget_has_css_class(child, "runs"));
}

typedef struct {
  GtkWidget *widget;
  graphene_rect_t bounds;
} Place;

static void add_places(GtkWidget *widget, GArray *places)
{
  Place place = {.widget = widget};
  if (!gtk_widget_get_mapped(widget) || is_left_out(widget) ||
      !gtk_widget_compute_bounds(widget, GTK_WIDGET(window), &place.bounds))
    return;
  g_object_ref(widget);
  g_array_append_val(places, place);
  if (is_closed(widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child))
    add_places(child, places);
}

static void clear_place(gpointer data)
{
  g_object_unref(((Place *)data)->widget);
}

static GArray *take_places(void)
{
  GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
  g_array_set_clear_func(places, clear_place);
  add_places(GTK_WIDGET(window), places);
  return places;
}

/* A text may take another line, or a grid another row, where nothing has to move for it. */
static bool has_moved(const Place *place, const graphene_rect_t *now)
{
  const graphene_rect_t *was = &place->bounds;
  bool grows = GTK_IS_LABEL(place->widget) || GTK_IS_BOX(place->widget) ||
               BP_IS_RUNS_PANE(place->widget); /* which gets one more run */
  if (now->size.width == 0 ||
      was->size.width == 0) /* shown, and given its place with the next frame */
    return false;
  return now->origin.x != was->origin.x || now->origin.y != was->origin.y ||
         now->size.width != was->size.width || (!grows && now->size.height != was->size.height);
}

/* How many of those that are still there are not where they were; `when`: said of the first. */
static int count_moved(const GArray *places, const char *when)
{
  int moved = 0;
  for (guint i = 0; i < places->len; i++) {
    Place *place = &g_array_index(places, Place, i);
    graphene_rect_t now, was = place->bounds;
    if (!gtk_widget_get_mapped(place->widget) ||
        !gtk_widget_compute_bounds(place->widget, GTK_WIDGET(window), &now) ||
        !has_moved(place, &now))
      continue;
    if (moved++ < 5 && when)
      printf("# %s: %s was at %.0f, %.0f (%.0f × %.0f), is at %.0f, %.0f (%.0f × %.0f)\n", when,
             G_OBJECT_TYPE_NAME(place->widget), was.origin.x, was.origin.y, was.size.width,
             was.size.height, now.origin.x, now.origin.y, now.size.width, now.size.height);
  }
  return moved;
}

/* Sizes are given out with the frames. */
static void spend_frames(int n)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(window));
  gint64 last = gdk_frame_clock_get_frame_counter(clock) + n;
  for (int i = 0; i < 1000 && gdk_frame_clock_get_frame_counter(clock) < last; i++) {
    gtk_widget_queue_draw(GTK_WIDGET(window));
    spend(5);
  }
}

/* What one text moves and the next moves back before anybody sees it is no jump: it has to last. */
static bool check_places(const GArray *places, const char *when)
{
  nn_check(places->len > 40);
  for (int i = 0; i < 3 && count_moved(places, NULL) > 0; i++)
    spend_frames(1);
  return nn_check_int(count_moved(places, when), 0);
}

/* The places of a window that has come to rest. */
static GArray *places_at_rest(void)
{
  spend_frames(3);
  GArray *places = take_places();
  for (int i = 0; i < 50; i++) {
    spend_frames(3);
    if (count_moved(places, NULL) == 0)
      break;
    g_array_unref(places);
    places = take_places();
  }
  return places;
}

static bool over_and_evaluated(void)
{
  return over() && bp_runs_get_evaluation(session->runs);
}

static void train_in_place(const char *page)
{
  gtk_widget_activate_action(GTK_WIDGET(window), "win.show-page", "s", page);
  g_autoptr(GArray) places = places_at_rest();
  click("win.train");
  check_places(places, "at the start");
  for (int i = 0; i < 5 && wait_for(training, PATIENCE_MS); i++) {
    spend(100);
    if (!check_places(places, "while it trains"))
      break;
  }
  click("win.train");
  spend(100);
  check_places(places, "paused");
  click("win.stop");
  nn_check(wait_for(over_and_evaluated, PATIENCE_MS));
  spend(200);
  check_places(places, "at the end");
}

static void test_nothing_jumps(void)
{
  static const int sizes[][2] = {{1440, 900}, {1080, 700}, {720, 600}};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    resize(sizes[i][0], sizes[i][1]);
    start_over((int)i + 1, "1000");
    train_in_place("samples");
    train_in_place("samples"); /* with the first in the list and in the charts */
    train_in_place("mistakes");
  }
}

/* What is said of a run that breaks off lies over the content, and can be taken away. */
static void test_divergence_moves_nothing(void)
{
  resize(1080, 700);
  start_over(1, "5");
  set("optimizer", "{\"kind\": \"SGD\", \"lr\": 1000}");
  g_autoptr(GArray) places = places_at_rest();
  click("win.train");
  nn_check(wait_for(over, PATIENCE_MS));
  spend(300);
  nn_check_int(bp_runner_get_run(session->runner)->status, BP_RUN_DIVERGED);
  nn_check_has(alert(), "stopped being finite");
  check_places(places, "diverged");
  click("win.dismiss");
  spend(300);
  nn_check_str(alert(), "");
  check_places(places, "dismissed");
}

/* ---- widths ---- */

static bool sidebar_is_open(void)
{
  gboolean open;
  /* By name: newer versions deprecate the functions of this type. */
  g_object_get(part(g_type_from_name("AdwFlap")), "reveal-flap", &open, NULL);
  return open && gtk_widget_get_mapped(part(BP_TYPE_SIDEBAR));
}

static bool sidebar_is_closed(void)
{
  return !gtk_widget_get_mapped(part(BP_TYPE_SIDEBAR));
}

static GtkListBox *exercises(void)
{
  return GTK_LIST_BOX(find(part(BP_TYPE_SIDEBAR), GTK_TYPE_LIST_BOX, NULL));
}

static void test_widths(void)
{
  resize(1440, 900);
  nn_check(wait_for(sidebar_is_open, 3000));
  resize(1080 + FRAME, 700);
  nn_check(sidebar_is_open());
  resize(360, 720);
  nn_check(wait_for(sidebar_is_closed, 3000));
  gtk_widget_activate_action(GTK_WIDGET(window), "win.show-sidebar", NULL);
  nn_check(wait_for(sidebar_is_open, 3000));
  /* A choice ends its task, be it the one that is there already, and shows the exercise. */
  GtkListBoxRow *row =
      gtk_list_box_get_row_at_index(exercises(), bp_course_get_exercise(session->course));
  g_signal_emit_by_name(exercises(), "row-activated", row);
  nn_check(wait_for(sidebar_is_closed, 3000));
  nn_check(gtk_widget_get_mapped(part(BP_TYPE_EXERCISE_CARD)));
  resize(1440, 900);
  nn_check(wait_for(sidebar_is_open, 3000));
}

/* 95 % of a screen of 1080 pixels: how the window comes on it. */
enum { SMALL_SCREEN = 1026 };

static bool sidebar_stands_beside(void)
{
  resize(SMALL_SCREEN + FRAME, 665);
  return sidebar_is_open();
}

/* Whether the exercises are seen is a matter of the window's width, not of what classes and runs
 * are called. */
static void test_widths_with_any_data(void)
{
  static const char *const words[] = {"circle", "cross",
                                      "a class that is called by quite a long name", NULL};
  g_autofree char *dir = write_image_folder(words, 60);
  resize(1440, 900);
  nn_check(wait_for(sidebar_is_open, 3000));
  nn_check(sidebar_stands_beside());
  bp_data_store_open(session->data, dir);
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check_str(bp_data_store_get(session->data)->set->name, "folder");
  spend(300);
  nn_check(sidebar_stands_beside());
  start_over(1, "1");
  if (gtk_widget_get_sensitive(button("win.train")))
    click("win.train");
  nn_check(wait_for(over, PATIENCE_MS));
  spend(300);
  nn_check(sidebar_stands_beside());
  bp_data_store_open(session->data, folder);
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check(sidebar_stands_beside());
  remove_folder(dir);
  resize(1440, 900);
  nn_check(wait_for(sidebar_is_open, 3000));
}

/* In a low window the recipe scrolls under the card, which stays. */
static void test_card_stays(void)
{
  graphene_rect_t before, after;
  resize(1080, 600);
  GtkWidget *card = part(BP_TYPE_EXERCISE_CARD);
  GtkWidget *scroller = gtk_widget_get_ancestor(find(GTK_WIDGET(window), BP_TYPE_KIND_LIST, NULL),
                                                GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroller));
  nn_check(gtk_widget_compute_bounds(card, GTK_WIDGET(window), &before));
  nn_check(gtk_adjustment_get_upper(scroll) > gtk_adjustment_get_page_size(scroll));
  nn_check(gtk_adjustment_get_page_size(scroll) > 200);
  gtk_adjustment_set_value(scroll, gtk_adjustment_get_upper(scroll));
  spend(200);
  nn_check(gtk_widget_get_mapped(card));
  nn_check(gtk_widget_compute_bounds(card, GTK_WIDGET(window), &after));
  nn_check(graphene_rect_equal(&before, &after));
  resize(1440, 900);
}

/* ---- what is dropped ---- */

static GtkDropTarget *drop_target(void)
{
  g_autoptr(GListModel) all = gtk_widget_observe_controllers(GTK_WIDGET(window));
  for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
    g_autoptr(GObject) one = g_list_model_get_item(all, i);
    if (GTK_IS_DROP_TARGET(one))
      return GTK_DROP_TARGET(one);
  }
  return NULL;
}

static gboolean drop(const char *path)
{
  gboolean taken = FALSE;
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GValue value = G_VALUE_INIT;
  g_value_init(&value, GDK_TYPE_FILE_LIST);
  GSList list = {.data = file};
  g_value_set_boxed(&value, &list);
  g_signal_emit_by_name(drop_target(), "drop", &value, 10.0, 10.0, &taken);
  g_value_unset(&value);
  return taken;
}

static const char *toast(void)
{
  GtkWidget *label = find(part(ADW_TYPE_TOAST_OVERLAY), g_type_from_name("AdwToastWidget"), NULL);
  label = label ? find(label, GTK_TYPE_LABEL, NULL) : NULL;
  return label ? gtk_label_get_label(GTK_LABEL(label)) : "";
}

static bool told_of_folder(void)
{
  return strstr(toast(), "skipped") != NULL;
}

/* What is said of a folder is said at once: no notification takes the place of another. */
static void test_folder_is_told(void)
{
  static const char *const words[] = {"circle", "cross", "line", NULL};
  g_autofree char *dir = write_image_folder(words, 60);
  g_autofree char *text = g_build_filename(dir, "circle", "readme.txt", NULL);
  nn_check(g_file_set_contents(text, "words", -1, NULL));
  start_over(BP_LAB, "1"); /* whose network has ten outputs again */
  start_over(0, "1");
  spend(200);
  bp_data_store_open(session->data, dir);
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check(wait_for(told_of_folder, PATIENCE_MS));
  nn_check_has(toast(), ": open in the free lab");
  nn_check_has(toast(), "The last layer now has 3 outputs, one for each class");
  nn_check_has(toast(), "1 file was skipped (.txt).");
  bp_data_store_open(session->data, folder);
  nn_check(wait_for(loaded, PATIENCE_MS));
  remove_folder(dir);
}

static void test_drops(void)
{
  bp_course_set_exercise(session->course, BP_LAB);
  bp_course_reset_recipe(session->course);
  g_autofree char *recipe = g_build_filename(folder, "dropped.backprop", NULL);
  g_autofree char *other = g_build_filename(folder, files[0].name, NULL);
  NnConfig *copy = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(copy, "seed", "77", NULL));
  nn_check(nn_recipe_save(copy, recipe, NULL));
  nn_config_free(copy);
  nn_check(drop(recipe));
  nn_check_int(nn_config_int(bp_course_get_recipe(session->course), "seed"), 77);
  nn_check(drop(other)); /* an IDX file stands for its folder */
  nn_check(wait_for(loaded, PATIENCE_MS));
  BpFolders folders;
  bp_data_store_get_folders(session->data, &folders);
  nn_check_str(folders.data, folder);
  g_remove(recipe);
  nn_check(!drop("/nowhere/letter.txt"));
  spend(200);
  nn_check(strlen(toast()) > 0);
}

/* ---- folders are remembered ---- */

static void test_folders(void)
{
  BpFolders folders;
  bp_data_store_get_folders(session->data, &folders); /* as the last test has opened them */
  g_autoptr(BpSession) next = bp_session_new(NULL);
  bp_data_store_open_folders(next->data, &folders);
  nn_check(bp_data_store_is_loading(next->data));
  for (int i = 0; i < 500 && bp_data_store_is_loading(next->data); i++)
    spend(10);
  BpData *data = bp_data_store_get(next->data);
  nn_check(g_str_has_prefix(data->set->where, folder));
  g_autoptr(BpSession) gone = bp_session_new(NULL);
  bp_data_store_open_folders(gone->data, &(BpFolders){.data = "/nowhere/at/all"});
  bp_data_store_get_folders(gone->data, &folders);
  nn_check(folders.data == NULL);
  for (int i = 0; i < 500 && bp_data_store_is_loading(gone->data); i++)
    spend(10);
  nn_check(bp_data_store_get(gone->data) != NULL); /* what there is without it */
}

/* ---- loading ---- */

enum { N_IMAGES = 3000 };
static const char *const two[] = {"a", "b", NULL};

static void ask_for_size(const char *size)
{
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(session->course), NULL);
  nn_check(nn_config_set_path(recipe, "data.dataset.image_size", size, NULL));
  bp_course_take_recipe(session->course, recipe);
}

/* A size of the images that does not come, because it is canceled, is not said to be there; it may
 * be asked for again. */
static void check_size_taken_back(const char *images)
{
  bp_course_set_exercise(session->course, BP_LAB);
  bp_data_store_open(session->data, images);
  nn_check(wait_for(loaded, PATIENCE_MS));
  BpData *before = bp_data_store_get(session->data);
  nn_check_str(before->set->name, "folder");
  for (int i = 0; i < 2; i++) {
    ask_for_size("40");
    nn_check(bp_data_store_is_loading(session->data));
    spend(10);
    gtk_widget_activate_action(GTK_WIDGET(window), "win.cancel-load", NULL);
    nn_check(!bp_data_store_is_loading(session->data));
    NnConfig *data = nn_config_child(bp_course_get_recipe(session->course), "data");
    const NnValue *size = nn_config_value(nn_config_child(data, "dataset"), "image_size");
    nn_check_int(size->numbers[0], before->set->shape.dims[1]);
    nn_check_int(size->numbers[1], before->set->shape.dims[2]);
    nn_check(bp_data_store_get(session->data) == before);
  }
  nn_check(wait_for(quiet, PATIENCE_MS));
  ask_for_size("20");
  nn_check(wait_for(loaded, PATIENCE_MS));
  nn_check_int(bp_data_store_get(session->data)->set->shape.dims[1], 20);
}

static bool shows(GtkWidget *at, const char *text)
{
  bool found = GTK_IS_LABEL(at) && g_str_equal(gtk_label_get_text(GTK_LABEL(at)), text);
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = shows(child, text);
  return found;
}

static void test_loading_is_seen(void)
{
  g_autofree char *images = write_image_folder(two, N_IMAGES);
  BpLoadProgress progress = {0};
  BpData *before = bp_data_store_get(session->data);
  bp_data_store_open(session->data, images);
  gsize last = 0;
  gboolean grew = FALSE;
  for (int i = 0; i < 2000 && last < 200 && bp_data_store_get_progress(session->data, &progress);
       i++) {
    grew |= progress.done > last && progress.total == N_IMAGES;
    last = progress.done;
    spend(1);
  }
  nn_check(grew);
  nn_check(bp_data_store_get_progress(session->data, &progress)); /* still at it */
  nn_check(shows(part(BP_TYPE_RECIPE_COLUMN), "Loading the images…"));
  nn_check(!shows(part(BP_TYPE_RECIPE_COLUMN), "To train, first correct what is marked in red."));
  gtk_widget_activate_action(GTK_WIDGET(window), "win.cancel-load", NULL);
  nn_check(!bp_data_store_is_loading(session->data));
  nn_check(!bp_course_can_train(session->course) ||
           !bp_course_why_not(session->course)); /* they agree */
  nn_check(!shows(part(BP_TYPE_RECIPE_COLUMN), "Loading the images…"));
  nn_check(wait_for(quiet, 1000)); /* it does not read the other images first */
  nn_check(bp_data_store_get(session->data) == before);
  check_size_taken_back(images);
  remove_folder(images);
}

static const WindowTest tests[] = {
    {"nothing jumps while it trains", test_nothing_jumps},
    {"nor when a run breaks off", test_divergence_moves_nothing},
    {"the exercises are visible from 1080 on, and close over a choice below", test_widths},
    {"whatever the data", test_widths_with_any_data},
    {"the exercise's card stays in view", test_card_stays},
    {"all that is said of a folder can be read", test_folder_is_told},
    {"recipes and folders can be dropped", test_drops},
    {"the opened folder is opened again", test_folders},
    {"loading is counted and can be canceled", test_loading_is_seen}};

int main(void)
{
  return test_window(tests, G_N_ELEMENTS(tests));
}
