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

static void measure(GtkLayoutManager *layout, GtkWidget *widget, GtkOrientation orientation,
                    int for_size, int *minimum, int *natural, int *minimum_baseline,
                    int *natural_baseline)
{
  BpColumnLayout *self = BP_COLUMN_LAYOUT(layout);
  GtkWidget *child = gtk_widget_get_first_child(widget);
  gtk_widget_measure(child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MAX(*minimum, self->minimum);
    *natural = MAX(*minimum, self->natural);
  }
}

static void allocate(GtkLayoutManager *layout, GtkWidget *widget, int width, int height,
                     int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child(widget);
  gtk_widget_size_allocate(child, &(GtkAllocation){0, 0, width, height}, baseline);
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
