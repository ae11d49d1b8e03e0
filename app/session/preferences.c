/* preferences.c: see preferences.h. */
#include "preferences.h"

static const char schema_id[] = "io.github.backprop_lab.Backprop";

struct _BpPreferences {
  GObject parent_instance;
  GSettings *settings; /* NULL: there is no schema */
  int numbers[3];      /* by Property */
  gboolean maximized;
  char *texts[9];
  GStrv done;
};

G_DEFINE_FINAL_TYPE(BpPreferences, bp_preferences, G_TYPE_OBJECT)

/* The numbers first, then the texts, so that an array holds each. */
typedef enum {
  THREADS = 1,
  WIDTH,
  HEIGHT,
  DEVICE,
  DATA_DIRECTORY,
  COLOR_SCHEME,
  EXERCISE,
  DATA_FOLDER,
  DATA_FOLDER_KIND,
  PICTURE_FOLDER,
  RECIPE_FOLDER,
  CHART_AXIS,
  MAXIMIZED,
  DONE,
  N_PROPERTIES
} Property;

static GParamSpec *properties[N_PROPERTIES];

/* ---- properties ---- */

static void bp_preferences_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  BpPreferences *self = BP_PREFERENCES(object);
  if (id >= THREADS && id <= HEIGHT)
    g_value_set_int(value, self->numbers[id - THREADS]);
  else if (id >= DEVICE && id <= CHART_AXIS)
    g_value_set_string(value, self->texts[id - DEVICE]);
  else if (id == MAXIMIZED)
    g_value_set_boolean(value, self->maximized);
  else if (id == DONE)
    g_value_set_boxed(value, self->done);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

/* Who follows a property hears of real changes alone. */
static gboolean take_number(int *number, int value)
{
  gboolean changed = *number != value;
  *number = value;
  return changed;
}

static gboolean take_text(char **text, const char *value)
{
  gboolean changed = g_strcmp0(*text, value) != 0;
  if (changed) {
    g_free(*text);
    *text = g_strdup(value ? value : "");
  }
  return changed;
}

static gboolean take_done(GStrv *done, const char *const *value)
{
  static const char *const none[] = {NULL};
  if (!value)
    value = none;
  if (*done && g_strv_equal((const char *const *)*done, value))
    return FALSE;
  g_strfreev(*done);
  *done = g_strdupv((GStrv)value);
  return TRUE;
}

static void bp_preferences_set_property(GObject *object, guint id, const GValue *value,
                                        GParamSpec *spec)
{
  BpPreferences *self = BP_PREFERENCES(object);
  gboolean changed = FALSE;
  if (id >= THREADS && id <= HEIGHT)
    changed = take_number(&self->numbers[id - THREADS], g_value_get_int(value));
  else if (id >= DEVICE && id <= CHART_AXIS)
    changed = take_text(&self->texts[id - DEVICE], g_value_get_string(value));
  else if (id == MAXIMIZED)
    changed = take_number(&self->maximized, g_value_get_boolean(value));
  else if (id == DONE)
    changed = take_done(&self->done, g_value_get_boxed(value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  if (changed)
    g_object_notify_by_pspec(object, spec);
}

static GParamSpec *number_spec(const char *name, int min, int max, int def)
{
  return g_param_spec_int(name, NULL, NULL, min, max, def,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                              G_PARAM_STATIC_STRINGS);
}

static GParamSpec *text_spec(const char *name, const char *def)
{
  return g_param_spec_string(name, NULL, NULL, def,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                                 G_PARAM_STATIC_STRINGS);
}

static void bp_preferences_finalize(GObject *object)
{
  BpPreferences *self = BP_PREFERENCES(object);
  g_clear_object(&self->settings);
  for (gsize i = 0; i < G_N_ELEMENTS(self->texts); i++)
    g_free(self->texts[i]);
  g_strfreev(self->done);
  G_OBJECT_CLASS(bp_preferences_parent_class)->finalize(object);
}

static void bp_preferences_class_init(BpPreferencesClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS(klass);
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  object->get_property = bp_preferences_get_property;
  object->set_property = bp_preferences_set_property;
  object->finalize = bp_preferences_finalize;
  properties[THREADS] = number_spec("threads", 0, 1024, 0);
  properties[WIDTH] = number_spec("window-width", 360, 32767, 1440);
  properties[HEIGHT] = number_spec("window-height", 420, 32767, 900);
  properties[DEVICE] = text_spec("device", "auto");
  properties[DATA_DIRECTORY] = text_spec("data-directory", "");
  properties[COLOR_SCHEME] = text_spec("color-scheme", "system");
  properties[EXERCISE] = text_spec("exercise", "");
  properties[CHART_AXIS] = text_spec("chart-axis", "auto");
  properties[DATA_FOLDER] = text_spec("data-folder", "");
  properties[DATA_FOLDER_KIND] = text_spec("data-folder-kind", "");
  properties[PICTURE_FOLDER] = text_spec("picture-folder", "");
  properties[RECIPE_FOLDER] = text_spec("recipe-folder", "");
  properties[MAXIMIZED] = g_param_spec_boolean("window-maximized", NULL, NULL, FALSE, flags);
  properties[DONE] = g_param_spec_boxed("exercises-done", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties(object, N_PROPERTIES, properties);
}

/* ---- keeping ---- */

/* An older schema, left by another version, may lack a key; asking for that would end the program.
 */
static void bind(BpPreferences *self, GSettingsSchema *schema, const char *name)
{
  if (g_settings_schema_has_key(schema, name))
    g_settings_bind(self->settings, name, self, name, G_SETTINGS_BIND_DEFAULT);
}

static void bp_preferences_init(BpPreferences *self) {}

BpPreferences *bp_preferences_new(void)
{
  BpPreferences *self = g_object_new(BP_TYPE_PREFERENCES, NULL);
  GSettingsSchemaSource *source = g_settings_schema_source_get_default();
  g_autoptr(GSettingsSchema) schema =
      source ? g_settings_schema_source_lookup(source, schema_id, TRUE) : NULL;
  if (!schema)
    return self;
  self->settings = g_settings_new_full(schema, NULL, NULL);
  for (int id = 1; id < N_PROPERTIES; id++)
    bind(self, schema, properties[id]->name);
  return self;
}

gboolean bp_preferences_are_kept(BpPreferences *self)
{
  return self->settings != NULL;
}

/* ---- reading ---- */

int bp_preferences_get_threads(BpPreferences *self)
{
  return self->numbers[THREADS - THREADS];
}

const char *bp_preferences_get_device(BpPreferences *self)
{
  return self->texts[DEVICE - DEVICE];
}

const char *bp_preferences_get_data_directory(BpPreferences *self)
{
  return self->texts[DATA_DIRECTORY - DEVICE];
}

const char *bp_preferences_get_color_scheme(BpPreferences *self)
{
  return self->texts[COLOR_SCHEME - DEVICE];
}

const char *bp_preferences_get_exercise(BpPreferences *self)
{
  return self->texts[EXERCISE - DEVICE];
}

BpFolders bp_preferences_get_folders(BpPreferences *self)
{
  return (BpFolders){.data = self->texts[DATA_FOLDER - DEVICE],
                     .data_kind = self->texts[DATA_FOLDER_KIND - DEVICE],
                     .pictures = self->texts[PICTURE_FOLDER - DEVICE]};
}

const char *bp_preferences_get_recipe_folder(BpPreferences *self)
{
  return self->texts[RECIPE_FOLDER - DEVICE];
}

const char *const *bp_preferences_get_exercises_done(BpPreferences *self)
{
  return (const char *const *)self->done;
}
