/* digit-browser.c: see digit-browser.h. */
#include "digit-browser.h"
#include "app/text.h"
#include "ui/accessible.h"
#include "ui/digits/digit-card.h"
#include "ui/digits/digit-grid.h"
#include "ui/digits/digit.h"
#include "ui/digits/probability-bars.h"
#include "ui/i18n.h"
#include <math.h>

enum {
  DETAIL_WIDTH = 236,
  WORDS_WIDTH = 330,
  BIG_DIGIT = 84,
  LARGE_DIGIT = 128,
  NARROW_GRID_HEIGHT = 250,
  NARROW_DETAIL_HEIGHT = 320
};

struct _BpDigitBrowser {
  AdwBin parent_instance;
  BpData *data;             /* of the pictures shown, or NULL */
  BpEvaluation *evaluation; /* or NULL */
  GtkWidget *big;           /* BpDigit */
  GtkLabel *title, *note, *number, *verdict, *loss;
  GtkWidget *left, *header, *detail, *summary, *separator;
  AdwBin *digit_bin;
  gboolean narrow, has_words;
  BpDigitGrid *grid;
  BpProbabilityBars *bars;
};

G_DEFINE_FINAL_TYPE(BpDigitBrowser, bp_digit_browser, ADW_TYPE_BIN)

static void on_selected(BpDigitGrid *grid, guint index, gpointer user_data);

static void bp_digit_browser_dispose(GObject *object)
{
  BpDigitBrowser *self = BP_DIGIT_BROWSER(object);
  if (self->grid)
    bp_digit_grid_set_items(self->grid, NULL, 0); /* it borrows the data's pixels */
  gtk_widget_dispose_template(GTK_WIDGET(object), BP_TYPE_DIGIT_BROWSER);
  g_clear_pointer(&self->evaluation, bp_evaluation_unref);
  g_clear_pointer(&self->data, bp_data_unref);
  G_OBJECT_CLASS(bp_digit_browser_parent_class)->dispose(object);
}

static void bp_digit_browser_class_init(BpDigitBrowserClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_digit_browser_dispose;
  g_type_ensure(BP_TYPE_DIGIT_GRID);
  g_type_ensure(BP_TYPE_PROBABILITY_BARS);
  gtk_widget_class_set_template_from_resource(widget,
                                              "/io/github/backprop_lab/Backprop/digit-browser.ui");
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, title);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, note);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, number);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, verdict);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, loss);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, left);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, header);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, detail);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, summary);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, separator);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, digit_bin);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, grid);
  gtk_widget_class_bind_template_child(widget, BpDigitBrowser, bars);
}

static void bp_digit_browser_init(BpDigitBrowser *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  bp_accessible_show_cut_text(GTK_WIDGET(self->title));
  self->big = bp_digit_new(BIG_DIGIT);
  adw_bin_set_child(self->digit_bin, self->big);
  g_signal_connect(self->grid, "selected", G_CALLBACK(on_selected), self);
}

GtkWidget *bp_digit_browser_new(const char *title, const char *empty_text)
{
  BpDigitBrowser *self = g_object_new(BP_TYPE_DIGIT_BROWSER, NULL);
  gtk_label_set_label(self->title, title);
  bp_digit_grid_set_empty_text(self->grid, empty_text);
  return GTK_WIDGET(self);
}

/* ---- the chosen digit ---- */

static const guint8 *pixels_of(const NnDataset *set, guint index)
{
  return set->test.images + (gsize)index * nn_shape_size(set->shape);
}

static void write_verdict(BpDigitBrowser *self, guint index)
{
  const NnDataset *set = self->data->set;
  int label = set->test.labels[index];
  char text[NN_CLASS_TEXT], said_text[NN_CLASS_TEXT];
  g_autofree char *verdict = NULL, *loss = NULL, *number = NULL;
  const char *true_name = nn_dataset_class_name(set, label, text);
  if (self->evaluation) {
    int said = bp_evaluation_predicted(self->evaluation, index);
    const char *said_name = nn_dataset_class_name(set, said, said_text);
    verdict = said == label ? g_strdup_printf(_("✓ Predicted %s"), said_name)
                            : /* Translators: the predicted class and the true one */
                  g_strdup_printf(_("✗ Predicted %s, label %s"), said_name, true_name);
    number = bp_text_number(bp_evaluation_loss(self->evaluation, index));
    loss = g_strdup_printf(_("loss %s"), number);
  } else {
    verdict = g_strdup_printf(_("Label %s"), true_name);
  }
  gtk_label_set_label(self->verdict, verdict);
  gtk_label_set_label(self->loss, loss ? loss : "");
}

static void show_detail(BpDigitBrowser *self, guint index)
{
  const NnDataset *set = self->data->set;
  const NnShape *shape = &set->shape;
  g_autofree char *number = bp_text_count(index);
  g_autofree char *caption = g_strdup_printf(_("Test image %s"), number);
  gtk_label_set_label(self->number, caption);
  gsize side = MAX(shape->dims[1], shape->dims[2]);
  bp_digit_set_size(BP_DIGIT(self->big), side > BIG_DIGIT ? LARGE_DIGIT : BIG_DIGIT);
  bp_digit_set_pixels(BP_DIGIT(self->big), pixels_of(set, index), (int)shape->dims[2],
                      (int)shape->dims[1], (int)shape->dims[0], set->ink);
  write_verdict(self, index);
  if (self->evaluation)
    bp_probability_bars_set(self->bars, bp_evaluation_row(self->evaluation, index),
                            self->evaluation->n_classes, set->test.labels[index],
                            bp_evaluation_predicted(self->evaluation, index));
  else
    bp_probability_bars_set(self->bars, NULL, 0, -1, -1);
}

static void on_selected(BpDigitGrid *grid, guint index, gpointer user_data)
{
  BpDigitBrowser *self = user_data;
  if (self->data && index < self->data->set->test.n)
    show_detail(self, index);
}

/* ---- the grid ---- */

static BpDigitItem item_of(const NnDataset *set, const BpEvaluation *evaluation, guint32 index)
{
  BpDigitItem item = {.index = index,
                      .pixels = pixels_of(set, index),
                      .w = (int)set->shape.dims[2],
                      .h = (int)set->shape.dims[1],
                      .channels = (int)set->shape.dims[0],
                      .ink = set->ink,
                      .label = set->test.labels[index],
                      .predicted = -1,
                      .loss = NAN};
  if (evaluation) {
    const float *row = bp_evaluation_row(evaluation, index);
    item.predicted = bp_evaluation_predicted(evaluation, index);
    item.confidence = row[item.predicted];
    item.label_probability = row[item.label];
    item.loss = bp_evaluation_loss(evaluation, index);
  }
  return item;
}

/* Keeps the person's choice, or takes the first. */
static void choose(BpDigitBrowser *self, const guint32 *indices, guint n)
{
  uint32_t index;
  gboolean any = n > 0;
  if (any && !bp_digit_grid_get_selected(self->grid, &index)) {
    index = indices[0];
    bp_digit_grid_select(self->grid, index);
  }
  /* What is around it keeps its place when the first comes. */
  gtk_widget_set_visible(self->summary, any);
  gtk_widget_set_visible(GTK_WIDGET(self->bars), any);
  if (any)
    show_detail(self, index);
}

/* Names of classes leave less room for their bars than digits do. */
static void size_detail(BpDigitBrowser *self)
{
  gboolean wide = self->has_words && !self->narrow;
  gtk_widget_set_size_request(self->detail, wide ? WORDS_WIDTH : DETAIL_WIDTH,
                              self->narrow ? NARROW_DETAIL_HEIGHT : -1);
}

void bp_digit_browser_show(BpDigitBrowser *self, BpData *data, BpEvaluation *evaluation,
                           const guint32 *indices, guint n)
{
  BpData *old = self->data;
  g_autofree BpDigitItem *items = g_new(BpDigitItem, n + 1);
  for (guint i = 0; i < n; i++)
    items[i] = item_of(data->set, evaluation, indices[i]);
  self->data = data ? bp_data_ref(data) : NULL;
  g_clear_pointer(&self->evaluation, bp_evaluation_unref);
  self->evaluation = evaluation ? bp_evaluation_ref(evaluation) : NULL;
  if (data && data != old) {
    self->has_words = bp_class_names_have_words((const char *const *)data->set->class_names);
    size_detail(self);
    bp_digit_grid_set_class_names(self->grid, (const char *const *)data->set->class_names);
    bp_probability_bars_set_class_names(self->bars, (const char *const *)data->set->class_names);
  }
  bp_digit_grid_set_items(self->grid, items, n);
  choose(self, indices, n);
  bp_data_unref(old); /* the grid borrowed its pixels until now */
}

void bp_digit_browser_set_note(BpDigitBrowser *self, const char *note)
{
  gtk_label_set_label(self->note, note);
}

const char *bp_digit_browser_get_note(BpDigitBrowser *self)
{
  return gtk_label_get_label(self->note);
}

void bp_digit_browser_set_button(BpDigitBrowser *self, GtkWidget *button)
{
  gtk_box_insert_child_after(GTK_BOX(self->header), button, GTK_WIDGET(self->title));
}

const char *bp_digit_browser_get_verdict(BpDigitBrowser *self)
{
  return gtk_label_get_label(self->verdict);
}

void bp_digit_browser_set_narrow(BpDigitBrowser *self, gboolean narrow)
{
  GtkOrientation along = narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;
  GtkOrientation across = narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;
  gtk_orientable_set_orientation(GTK_ORIENTABLE(adw_bin_get_child(ADW_BIN(self))), along);
  gtk_orientable_set_orientation(GTK_ORIENTABLE(self->separator), across);
  gtk_widget_set_size_request(self->left, -1, narrow ? NARROW_GRID_HEIGHT : -1);
  self->narrow = narrow;
  size_detail(self);
}
