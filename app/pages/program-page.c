/* program-page.c: see program-page.h. */
#include "program-page.h"
#include "engine/mem.h"
#include "ui/accessible.h"
#include "ui/compat.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <gtksourceview/gtksource.h>

struct _BpProgramPage {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  GtkSourceBuffer *buffer;
  GtkTextView *view;
  GtkTextTag *tag; /* of marked lines */
  GtkLabel *note;
  NnPythonMap map;   /* of the program that is shown */
  char *marked;      /* path; NULL: none */
  gboolean outdated; /* the recipe has changed since */
};

G_DEFINE_FINAL_TYPE(BpProgramPage, bp_program_page, ADW_TYPE_BIN)

enum { ASKED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- what comes from where ---- */

/* The path itself, or what holds it, as far as there are lines. */
static gboolean has_lines(BpProgramPage *self, const char *path)
{
  for (int i = 0; i < self->map.n; i++)
    if (g_str_equal(self->map.list[i].path, path))
      return TRUE;
  return FALSE;
}

static char *dup_known_path(BpProgramPage *self, const char *path)
{
  char *known = g_strdup(path);
  while (known[0] && !has_lines(self, known)) {
    char *dot = strrchr(known, '.');
    *(dot ? dot : known) = '\0';
  }
  return known;
}

/* The part that says least beside this line; of several the one that holds the others. */
static const char *path_of_line(BpProgramPage *self, int line)
{
  const NnPythonLines *best = NULL;
  for (int i = 0; i < self->map.n; i++) {
    const NnPythonLines *lines = &self->map.list[i];
    bool there = lines->first <= line && line <= lines->last;
    if (there && (!best || lines->last - lines->first < best->last - best->first))
      best = lines;
  }
  return best ? best->path : NULL;
}

void bp_program_page_ask(BpProgramPage *self, int line)
{
  const char *path = path_of_line(self, line);
  if (path)
    g_signal_emit(self, signals[ASKED], 0, path);
}

/* ---- marks ---- */

static void get_lines(BpProgramPage *self, const NnPythonLines *lines, GtkTextIter *from,
                      GtkTextIter *to)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER(self->buffer);
  gtk_text_buffer_get_iter_at_line(buffer, from, lines->first - 1);
  gtk_text_buffer_get_iter_at_line(buffer, to, lines->last - 1);
  gtk_text_iter_forward_line(to);
}

/* Brings the first of them to sight, where it is not. */
static void show_line(BpProgramPage *self, const NnPythonLines *lines)
{
  GtkTextIter from, to;
  GdkRectangle there, seen;
  get_lines(self, lines, &from, &to);
  gtk_text_view_get_iter_location(self->view, &from, &there);
  gtk_text_view_get_visible_rect(self->view, &seen);
  if (there.y < seen.y || there.y + there.height > seen.y + seen.height)
    gtk_text_view_scroll_to_iter(self->view, &from, 0, TRUE, 0, 0.3);
}

static void write_marks(BpProgramPage *self)
{
  GtkTextIter from, to;
  const NnPythonLines *first = NULL;
  g_autofree char *path = self->marked ? dup_known_path(self, self->marked) : g_strdup("");
  gtk_text_buffer_get_bounds(GTK_TEXT_BUFFER(self->buffer), &from, &to);
  gtk_text_buffer_remove_tag(GTK_TEXT_BUFFER(self->buffer), self->tag, &from, &to);
  for (int i = 0; path[0] && i < self->map.n; i++) {
    const NnPythonLines *lines = &self->map.list[i];
    if (!g_str_equal(lines->path, path))
      continue;
    get_lines(self, lines, &from, &to);
    gtk_text_buffer_apply_tag(GTK_TEXT_BUFFER(self->buffer), self->tag, &from, &to);
    if (!first || lines->first < first->first)
      first = lines;
  }
  if (first)
    show_line(self, first);
}

void bp_program_page_mark(BpProgramPage *self, const char *path)
{
  if (g_strcmp0(self->marked, path) == 0)
    return;
  g_free(self->marked);
  self->marked = g_strdup(path);
  if (gtk_widget_get_mapped(GTK_WIDGET(self)))
    write_marks(self);
}

/* ---- the program ---- */

static void set_note(BpProgramPage *self, const char *text)
{
  gtk_label_set_label(self->note, text ? text : "");
  gtk_widget_set_visible(GTK_WIDGET(self->note), text != NULL);
  gtk_widget_set_sensitive(GTK_WIDGET(self->view), text == NULL);
}

/* What is the same already keeps its place, and what is selected. */
static void set_text(BpProgramPage *self, const char *text)
{
  g_autofree char *old = bp_program_page_dup_text(self);
  if (!g_str_equal(old, text))
    gtk_text_buffer_set_text(GTK_TEXT_BUFFER(self->buffer), text, -1);
}

static void update(BpProgramPage *self)
{
  NnPythonMap map = {0};
  NnError err = {0};
  char *text = NULL;
  self->outdated = TRUE;
  if (!self->session || !gtk_widget_get_mapped(GTK_WIDGET(self)))
    return;
  self->outdated = FALSE;
  if (!bp_course_write_program(self->session->course, &text, &map, &err)) {
    nn_python_map_clear(&map);
    g_autofree char *note = g_strdup_printf(
        _("This is the program of the recipe before its last changes: %s"), err.text);
    set_note(self, gtk_text_buffer_get_char_count(GTK_TEXT_BUFFER(self->buffer)) ? note : err.text);
    return;
  }
  nn_python_map_clear(&self->map);
  self->map = map;
  set_text(self, text);
  set_note(self, NULL);
  write_marks(self);
  nn_free(text);
}

/* All languages are looked through for one, which a window that never shows the page is spared. */
static void speak_python(GtkSourceBuffer *buffer)
{
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default();
  if (!gtk_source_buffer_get_language(buffer))
    gtk_source_buffer_set_language(buffer,
                                   gtk_source_language_manager_get_language(languages, "python3"));
}

static void on_map(BpProgramPage *self)
{
  speak_python(self->buffer);
  if (self->outdated)
    update(self);
  else
    write_marks(self);
}

void bp_program_page_copy(BpProgramPage *self)
{
  g_autofree char *text = bp_program_page_dup_text(self);
  gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
}

/* ---- the look ---- */

static void follow_style(BpProgramPage *self)
{
  enum { STRENGTH_PERCENT = 18 };
  gboolean dark = adw_style_manager_get_dark(adw_style_manager_get_default());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default();
  GtkSourceStyleScheme *scheme =
      gtk_source_style_scheme_manager_get_scheme(manager, dark ? "Adwaita-dark" : "Adwaita");
  GdkRGBA color;
  if (!bp_style_named(GTK_WIDGET(self), "accent_bg_color", &color))
    color = bp_style_ink(GTK_WIDGET(self));
  color.alpha = STRENGTH_PERCENT / 100.f;
  gtk_source_buffer_set_style_scheme(self->buffer, scheme);
  g_object_set(self->tag, "paragraph-background-rgba", &color, NULL);
}

/* ---- clicks and keys ---- */

static void on_clicked(GtkGestureClick *click, int n_press, double x, double y, gpointer user_data)
{
  BpProgramPage *self = user_data;
  GtkTextIter at;
  int buffer_x, buffer_y;
  if (n_press != 1 || gtk_text_buffer_get_has_selection(GTK_TEXT_BUFFER(self->buffer)))
    return;
  gtk_text_view_window_to_buffer_coords(self->view, GTK_TEXT_WINDOW_WIDGET, (int)x, (int)y,
                                        &buffer_x, &buffer_y);
  gtk_text_view_get_line_at_y(self->view, &at, buffer_y, NULL);
  bp_program_page_ask(self, gtk_text_iter_get_line(&at) + 1);
}

static gboolean on_return(GtkWidget *widget, GVariant *args, gpointer user_data)
{
  BpProgramPage *self = BP_PROGRAM_PAGE(widget);
  GtkTextIter at;
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER(self->buffer);
  gtk_text_buffer_get_iter_at_mark(buffer, &at, gtk_text_buffer_get_insert(buffer));
  if (!gtk_widget_has_focus(GTK_WIDGET(self->view)))
    return FALSE;
  bp_program_page_ask(self, gtk_text_iter_get_line(&at) + 1);
  return TRUE;
}

/* ---- object ---- */

static void bp_program_page_finalize(GObject *object)
{
  BpProgramPage *self = BP_PROGRAM_PAGE(object);
  nn_python_map_clear(&self->map);
  g_free(self->marked);
  g_clear_object(&self->buffer);
  G_OBJECT_CLASS(bp_program_page_parent_class)->finalize(object);
}

static void bp_program_page_class_init(BpProgramPageClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->finalize = bp_program_page_finalize;
  signals[ASKED] = bp_signal_new(BP_TYPE_PROGRAM_PAGE, "asked", 1, G_TYPE_STRING, 0);
  gtk_widget_class_add_binding(widget, GDK_KEY_Return, 0, on_return, NULL);
  gtk_widget_class_add_binding(widget, GDK_KEY_KP_Enter, 0, on_return, NULL);
}

static GtkWidget *new_view(BpProgramPage *self)
{
  GtkWidget *view, *scroller = gtk_scrolled_window_new();
  GtkGesture *click = gtk_gesture_click_new();
  self->buffer = gtk_source_buffer_new(NULL);
  gtk_source_buffer_set_highlight_matching_brackets(self->buffer, FALSE);
  self->tag = gtk_text_buffer_create_tag(GTK_TEXT_BUFFER(self->buffer), NULL, NULL);
  view = gtk_source_view_new_with_buffer(self->buffer);
  self->view = GTK_TEXT_VIEW(view);
  gtk_widget_set_direction(view, GTK_TEXT_DIR_LTR); /* Python is, in every language */
  gtk_text_view_set_editable(self->view, FALSE);
  gtk_text_view_set_monospace(self->view, TRUE);
  gtk_text_view_set_top_margin(self->view, 6);
  gtk_text_view_set_bottom_margin(self->view, 6);
  gtk_text_view_set_left_margin(self->view, 6);
  gtk_text_view_set_accepts_tab(self->view, FALSE);
  gtk_source_view_set_show_line_numbers(GTK_SOURCE_VIEW(view), TRUE);
  bp_accessible_set_name(view, _("PyTorch program"));
  g_signal_connect(click, "released", G_CALLBACK(on_clicked), self);
  gtk_widget_add_controller(view, GTK_EVENT_CONTROLLER(click));
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), view);
  gtk_widget_set_vexpand(scroller, TRUE);
  return scroller;
}

static GtkWidget *new_button(const char *icon, const char *action, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name(icon);
  gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
  gtk_widget_set_tooltip_text(button, tooltip);
  bp_accessible_set_name(button, tooltip);
  gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class(button, "flat");
  return button;
}

static GtkWidget *new_header(void)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new(_("This recipe in PyTorch"));
  gtk_label_set_xalign(GTK_LABEL(title), 0);
  gtk_label_set_ellipsize(GTK_LABEL(title), PANGO_ELLIPSIZE_END);
  bp_accessible_show_cut_text(title);
  gtk_widget_set_hexpand(title, TRUE);
  gtk_widget_add_css_class(title, "heading");
  gtk_widget_add_css_class(box, "program-header");
  gtk_box_append(GTK_BOX(box), title);
  gtk_box_append(GTK_BOX(box),
                 new_button("edit-copy-symbolic", "win.copy-program", _("Copy the program")));
  gtk_box_append(GTK_BOX(box), new_button("document-save-symbolic", "win.save-program",
                                          _("Save as a PyTorch program or notebook")));
  return box;
}

static GtkWidget *new_note(BpProgramPage *self)
{
  GtkWidget *note = gtk_label_new(NULL);
  self->note = GTK_LABEL(note);
  gtk_label_set_wrap(self->note, TRUE);
  gtk_label_set_xalign(self->note, 0);
  gtk_widget_set_visible(note, FALSE);
  gtk_widget_add_css_class(note, "caption");
  gtk_widget_add_css_class(note, "dim-label");
  gtk_widget_add_css_class(note, "program-note");
  return note;
}

static void bp_program_page_init(BpProgramPage *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append(GTK_BOX(box), new_header());
  gtk_box_append(GTK_BOX(box), new_note(self));
  gtk_box_append(GTK_BOX(box), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append(GTK_BOX(box), new_view(self));
  adw_bin_set_child(ADW_BIN(self), box);
  gtk_widget_add_css_class(GTK_WIDGET(self), "card");
  gtk_widget_add_css_class(GTK_WIDGET(self), "program");
  gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN); /* round corners */
  self->outdated = TRUE;
  g_signal_connect(self, "map", G_CALLBACK(on_map), NULL);
  g_signal_connect_object(adw_style_manager_get_default(), "notify::dark", G_CALLBACK(follow_style),
                          self, G_CONNECT_SWAPPED);
  g_signal_connect(self, "realize", G_CALLBACK(follow_style), NULL);
}

void bp_program_page_set_session(BpProgramPage *self, BpSession *session)
{
  self->session = session;
  g_signal_connect_object(session->course, "recipe-changed", G_CALLBACK(update), self,
                          G_CONNECT_SWAPPED);
  update(self);
}

/* ---- for tests ---- */

char *bp_program_page_dup_text(BpProgramPage *self)
{
  GtkTextIter from, to;
  gtk_text_buffer_get_bounds(GTK_TEXT_BUFFER(self->buffer), &from, &to);
  return gtk_text_buffer_get_text(GTK_TEXT_BUFFER(self->buffer), &from, &to, FALSE);
}

char *bp_program_page_dup_marked(BpProgramPage *self)
{
  GString *text = g_string_new(NULL);
  GtkTextIter at;
  gtk_text_buffer_get_start_iter(GTK_TEXT_BUFFER(self->buffer), &at);
  do
    if (gtk_text_iter_has_tag(&at, self->tag))
      g_string_append_printf(text, "%s%d", text->len ? " " : "", gtk_text_iter_get_line(&at) + 1);
  while (gtk_text_iter_forward_line(&at));
  return g_string_free(text, FALSE);
}

const char *bp_program_page_get_note(BpProgramPage *self)
{
  return gtk_label_get_label(self->note);
}
