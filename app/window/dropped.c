/* dropped.c: see dropped.h. */
#include "dropped.h"
#include "ui/i18n.h"
#include <string.h>

/* "lr 0.01" ends in no such thing, "a.json" and "b.v2" do. */
static const char *ending_of(const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  const char *dot = strrchr(name, '.');
  if (!dot || dot == name || !g_ascii_isalpha(dot[1]))
    return "";
  for (const char *at = dot + 1; *at; at++)
    if (!g_ascii_isalnum(*at))
      return "";
  return path + strlen(path) - strlen(dot) + 1;
}

static gboolean is_of_portal(const char *path)
{
  g_autofree char *portal = g_build_filename(g_get_user_runtime_dir(), "doc", NULL);
  return g_str_has_prefix(path, portal) || g_str_has_prefix(path, "/run/flatpak/doc");
}

char *bp_recipe_path(const char *path)
{
  gboolean named = ending_of(path)[0] || is_of_portal(path);
  return g_strconcat(path, named ? "" : ".backprop", NULL);
}

static gboolean ends_in(const char *path, const char *const *endings)
{
  for (; *endings; endings++)
    if (g_ascii_strcasecmp(ending_of(path), *endings) == 0)
      return TRUE;
  return FALSE;
}

char *bp_saved_path(const char *path, const char *const *endings)
{
  gboolean named = ends_in(path, endings) || is_of_portal(path);
  return g_strconcat(path, named ? "" : ".", named ? "" : endings[0], NULL);
}

/* ---- kinds of files ---- */

gboolean bp_are_weights(const char *path)
{
  return ends_in(path, (const char *const[]){"safetensors", NULL});
}

/* Or weights, which open like one. */
static gboolean is_recipe(const char *path)
{
  return bp_are_weights(path) || ends_in(path, (const char *const[]){"backprop", "json", NULL});
}

static gboolean is_image(const char *path)
{
  return ends_in(path, (const char *const[]){"png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff",
                                             "gif", "pgm", "ppm", "svg", NULL});
}

/* "train-images-idx3-ubyte.gz", "t10k-labels.idx1-ubyte" */
static gboolean is_idx(const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  return strstr(name, "idx") && strstr(name, "ubyte");
}

static gboolean are_of_one_folder(const char *const *paths, guint n)
{
  g_autofree char *folder = g_path_get_dirname(paths[0]);
  gboolean same = TRUE;
  for (guint i = 1; i < n && same; i++) {
    g_autofree char *other = g_path_get_dirname(paths[i]);
    same = g_str_equal(folder, other);
  }
  return same;
}

static gboolean are_all(const char *const *paths, guint n, gboolean (*is)(const char *))
{
  for (guint i = 0; i < n; i++)
    if (!is(paths[i]))
      return FALSE;
  return n > 0;
}

/* ---- what is wanted ---- */

static void take(BpDropped *dropped, BpDroppedKind kind, char *path)
{
  *dropped = (BpDropped){.kind = kind, .path = path};
}

static void complain(BpDropped *dropped, const char *sentence)
{
  *dropped = (BpDropped){.complaint = g_strdup(sentence)};
}

static void complain_of(BpDropped *dropped, const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  *dropped = (BpDropped){
      .complaint = g_strdup_printf(_("“%s” is neither a recipe nor a folder with data."), name)};
}

void bp_dropped_judge(const char *const *paths, guint n, BpDropped *dropped)
{
  gboolean local = n > 0;
  for (guint i = 0; i < n; i++)
    local = local && paths[i];
  if (!local)
    complain(dropped, _("That is not on this computer: only local files can be opened."));
  else if (are_all(paths, n, is_idx) && are_of_one_folder(paths, n))
    take(dropped, BP_DROPPED_DATA, g_path_get_dirname(paths[0]));
  else if (are_all(paths, n, is_image))
    complain(dropped, _("Images are opened as a folder that has one folder for each class."));
  else if (n > 1)
    complain(dropped, _("Only one recipe or one folder can be opened at a time."));
  else if (g_file_test(paths[0], G_FILE_TEST_IS_DIR))
    take(dropped, BP_DROPPED_DATA, g_strdup(paths[0]));
  else if (is_recipe(paths[0]))
    take(dropped, BP_DROPPED_RECIPE, g_strdup(paths[0]));
  else
    complain_of(dropped, paths[0]);
}

void bp_dropped_clear(BpDropped *dropped)
{
  g_free(dropped->path);
  g_free(dropped->complaint);
  *dropped = (BpDropped){0};
}
