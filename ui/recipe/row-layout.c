/* row-layout.c: see row-layout.h. It takes the place of the box layout of an AdwActionRow's header,
 * whose parts are found by the names that style sheets have for them. */
#include "row-layout.h"

enum { LINES = 2 }; /* a title may take so many before its value goes below */

#define BP_TYPE_ROW_LAYOUT (bp_row_layout_get_type())
G_DECLARE_FINAL_TYPE(BpRowLayout, bp_row_layout, BP, ROW_LAYOUT, GtkLayoutManager)

struct _BpRowLayout {
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE(BpRowLayout, bp_row_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct {
  GtkWidget *words, *title, *value; /* title and subtitle; the title's label; suffixes */
  int gap;
} Parts;

/* The first below `widget` of that style class. */
static GtkWidget *find(GtkWidget *widget, const char *css_class)
{
  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = gtk_widget_has_css_class(child, css_class) ? child : find(child, css_class);
  return found;
}

static Parts parts_of(GtkWidget *header)
{
  GtkWidget *words = find(header, "title");
  return (Parts){
      .words = words, .title = find(words, "title"), .value = find(header, "suffixes"), .gap = 6};
}

static int natural(GtkWidget *widget)
{
  int wanted;
  gtk_widget_measure(widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &wanted, NULL, NULL);
  return wanted;
}

/* What is left for the title if the value is not cut. */
static int room_beside(const Parts *parts, int width)
{
  return width - natural(parts->value) - parts->gap;
}

/* So that no word is broken. */
static int longest_word(GtkWidget *label)
{
  int longest = 0;
  g_auto(GStrv) words = g_strsplit(gtk_label_get_text(GTK_LABEL(label)), " ", -1);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(label, NULL);
  for (int i = 0; words[i]; i++) {
    int width;
    pango_layout_set_text(layout, words[i], -1);
    pango_layout_get_pixel_size(layout, &width, NULL);
    longest = MAX(longest, width);
  }
  return longest;
}

static void measure_width(const Parts *parts, int *least, int *wanted)
{
  int words, value;
  gtk_widget_measure(parts->words, GTK_ORIENTATION_HORIZONTAL, -1, &words, NULL, NULL, NULL);
  gtk_widget_measure(parts->value, GTK_ORIENTATION_HORIZONTAL, -1, &value, NULL, NULL, NULL);
  *least = MAX(words, value);
  *wanted = natural(parts->words) + parts->gap + natural(parts->value);
}

static int height_of(GtkWidget *widget, int width)
{
  int least, height;
  gtk_widget_measure(widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_measure(widget, GTK_ORIENTATION_VERTICAL, MAX(width, least), &height, NULL, NULL,
                     NULL);
  return height;
}

static int height_stacked(const Parts *parts, int width)
{
  return height_of(parts->words, width) + height_of(parts->value, width);
}

/* A word would be broken, or the title take too many lines; most have room for all of theirs. */
static gboolean is_cramped(GtkWidget *title, int room)
{
  int whole = natural(title);
  return room < whole &&
         (room < longest_word(title) || height_of(title, room) > LINES * height_of(title, whole));
}

/* Beside each other; G_MAXINT: the title is cramped. */
static int height_beside(const Parts *parts, int width)
{
  int room = room_beside(parts, width);
  if (is_cramped(parts->title, room))
    return G_MAXINT;
  return MAX(height_of(parts->words, room), height_of(parts->value, -1));
}

/* Whichever is lower: so a row never grows with its width, on which GTK relies. */
static gboolean is_stacked(const Parts *parts, int width)
{
  return height_stacked(parts, width) < height_beside(parts, width);
}

static int height_for(const Parts *parts, int width)
{
  return MIN(height_stacked(parts, width), height_beside(parts, width));
}

static void bp_row_layout_measure(GtkLayoutManager *layout, GtkWidget *header,
                                  GtkOrientation orientation, int for_size, int *minimum,
                                  int *wanted, int *minimum_baseline, int *natural_baseline)
{
  Parts parts = parts_of(header);
  int least, most;
  measure_width(&parts, &least, &most);
  *minimum = least;
  *wanted = MAX(least, most);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *wanted = height_for(&parts, for_size < 0 ? most : for_size);
  *minimum_baseline = *natural_baseline = -1;
}

static void place(GtkWidget *header, GtkWidget *child, int width, GdkRectangle at)
{
  if (gtk_widget_get_direction(header) == GTK_TEXT_DIR_RTL)
    at.x = width - at.x - at.width;
  gtk_widget_size_allocate(child, &at, -1);
}

static void bp_row_layout_allocate(GtkLayoutManager *layout, GtkWidget *header, int width,
                                   int height, int baseline)
{
  Parts parts = parts_of(header);
  if (is_stacked(&parts, width)) {
    int top = height_of(parts.words, width), wide = MIN(natural(parts.value), width);
    place(header, parts.words, width, (GdkRectangle){0, 0, width, top});
    place(header, parts.value, width, (GdkRectangle){width - wide, top, wide, height - top});
  } else {
    int room = room_beside(&parts, width);
    place(header, parts.words, width, (GdkRectangle){0, 0, room, height});
    place(header, parts.value, width,
          (GdkRectangle){room + parts.gap, 0, width - room - parts.gap, height});
  }
}

static GtkSizeRequestMode bp_row_layout_get_request_mode(GtkLayoutManager *layout,
                                                         GtkWidget *header)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void bp_row_layout_class_init(BpRowLayoutClass *klass)
{
  GtkLayoutManagerClass *layout = GTK_LAYOUT_MANAGER_CLASS(klass);
  layout->get_request_mode = bp_row_layout_get_request_mode;
  layout->measure = bp_row_layout_measure;
  layout->allocate = bp_row_layout_allocate;
}

static void bp_row_layout_init(BpRowLayout *self) {}

void bp_row_layout_install(AdwActionRow *row)
{
  GtkWidget *header = gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row));
  Parts parts = parts_of(header);
  /* Another libadwaita may build its rows otherwise: then they stay as it has them. */
  if (parts.words && parts.title && parts.value && gtk_widget_get_parent(parts.words) == header &&
      gtk_widget_get_parent(parts.value) == header)
    gtk_widget_set_layout_manager(header, g_object_new(BP_TYPE_ROW_LAYOUT, NULL));
}
