/* preferences.c: see preferences.h. */
#include "preferences.h"
#include "app/config.h"
#include "ui/i18n.h"

static const char schema_id[] = "io.github.backprop_lab.Backprop";

/* What is asked for; GSettings ends the program where a key is missing. */
static const char *const keys[] = {
    "threads",       "device",           "data-directory", "color-scheme", "window-width",
    "window-height", "window-maximized", "exercise",       "chart-axis",   "exercises-done",
    "data-folder",   "data-folder-kind", "picture-folder", "recipe-folder"};

static gboolean is_complete(GSettingsSchema *schema)
{
  for (gsize i = 0; schema && i < G_N_ELEMENTS(keys); i++)
    if (!g_settings_schema_has_key(schema, keys[i]))
      return FALSE;
  return schema != NULL;
}

static GSettingsSchema *look_in(const char *dir)
{
  g_autoptr(GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory(
      dir, g_settings_schema_source_get_default(), FALSE, NULL);
  return source ? g_settings_schema_source_lookup(source, schema_id, FALSE) : NULL;
}

/* The program, or a test of it, somewhere in a build folder. */
static GSettingsSchema *look_in_build_folder(void)
{
  g_autofree char *at = g_file_read_link("/proc/self/exe", NULL);
  GSettingsSchema *schema = NULL;
  for (int i = 0; at && !schema && i < 3; i++) {
    char *above = g_path_get_dirname(at);
    g_free(at);
    at = above;
    g_autofree char *dir = g_build_filename(at, "flatpak", NULL);
    schema = look_in(dir);
  }
  return schema;
}

GSettings *bp_preferences_new(GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default();
  g_autoptr(GSettingsSchema) schema =
      source ? g_settings_schema_source_lookup(source, schema_id, TRUE) : NULL;
  if (!is_complete(schema)) {
    g_clear_pointer(&schema, g_settings_schema_unref);
    schema = look_in(BP_SCHEMADIR);
  }
  if (!is_complete(schema)) {
    g_clear_pointer(&schema, g_settings_schema_unref);
    schema = look_in_build_folder();
  }
  if (is_complete(schema))
    return g_settings_new_full(schema, NULL, NULL);
  g_set_error(
      error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
      _("The settings schema %s of this version is missing: install Backprop completely, or "
        "set GSETTINGS_SCHEMA_DIR to the folder that holds it."),
      schema_id);
  return NULL;
}
