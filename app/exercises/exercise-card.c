/* exercise-card.c: see exercise-card.h. */
#include "exercise-card.h"
#include "ui/accessible.h"
#include "ui/recipe/number-text.h"
#include "ui/i18n.h"

/* One line of the checklist. */
typedef struct {
  const char *text; /* the check's, static */
  GtkWidget *sign, *missing;
  gboolean holds;
} Line;

struct _BpExerciseCard {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  int shown;          /* index of the exercise whose lines are there; −1: none */
  GtkLabel *title, *text, *done;
  GtkBox *list;
  GArray *lines; /* of Line */
};

G_DEFINE_FINAL_TYPE(BpExerciseCard, bp_exercise_card, ADW_TYPE_BIN)

static void bp_exercise_card_finalize(GObject *object)
{
  g_array_unref(BP_EXERCISE_CARD(object)->lines);
  G_OBJECT_CLASS(bp_exercise_card_parent_class)->finalize(object);
}

static void bp_exercise_card_class_init(BpExerciseCardClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_exercise_card_finalize;
}

static GtkLabel *add_label(GtkWidget *box, const char *css_class)
{
  GtkLabel *label = GTK_LABEL(gtk_label_new(NULL));
  gtk_label_set_wrap(label, TRUE);
  gtk_label_set_natural_wrap_mode(label, GTK_NATURAL_WRAP_WORD);
  gtk_label_set_xalign(label, 0);
  gtk_widget_add_css_class(GTK_WIDGET(label), css_class);
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(label));
  return label;
}

static void bp_exercise_card_init(BpExerciseCard *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  self->shown = -1;
  self->lines = g_array_new(FALSE, TRUE, sizeof(Line));
  gtk_widget_add_css_class(GTK_WIDGET(self), "card");
  gtk_widget_add_css_class(GTK_WIDGET(self), "exercise-card");
  self->title = add_label(box, "heading");
  self->text = add_label(box, "exercise-text");
  self->list = GTK_BOX(gtk_box_new(GTK_ORIENTATION_VERTICAL, 3));
  gtk_widget_add_css_class(GTK_WIDGET(self->list), "checklist");
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->list));
  self->done = add_label(box, "caption");
  gtk_widget_add_css_class(GTK_WIDGET(self->done), "dim-label");
  gtk_widget_add_css_class(GTK_WIDGET(self->done), "all-done");
  gtk_label_set_label(self->done, _("Completed. Continue with the next exercise."));
  adw_bin_set_child(ADW_BIN(self), box);
}

static Line new_line(GtkBox *list, const BpCheck *check)
{
  Line line = {.text = check->text};
  GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  line.sign = gtk_label_new("○");
  gtk_widget_set_valign(line.sign, GTK_ALIGN_START);
  gtk_widget_add_css_class(line.sign, "check-sign");
  GtkLabel *text = add_label(words, "check-text");
  g_autofree char *shown = bp_accessible_left_to_right(GTK_WIDGET(text), nn_text(check->text));
  gtk_label_set_label(text, shown);
  line.missing = GTK_WIDGET(add_label(words, "caption"));
  gtk_widget_add_css_class(line.missing, "dim-label");
  gtk_box_append(GTK_BOX(row), line.sign);
  gtk_box_append(GTK_BOX(row), words);
  gtk_box_append(list, row);
  return line;
}

static void make_lines(BpExerciseCard *self, int index)
{
  const BpExercise *exercise = bp_exercise_get(index);
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->list))))
    gtk_box_remove(self->list, child);
  g_array_set_size(self->lines, 0);
  for (const BpCheck *check = exercise->checks; check->text; check++) {
    Line line = new_line(self->list, check);
    g_array_append_val(self->lines, line);
  }
  gtk_label_set_label(self->title, nn_text(exercise->title));
  g_autofree char *text = bp_number_keep_percents(nn_text(exercise->text));
  gtk_label_set_label(self->text, text);
  gtk_widget_set_visible(GTK_WIDGET(self->list), self->lines->len > 0);
  self->shown = index;
}

/* What is missing is said of one check at a time, the first that does not hold: the next thing to
 * do. A remark about one that holds is always said. */
static void check_line(Line *line, const BpCheck *check, const BpLesson *lesson, gboolean *said)
{
  char missing[BP_MISSING_TEXT] = "";
  line->holds = check->holds(lesson, missing);
  gboolean speaks = missing[0] && (line->holds || !*said);
  *said |= !line->holds;
  gtk_label_set_label(GTK_LABEL(line->sign), line->holds ? "✓" : "○");
  if (line->holds)
    gtk_widget_add_css_class(line->sign, "done");
  else
    gtk_widget_remove_css_class(line->sign, "done");
  g_autofree char *kept = bp_number_keep_percents(missing);
  gtk_label_set_label(GTK_LABEL(line->missing), kept);
  gtk_widget_set_visible(line->missing, speaks);
}

static void update(BpExerciseCard *self)
{
  int index = bp_course_get_exercise(self->session->course);
  BpLesson lesson = bp_course_get_lesson(self->session->course);
  const BpCheck *checks = bp_exercise_get(index)->checks;
  gboolean said = FALSE;
  if (self->shown != index)
    make_lines(self, index);
  for (guint i = 0; i < self->lines->len; i++)
    check_line(&g_array_index(self->lines, Line, i), &checks[i], &lesson, &said);
  /* In place of what is missing, so that the card stays as high as it was. */
  gtk_widget_set_visible(GTK_WIDGET(self->done), self->lines->len > 0 && !said);
}

void bp_exercise_card_set_session(BpExerciseCard *self, BpSession *session)
{
  self->session = session;
  g_signal_connect_object(session->course, "recipe-changed", G_CALLBACK(update), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->course, "readiness-changed", G_CALLBACK(update), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "state-changed", G_CALLBACK(update), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "ended", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  update(self);
}

gboolean bp_exercise_card_is_ticked(BpExerciseCard *self, const char *check)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (g_str_equal(g_array_index(self->lines, Line, i).text, check))
      return g_array_index(self->lines, Line, i).holds;
  return FALSE;
}
