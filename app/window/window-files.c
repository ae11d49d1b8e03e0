/* window-files.c: recipes and folders that the window opens and saves. */
#include "dropped.h"
#include "ui/compat.h"
#include "window-private.h"
#include "ui/i18n.h"

static const char recipe_type[] = "application/x-backprop-recipe+json";
static const char suffix[] = "backprop";

typedef void (*FileFunction)(BpWindow *self, const char *path);

static void on_chosen(GtkWindow *window, GFile *file, gpointer function)
{
  g_autofree char *path = g_file_get_path(file);
  if (path)
    ((FileFunction)function)(BP_WINDOW(window), path);
  else
    bp_window_tell(BP_WINDOW(window),
                   _("That folder is not on this computer: choose a local one."));
}

/* Dialogs begin where the last one ended. */
static void remember_folder(BpWindow *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (self->preferences)
    g_settings_set_string(self->preferences, "recipe-folder", folder);
}

static void choose_near_recipes(BpWindow *self, BpFileRequest request, FileFunction function)
{
  g_autofree char *folder =
      self->preferences ? g_settings_get_string(self->preferences, "recipe-folder") : NULL;
  request.folder = folder;
  bp_file_choose(GTK_WINDOW(self), &request, on_chosen, (gpointer)function);
}

static void choose_recipe(BpWindow *self, BpFileRequest request, FileFunction function)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, _("Recipes"));
  gtk_file_filter_add_mime_type(filter, recipe_type);
  gtk_file_filter_add_suffix(filter, suffix);
  gtk_file_filter_add_suffix(filter, "json");
  request.filter = filter;
  choose_near_recipes(self, request, function);
}

/* ---- opening ---- */

static void open_now(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *text = g_strdup_printf(_("“%s” is open"), name);
  if (bp_course_open_recipe(self->session->course, path, &error))
    bp_window_tell(self, text);
  else
    bp_window_tell_failure(self, _("The recipe could not be opened"), error->message);
  if (!error)
    remember_folder(self, path);
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
    bp_window_save_recipe(self);
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
  if (!bp_course_is_recipe_unsaved(self->session->course)) {
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
  choose_recipe(self, (BpFileRequest){BP_FILE_OPEN, _("Open a recipe")}, bp_window_open_recipe);
}

/* ---- saving ---- */

static void save_now(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  if (!bp_course_save_recipe(self->session->course, path, &error)) {
    bp_window_tell_failure(self, _("The recipe could not be saved"), error->message);
    return;
  }
  remember_folder(self, path);
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *text = g_strdup_printf(_("Saved as “%s”"), name);
  bp_window_tell(self, text);
  open_waiting(self);
}

static void on_replace(GtkWindow *window, const char *id, gpointer path)
{
  if (g_str_equal(id, "replace"))
    save_now(BP_WINDOW(window), path);
}

/* The dialog has asked about the name without its ending. */
static void ask_to_replace(BpWindow *self, const char *path, BpAnswered on_answered)
{
  const BpAnswer answers[] = {{"cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT},
                              {"replace", _("_Replace"), ADW_RESPONSE_DESTRUCTIVE},
                              {NULL}};
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *heading = g_strdup_printf(_("Replace “%s”?"), name);
  bp_ask(GTK_WINDOW(self), heading, _("A file of that name is there already."), answers,
         on_answered, (gpointer)g_intern_string(path)); /* for however long the answer takes */
}

static void save_to(BpWindow *self, const char *path)
{
  g_autofree char *full = bp_recipe_path(path);
  if (!g_str_equal(full, path) && g_file_test(full, G_FILE_TEST_EXISTS))
    ask_to_replace(self, full, on_replace);
  else
    save_now(self, full);
}

/* "network.backprop": named for what it is about. */
void bp_window_save_recipe(BpWindow *self)
{
  const BpExercise *exercise = bp_exercise_get(bp_course_get_exercise(self->session->course));
  g_autofree char *name = g_strdup_printf("%s.%s", exercise->id, suffix);
  choose_recipe(self, (BpFileRequest){BP_FILE_SAVE, _("Save the recipe"), .name = name}, save_to);
}

/* Ctrl+S by itself opens nothing afterwards, whatever was asked before. */
void bp_window_choose_save(BpWindow *self)
{
  g_clear_pointer(&self->to_open, g_free);
  bp_window_save_recipe(self);
}

/* ---- as a program ---- */

static void save_program_now(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *text = g_strdup_printf(_("Saved as “%s”"), name);
  if (!bp_course_save_program(self->session->course, path, &error)) {
    bp_window_tell_failure(self, _("The program could not be saved"), error->message);
    return;
  }
  remember_folder(self, path);
  bp_window_tell(self, text);
}

static void on_replace_program(GtkWindow *window, const char *id, gpointer path)
{
  if (g_str_equal(id, "replace"))
    save_program_now(BP_WINDOW(window), path);
}

static void save_program_to(BpWindow *self, const char *path)
{
  gboolean named = g_str_has_suffix(path, ".py") || g_str_has_suffix(path, ".ipynb");
  g_autofree char *full = g_strconcat(path, named ? "" : ".py", NULL);
  if (!named && g_file_test(full, G_FILE_TEST_EXISTS))
    ask_to_replace(self, full, on_replace_program);
  else
    save_program_now(self, full);
}

void bp_window_choose_program(BpWindow *self)
{
  const BpExercise *exercise = bp_exercise_get(bp_course_get_exercise(self->session->course));
  g_autofree char *name = g_strdup_printf("%s.py", exercise->id);
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
  /* Translators: the kinds of files: .py is a program, .ipynb a notebook */
  gtk_file_filter_set_name(filter, _("Python (.py) and Jupyter (.ipynb)"));
  gtk_file_filter_add_suffix(filter, "py");
  gtk_file_filter_add_suffix(filter, "ipynb");
  choose_near_recipes(self,
                      (BpFileRequest){BP_FILE_SAVE, _("Save as a PyTorch program or notebook"),
                                      .name = name, .filter = filter},
                      save_program_to);
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
  bp_file_choose(GTK_WINDOW(self), &request, on_chosen, (gpointer)load_from);
}
