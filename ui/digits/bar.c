#include "bar.h"
#include "ui/style.h"

struct _BpBar {
  GtkWidget parent_instance;
  int height;
  double fraction;
  gboolean decorative;
};

G_DEFINE_FINAL_TYPE(BpBar, bp_bar, GTK_TYPE_WIDGET)

static void append_pill(GtkSnapshot *snapshot, float x, float width, float y, float height,
                        GdkRGBA color)
{
  GskRoundedRect pill;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT(x, y, width, height);
  gsk_rounded_rect_init_from_rect(&pill, &bounds, MIN(width, height) / 2);
  gtk_snapshot_push_rounded_clip(snapshot, &pill);
  gtk_snapshot_append_color(snapshot, &color, &bounds);
  gtk_snapshot_pop(snapshot);
}

static void bp_bar_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  BpBar *self = BP_BAR(widget);
  float width = (float)gtk_widget_get_width(widget);
  float y = (float)(gtk_widget_get_height(widget) - self->height) / 2;
  GdkRGBA ink = bp_style_ink(widget), track = ink;
  track.alpha *= 0.14f;
  append_pill(snapshot, 0, width, y, (float)self->height, track);
  /* A thing that is not quite zero is seen: at least two pixels. */
  float filled = MAX((float)self->fraction * width, 2);
  gboolean rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
  if (self->fraction > 0.0005)
    append_pill(snapshot, rtl ? width - filled : 0, filled, y, (float)self->height, ink);
}

static void bp_bar_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *min_baseline, int *nat_baseline)
{
  BpBar *self = BP_BAR(widget);
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? self->height : 16;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? self->height : 60;
}

void bp_bar_set_fraction(BpBar *self, double fraction)
{
  g_return_if_fail(BP_IS_BAR(self));
  fraction = fraction > 0 ? MIN(fraction, 1) : 0;
  if (fraction == self->fraction)
    return;
  self->fraction = fraction;
  if (!self->decorative)
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                   fraction * 100, -1);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

double bp_bar_get_fraction(BpBar *self)
{
  return self->fraction;
}

GtkWidget *bp_bar_new(int height, gboolean decorative)
{
  BpBar *self =
      g_object_new(BP_TYPE_BAR, "accessible-role",
                   decorative ? GTK_ACCESSIBLE_ROLE_PRESENTATION : GTK_ACCESSIBLE_ROLE_METER, NULL);
  self->height = height;
  self->decorative = decorative;
  if (!decorative)
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 100.0,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.0, -1);
  return GTK_WIDGET(self);
}

static void bp_bar_class_init(BpBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
  widget_class->snapshot = bp_bar_snapshot;
  widget_class->measure = bp_bar_measure;
  gtk_widget_class_set_css_name(widget_class, "bpbar");
}

static void bp_bar_init(BpBar *self) {}
