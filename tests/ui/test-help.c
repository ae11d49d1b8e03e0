/* test-help.c: the help's pages: what they are written in, that every link leads somewhere, that
 * they name every kind and every key, and that they fit a narrow window. */
#include "app/application.h"
#include "app/help/help-markup.h"
#include "app/help/help-reference.h"
#include "app/help/help-window.h"
#include "data/data.h"
#include "tests/check.h"
#include "gtk-check.h"
#include "width-check.h"

static const char *const pages[] = {"start",   "network",   "training", "curves",    "data",
                                    "recipes", "layer",     "init",     "optimizer", "scheduler",
                                    "loss",    "transform", "dataset"};
static BpHelpWindow *help;

static void check_markup(const char *text, const char *wanted)
{
  g_autofree char *found = bp_help_markup(text);
  nn_check_str(found, wanted);
  /* Links are GtkLabel's own addition. */
  nn_check(strstr(found, "<a ") || pango_parse_markup(found, -1, 0, NULL, NULL, NULL, NULL));
}

static void test_markup(void)
{
  check_markup("plain", "plain");
  check_markup("a < b & c", "a &lt; b &amp; c");
  check_markup("press **Train** now", "press <b>Train</b> now");
  check_markup("the *recipe*", "the <i>recipe</i>");
  check_markup("`Conv2d` and `a<b`", "<tt>Conv2d</tt> and <tt>a&lt;b</tt>");
  check_markup("[Layers](help:layer)!", "<a href=\"help:layer\">Layers</a>!");
  /* What is no mark stands for itself. */
  check_markup("2 * 3 and [0.9, 0.99]", "2 * 3 and [0.9, 0.99]");
  check_markup("`open", "`open");
  check_markup("**", "**");
}

static int count(GtkWidget *box, const char *part)
{
  int n = 0;
  for (GtkWidget *at = gtk_widget_get_first_child(box); at; at = gtk_widget_get_next_sibling(at)) {
    GtkWidget *label = GTK_IS_LABEL(at) ? at : gtk_widget_get_last_child(at);
    n += strstr(gtk_label_get_text(GTK_LABEL(label)), part) != NULL;
  }
  return n;
}

static void test_blocks(void)
{
  GtkWidget *box = bp_help_page_new("# Title\n\nOne\nparagraph.\n\n- an item\n  of two lines\n- "
                                    "another\n\n1. first\n\n```\nx - y\n\nz\n```\nend",
                                    NULL, NULL);
  g_object_ref_sink(box);
  nn_check_int(count(box, ""), 7);
  nn_check_int(count(box, "One paragraph."), 1);
  nn_check_int(count(box, "an item of two lines"), 1);
  nn_check_int(count(box, "x - y\n\nz"), 1);
  g_object_unref(box);
  g_autofree char *title = bp_help_title("# A title\nand more");
  nn_check_str(title, "A title");
  nn_check(bp_help_title("no title") == NULL);
}

/* The window's own text of the page at hand, link by link. */
static int follow_links(GtkWidget *widget)
{
  int n = 0;
  if (GTK_IS_LABEL(widget)) {
    const char *at = gtk_label_get_label(GTK_LABEL(widget));
    while ((at = strstr(at, "<a href=\""))) {
      at += strlen("<a href=\"");
      g_autofree char *uri = g_strndup(at, strcspn(at, "\""));
      const char *before = bp_help_window_get_page(help);
      gboolean followed = FALSE;
      g_signal_emit_by_name(widget, "activate-link", uri, &followed);
      nn_check(followed);
      nn_check(g_strcmp0(bp_help_window_get_page(help), before) != 0);
      nn_check(bp_help_window_go(help, before));
      n++;
    }
  }
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
       child = gtk_widget_get_next_sibling(child))
    n += follow_links(child);
  return n;
}

static GtkWidget *page_at_hand(GtkWidget *widget)
{
  if (GTK_IS_STACK(widget))
    return gtk_stack_get_visible_child(GTK_STACK(widget));
  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child && !found;
       child = gtk_widget_get_next_sibling(child))
    found = page_at_hand(child);
  return found;
}

static void test_links(void)
{
  int n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
    nn_check(bp_help_window_go(help, pages[i]));
    nn_check_str(bp_help_window_get_page(help), pages[i]);
    n += follow_links(page_at_hand(GTK_WIDGET(help)));
  }
  nn_check(n >= 8);
  nn_check(!bp_help_window_go(help, "no-such-page"));
  nn_check_str(bp_help_window_get_page(help), "dataset"); /* it stays where it is */
}

/* The links of a page in their order, one a line. */
static char *links_of(const char *path)
{
  g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  GString *links = g_string_new(NULL);
  if (!nn_check(bytes != NULL))
    return g_string_free(links, FALSE);
  g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  for (const char *at = text; (at = strstr(at, "](")); at++)
    g_string_append_printf(links, "%.*s\n", (int)strcspn(at + 2, ")"), at + 2);
  return g_string_free(links, FALSE);
}

/* A language has all pages, and they lead where those in English do. */
static void test_languages(void)
{
  const char *folder = "/io/github/backprop_lab/Backprop/help/";
  g_auto(GStrv) names = g_resources_enumerate_children(folder, 0, NULL);
  int n = 0;
  for (char **name = names; name && *name; name++) {
    if (!g_str_has_suffix(*name, "/"))
      continue;
    for (int i = 0; i < 6; i++, n++) {
      g_autofree char *own = g_strconcat(folder, *name, pages[i], ".md", NULL);
      g_autofree char *english = g_strconcat(folder, pages[i], ".md", NULL);
      g_autofree char *found = links_of(own), *wanted = links_of(english);
      nn_check_str(found, wanted);
    }
  }
  nn_check(n >= 12);
}

static void test_names_every_kind(void)
{
  int n = 0;
  const NnClass *klass;
  for (int place = 1; (klass = bp_help_reference_class(place)); place++) {
    g_autofree char *page = bp_help_reference_page(klass);
    for (const NnKind *const *kind = klass->kinds; *kind; kind++, n++) {
      nn_check_has(page, (*kind)->label ? (*kind)->label : (*kind)->name);
      nn_check_has(page, (*kind)->doc);
    }
  }
  nn_check(n > 80);
}

static void test_fits(void)
{
  int dpi;
  g_object_get(gtk_settings_get_default(), "gtk-xft-dpi", &dpi, NULL);
  for (int scale = 1; scale <= 2; scale++) {
    g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", scale * 96 * 1024, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
      bp_help_window_go(help, pages[i]);
      spend(100);
      check_width(page_at_hand(GTK_WIDGET(help)), 350);
    }
    bp_help_window_go(help, NULL);
    spend(100);
    check_width(page_at_hand(GTK_WIDGET(help)), 350);
  }
  g_object_set(gtk_settings_get_default(), "gtk-xft-dpi", dpi, NULL);
}

static void test_keys(void)
{
  bp_help_window_go(help, "data");
  gtk_widget_activate_action(GTK_WIDGET(help), "help.back", NULL);
  nn_check(bp_help_window_get_page(help) == NULL);
  nn_check(bp_help_window_go(help, "data"));
  GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(help));
  nn_check(focus && GTK_IS_BOX(focus)); /* the page itself: keys scroll it */
}

int main(void)
{
  make_warnings_fatal();
  if (!gtk_init_check()) {
    nn_test_skip("help", "there is no display");
    return nn_test_done() ? 77 : 0;
  }
  nn_data_register_kinds();
  g_autoptr(BpApplication) app = bp_application_new();
  g_application_set_flags(G_APPLICATION(app),
                          g_application_get_flags(G_APPLICATION(app)) | G_APPLICATION_NON_UNIQUE);
  nn_check(g_application_register(G_APPLICATION(app), NULL, NULL));
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  help = bp_help_window_show(GTK_APPLICATION(app));
  nn_check(bp_help_window_show(GTK_APPLICATION(app)) == help);
  spend(300);
  nn_test("what the pages are written in", test_markup);
  nn_test("blocks", test_blocks);
  nn_test("every link leads somewhere", test_links);
  nn_test("a language has all pages", test_languages);
  nn_test("every kind is named and explained", test_names_every_kind);
  nn_test("every page fits 360 pixels, by letters of twice the size, too", test_fits);
  nn_test("keys", test_keys);
  gtk_window_destroy(GTK_WINDOW(help));
  return nn_test_done();
}
