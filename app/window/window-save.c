/* window-save.c: recipes, programs and weights that the window saves. */
#include "dropped.h"
#include "ui/i18n.h"
#include "window-private.h"

static void on_replace(GtkWindow *window, const char *id, gpointer user_data)
{
  BpWindow *self = BP_WINDOW(window);
  g_autofree char *path = g_steal_pointer(&self->to_replace);
  if (g_str_equal(id, "replace"))
    self->replace(self, path);
}

/* Saves to `full`; if that is another name than the one that was chosen, nobody has been asked
 * about the file that may be there. */
static void save_as(BpWindow *self, const char *chosen, const char *full, BpWindowFile save)
{
  if (g_str_equal(full, chosen) || !g_file_test(full, G_FILE_TEST_EXISTS)) {
    save(self, full);
    return;
  }
  const BpAnswer answers[] = {{"cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT},
                              {"replace", _("_Replace"), ADW_RESPONSE_DESTRUCTIVE},
                              {NULL}};
  g_autofree char *name = g_path_get_basename(full);
  g_autofree char *heading = g_strdup_printf(_("Replace “%s”?"), name);
  g_free(self->to_replace);
  self->to_replace = g_strdup(full);
  self->replace = save;
  bp_ask(GTK_WINDOW(self), heading, _("A file of that name is there already."), answers, on_replace,
         NULL);
}

/* True: it was saved, and the person knows. */
static gboolean tell_saved(BpWindow *self, const char *path, const char *failure, GError *error)
{
  if (error) {
    bp_window_tell_failure(self, failure, error->message);
    return FALSE;
  }
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *text = g_strdup_printf(_("Saved as “%s”"), name);
  bp_window_remember_folder(self, path);
  bp_window_tell(self, text);
  return TRUE;
}

/* What a file is called at first: "network.backprop", for what it is about. */
static char *name_of_exercise(BpWindow *self, const char *ending)
{
  const BpExercise *exercise = bp_exercise_get(bp_course_get_exercise(self->session->course));
  return g_strdup_printf("%s.%s", exercise->id, ending);
}

/* ---- recipes ---- */

static void save_recipe(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  bp_course_save_recipe(self->session->course, path, &error);
  if (tell_saved(self, path, _("The recipe could not be saved"), error) && self->when_saved)
    self->when_saved(self);
}

static void save_recipe_as(BpWindow *self, const char *path)
{
  g_autofree char *full = bp_recipe_path(path);
  save_as(self, path, full, save_recipe);
}

void bp_window_save_recipe(BpWindow *self, void (*when_saved)(BpWindow *self))
{
  g_autoptr(GtkFileFilter) filter = bp_window_new_recipe_filter();
  g_autofree char *name = name_of_exercise(self, BP_RECIPE_ENDING);
  BpFileRequest request = {BP_FILE_SAVE, _("Save the recipe"), .name = name, .filter = filter};
  self->when_saved = when_saved;
  bp_window_choose_file(self, request, save_recipe_as);
}

/* ---- what has several kinds of files ---- */

/* endings: the first is that of a name without any of them. */
static void choose_to_save(BpWindow *self, BpFileRequest request, const char *filter_name,
                           const char *const *endings, BpWindowFile save)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, filter_name);
  for (; *endings; endings++)
    gtk_file_filter_add_suffix(filter, *endings);
  request.purpose = BP_FILE_SAVE;
  request.filter = filter;
  bp_window_choose_file(self, request, save);
}

static const char *const program_endings[] = {"py", "ipynb", NULL};

static void save_program(BpWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  bp_course_save_program(self->session->course, path, &error);
  tell_saved(self, path, _("The program could not be saved"), error);
}

static void save_program_as(BpWindow *self, const char *path)
{
  g_autofree char *full = bp_saved_path(path, program_endings);
  save_as(self, path, full, save_program);
}

void bp_window_choose_program(BpWindow *self)
{
  g_autofree char *name = name_of_exercise(self, program_endings[0]);
  choose_to_save(self,
                 (BpFileRequest){.title = _("Save as a PyTorch program or notebook"), .name = name},
                 /* Translators: the kinds of files: .py is a program, .ipynb a notebook */
                 _("Python (.py) and Jupyter (.ipynb)"), program_endings, save_program_as);
}

/* ---- weights ---- */

static const char *const weights_endings[] = {"safetensors", "npz", "onnx", NULL};

/* The run may have been deleted while its file's name was chosen. */
static void save_weights(BpWindow *self, const char *path)
{
  BpRun *run = bp_runs_find(self->session->runs, self->run_to_save);
  if (!run)
    return;
  bp_window_remember_folder(self, path);
  bp_runs_save_weights(self->session->runs, run, path);
}

static void save_weights_as(BpWindow *self, const char *path)
{
  g_autofree char *full = bp_saved_path(path, weights_endings);
  save_as(self, path, full, save_weights);
}

void bp_window_choose_save_weights(BpWindow *self, BpRun *run)
{
  g_autofree char *name = g_strdup_printf("run-%u.%s", run->number, weights_endings[0]);
  self->run_to_save = run->number;
  choose_to_save(self, (BpFileRequest){.title = _("Save the weights"), .name = name},
                 /* Translators: the kinds of files, and for which program each is */
                 _("PyTorch (.safetensors), NumPy (.npz), ONNX (.onnx)"), weights_endings,
                 save_weights_as);
}
