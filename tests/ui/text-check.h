/* text-check.h: is any text cut off? Compares what each label needs with what it was given. */
#pragma once
#include <gtk/gtk.h>
#include <stdio.h>
#include <string.h>
#include "../check.h"

static inline bool answers_with_tooltip(GtkWidget *label)
{
  gboolean answer = FALSE;
  g_autoptr(GtkTooltip) tooltip = g_object_new(GTK_TYPE_TOOLTIP, NULL);
  if (gtk_widget_get_has_tooltip(label) && !gtk_widget_get_tooltip_text(label))
    g_signal_emit_by_name(label, "query-tooltip", 1, 1, FALSE, tooltip, &answer);
  return answer;
}

/* A text that ends in "…" can be read in full in a tooltip, its own or of what is around it. */
static inline bool is_told_elsewhere(GtkWidget *label)
{
  const char *text = gtk_label_get_text(GTK_LABEL(label));
  if (answers_with_tooltip(label))
    return true;
  for (GtkWidget *at = label; at; at = gtk_widget_get_parent(at)) {
    const char *tip = gtk_widget_get_tooltip_text(at);
    if ((tip && strstr(tip, text)) || g_str_equal(G_OBJECT_TYPE_NAME(at), "AdwToastWidget"))
      return true; /* a toast says what the footer says too, and which stays there */
  }
  return false;
}

/* What is wrong with it, or NULL. `root`: the window's content. */
static inline const char *cut_by(GtkWidget *label, GtkWidget *root)
{
  int width, height;
  graphene_rect_t bounds;
  PangoLayout *layout = gtk_label_get_layout(GTK_LABEL(label));
  pango_layout_get_pixel_size(layout, &width, &height);
  if (pango_layout_is_ellipsized(layout) && !is_told_elsewhere(label))
    return "ends in … and is told nowhere in full";
  if (width > gtk_widget_get_width(label) + 1)
    return "is wider than its place";
  if (height > gtk_widget_get_height(label) + 1)
    return "is higher than its place";
  if (!gtk_widget_compute_bounds(label, root, &bounds))
    return "lies nowhere";
  if (bounds.origin.x < -1 ||
      bounds.origin.x + bounds.size.width > (float)gtk_widget_get_width(root) + 1)
    return "reaches beyond the window";
  return NULL;
}

static inline void tell_path(GtkWidget *widget)
{
  fprintf(stderr, "#   in");
  for (int i = 0; widget && i < 9; i++, widget = gtk_widget_get_parent(widget))
    fprintf(stderr, " %s", G_OBJECT_TYPE_NAME(widget));
  fprintf(stderr, "\n");
}

/* Is there a label that can be seen, but has no size yet? GTK makes one for a tab's new title, and
 * gives it its place with the next frame. */
static inline bool has_new_label(GtkWidget *widget)
{
  if (!gtk_widget_get_mapped(widget))
    return false;
  bool found = GTK_IS_LABEL(widget) && gtk_label_get_text(GTK_LABEL(widget))[0] &&
               gtk_widget_get_width(widget) == 0 && gtk_widget_get_height(widget) == 0;
  GtkWidget *child = gtk_widget_get_first_child(widget);
  for (; child && !found; child = gtk_widget_get_next_sibling(child))
    found = has_new_label(child);
  return found;
}

/* Is any text cut off at this moment? Where other programs need the cores, a frame may not have
 * been laid out yet. */
static inline bool has_cut_label(GtkWidget *widget, GtkWidget *root)
{
  if (!gtk_widget_get_mapped(widget) || gtk_widget_get_opacity(widget) == 0)
    return false;
  bool found = GTK_IS_LABEL(widget) && gtk_label_get_text(GTK_LABEL(widget))[0] &&
               cut_by(widget, root) != NULL;
  GtkWidget *child = gtk_widget_get_first_child(widget);
  for (; child && !found; child = gtk_widget_get_next_sibling(child))
    found = has_cut_label(child, root);
  return found;
}

/* Checks every label that can be seen under `widget`; returns how many there are. */
static inline int check_texts(GtkWidget *widget, GtkWidget *root)
{
  if (!gtk_widget_get_mapped(widget) || gtk_widget_get_opacity(widget) == 0)
    return 0;
  int n = 0;
  if (GTK_IS_LABEL(widget) && gtk_label_get_text(GTK_LABEL(widget))[0]) {
    const char *fault = cut_by(widget, root);
    if (!nn_check(fault == NULL)) {
      fprintf(stderr, "# “%s” %s (%d × %d)\n", gtk_label_get_text(GTK_LABEL(widget)), fault,
              gtk_widget_get_width(widget), gtk_widget_get_height(widget));
      tell_path(widget);
    }
    n++;
  }
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child))
    n += check_texts(child, root);
  return n;
}
