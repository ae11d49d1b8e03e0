/* Pictures: 3 000 of them, updated in place; one digit's pixels; the bars. */
#include "widget-check.h"
#include "ui/digits/bar.h"
#include "ui/digits/digit-card.h"
#include "ui/digits/digit-grid.h"
#include "ui/digits/digit.h"
#include "ui/digits/probability-bars.h"
#include <math.h>

enum { N = 3000 };
static BpDigitItem items[N];
static uint8_t pixels[28 * 28];
static BpDigitGrid *grid;
static GtkWidget *window;
static int n_selected;
static guint last_selected;

static void on_selected(BpDigitGrid *self, guint index)
{
  n_selected++;
  last_selected = index;
}

static void fill_items(void)
{
  for (int i = 0; i < 28 * 28; i++)
    pixels[i] = (uint8_t)(i % 28 * 9);
  for (int i = 0; i < N; i++)
    items[i] = (BpDigitItem){.index = (uint32_t)(2 * i),
                             .pixels = pixels,
                             .w = 28,
                             .h = 28,
                             .channels = 1,
                             .ink = TRUE,
                             .label = i % 10,
                             .predicted = (i % 10 + i % 3) % 10,
                             .confidence = 0.7f,
                             .label_probability = 0.1f,
                             .loss = 2.3f};
}

static void open_grid(void)
{
  fill_items();
  grid = BP_DIGIT_GRID(bp_digit_grid_new());
  bp_digit_grid_set_empty_text(grid, "Nothing is wrong yet.");
  g_signal_connect(grid, "selected", G_CALLBACK(on_selected), NULL);
  window = show_widget(GTK_WIDGET(grid), 700, 500);
  n_selected = 0;
}

static void close_grid(void)
{
  gtk_window_destroy(GTK_WINDOW(window));
  run_loop(20);
}

static int count_cards(GtkWidget *root)
{
  int n = BP_IS_DIGIT_CARD(root);
  for (GtkWidget *child = gtk_widget_get_first_child(root); child;
       child = gtk_widget_get_next_sibling(child))
    n += count_cards(child);
  return n;
}

static GtkAdjustment *scroll(void)
{
  GtkWidget *scroller = find_widget(GTK_WIDGET(grid), GTK_TYPE_SCROLLED_WINDOW);
  return gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroller));
}

static void test_many(void)
{
  open_grid();
  GtkWidget *stack = find_widget(GTK_WIDGET(grid), GTK_TYPE_STACK);
  nn_check_str(gtk_stack_get_visible_child_name(GTK_STACK(stack)), "empty");
  bp_digit_grid_set_items(grid, items, N);
  run_loop(200);
  nn_check_str(gtk_stack_get_visible_child_name(GTK_STACK(stack)), "grid");
  int cards = count_cards(GTK_WIDGET(grid));
  nn_check(cards > 12 && cards < 700); /* recycled, not one for each picture */
  gtk_adjustment_set_value(scroll(), 5000);
  run_loop(200);
  nn_check_near(gtk_adjustment_get_value(scroll()), 5000, 1, 0);
  /* An update keeps the place, the cards and the selection by index. */
  nn_check(bp_digit_grid_select(grid, 2 * 300));
  run_loop(100);
  double place = gtk_adjustment_get_value(scroll());
  for (int i = 0; i < N - 100; i++)
    items[i] = items[i + 100];
  bp_digit_grid_set_items(grid, items, N - 100);
  run_loop(200);
  uint32_t index = 0;
  nn_check(bp_digit_grid_get_selected(grid, &index));
  nn_check_int(index, 600);
  nn_check_int(bp_digit_grid_get_selected_item(grid)->index, 600);
  nn_check_near(gtk_adjustment_get_value(scroll()), place, 1, 0);
  nn_check_int(n_selected, 0);                    /* nobody chose anything */
  bp_digit_grid_set_items(grid, items + 500, 10); /* the selected one is gone */
  nn_check(!bp_digit_grid_get_selected(grid, &index));
  bp_digit_grid_set_items(grid, NULL, 0);
  nn_check_str(gtk_stack_get_visible_child_name(GTK_STACK(stack)), "empty");
  close_grid();
}

static void test_select(void)
{
  open_grid();
  bp_digit_grid_set_items(grid, items, 40);
  run_loop(100);
  GtkWidget *view = find_widget(GTK_WIDGET(grid), GTK_TYPE_GRID_VIEW);
  gtk_widget_activate_action(view, "list.select-item", "(ubb)", 7u, FALSE, FALSE);
  nn_check_int(n_selected, 1);
  nn_check_int(last_selected, 14);
  nn_check(!bp_digit_grid_select(grid, 13)); /* no such picture */
  nn_check(bp_digit_grid_select(grid, 20));
  nn_check_int(n_selected, 1);
  close_grid();
}

static void check_card(int label, int predicted, const char *caption, const char *css)
{
  BpDigitItem item = items[0];
  item.label = label;
  item.predicted = predicted;
  g_autoptr(BpDigitEntry) entry = bp_digit_entry_new(&item);
  GtkWidget *card = g_object_ref_sink(bp_digit_card_new());
  bp_digit_card_bind(BP_DIGIT_CARD(card), entry, NULL, FALSE);
  GtkWidget *text = find_widget(card, GTK_TYPE_LABEL);
  nn_check_str(gtk_label_get_text(GTK_LABEL(text)), caption);
  nn_check(gtk_widget_has_css_class(text, "error") == !g_strcmp0(css, "error"));
  nn_check(gtk_widget_has_css_class(text, "success") == !g_strcmp0(css, "success"));
  g_object_unref(card);
}

/* Words take a line each: what it is, and what the network says. */
static void check_words(int label, int predicted, const char *first, const char *second)
{
  static const char *const names[] = {"shirt", "bag", NULL};
  BpDigitItem item = items[0];
  item.label = label;
  item.predicted = predicted;
  g_autoptr(BpDigitEntry) entry = bp_digit_entry_new(&item);
  GtkWidget *card = g_object_ref_sink(bp_digit_card_new());
  bp_digit_card_bind(BP_DIGIT_CARD(card), entry, names, FALSE);
  GtkWidget *text = find_widget(card, GTK_TYPE_LABEL);
  GtkWidget *answer = gtk_widget_get_next_sibling(gtk_widget_get_parent(text));
  nn_check_str(gtk_label_get_text(GTK_LABEL(text)), first);
  nn_check_str(gtk_label_get_text(GTK_LABEL(answer)), second);
  nn_check(gtk_widget_get_visible(answer));
  nn_check(gtk_widget_has_css_class(answer, "error") == g_str_has_prefix(second, "✗"));
  bp_digit_card_bind(BP_DIGIT_CARD(card), entry, NULL, FALSE);
  nn_check(!gtk_widget_get_visible(answer));
  g_object_unref(card);
}

static void test_card(void)
{
  fill_items();
  check_words(1, 0, "bag", "✗ shirt");
  check_words(1, 1, "✓ bag", "");
  check_words(1, -1, "bag", "");
  check_words(-1, 1, "?", "→ bag");
  check_card(4, 5, "4 → 5 ✗", "error");
  check_card(4, 4, "4 ✓", "success");
  check_card(4, -1, "4", "");
  check_card(-1, 3, "? → 3", "");
  static const char *const names[] = {"shirt", "bag", NULL};
  BpDigitItem item = {.index = 9, .label = 1, .predicted = 0, .confidence = 0.9f, .loss = NAN};
  g_autofree char *sentence = bp_digit_item_sentence(&item, names);
  nn_check_str(
      sentence,
      "Image 9: label bag, predicted shirt with 90.0\u202f% (wrong), the label with 0.0\u202f%");
}

static void test_digit(void)
{
  nn_check_int(bp_digit_scale(28, 28, 64, 64), 2);
  nn_check_int(bp_digit_scale(28, 28, 27, 64), 0);
  nn_check_int(bp_digit_scale(256, 256, 256, 300), 1);
  static const int sizes[][3] = {{28, 28, 1}, {1, 1, 1}, {256, 256, 3}, {3, 50, 1}, {32, 32, 3}};
  uint8_t *big = g_malloc0(256 * 256 * 3);
  GtkWidget *digit = bp_digit_new(64);
  GtkWidget *own = show_widget(digit, 100, 100);
  for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
    bp_digit_set_pixels(BP_DIGIT(digit), big, sizes[i][0], sizes[i][1], sizes[i][2], i % 2);
    bp_digit_set_smooth(BP_DIGIT(digit), i % 2);
    run_loop(30);
  }
  gtk_window_destroy(GTK_WINDOW(own));
  g_free(big);
}

/* A picture whose left half is 255 and whose right half is 0, as it is rendered: a pixel (B, G, R,
 * A in memory) of each half. */
static void render_halves(gboolean ink, uint8_t left[4], uint8_t right[4])
{
  uint8_t half[28 * 28];
  for (int i = 0; i < 28 * 28; i++)
    half[i] = i % 28 < 14 ? 255 : 0;
  GtkWidget *digit = bp_digit_new(56);
  GtkWidget *own = show_widget(digit, 56, 56);
  bp_digit_set_pixels(BP_DIGIT(digit), half, 28, 28, 1, ink);
  g_autoptr(GdkPaintable) picture = gtk_widget_paintable_new(digit);
  run_loop(100);
  int w = gtk_widget_get_width(digit), h = gtk_widget_get_height(digit);
  GtkSnapshot *snapshot = gtk_snapshot_new();
  gdk_paintable_snapshot(picture, snapshot, w, h);
  GskRenderNode *node = gtk_snapshot_free_to_node(snapshot);
  if (nn_check(node != NULL)) {
    g_autoptr(GdkTexture) texture =
        gsk_renderer_render_texture(gtk_native_get_renderer(GTK_NATIVE(own)), node,
                                    &GRAPHENE_RECT_INIT(0, 0, (float)w, (float)h));
    g_autofree uint8_t *data = g_malloc((gsize)w * h * 4);
    gdk_texture_download(texture, data, (gsize)w * 4);
    size_t row = (size_t)(h / 2) * w;
    memcpy(left, data + (row + w / 2 - 8) * 4, 4);
    memcpy(right, data + (row + w / 2 + 8) * 4, 4);
    gsk_render_node_unref(node);
  }
  gtk_window_destroy(GTK_WINDOW(own));
}

static void test_ink(void)
{
  uint8_t left[4] = {0}, right[4] = {0};
  render_halves(TRUE, left, right);
  nn_check(left[3] > 100);   /* ink */
  nn_check_int(right[3], 0); /* paper */
}

/* What is no handwriting looks as in its file, in both styles. */
static void test_photograph(void)
{
  AdwStyleManager *manager = adw_style_manager_get_default();
  for (int dark = 0; dark < 2; dark++) {
    uint8_t left[4] = {0}, right[4] = {0};
    adw_style_manager_set_color_scheme(manager, dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                     : ADW_COLOR_SCHEME_FORCE_LIGHT);
    render_halves(FALSE, left, right);
    for (int c = 0; c < 4; c++) {
      nn_check_int(left[c], 255);
      nn_check_int(right[c], c == 3 ? 255 : 0);
    }
  }
  adw_style_manager_set_color_scheme(manager, ADW_COLOR_SCHEME_DEFAULT);
}

static void test_bars(void)
{
  float p[10] = {0.01f, 0, NAN, 0.02f, 0, 0.71f, 0.22f, 0, 0.02f, 0.01f};
  BpProbabilityBars *bars = BP_PROBABILITY_BARS(bp_probability_bars_new());
  GtkWidget *own = show_widget(GTK_WIDGET(bars), 260, 300);
  bp_probability_bars_set(bars, p, 10, 6, 5);
  GtkGrid *table = GTK_GRID(find_widget(GTK_WIDGET(bars), GTK_TYPE_GRID));
  GtkWidget *wrong = gtk_grid_get_child_at(table, 1, 5),
            *right = gtk_grid_get_child_at(table, 1, 6);
  nn_check(gtk_widget_has_css_class(wrong, "bp-wrong"));
  nn_check(gtk_widget_has_css_class(right, "bp-right"));
  nn_check(gtk_widget_has_css_class(gtk_grid_get_child_at(table, 1, 0), "bp-neutral"));
  nn_check_near(bp_bar_get_fraction(BP_BAR(wrong)), 0.71, 1e-6, 0);
  nn_check_near(bp_bar_get_fraction(BP_BAR(gtk_grid_get_child_at(table, 1, 2))), 0, 0, 0);
  nn_check_str(gtk_label_get_text(GTK_LABEL(gtk_grid_get_child_at(table, 2, 5))), "71.0 %");
  nn_check_str(gtk_label_get_text(GTK_LABEL(gtk_grid_get_child_at(table, 3, 5))), "✗");
  const char *wrong_text = "5: 71.0 %, predicted", *right_text = "6: 22.0 %, label";
  gtk_test_accessible_assert_property(wrong, GTK_ACCESSIBLE_PROPERTY_LABEL, wrong_text);
  gtk_test_accessible_assert_property(right, GTK_ACCESSIBLE_PROPERTY_LABEL, right_text);
  bp_probability_bars_set(bars, p, 10, 5, 5);
  nn_check(gtk_widget_has_css_class(wrong, "bp-right") &&
           !gtk_widget_has_css_class(wrong, "bp-wrong"));
  bp_probability_bars_set(bars, NULL, 0, -1, -1);
  nn_check(gtk_grid_get_child_at(table, 0, 0) == NULL);
  gtk_window_destroy(GTK_WINDOW(own));
  run_loop(20);
}

static const char *cell(GtkGrid *table, int column, int row)
{
  GtkWidget *label = gtk_grid_get_child_at(table, column, row);
  return label ? gtk_label_get_text(GTK_LABEL(label)) : "nothing";
}

/* Of a thousand classes the dozen most probable ones are shown, and the true one. */
static void test_many_classes(void)
{
  float *p = g_new0(float, 1000);
  for (int i = 0; i < 1000; i++)
    p[i] = 0.0001f;
  p[999] = 0.5f;
  p[0] = 0.2f;
  p[500] = 0.1f;
  p[7] = NAN;
  BpProbabilityBars *bars = BP_PROBABILITY_BARS(bp_probability_bars_new());
  GtkWidget *own = show_widget(GTK_WIDGET(bars), 260, 300);
  bp_probability_bars_set(bars, p, 1000, 800, 999);
  GtkGrid *table = GTK_GRID(find_widget(GTK_WIDGET(bars), GTK_TYPE_GRID));
  static const char *const names[] = {"999", "0", "500", "1", "2",   "3",      "4",
                                      "5",   "6", "8",   "9", "800", "nothing"};
  for (int row = 0; row < 13; row++)
    nn_check_str(cell(table, 0, row), names[row]);
  nn_check_str(cell(table, 2, 0), "50.0 %");
  nn_check_str(cell(table, 3, 0), "✗");
  nn_check_str(cell(table, 3, 11), "✓");
  GtkWidget *rest = gtk_widget_get_next_sibling(GTK_WIDGET(table));
  nn_check(gtk_widget_get_visible(rest));
  nn_check_str(gtk_label_get_text(GTK_LABEL(rest)), "988 others: 9.9\u202f%");
  p[800] = 0.3f;
  bp_probability_bars_set(bars, p, 1000, 800, 999);
  nn_check_str(cell(table, 0, 1), "800");
  nn_check_str(cell(table, 0, 11), "9");
  bp_probability_bars_set(bars, p, 12, -1, -1);
  nn_check_str(cell(table, 0, 11), "11");
  nn_check(!gtk_widget_get_visible(rest));
  bp_probability_bars_set(bars, p, 13, 12, 0);
  nn_check_str(cell(table, 0, 11), "12");
  nn_check_str(gtk_label_get_text(GTK_LABEL(rest)), "1 other: 0.0\u202f%");
  g_free(p);
  gtk_window_destroy(GTK_WINDOW(own));
  run_loop(20);
}

static void test_class_names(void)
{
  static const char *const names[] = {
      "sky", "0123456789012345678901234567890123456789012345678901234567890123",
      "01234567890123456789012345678901234567890123456789012345678901éé",
      "0123456789012345678901234567890123456789012345678901234567890", NULL};
  static const char *const wanted[] = {
      "sky", "012345678901234567890123456789012345678901234567890123456789…",
      "012345678901234567890123456789012345678901234567890123456789…",
      "0123456789012345678901234567890123456789012345678901234567890", "4"};
  char text[BP_CLASS_NAME];
  for (int i = 0; i < 5; i++) {
    bp_class_name(names, i, text);
    nn_check_str(text, wanted[i]);
  }
  bp_class_name(names, -1, text);
  nn_check_str(text, "?");
  char *wide[] = {g_strnfill(30, 'x'), NULL};
  for (int n = 20; n < 32; n++) { /* cut within a character of three bytes */
    GString *long_name = g_string_new(NULL);
    for (int i = 0; i < n; i++)
      g_string_append(long_name, "字");
    wide[0] = (g_free(wide[0]), g_string_free(long_name, FALSE));
    bp_class_name((const char *const *)wide, 0, text);
    nn_check(g_utf8_validate(text, -1, NULL));
  }
  g_free(wide[0]);
}

int main(void)
{
  need_display();
  nn_test("3 000 pictures, updated in place", test_many);
  nn_test("choosing a picture", test_select);
  nn_test("what a card says", test_card);
  nn_test("pictures of all sizes", test_digit);
  nn_test("ink where the pixels are", test_ink);
  nn_test("a photograph is no negative", test_photograph);
  nn_test("probability bars", test_bars);
  nn_test("a thousand probabilities", test_many_classes);
  nn_test("names of any length", test_class_names);
  return nn_test_done();
}
