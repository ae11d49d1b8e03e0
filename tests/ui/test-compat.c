/* test-compat.c: questions to the person, as this version of libadwaita asks them. Needs a display;
 * without one it is skipped. */
#include "ui/compat.h"
#include "widget-check.h"

static char answer[16];
static int n_answers;

static void on_answered(GtkWindow *parent, const char *id, gpointer user_data)
{
  nn_check(user_data == &n_answers);
  g_strlcpy(answer, id, sizeof answer);
  n_answers++;
}

static const BpAnswer answers[] = {
    {"keep", "_Keep"}, {"throw", "_Throw away", ADW_RESPONSE_DESTRUCTIVE}, {NULL}};

static GtkWidget *new_window(void)
{
  GtkWidget *window = adw_window_new();
  adw_window_set_content(ADW_WINDOW(window), gtk_label_new("behind"));
  gtk_window_set_default_size(GTK_WINDOW(window), 500, 400);
  gtk_window_present(GTK_WINDOW(window));
  run_loop(200);
  n_answers = 0;
  return window;
}

static void test_answer(void)
{
  GtkWidget *window = new_window();
  bp_ask(GTK_WINDOW(window), "Throw it away?", "It is not saved.", answers, on_answered,
         &n_answers);
  run_loop(300);
  GtkWidget *button = find_button("_Throw away");
  if (!nn_check(button != NULL))
    return;
  /* It is named differently in 1.2 and later. */
  nn_check(gtk_widget_has_css_class(button, "destructive") ||
           gtk_widget_has_css_class(button, "destructive-action"));
  g_signal_emit_by_name(button, "clicked");
  run_loop(400);
  nn_check(n_answers == 1 && strcmp(answer, "throw") == 0);
  nn_check(find_button("_Throw away") == NULL);
  gtk_window_destroy(GTK_WINDOW(window));
}

/* The window goes while the question stands: nobody is left to be told. */
static void test_parent_goes(void)
{
  GtkWidget *window = new_window();
  bp_ask(GTK_WINDOW(window), "Throw it away?", "It is not saved.", answers, on_answered,
         &n_answers);
  run_loop(300);
  gtk_window_destroy(GTK_WINDOW(window));
  run_loop(400);
  nn_check(n_answers == 0);
}

static void test_flap(void)
{
  g_autoptr(GtkBuilder) builder =
      gtk_builder_new_from_string("<interface><object class='AdwFlap' id='flap'/></interface>", -1);
  GtkWidget *flap = GTK_WIDGET(gtk_builder_get_object(builder, "flap"));
  g_object_set(flap, "fold-policy", 1, NULL); /* always */
  nn_check(bp_flap_is_folded(flap));
  g_object_set(flap, "fold-policy", 0, NULL); /* never */
  nn_check(!bp_flap_is_folded(flap));
}

int main(void)
{
  need_display();
  nn_test("a question is answered", test_answer);
  nn_test("a question whose window goes", test_parent_goes);
  nn_test("a flap knows whether it is folded", test_flap);
  return nn_test_done();
}
