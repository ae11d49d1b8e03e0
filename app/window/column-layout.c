/* column-layout.c: see column-layout.h. */
#include "column-layout.h"

struct _BpColumnLayout {
  GtkLayoutManager parent_instance;
  int minimum, natural;
};

G_DEFINE_FINAL_TYPE(BpColumnLayout, bp_column_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode request_mode(GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Of the column's height that what is pinned may take. */
static const double most_pinned = 0.5;

static void measure(GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation,
                    int for_size, int *minimum, int *natural, int *minimum_baseline,
                    int *natural_baseline)
{
  BpColumnLayout *self = BP_COLUMN_LAYOUT(layout);
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child)) {
    int least, wanted;
    gtk_widget_measure(child, orientation, for_size, &least, &wanted, NULL, NULL);
    *minimum = across ? MAX(*minimum, least) : *minimum + least;
    *natural = across ? MAX(*natural, wanted) : *natural + wanted;
  }
  if (across) {
    *minimum = MAX(*minimum, self->minimum);
    *natural = MAX(*minimum, self->natural);
  }
}

/* What scrolls is measured inside: a scrolled window does not ask how high its child is at a width.
 */
static int pinned_height(GtkWidget *child, int width, int height)
{
  int least, wanted;
  gtk_widget_measure(child, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  if (GTK_IS_SCROLLED_WINDOW(child))
    child = gtk_scrolled_window_get_child(GTK_SCROLLED_WINDOW(child));
  gtk_widget_measure(child, GTK_ORIENTATION_VERTICAL, width, NULL, &wanted, NULL, NULL);
  return MAX(least, MIN(wanted, (int)(most_pinned * height)));
}

static void allocate(GtkLayoutManager *layout, GtkWidget *widget, int width, int height,
                     int baseline)
{
  int y = 0;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child)) {
    gboolean last = child == gtk_widget_get_last_child(widget);
    int own = last ? height - y : pinned_height(child, width, height);
    gtk_widget_size_allocate(child, &(GtkAllocation){0, y, width, own}, baseline);
    y += own;
  }
}

static void bp_column_layout_class_init(BpColumnLayoutClass *klass)
{
  GtkLayoutManagerClass *layout = GTK_LAYOUT_MANAGER_CLASS(klass);
  layout->get_request_mode = request_mode;
  layout->measure = measure;
  layout->allocate = allocate;
}

static void bp_column_layout_init(BpColumnLayout *self) {}

GtkLayoutManager *bp_column_layout_new(int minimum, int natural)
{
  BpColumnLayout *self = g_object_new(BP_TYPE_COLUMN_LAYOUT, NULL);
  self->minimum = minimum;
  self->natural = natural;
  return GTK_LAYOUT_MANAGER(self);
}
