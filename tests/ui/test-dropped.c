/* What is made of files that are dropped on the window, and what saved recipes are called. */
#include "../check.h"
#include "app/window/dropped.h"
#include <glib/gstdio.h>

static char *folder; /* a real one */

static void check_dropped(const char *const *paths, BpDroppedKind kind, const char *path,
                          const char *complaint)
{
  guint n = 0;
  while (paths[n])
    n++;
  BpDropped dropped;
  bp_dropped_judge(paths, n, &dropped);
  nn_check_int(dropped.kind, kind);
  nn_check_str(dropped.path ? dropped.path : "", path);
  nn_check_has(dropped.complaint ? dropped.complaint : "", complaint);
  bp_dropped_clear(&dropped);
}

#define PATHS(...) ((const char *[]){__VA_ARGS__, NULL})

static void test_taken(void)
{
  check_dropped(PATHS("/a/mine.backprop"), BP_DROPPED_RECIPE, "/a/mine.backprop", "");
  check_dropped(PATHS("/a/lr 0.01.JSON"), BP_DROPPED_RECIPE, "/a/lr 0.01.JSON", "");
  check_dropped(PATHS("/a/run-3.SafeTensors"), BP_DROPPED_RECIPE, "/a/run-3.SafeTensors", "");
  check_dropped(PATHS(folder), BP_DROPPED_DATA, folder, "");
  check_dropped(PATHS("/m/train-images-idx3-ubyte.gz"), BP_DROPPED_DATA, "/m", "");
  check_dropped(PATHS("/m/train-images-idx3-ubyte", "/m/train-labels-idx1-ubyte",
                      "/m/t10k-images-idx3-ubyte", "/m/t10k-labels-idx1-ubyte"),
                BP_DROPPED_DATA, "/m", "");
}

static void test_refused(void)
{
  check_dropped(PATHS("/a/letter.txt"), BP_DROPPED_NOTHING, "", "“letter.txt” is neither");
  check_dropped(PATHS("/a/none"), BP_DROPPED_NOTHING, "", "“none” is neither");
  check_dropped(PATHS("/a/cat.PNG"), BP_DROPPED_NOTHING, "", "one folder for each class");
  check_dropped(PATHS("/a/cat.png", "/a/dog.jpeg"), BP_DROPPED_NOTHING, "", "one folder for each");
  check_dropped(PATHS("/a/x.backprop", "/a/y.backprop"), BP_DROPPED_NOTHING, "", "Only one");
  check_dropped(PATHS("/a/train-images-idx3-ubyte", "/b/train-labels-idx1-ubyte"),
                BP_DROPPED_NOTHING, "", "Only one");
  BpDropped dropped;
  bp_dropped_judge((const char *const[]){NULL}, 1, &dropped); /* on another computer */
  nn_check_has(dropped.complaint, "not on this computer");
  bp_dropped_clear(&dropped);
}

static void check_saved(const char *path, const char *wanted)
{
  g_autofree char *full = bp_recipe_path(path);
  nn_check_str(full, wanted);
}

static void test_endings(void)
{
  check_saved("/a/mine", "/a/mine.backprop");
  check_saved("/a.b/mine", "/a.b/mine.backprop");
  check_saved("/a/lr 0.01", "/a/lr 0.01.backprop"); /* a number is no ending */
  check_saved("/a/.hidden", "/a/.hidden.backprop");
  check_saved("/a/mine.backprop", "/a/mine.backprop");
  check_saved("/a/mine.json", "/a/mine.json");
  check_saved("/a/mine.txt", "/a/mine.txt");
  check_saved("/run/flatpak/doc/12ab/mine", "/run/flatpak/doc/12ab/mine");
}

static void check_saved_as(const char *path, const char *wanted)
{
  g_autofree char *full = bp_saved_path(path, (const char *const[]){"safetensors", "npz", NULL});
  nn_check_str(full, wanted);
}

static void test_kinds_of_files(void)
{
  check_saved_as("/a/mine", "/a/mine.safetensors");
  check_saved_as("/a/mine.NPZ", "/a/mine.NPZ");
  check_saved_as("/a/mine.safetensors", "/a/mine.safetensors");
  check_saved_as("/a/mine.txt", "/a/mine.txt.safetensors"); /* it says what is written */
  check_saved_as("/a.npz/run 0.5", "/a.npz/run 0.5.safetensors");
  check_saved_as("/run/flatpak/doc/12ab/mine", "/run/flatpak/doc/12ab/mine");
}

int main(void)
{
  folder = g_dir_make_tmp("dropped-XXXXXX", NULL);
  nn_test("recipes and folders are opened", test_taken);
  nn_test("the rest is explained", test_refused);
  nn_test("a recipe without an ending gets one", test_endings);
  nn_test("weights have one of their endings", test_kinds_of_files);
  g_rmdir(folder);
  return nn_test_done();
}
