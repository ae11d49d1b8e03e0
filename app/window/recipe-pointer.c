/* recipe-pointer.c: see recipe-pointer.h. */
#include "recipe-pointer.h"
#include "ui/recipe/kind-item.h"
#include "ui/recipe/param-row.h"

typedef struct {
  GtkWidget *widget; /* which keeps this */
  BpRecipeOf recipe;
  BpPointed pointed;
  gpointer user_data;
  double x, y;
  gboolean inside; /* the pointer is */
  char path[NN_PATH];
} Pointer;

/* The path of the nearest row or layer around a widget. */
static gboolean find_path(Pointer *self, GtkWidget *at, char path[NN_PATH])
{
  const NnConfig *recipe = self->recipe(self->user_data);
  for (; recipe && at && at != self->widget; at = gtk_widget_get_parent(at)) {
    if (BP_IS_KIND_ITEM(at))
      return nn_config_path_of(recipe, bp_kind_item_get_config(BP_KIND_ITEM(at)), path);
    if (!BP_IS_PARAM_ROW(at))
      continue;
    NnConfig *config = bp_param_row_get_config(BP_PARAM_ROW(at));
    if (!config || !nn_config_path_of(recipe, config, path))
      return FALSE;
    nn_path_key(path, path, bp_param_row_get_spec(BP_PARAM_ROW(at))->key);
    return TRUE;
  }
  return FALSE;
}

static void update(Pointer *self)
{
  char path[NN_PATH] = "";
  GtkRoot *root = gtk_widget_get_root(self->widget);
  GtkWidget *focus = root ? gtk_root_get_focus(root) : NULL;
  GtkWidget *under =
      self->inside ? gtk_widget_pick(self->widget, self->x, self->y, GTK_PICK_DEFAULT) : NULL;
  gboolean found = find_path(self, under, path);
  if (!found && focus && gtk_widget_is_ancestor(focus, self->widget))
    found = find_path(self, focus, path);
  if (!found)
    path[0] = '\0';
  if (g_str_equal(path, self->path))
    return;
  g_strlcpy(self->path, path, sizeof self->path);
  self->pointed(self->user_data, path);
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, gpointer data)
{
  Pointer *self = data;
  self->inside = TRUE;
  self->x = x;
  self->y = y;
  update(self);
}

static void on_leave(Pointer *self)
{
  self->inside = FALSE;
  update(self);
}

/* The pointer lives as long as the widget; the window may live longer. */
static void on_focus(GtkWidget *widget)
{
  update(g_object_get_data(G_OBJECT(widget), "bp-pointer"));
}

static void on_root(GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root(widget);
  if (root)
    g_signal_connect_object(root, "notify::focus-widget", G_CALLBACK(on_focus), widget,
                            G_CONNECT_SWAPPED);
}

void bp_recipe_pointer_follow(GtkWidget *widget, BpRecipeOf recipe, BpPointed pointed,
                              gpointer user_data)
{
  Pointer *self = g_new0(Pointer, 1);
  GtkEventController *motion = gtk_event_controller_motion_new();
  *self = (Pointer){.widget = widget, .recipe = recipe, .pointed = pointed, .user_data = user_data};
  g_object_set_data_full(G_OBJECT(widget), "bp-pointer", self, g_free);
  g_signal_connect(motion, "enter", G_CALLBACK(on_motion), self);
  g_signal_connect(motion, "motion", G_CALLBACK(on_motion), self);
  g_signal_connect_swapped(motion, "leave", G_CALLBACK(on_leave), self);
  gtk_widget_add_controller(widget, motion);
  g_signal_connect(widget, "notify::root", G_CALLBACK(on_root), NULL);
}
