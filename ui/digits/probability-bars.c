#include "probability-bars.h"
#include "ui/accessible.h"
#include "bar.h"
#include "digit-card.h"
#include "ui/style.h"
#include "ui/i18n.h"
#include "ui/recipe/number-text.h"
#include <string.h>

typedef struct {
  GtkWidget *name, *bar, *percent, *sign; /* borrowed from the grid */
  int class;
} Line;

struct _BpProbabilityBars {
  AdwBin parent_instance;
  GtkWidget *grid, *rest;
  GArray *lines; /* of Line */
  GStrv names;   /* owned, or NULL */
};

G_DEFINE_FINAL_TYPE(BpProbabilityBars, bp_probability_bars, ADW_TYPE_BIN)

enum { MAX_CLASSES = 1000, MOST_LINES = 12 };

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
  bp_accessible_show_cut_text(line.name);
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

static void show_line(BpProbabilityBars *self, guint row, double p, int label, int predicted)
{
  Line *line = &g_array_index(self->lines, Line, row);
  int i = line->class;
  char name[BP_CLASS_NAME], text[160], percent[32];
  gboolean wrong = i == predicted && label >= 0 && label != predicted;
  gboolean right = i == label || (i == predicted && label < 0);
  bp_class_name((const char *const *)self->names, i, name);
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
             i == predicted && i == label ? _("%s: %s, predicted, label")
             : i == predicted             ? _("%s: %s, predicted")
             : i == label                 ? _("%s: %s, label")
                                          : "%s: %s",
             name, percent);
  gtk_accessible_update_property(GTK_ACCESSIBLE(line->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                 GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, percent, -1);
  gtk_widget_set_tooltip_text(line->name, name);
}

/* ---- which classes are shown ---- */

/* A NAN counts as 0. */
static double clean(float p)
{
  return p > 0 ? MIN(p, 1) : 0;
}

/* Puts class i, which is not there yet, into the list of n, most probable first; the last one falls
 * out of a full list. How many there are now. */
static guint insert(const float *p, int *classes, guint n, int i)
{
  guint at = n;
  while (at > 0 && clean(p[classes[at - 1]]) < clean(p[i]))
    at--;
  if (at == MOST_LINES)
    return n;
  n = MIN(n + 1, MOST_LINES);
  memmove(classes + at + 1, classes + at, (n - at - 1) * sizeof *classes);
  classes[at] = i;
  return n;
}

static bool is_in(const int *classes, guint n, int i)
{
  for (guint k = 0; k < n; k++)
    if (classes[k] == i)
      return true;
  return false;
}

/* All in their order, if they are few; else the most probable ones, and the true one in any case.
 */
static guint choose(const float *p, guint n, int label, int *classes)
{
  guint chosen = 0;
  if (n <= MOST_LINES) {
    for (; chosen < n; chosen++)
      classes[chosen] = (int)chosen;
    return n;
  }
  for (guint i = 0; i < n; i++)
    chosen = insert(p, classes, chosen, (int)i);
  if (label >= 0 && !is_in(classes, chosen, label))
    classes[chosen - 1] = label;
  return chosen;
}

static void show_rest(BpProbabilityBars *self, guint n_others, double p)
{
  gtk_widget_set_visible(self->rest, n_others > 0);
  if (n_others == 0)
    return;
  /* Translators: the classes that are not listed, and their probability: "988 others: 1.2 %". */
  g_autofree char *text = g_strdup_printf(
      ngettext("%u other: %.1f %%", "%u others: %.1f %%", n_others), n_others, 100 * p);
  g_autofree char *kept = bp_number_keep_percents(text);
  gtk_label_set_text(GTK_LABEL(self->rest), kept);
}

void bp_probability_bars_set(BpProbabilityBars *self, const float *probabilities, guint n,
                             int label, int predicted)
{
  int classes[MOST_LINES];
  double rest = 0;
  g_return_if_fail(BP_IS_PROBABILITY_BARS(self) && n <= MAX_CLASSES && (probabilities || !n));
  guint lines = choose(probabilities, n, label, classes);
  set_number_of_lines(self, lines);
  for (guint i = 0; i < n; i++)
    rest += clean(probabilities[i]);
  for (guint k = 0; k < lines; k++) {
    double p = clean(probabilities[classes[k]]);
    g_array_index(self->lines, Line, k).class = classes[k];
    show_line(self, k, p, label, predicted);
    rest -= p;
  }
  show_rest(self, n - lines, MAX(rest, 0));
}

void bp_probability_bars_set_class_names(BpProbabilityBars *self, const char *const *names)
{
  g_return_if_fail(BP_IS_PROBABILITY_BARS(self));
  GStrv copy = g_strdupv((char **)names);
  g_strfreev(self->names);
  self->names = copy;
  for (guint i = 0; i < self->lines->len; i++) {
    const Line *line = &g_array_index(self->lines, Line, i);
    char name[BP_CLASS_NAME];
    bp_class_name(names, line->class, name);
    gtk_label_set_text(GTK_LABEL(line->name), name);
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
  self->rest = gtk_label_new(NULL);
  gtk_label_set_xalign(GTK_LABEL(self->rest), 0);
  gtk_widget_set_margin_top(self->rest, 6);
  gtk_widget_add_css_class(self->rest, "dim-label");
  gtk_widget_add_css_class(self->rest, "caption");
  gtk_widget_add_css_class(self->rest, "numeric");
  gtk_widget_set_visible(self->rest, FALSE);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append(GTK_BOX(box), self->grid);
  gtk_box_append(GTK_BOX(box), self->rest);
  GtkWidget *scroller = gtk_scrolled_window_new();
  /* It takes the focus, so that the arrow keys scroll through many classes. */
  gtk_accessible_update_property(GTK_ACCESSIBLE(scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Probabilities of the classes"), -1);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scroller), TRUE);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), box);
  adw_bin_set_child(ADW_BIN(self), scroller);
}
