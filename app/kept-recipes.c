/* kept-recipes.c: see kept-recipes.h. */
#include "kept-recipes.h"
#include "engine/recipe.h"
#include "gerror.h"
#include <errno.h>
#include <glib/gstdio.h>

static char *folder(void)
{
  return g_build_filename(g_get_user_data_dir(), "backprop", "recipes", NULL);
}

static char *path_of(int index)
{
  g_autofree char *dir = folder(), *name = NULL;
  name = g_strconcat(bp_exercise_get(index)->id, ".backprop", NULL);
  return g_build_filename(dir, name, NULL);
}

/* ---- restoring ---- */

static NnConfig *read_recipe(int index)
{
  g_autofree char *path = path_of(index);
  NnError err = {0};
  NnConfig *recipe = NULL;
  if (g_file_test(path, G_FILE_TEST_EXISTS) && !nn_recipe_load(path, &recipe, &err))
    g_message("The recipe of last time was not read: %s", err.text);
  return recipe;
}

void bp_kept_recipes_restore(BpSession *session, BpPreferences *preferences)
{
  const char *at_hand = bp_preferences_get_exercise(preferences);
  const char *const *done = bp_preferences_get_exercises_done(preferences);
  for (int i = 0; i < BP_N_LESSONS; i++) {
    const char *id = bp_exercise_get(i)->id;
    bp_session_restore_lesson(session, i, read_recipe(i), g_strv_contains(done, id));
    if (g_str_equal(at_hand, id))
      bp_session_set_exercise(session, i);
  }
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
  const NnConfig *recipe = bp_session_get_edited_recipe(session, index);
  if (recipe)
    return write_recipe(recipe, path, error);
  return g_remove(path) == 0 || errno == ENOENT || errno == ENOTDIR || fail(error, path);
}

gboolean bp_kept_recipes_save(BpSession *session, BpPreferences *preferences, GError **error)
{
  const char *done[BP_N_LESSONS + 1];
  gboolean ok = TRUE;
  int n = 0;
  for (int i = 0; i < BP_N_LESSONS; i++) {
    ok &= save_lesson(session, i, ok ? error : NULL);
    if (bp_session_is_exercise_done(session, i))
      done[n++] = bp_exercise_get(i)->id;
  }
  done[n] = NULL;
  g_object_set(preferences, "exercise", bp_exercise_get(bp_session_get_exercise(session))->id,
               "exercises-done", done, NULL);
  return ok;
}
