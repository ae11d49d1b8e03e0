#include "digit-card.h"
#include "ui/plot/axis.h"
#include "ui/accessible.h"
#include "bar.h"
#include "digit.h"
#include "ui/recipe/number-text.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <math.h>
#include <string.h>

struct _BpDigitEntry {
  GObject parent_instance;
  BpDigitItem item;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpDigitEntry, bp_digit_entry, G_TYPE_OBJECT)

BpDigitEntry *bp_digit_entry_new(const BpDigitItem *item)
{
  BpDigitEntry *self = g_object_new(BP_TYPE_DIGIT_ENTRY, NULL);
  self->item = *item;
  return self;
}

const BpDigitItem *bp_digit_entry_get(BpDigitEntry *self)
{
  return &self->item;
}

void bp_digit_entry_set(BpDigitEntry *self, const BpDigitItem *item)
{
  self->item = *item;
  g_signal_emit(self, signals[CHANGED], 0);
}

static void bp_digit_entry_class_init(BpDigitEntryClass *klass)
{
  signals[CHANGED] = bp_signal_new(G_TYPE_FROM_CLASS(klass), "changed", 0, 0, 0);
}

static void bp_digit_entry_init(BpDigitEntry *self) {}

/* ---- the card ---- */

enum { PICTURE_SIZE = 64 };

struct _BpDigitCard {
  GtkBox parent_instance;
  GtkWidget *digit, *caption, *answer, *confidence, *predicted_bar, *label_bar;
  BpDigitEntry *entry; /* owned */
  gulong handler;
  const char *const *names; /* borrowed */
  gboolean has_words;       /* among the names, which take a line each */
};

G_DEFINE_FINAL_TYPE(BpDigitCard, bp_digit_card, GTK_TYPE_BOX)

static void copy_name(const char *name, char text[BP_CLASS_NAME])
{
  static const char more[] = "…";
  if (g_strlcpy(text, name, BP_CLASS_NAME) < BP_CLASS_NAME)
    return;
  const char *end = g_utf8_find_prev_char(text, text + BP_CLASS_NAME - sizeof more + 1);
  memcpy(text + (end - text), more, sizeof more);
}

void bp_class_name(const char *const *names, int index, char text[BP_CLASS_NAME])
{
  if (index < 0)
    g_strlcpy(text, "?", BP_CLASS_NAME);
  else if (names && (guint)index < g_strv_length((char **)names))
    copy_name(names[index], text);
  else
    g_snprintf(text, BP_CLASS_NAME, "%d", index);
}

/* What is said of the picture without its loss, (transfer full). */
static char *answer_text(const BpDigitItem *item, const char *const *names)
{
  char label[BP_CLASS_NAME], predicted[BP_CLASS_NAME];
  bp_class_name(names, item->label, label);
  bp_class_name(names, item->predicted, predicted);
  double sure = item->confidence * 100;
  if (item->label < 0 && item->predicted < 0)
    return g_strdup_printf(_("Image %u: label unknown"), item->index);
  if (item->predicted < 0)
    return g_strdup_printf(_("Image %u: label %s"), item->index, label);
  if (item->label < 0)
    return g_strdup_printf(_("Image %u: label unknown, predicted %s with %.1f %%"), item->index,
                           predicted, sure);
  if (item->label == item->predicted)
    return g_strdup_printf(_("Image %u: label %s, predicted %s with %.1f %% (correct)"),
                           item->index, label, predicted, sure);
  /* Translators: what it is, what the network says and how sure it is, how sure of what it is. */
  return g_strdup_printf(
      _("Image %u: label %s, predicted %s with %.1f %% (wrong), the label with %.1f %%"),
      item->index, label, predicted, sure, item->label_probability * 100);
}

char *bp_digit_item_sentence(const BpDigitItem *item, const char *const *names)
{
  g_autofree char *text = answer_text(item, names), *kept = bp_number_keep_percents(text);
  if (item->predicted < 0 || isnan(item->loss))
    return g_steal_pointer(&kept);
  char loss[32];
  bp_format_value(item->loss, BP_FORMAT_NUMBER, loss, sizeof loss);
  return g_strdup_printf(_("%s, loss %s"), kept, loss);
}

static void set_class(GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class(widget, name);
  else
    gtk_widget_remove_css_class(widget, name);
}

/* "4 ✓", "4 → 9 ✗"; of words only the true one, with the sign in front, where it is not cut off. */
static void write_caption(BpDigitCard *self, const BpDigitItem *item, char *text, gsize size)
{
  char label[BP_CLASS_NAME], predicted[BP_CLASS_NAME];
  gboolean right = item->label == item->predicted;
  bp_class_name(self->names, item->label, label);
  bp_class_name(self->names, item->predicted, predicted);
  if (item->predicted < 0)
    g_strlcpy(text, item->label >= 0 ? label : "", size);
  else if (self->has_words)
    g_snprintf(text, size, item->label >= 0 && right ? "✓ %s" : "%s", label);
  else if (right)
    g_snprintf(text, size, "%s ✓", label);
  else
    g_snprintf(text, size, "%s → %s%s", label, predicted, item->label >= 0 ? " ✗" : "");
}

/* In the second line, which stays where it is when there is nothing to say. */
static void write_answer(BpDigitCard *self, const BpDigitItem *item, char *text, gsize size)
{
  char predicted[BP_CLASS_NAME];
  bp_class_name(self->names, item->predicted, predicted);
  text[0] = '\0';
  if (item->predicted >= 0 && item->predicted != item->label)
    g_snprintf(text, size, item->label >= 0 ? "✗ %s" : "→ %s", predicted);
}

static void show_caption(BpDigitCard *self, const BpDigitItem *item)
{
  char text[160], answer[BP_CLASS_NAME + 8];
  gboolean known = item->label >= 0 && item->predicted >= 0;
  gboolean right = known && item->label == item->predicted, wrong = known && !right;
  write_caption(self, item, text, sizeof text);
  write_answer(self, item, answer, sizeof answer);
  g_autofree char *shown = bp_accessible_left_to_right(self->caption, text);
  gtk_label_set_text(GTK_LABEL(self->caption), shown);
  gtk_label_set_text(GTK_LABEL(self->answer), answer);
  gtk_widget_set_visible(self->answer, self->has_words);
  set_class(self->caption, "success", right);
  set_class(self->caption, "error", wrong && !self->has_words);
  set_class(self->answer, "error", wrong);
  set_class(self->predicted_bar, "bp-wrong", wrong);
  set_class(self->predicted_bar, "bp-right", right);
}

static void show_numbers(BpDigitCard *self, const BpDigitItem *item)
{
  char text[16] = "";
  gboolean predicted = item->predicted >= 0;
  if (predicted)
    g_snprintf(text, sizeof text, "%.2f", item->confidence);
  gtk_label_set_text(GTK_LABEL(self->confidence), text);
  bp_bar_set_fraction(BP_BAR(self->predicted_bar), item->confidence);
  bp_bar_set_fraction(BP_BAR(self->label_bar), item->label_probability);
  /* Kept in the layout when there is nothing to say, so that cards do not jump. */
  gtk_widget_set_opacity(self->predicted_bar, predicted);
  gtk_widget_set_opacity(self->label_bar,
                         predicted && item->label >= 0 && item->label != item->predicted);
}

static void show_entry(BpDigitCard *self)
{
  const BpDigitItem *item = bp_digit_entry_get(self->entry);
  bp_digit_set_pixels(BP_DIGIT(self->digit), item->pixels, item->w, item->h, item->channels,
                      item->ink);
  show_caption(self, item);
  show_numbers(self, item);
  g_autofree char *sentence = bp_digit_item_sentence(item, self->names);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), sentence);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  /* The focus is on the list's own widget around the card. */
  GtkWidget *parent = gtk_widget_get_parent(GTK_WIDGET(self));
  if (parent)
    gtk_accessible_update_property(GTK_ACCESSIBLE(parent), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                   -1);
}

gboolean bp_class_names_have_words(const char *const *names)
{
  enum { SHORT = 3 }; /* characters: "tsu" */
  gboolean any = FALSE;
  for (; names && *names && !any; names++)
    any = g_utf8_strlen(*names, -1) > SHORT;
  return any;
}

void bp_digit_card_bind(BpDigitCard *self, BpDigitEntry *entry, const char *const *names,
                        gboolean smooth)
{
  g_return_if_fail(BP_IS_DIGIT_CARD(self));
  self->names = names;
  self->has_words = bp_class_names_have_words(names);
  bp_digit_set_smooth(BP_DIGIT(self->digit), smooth);
  if (entry != self->entry) {
    if (self->entry)
      g_signal_handler_disconnect(self->entry, self->handler);
    g_set_object(&self->entry, entry);
    if (entry)
      self->handler = g_signal_connect_swapped(entry, "changed", G_CALLBACK(show_entry), self);
  }
  if (entry)
    show_entry(self);
}

GtkWidget *bp_digit_card_new(void)
{
  return g_object_new(BP_TYPE_DIGIT_CARD, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 3,
                      "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
}

static void bp_digit_card_dispose(GObject *object)
{
  bp_digit_card_bind(BP_DIGIT_CARD(object), NULL, NULL, FALSE);
  G_OBJECT_CLASS(bp_digit_card_parent_class)->dispose(object);
}

static void bp_digit_card_class_init(BpDigitCardClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_digit_card_dispose;
}

static GtkWidget *add_bar(BpDigitCard *self, const char *css)
{
  GtkWidget *bar = bp_bar_new(4, TRUE);
  gtk_widget_add_css_class(bar, css);
  gtk_box_append(GTK_BOX(self), bar);
  return bar;
}

static GtkWidget *new_line(void)
{
  GtkWidget *label = gtk_label_new(NULL);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  bp_accessible_show_cut_text(label);
  gtk_label_set_width_chars(GTK_LABEL(label), 6);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 6);
  gtk_widget_set_hexpand(label, TRUE);
  gtk_widget_add_css_class(label, "caption-heading");
  gtk_widget_add_css_class(label, "numeric");
  return label;
}

static void bp_digit_card_init(BpDigitCard *self)
{
  gtk_widget_add_css_class(GTK_WIDGET(self), "bp-card");
  self->digit = bp_digit_new(PICTURE_SIZE);
  gtk_box_append(GTK_BOX(self), self->digit);
  GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
  self->caption = new_line();
  self->answer = new_line();
  self->confidence = gtk_label_new(NULL);
  gtk_widget_add_css_class(self->confidence, "caption");
  gtk_widget_add_css_class(self->confidence, "dim-label");
  gtk_widget_add_css_class(self->confidence, "numeric");
  gtk_label_set_width_chars(GTK_LABEL(self->confidence), 4); /* cards keep their width */
  gtk_box_append(GTK_BOX(line), self->caption);
  gtk_box_append(GTK_BOX(line), self->confidence);
  gtk_box_append(GTK_BOX(self), line);
  gtk_box_append(GTK_BOX(self), self->answer);
  self->predicted_bar = add_bar(self, "bp-neutral");
  self->label_bar = add_bar(self, "bp-right");
}
