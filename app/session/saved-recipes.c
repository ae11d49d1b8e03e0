/* saved-recipes.c: see saved-recipes.h. */
#include "saved-recipes.h"
#include "engine/mem.h"
#include "engine/out-file.h"
#include "engine/recipe/recipe.h"
#include "engine/set-aside.h"
#include "app/gerror.h"
#include "ui/i18n.h"
#include <errno.h>
#include <glib/gstdio.h>

static const char ending[] = ".backprop";

static char *folder(void)
{
  return g_build_filename(g_get_user_data_dir(), "backprop", "recipes", NULL);
}

static char *path_of(int index)
{
  g_autofree char *dir = folder(), *name = NULL;
  name = g_strconcat(bp_exercise_get(index)->id, ending, NULL);
  return g_build_filename(dir, name, NULL);
}

/* ---- what cannot be read ---- */

/* Gives the file another name, "network-unreadable.backprop", which is returned, owned; NULL, with
 * an error: that cannot be done. */
static char *put_aside(const char *path, NnError *err)
{
  char *to = NULL;
  if (!nn_set_aside(path, path, "unreadable", &to, err))
    return NULL;
  char *aside = g_strdup(to);
  nn_free(to);
  return aside;
}

static gboolean can_be_read(const char *path)
{
  NnConfig *recipe = NULL;
  gboolean ok = nn_recipe_load(path, &recipe, NULL);
  nn_config_free(recipe);
  return ok;
}

/* ---- restoring ---- */

static void tell(GString *said, const char *path, const char *aside, const char *reason)
{
  g_string_append(said, said->len ? "\n\n" : "");
  if (aside)
    /* Translators: the reason is a whole sentence; then the file's new name. */
    g_string_append_printf(said, _("%s It has been kept as %s."), reason, aside);
  else
    g_string_append_printf(said, _("%s It is still there: %s."), reason, path);
}

static NnConfig *read_recipe(int index, GString *said)
{
  g_autofree char *path = path_of(index), *aside = NULL;
  NnError err = {0};
  NnConfig *recipe = NULL;
  nn_out_sweep(path);
  if (!g_file_test(path, G_FILE_TEST_EXISTS) || nn_recipe_load(path, &recipe, &err))
    return recipe;
  aside = put_aside(path, NULL);
  tell(said, path, aside, err.text);
  return NULL;
}

char *bp_saved_recipes_restore(BpSession *session, GSettings *preferences)
{
  GString *said = g_string_new(NULL);
  g_autofree char *at_hand = g_settings_get_string(preferences, "exercise");
  g_auto(GStrv) done = g_settings_get_strv(preferences, "exercises-done");
  for (int i = 0; i < BP_N_LESSONS; i++) {
    const char *id = bp_exercise_get(i)->id;
    bp_course_restore_exercise(session->course, i, read_recipe(i, said),
                               g_strv_contains((const char *const *)done, id));
    if (g_str_equal(at_hand, id))
      bp_course_set_exercise(session->course, i);
  }
  return g_string_free(said, said->len == 0);
}

/* ---- saving ---- */

static gboolean fail(GError **error, const char *path)
{
  int code = errno;
  g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s", path,
              g_strerror(code));
  return FALSE;
}

static gboolean write_recipe(const NnConfig *recipe, const char *path, GError **error)
{
  NnError err = {0};
  g_autofree char *dir = folder();
  if (g_mkdir_with_parents(dir, 0700) != 0)
    return fail(error, dir);
  if (nn_recipe_save(recipe, path, &err))
    return TRUE;
  g_propagate_error(error, bp_error_new(&err));
  return FALSE;
}

static gboolean save_lesson(BpSession *session, int index, GError **error)
{
  g_autofree char *path = path_of(index);
  const NnConfig *recipe = bp_course_get_edited_recipe(session->course, index);
  if (g_file_test(path, G_FILE_TEST_EXISTS) && !can_be_read(path)) {
    NnError err = {0};
    g_autofree char *aside = put_aside(path, &err);
    if (!aside) {
      g_propagate_error(error, bp_error_new(&err));
      return FALSE;
    }
  }
  if (recipe)
    return write_recipe(recipe, path, error);
  return g_remove(path) == 0 || errno == ENOENT || errno == ENOTDIR || fail(error, path);
}

static gboolean is_known(const char *id)
{
  for (int i = 0; i < BP_N_LESSONS; i++)
    if (g_str_equal(bp_exercise_get(i)->id, id))
      return TRUE;
  return FALSE;
}

/* Exercises of another version, which knows them, stay done. */
static void add_unknown(GStrvBuilder *builder, GSettings *preferences)
{
  g_auto(GStrv) before = g_settings_get_strv(preferences, "exercises-done");
  for (char **id = before; *id; id++)
    if (!is_known(*id))
      g_strv_builder_add(builder, *id);
}

gboolean bp_saved_recipes_save(BpSession *session, GSettings *preferences, GError **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  gboolean ok = TRUE;
  for (int i = 0; i < BP_N_LESSONS; i++) {
    ok &= save_lesson(session, i, ok ? error : NULL);
    if (bp_course_is_exercise_done(session->course, i))
      g_strv_builder_add(builder, bp_exercise_get(i)->id);
  }
  add_unknown(builder, preferences);
  g_auto(GStrv) done = g_strv_builder_end(builder);
  g_settings_set_string(preferences, "exercise",
                        bp_exercise_get(bp_course_get_exercise(session->course))->id);
  g_settings_set_strv(preferences, "exercises-done", (const char *const *)done);
  return ok;
}
