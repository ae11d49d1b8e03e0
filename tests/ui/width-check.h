/* width-check.h: does a window fit a narrow screen? */
#pragma once
#include <gtk/gtk.h>
#include <stdio.h>
#include "../check.h"

static inline int minimum_width(GtkWidget *widget)
{
  int minimum;
  gtk_widget_measure(widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* Says which parts are wide, down to `limit`. */
static inline void tell_wide(GtkWidget *widget, int limit, int depth)
{
  int width = minimum_width(widget);
  if (width <= limit || !gtk_widget_get_visible(widget))
    return;
  fprintf(stderr, "# %*s%s %s: %d\n", depth, "", G_OBJECT_TYPE_NAME(widget),
          GTK_IS_LABEL(widget) ? gtk_label_get_text(GTK_LABEL(widget)) : "", width);
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child))
    tell_wide(child, limit, depth + 1);
}

static inline void check_width(GtkWidget *widget, int most)
{
  if (!nn_check(minimum_width(widget) <= most))
    tell_wide(widget, most / 3, 0);
}
