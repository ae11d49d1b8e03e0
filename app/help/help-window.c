/* help-window.c: see help-window.h. */
#include "help-window.h"
#include "help-markup.h"
#include "help-reference.h"
#include "ui/accessible.h"
#include "ui/compat.h"
#include "ui/i18n.h"

/* Pages in another language lie in a folder of its name. */
#define FOLDER "/io/github/backprop_lab/Backprop/help/"

struct _BpHelpWindow {
  AdwWindow parent_instance;
  GtkStack *stack;
  GtkWidget *back, *list;
  AdwWindowTitle *title;
  const char *page; /* interned; NULL: the list */
};

G_DEFINE_FINAL_TYPE(BpHelpWindow, bp_help_window, ADW_TYPE_WINDOW)

static const char *const pages[] = {"start", "network", "training", "curves", "data", "recipes"};

/* ---- pages ---- */

/* In the person's language, if it has been written in that. */
static GBytes *load(const char *name)
{
  for (const char *const *language = g_get_language_names(); *language; language++) {
    g_autofree char *path = g_str_equal(*language, "C")
                                ? g_strconcat(FOLDER, name, ".md", NULL)
                                : g_strconcat(FOLDER, *language, "/", name, ".md", NULL);
    GBytes *bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (bytes)
      return bytes;
  }
  return NULL;
}

/* NULL: there is no such page. Caller frees. */
static char *text_of(const char *name)
{
  const NnClass *klass;
  for (int place = 1; (klass = bp_help_reference_class(place)); place++)
    if (g_str_equal(klass->name, name))
      return bp_help_reference_page(klass);
  g_autoptr(GBytes) bytes = load(name);
  return bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

/* ---- going there ---- */

static gboolean on_link(GtkLabel *label, const char *uri, gpointer self)
{
  return g_str_has_prefix(uri, "help:") && bp_help_window_go(self, uri + strlen("help:"));
}

static GtkWidget *scrolled(GtkWidget *content, const char *name)
{
  GtkWidget *scroller = gtk_scrolled_window_new(), *clamp = adw_clamp_new();
  adw_clamp_set_maximum_size(ADW_CLAMP(clamp), 620);
  adw_clamp_set_child(ADW_CLAMP(clamp), content);
  gtk_widget_add_css_class(clamp, "help-page");
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), clamp);
  /* It takes the focus, so that keys scroll it. */
  gtk_widget_set_focusable(content, TRUE);
  bp_accessible_set_name(content, name);
  return scroller;
}

static GtkWidget *content_of(GtkWidget *page)
{
  GtkWidget *viewport = gtk_scrolled_window_get_child(GTK_SCROLLED_WINDOW(page));
  return adw_clamp_get_child(ADW_CLAMP(gtk_viewport_get_child(GTK_VIEWPORT(viewport))));
}

static void show_list(BpHelpWindow *self)
{
  self->page = NULL;
  gtk_stack_set_transition_type(self->stack, GTK_STACK_TRANSITION_TYPE_SLIDE_RIGHT);
  gtk_stack_set_visible_child(self->stack, self->list);
  gtk_widget_set_visible(self->back, FALSE);
  adw_window_title_set_title(self->title, _("Help"));
  gtk_widget_child_focus(self->list, GTK_DIR_TAB_FORWARD);
}

static void show_page(BpHelpWindow *self, const char *name, const char *text)
{
  g_autofree char *title = bp_help_title(text);
  GtkWidget *page = gtk_stack_get_child_by_name(self->stack, name);
  if (!page) {
    page = scrolled(bp_help_page_new(text, G_CALLBACK(on_link), self), title);
    gtk_stack_add_named(self->stack, page, name);
  }
  self->page = g_intern_string(name);
  gtk_stack_set_transition_type(self->stack, GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT);
  gtk_stack_set_visible_child(self->stack, page);
  gtk_widget_set_visible(self->back, TRUE);
  adw_window_title_set_title(self->title, title);
  gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(page)), 0);
  gtk_widget_grab_focus(content_of(page));
}

gboolean bp_help_window_go(BpHelpWindow *self, const char *name)
{
  g_autofree char *text = name ? text_of(name) : NULL;
  if (!name)
    show_list(self);
  else if (text)
    show_page(self, name, text);
  return !name || text;
}

const char *bp_help_window_get_page(BpHelpWindow *self)
{
  return self->page;
}

/* ---- the list of all pages ---- */

static void on_row(AdwActionRow *row, BpHelpWindow *self)
{
  bp_help_window_go(self, g_object_get_data(G_OBJECT(row), "bp-page"));
}

static void add_row(BpHelpWindow *self, AdwPreferencesGroup *group, const char *name,
                    const char *title)
{
  GtkWidget *row = adw_action_row_new();
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
  adw_action_row_add_suffix(ADW_ACTION_ROW(row), gtk_image_new_from_icon_name("go-next-symbolic"));
  g_object_set_data(G_OBJECT(row), "bp-page", (gpointer)g_intern_string(name));
  g_signal_connect(row, "activated", G_CALLBACK(on_row), self);
  adw_preferences_group_add(group, row);
}

static void add_pages(BpHelpWindow *self, AdwPreferencesGroup *group)
{
  for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
    g_autofree char *text = text_of(pages[i]), *title = text ? bp_help_title(text) : NULL;
    add_row(self, group, pages[i], title ? title : pages[i]);
  }
}

static void add_reference(BpHelpWindow *self, AdwPreferencesGroup *group)
{
  const NnClass *klass;
  adw_preferences_group_set_title(group, _("Reference"));
  for (int place = 1; (klass = bp_help_reference_class(place)); place++)
    add_row(self, group, klass->name, nn_text(klass->plural));
}

static GtkWidget *new_list(BpHelpWindow *self)
{
  GtkWidget *list = adw_preferences_page_new();
  void (*const add[])(BpHelpWindow *, AdwPreferencesGroup *) = {add_pages, add_reference};
  for (gsize i = 0; i < G_N_ELEMENTS(add); i++) {
    GtkWidget *group = adw_preferences_group_new();
    add[i](self, ADW_PREFERENCES_GROUP(group));
    adw_preferences_page_add(ADW_PREFERENCES_PAGE(list), ADW_PREFERENCES_GROUP(group));
  }
  return list;
}

/* ---- object ---- */

static void go_back(GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (BP_HELP_WINDOW(widget)->page)
    show_list(BP_HELP_WINDOW(widget));
  else
    gtk_window_close(GTK_WINDOW(widget));
}

static void bp_help_window_class_init(BpHelpWindowClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  gtk_widget_class_install_action(widget, "help.back", NULL, go_back);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_Escape, 0, "help.back", NULL);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_Left, GDK_ALT_MASK, "help.back", NULL);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static GtkWidget *new_header(BpHelpWindow *self)
{
  GtkWidget *header = adw_header_bar_new();
  self->title = ADW_WINDOW_TITLE(adw_window_title_new("", NULL));
  self->back = gtk_button_new_from_icon_name("go-previous-symbolic");
  bp_accessible_set_name(self->back, _("Back"));
  gtk_widget_set_tooltip_text(self->back, _("All pages (Alt+Left)"));
  gtk_actionable_set_action_name(GTK_ACTIONABLE(self->back), "help.back");
  adw_header_bar_pack_start(ADW_HEADER_BAR(header), self->back);
  adw_header_bar_set_title_widget(ADW_HEADER_BAR(header), GTK_WIDGET(self->title));
  return header;
}

static void bp_help_window_init(BpHelpWindow *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  self->stack = GTK_STACK(gtk_stack_new());
  self->list = new_list(self);
  gtk_stack_add_child(self->stack, self->list);
  gtk_widget_set_vexpand(GTK_WIDGET(self->stack), TRUE);
  gtk_box_append(GTK_BOX(box), new_header(self));
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->stack));
  adw_window_set_content(ADW_WINDOW(self), box);
  gtk_window_set_title(GTK_WINDOW(self), _("Help"));
  gtk_window_set_default_size(GTK_WINDOW(self), 680, 760);
  gtk_widget_set_size_request(GTK_WIDGET(self), 340, 300);
  show_list(self);
}

BpHelpWindow *bp_help_window_show(GtkApplication *app)
{
  for (GList *at = gtk_application_get_windows(app); at; at = at->next)
    if (BP_IS_HELP_WINDOW(at->data)) {
      gtk_window_present(at->data);
      return at->data;
    }
  BpHelpWindow *self = g_object_new(BP_TYPE_HELP_WINDOW, "application", app, NULL);
  gtk_window_present(GTK_WINDOW(self));
  return self;
}
