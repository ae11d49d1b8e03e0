/* window-choose.c: files that a person chooses, to be opened (window-files.c) or written
 * (window-save.c). */
#include "ui/i18n.h"
#include "window-private.h"

static void on_chosen(GtkWindow *window, GFile *file, gpointer function)
{
  g_autofree char *path = g_file_get_path(file);
  if (path)
    ((BpWindowFile)function)(BP_WINDOW(window), path);
  else
    bp_window_tell(BP_WINDOW(window),
                   _("That folder is not on this computer: choose a local one."));
}

void bp_window_remember_folder(BpWindow *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (self->preferences)
    g_settings_set_string(self->preferences, "recipe-folder", folder);
}

void bp_window_choose_file(BpWindow *self, BpFileRequest request, BpWindowFile function)
{
  g_autofree char *folder =
      self->preferences ? g_settings_get_string(self->preferences, "recipe-folder") : NULL;
  request.folder = request.folder ? request.folder : folder;
  bp_file_choose(GTK_WINDOW(self), &request, on_chosen, (gpointer)function);
}

GtkFileFilter *bp_window_new_recipe_filter(void)
{
  GtkFileFilter *filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, _("Recipes"));
  gtk_file_filter_add_mime_type(filter, "application/x-backprop-recipe+json");
  gtk_file_filter_add_suffix(filter, BP_RECIPE_ENDING);
  gtk_file_filter_add_suffix(filter, "json");
  return filter;
}
