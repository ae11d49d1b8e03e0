/* window-files.c: recipes, weights and folders that the window opens; what it saves: window-save.c.
 */
#include "dropped.h"
#include "ui/compat.h"
#include "window-private.h"
#include "ui/i18n.h"

/* ---- opening ---- */

static void open_now(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *text = g_strdup_printf(_("“%s” is open"), name);
  gboolean weights = bp_are_weights(path);
  if (weights ? !bp_course_open_weights(self->session->course, path, &error)
              : !bp_course_open_recipe(self->session->course, path, &error)) {
    bp_window_tell_failure(
        self, weights ? _("The weights could not be opened") : _("The recipe could not be opened"),
        error->message);
    return;
  }
  if (!weights) /* they are said to be open once it is known how good they are */
    bp_window_tell(self, text);
  bp_window_remember_folder(self, path);
}

static void open_waiting(BpWindow *self)
{
  g_autofree char *path = g_steal_pointer(&self->to_open);
  if (path)
    open_now(self, path);
}

static void on_answer(GtkWindow *window, const char *id, gpointer user_data)
{
  BpWindow *self = BP_WINDOW(window);
  if (g_str_equal(id, "open"))
    open_waiting(self);
  else if (g_str_equal(id, "save"))
    bp_window_save_recipe(self, open_waiting);
  else
    g_clear_pointer(&self->to_open, g_free);
}

static void ask_first(BpWindow *self)
{
  const BpAnswer answers[] = {{"cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT},
                              {"open", _("_Discard"), ADW_RESPONSE_DESTRUCTIVE},
                              {"save", _("_Save…"), ADW_RESPONSE_SUGGESTED},
                              {NULL}};
  g_autofree char *name = g_path_get_basename(self->to_open);
  g_autofree char *text =
      g_strdup_printf(_("“%s” replaces this recipe, which has unsaved changes."), name);
  bp_ask(GTK_WINDOW(self), _("Save your recipe first?"), text, answers, on_answer, NULL);
}

void bp_window_open_recipe(BpWindow *self, const char *path)
{
  BpCourse *course = self->session->course;
  if (bp_are_weights(path) && bp_runner_is_active(self->session->runner)) {
    bp_window_tell(self, _("Weights are opened when no run is active."));
    return;
  }
  if (!bp_course_is_recipe_unsaved(course) ||
      (bp_are_weights(path) && !bp_course_is_replaced_by_weights(course, path))) {
    open_now(self, path);
    return;
  }
  g_free(self->to_open);
  self->to_open = g_strdup(path);
  ask_first(self);
}

void bp_window_open_file(BpWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path(file), *uri = NULL;
  if (path) {
    bp_window_open_recipe(self, path);
    return;
  }
  uri = g_file_get_uri(file);
  g_autofree char *text = g_strdup_printf(_("%s is not on this computer."), uri);
  bp_window_tell_failure(self, _("The recipe could not be opened"), text);
}

void bp_window_choose_recipe(BpWindow *self)
{
  g_autoptr(GtkFileFilter) filter = bp_window_new_recipe_filter();
  BpFileRequest request = {BP_FILE_OPEN, _("Open a recipe"), .filter = filter};
  bp_window_choose_file(self, request, bp_window_open_recipe);
}

/* By its ending a file of weights is known as one. */
static void open_weights(BpWindow *self, const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *text =
      g_strdup_printf(_("%s: weights are read from a file whose name ends in .safetensors."), name);
  if (bp_are_weights(path))
    bp_window_open_recipe(self, path);
  else
    bp_window_tell_failure(self, _("The weights could not be opened"), text);
}

void bp_window_choose_weights(BpWindow *self)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, _("Weights (.safetensors)"));
  gtk_file_filter_add_suffix(filter, "safetensors");
  BpFileRequest request = {BP_FILE_OPEN, _("Open weights"), .filter = filter};
  bp_window_choose_file(self, request, open_weights);
}

/* ---- data ---- */

static void load_from(BpWindow *self, const char *path)
{
  bp_data_store_open(self->session->data, path);
}

void bp_window_choose_data(BpWindow *self)
{
  BpFileRequest request = {BP_FILE_FOLDER, _("Open a folder with the MNIST files, or with images")};
  g_autofree char *folder =
      self->preferences ? g_settings_get_string(self->preferences, "picture-folder") : NULL;
  if (folder && !folder[0]) {
    g_free(folder);
    folder = g_settings_get_string(self->preferences, "data-folder");
  }
  request.folder = folder;
  bp_window_choose_file(self, request, load_from);
}
