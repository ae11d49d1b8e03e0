#include "probability-bars.h"
#include "accessible.h"
#include "bar.h"
#include "digit-card.h"
#include "style.h"
#include "ui/i18n.h"

typedef struct {
  GtkWidget *name, *bar, *percent, *sign; /* borrowed from the grid */
} Line;

struct _BpProbabilityBars {
  AdwBin parent_instance;
  GtkWidget *grid;
  GArray *lines; /* of Line */
  GStrv names;   /* owned, or NULL */
};

G_DEFINE_FINAL_TYPE(BpProbabilityBars, bp_probability_bars, ADW_TYPE_BIN)

enum { MAX_CLASSES = 1000 };

static GtkWidget *add_label(BpProbabilityBars *self, int column, float xalign, int row)
{
  GtkWidget *label = gtk_label_new("");
  gtk_label_set_xalign(GTK_LABEL(label), xalign);
  gtk_widget_add_css_class(label, "numeric");
  gtk_grid_attach(GTK_GRID(self->grid), label, column, row, 1, 1);
  return label;
}

static void append_line(BpProbabilityBars *self)
{
  int row = (int)self->lines->len;
  Line line;
  line.name = add_label(self, 0, 0, row);
  gtk_label_set_ellipsize(GTK_LABEL(line.name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars(GTK_LABEL(line.name), 14);
  line.bar = bp_bar_new(12, FALSE);
  gtk_widget_set_hexpand(line.bar, TRUE);
  gtk_grid_attach(GTK_GRID(self->grid), line.bar, 1, row, 1, 1);
  line.percent = add_label(self, 2, 1, row);
  gtk_label_set_width_chars(GTK_LABEL(line.percent), 7);
  line.sign = add_label(self, 3, 0.5f, row);
  gtk_label_set_width_chars(GTK_LABEL(line.sign), 2);
  g_array_append_val(self->lines, line);
}

static void set_number_of_lines(BpProbabilityBars *self, guint n)
{
  while (self->lines->len < n)
    append_line(self);
  while (self->lines->len > n) {
    gtk_grid_remove_row(GTK_GRID(self->grid), (int)self->lines->len - 1);
    g_array_set_size(self->lines, self->lines->len - 1);
  }
}

static void set_role(GtkWidget *widget, const char *role)
{
  static const char *const roles[] = {"bp-right", "bp-wrong", "bp-neutral"};
  for (guint i = 0; i < G_N_ELEMENTS(roles); i++)
    if (!g_strcmp0(role, roles[i]))
      gtk_widget_add_css_class(widget, roles[i]);
    else
      gtk_widget_remove_css_class(widget, roles[i]);
}

static void show_line(BpProbabilityBars *self, int i, double p, int label, int predicted)
{
  Line *line = &g_array_index(self->lines, Line, i);
  char name[64], text[160], percent[32];
  gboolean wrong = i == predicted && label >= 0 && label != predicted;
  gboolean right = i == label || (i == predicted && label < 0);
  bp_class_name((const char *const *)self->names, i, name, sizeof name);
  g_snprintf(percent, sizeof percent, "%.1f %%", p * 100);
  gtk_label_set_text(GTK_LABEL(line->name), name);
  g_autofree char *shown = bp_accessible_left_to_right(line->percent, percent);
  gtk_label_set_text(GTK_LABEL(line->percent), shown);
  gtk_label_set_text(GTK_LABEL(line->sign), wrong ? "✗" : i == label ? "✓" : "");
  const char *role = wrong ? "bp-wrong" : right ? "bp-right" : "bp-neutral";
  set_role(line->bar, role);
  set_role(line->sign, role);
  if (wrong || right)
    gtk_widget_add_css_class(line->name, "heading");
  else
    gtk_widget_remove_css_class(line->name, "heading");
  bp_bar_set_fraction(BP_BAR(line->bar), p);
  /* Translators: a class and its probability: "7: 98.1 %, predicted, true class". */
  g_snprintf(text, sizeof text,
             i == predicted && i == label ? _("%s: %s, predicted, true class")
             : i == predicted             ? _("%s: %s, predicted")
             : i == label                 ? _("%s: %s, true class")
                                          : "%s: %s",
             name, percent);
  gtk_accessible_update_property(GTK_ACCESSIBLE(line->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                 GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, percent, -1);
  gtk_widget_set_tooltip_text(line->name, name);
}

void bp_probability_bars_set(BpProbabilityBars *self, const float *probabilities, guint n,
                             int label, int predicted)
{
  g_return_if_fail(BP_IS_PROBABILITY_BARS(self) && n <= MAX_CLASSES && (probabilities || !n));
  set_number_of_lines(self, n);
  for (guint i = 0; i < n; i++)
    show_line(self, (int)i, probabilities[i] > 0 ? MIN(probabilities[i], 1) : 0, label, predicted);
}

void bp_probability_bars_set_class_names(BpProbabilityBars *self, const char *const *names)
{
  g_return_if_fail(BP_IS_PROBABILITY_BARS(self));
  GStrv copy = g_strdupv((char **)names);
  g_strfreev(self->names);
  self->names = copy;
  for (guint i = 0; i < self->lines->len; i++) {
    char name[64];
    bp_class_name(names, (int)i, name, sizeof name);
    gtk_label_set_text(GTK_LABEL(g_array_index(self->lines, Line, i).name), name);
  }
}

GtkWidget *bp_probability_bars_new(void)
{
  return g_object_new(BP_TYPE_PROBABILITY_BARS, NULL);
}

static void bp_probability_bars_finalize(GObject *object)
{
  BpProbabilityBars *self = BP_PROBABILITY_BARS(object);
  g_array_unref(self->lines);
  g_strfreev(self->names);
  G_OBJECT_CLASS(bp_probability_bars_parent_class)->finalize(object);
}

static void bp_probability_bars_class_init(BpProbabilityBarsClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_probability_bars_finalize;
  bp_style_load();
}

static void bp_probability_bars_init(BpProbabilityBars *self)
{
  self->lines = g_array_new(FALSE, FALSE, sizeof(Line));
  /* The bars take what they are given, but do not ask for it. */
  gtk_widget_set_hexpand(GTK_WIDGET(self), FALSE);
  self->grid = gtk_grid_new();
  gtk_grid_set_column_spacing(GTK_GRID(self->grid), 6);
  gtk_grid_set_row_spacing(GTK_GRID(self->grid), 2);
  gtk_widget_add_css_class(self->grid, "bp-probabilities");
  GtkWidget *scroller = gtk_scrolled_window_new();
  /* It takes the focus, so that the arrow keys scroll through many classes. */
  gtk_accessible_update_property(GTK_ACCESSIBLE(scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Probabilities of the classes"), -1);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->grid);
  adw_bin_set_child(ADW_BIN(self), scroller);
}
