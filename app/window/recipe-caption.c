/* recipe-caption.c: see recipe-caption.h. */
#include "recipe-caption.h"
#include "app/session/recipe-difference.h"
#include "ui/i18n.h"

static bool has_room(GtkLabel *caption, const char *text, int room)
{
  int width;
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(caption), text);
  pango_layout_get_pixel_size(layout, &width, NULL);
  return width <= room;
}

/* The first k of n, and how many more there are. (transfer full) */
static char *some_changes(char **changes, guint k, guint n)
{
  g_autofree char *after = g_steal_pointer(&changes[k]);
  g_autofree char *some = g_strjoinv(", ", changes);
  changes[k] = g_steal_pointer(&after);
  if (k == n)
    /* Translators: what has been changed in the recipe during a run: "lr 0.01, batch 64". */
    return g_strdup_printf(_("Only from the next run on: %s"), some);
  /* Translators: the first of the changes, and how many there are besides. */
  return g_strdup_printf(_("Only from the next run on: %s and %u more"), some, n - k);
}

/* A run keeps the recipe that it was started with, so that the recipe of a run is all that there is
 * to know of it: what its rows say now comes after it. As many changes as one line holds, since
 * nothing ought to move while one edits. (transfer full) */
static char *changes_text(GtkLabel *caption, BpSession *session, int room)
{
  const NnConfig *running = bp_runner_get_run(session->runner)->recipe;
  g_auto(GStrv) changes =
      bp_recipe_differences(running, NULL, bp_course_get_recipe(session->course));
  guint n = g_strv_length(changes);
  if (n == 0)
    return g_strdup(_("Changes take effect with the next run."));
  char *text = some_changes(changes, n, n);
  for (guint k = n; k > 1 && !has_room(caption, text, room); k--) {
    g_free(text);
    text = some_changes(changes, k - 1, n);
  }
  return text;
}

/* Only the recipe of the exercise that trains can have been changed since. (transfer full) */
static char *caption_text(GtkLabel *caption, BpSession *session, int room)
{
  if (bp_runner_is_active(session->runner) &&
      bp_course_is_at_hand(session->course, bp_runner_get_run(session->runner)->exercise))
    return changes_text(caption, session, room);
  if (bp_data_store_is_loading(session->data) || !bp_data_store_get(session->data))
    return g_strdup(_("Loading the images…"));
  return g_strdup(bp_course_why_not(session->course)
                      ? _("To train, first correct what is marked in red.")
                      : _("The next run uses this recipe."));
}

void bp_recipe_caption_update(GtkLabel *caption, BpSession *session, int room)
{
  g_autofree char *text = caption_text(caption, session, room);
  gtk_label_set_label(caption, text);
}

/* Always there, mostly as one line, so that nothing moves when a run starts; above what scrolls, so
 * that it is seen from every row. */
GtkLabel *bp_recipe_caption_new(void)
{
  GtkWidget *caption = gtk_label_new(NULL);
  gtk_widget_add_css_class(caption, "recipe-caption");
  gtk_widget_add_css_class(caption, "caption");
  gtk_widget_add_css_class(caption, "dim-label");
  gtk_label_set_xalign(GTK_LABEL(caption), 0);
  gtk_label_set_wrap(GTK_LABEL(caption), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(caption), PANGO_WRAP_WORD_CHAR);
  return GTK_LABEL(caption);
}
