/* help-markup.c: see help-markup.h. */
#include "help-markup.h"
#include "ui/accessible.h"

/* ---- inside a line ---- */

typedef struct {
  const char *mark, *open, *close;
} Span;

/* The longer mark first: ** is no two of *. */
static const Span spans[] = {
    {"**", "<b>", "</b>"}, {"*", "<i>", "</i>"}, {"`", "<tt>", "</tt>"}, {NULL, NULL, NULL}};

static void add_escaped(GString *out, const char *text, gssize n)
{
  g_autofree char *escaped = g_markup_escape_text(text, n);
  g_string_append(out, escaped);
}

static const Span *span_at(const char *at)
{
  for (const Span *span = spans; span->mark; span++)
    if (g_str_has_prefix(at, span->mark))
      return span;
  return NULL;
}

/* A mark without its second half stands for itself. Returns where to go on. */
static const char *add_span(GString *out, const Span *span, const char *at)
{
  gsize n = strlen(span->mark);
  const char *end = strstr(at + n, span->mark);
  if (!end || end == at + n || g_ascii_isspace(at[n])) {
    add_escaped(out, at, (gssize)n);
    return at + n;
  }
  g_string_append(out, span->open);
  add_escaped(out, at + n, end - at - (gssize)n);
  g_string_append(out, span->close);
  return end + n;
}

static const char *add_link(GString *out, const char *at)
{
  const char *middle = strstr(at, "]("), *end = middle ? strchr(middle, ')') : NULL;
  if (!end) {
    add_escaped(out, at, 1);
    return at + 1;
  }
  g_string_append(out, "<a href=\"");
  add_escaped(out, middle + 2, end - middle - 2);
  g_string_append(out, "\">");
  add_escaped(out, at + 1, middle - at - 1);
  g_string_append(out, "</a>");
  return end + 1;
}

char *bp_help_markup(const char *text)
{
  GString *out = g_string_new(NULL);
  while (*text) {
    gsize plain = strcspn(text, "*`[");
    add_escaped(out, text, (gssize)plain);
    text += plain;
    if (*text == '[')
      text = add_link(out, text);
    else if (*text)
      text = add_span(out, span_at(text), text);
  }
  return g_string_free(out, FALSE);
}

/* ---- blocks ---- */

typedef struct {
  GtkBox *box;
  GCallback on_link;
  gpointer user_data;
  GString *text;  /* of the block that is being read */
  char *bullet;   /* what stands before it; NULL: nothing */
  gboolean fence; /* inside of ``` */
} Writer;

static GtkWidget *new_label(Writer *self, const char *markup)
{
  GtkWidget *label = gtk_label_new(NULL);
  gtk_label_set_markup(GTK_LABEL(label), markup);
  gtk_label_set_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_hexpand(label, TRUE);
  if (self->on_link)
    g_signal_connect(label, "activate-link", self->on_link, self->user_data);
  return label;
}

static GtkWidget *with_bullet(const char *bullet, GtkWidget *label)
{
  GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 9), *sign = gtk_label_new(bullet);
  gtk_widget_set_valign(sign, GTK_ALIGN_START);
  gtk_widget_add_css_class(sign, "dim-label");
  gtk_widget_set_margin_start(row, 6);
  gtk_box_append(GTK_BOX(row), sign);
  gtk_box_append(GTK_BOX(row), label);
  return row;
}

static void add_heading(Writer *self, const char *text, const char *css_class)
{
  g_autofree char *markup = bp_help_markup(text);
  GtkWidget *label = new_label(self, markup);
  GtkWidget *first = gtk_widget_get_first_child(GTK_WIDGET(self->box));
  gtk_widget_add_css_class(label, css_class);
  if (first)
    gtk_widget_set_margin_top(label, 12);
  gtk_box_append(self->box, label);
}

static void add_code(Writer *self)
{
  g_autofree char *markup = g_markup_printf_escaped("<tt>%s</tt>", self->text->str);
  GtkWidget *label = new_label(self, markup);
  gtk_label_set_selectable(GTK_LABEL(label), TRUE);
  bp_accessible_set_name(label, self->text->str);
  gtk_widget_add_css_class(label, "help-code");
  gtk_box_append(self->box, label);
}

/* Ends the paragraph, item or code that is being read. */
static void end_block(Writer *self)
{
  if (self->text->len > 0 && self->fence) {
    add_code(self);
  } else if (self->text->len > 0) {
    g_autofree char *markup = bp_help_markup(self->text->str);
    GtkWidget *label = new_label(self, markup);
    gtk_box_append(self->box, self->bullet ? with_bullet(self->bullet, label) : label);
  }
  g_string_truncate(self->text, 0);
  g_clear_pointer(&self->bullet, g_free);
}

/* "- " and "12. " begin an item; returns its text, NULL otherwise. */
static const char *item_text(const char *line, char **bullet)
{
  gsize digits = strspn(line, "0123456789");
  if (g_str_has_prefix(line, "- ")) {
    *bullet = g_strdup("•");
    return line + 2;
  }
  if (digits == 0 || !g_str_has_prefix(line + digits, ". "))
    return NULL;
  *bullet = g_strndup(line, digits + 1);
  return line + digits + 2;
}

static void add_text(Writer *self, const char *text, const char *between)
{
  if (self->text->len > 0)
    g_string_append(self->text, between);
  g_string_append(self->text, text);
}

static void add_line(Writer *self, const char *line)
{
  char *bullet = NULL;
  const char *item = self->fence ? NULL : item_text(line, &bullet);
  if (g_str_has_prefix(line, "```")) {
    end_block(self);
    self->fence = !self->fence;
  } else if (self->fence) {
    add_text(self, line, "\n");
  } else if (line[0] == '#') {
    end_block(self);
    gboolean title = line[1] == ' ';
    add_heading(self, line + (title ? 2 : 3), title ? "title-1" : "title-4");
  } else if (item) {
    end_block(self);
    self->bullet = bullet;
    add_text(self, item, " ");
  } else if (!line[0]) {
    end_block(self);
  } else {
    add_text(self, line + strspn(line, " "), " ");
  }
}

char *bp_help_title(const char *page)
{
  if (!g_str_has_prefix(page, "# "))
    return NULL;
  return g_strndup(page + 2, strcspn(page + 2, "\n"));
}

GtkWidget *bp_help_page_new(const char *page, GCallback on_link, gpointer user_data)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 9);
  Writer writer = {
      .box = GTK_BOX(box), .on_link = on_link, .user_data = user_data, .text = g_string_new(NULL)};
  g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
  for (char **line = lines; *line; line++)
    add_line(&writer, *line);
  end_block(&writer);
  g_string_free(writer.text, TRUE);
  return box;
}
