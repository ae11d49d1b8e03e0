/* window-notices.c: what the window says, in passing or for an answer. */
#include "ui/compat.h"
#include "ui/i18n.h"
#include "window-private.h"

enum { TOAST_SECONDS = 3 };

/* A toast's own title is one line, and is cut: this one has as many as it takes. */
static GtkWidget *toast_title(const char *text)
{
  GtkWidget *title = gtk_label_new(text);
  gtk_label_set_wrap(GTK_LABEL(title), TRUE);
  gtk_label_set_wrap_mode(GTK_LABEL(title), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign(GTK_LABEL(title), 0);
  gtk_label_set_max_width_chars(GTK_LABEL(title), 90);
  gtk_widget_add_css_class(title, "heading");
  return title;
}

/* What is long is shown for longer. */
void bp_window_tell(BpWindow *self, const char *text)
{
  enum { CHARS_A_SECOND = 20 };
  glong n = g_utf8_strlen(text, -1);
  g_autofree char *escaped = g_markup_escape_text(text, -1);
  AdwToast *toast = adw_toast_new(escaped);
  adw_toast_set_custom_title(toast, toast_title(text));
  adw_toast_set_timeout(toast, (guint)MAX(TOAST_SECONDS, n / CHARS_A_SECOND));
  adw_toast_overlay_add_toast(self->toasts, toast);
}

void bp_window_tell_failure(BpWindow *self, const char *heading, const char *text)
{
  bp_ask(GTK_WINDOW(self), heading, text, (BpAnswer[]){{"close", _("_Close")}, {NULL}}, NULL, NULL);
}

/* ---- undoing a deletion ---- */

static void undelete(AdwToast *toast, BpWindow *self)
{
  bp_runs_undelete(self->session->runs, g_object_get_data(G_OBJECT(toast), "run"));
}

void bp_window_offer_undelete(BpWindow *self, BpRun *run)
{
  g_autofree char *text = g_strdup_printf(_("Run %u was deleted"), run->number);
  AdwToast *toast = adw_toast_new(text);
  adw_toast_set_button_label(toast, _("_Undo"));
  adw_toast_set_priority(toast, ADW_TOAST_PRIORITY_HIGH); /* at once, whatever is being said */
  g_object_set_data_full(G_OBJECT(toast), "run", g_object_ref(run), g_object_unref);
  g_signal_connect_object(toast, "button-clicked", G_CALLBACK(undelete), self, 0);
  adw_toast_overlay_add_toast(self->toasts, toast);
}
