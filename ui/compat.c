/* compat.c: see compat.h. */
#include "compat.h"

/* ---- files ---- */

typedef struct {
  GtkWindow *parent; /* NULL once it is gone */
  BpFileChosen chosen;
  gpointer user_data;
} FileWait;

static FileWait *file_wait_new(GtkWindow *parent, BpFileChosen chosen, gpointer user_data)
{
  FileWait *wait = g_new(FileWait, 1);
  *wait = (FileWait){.chosen = chosen, .user_data = user_data};
  g_set_weak_pointer(&wait->parent, parent);
  return wait;
}

/* Takes both. */
static void file_wait_end(FileWait *wait, GFile *file)
{
  if (wait->parent && file)
    wait->chosen(wait->parent, file, wait->user_data);
  g_clear_object(&file);
  g_clear_weak_pointer(&wait->parent);
  g_free(wait);
}

#if GTK_CHECK_VERSION(4, 10, 0)
typedef GFile *(*FileFinish)(GtkFileDialog *, GAsyncResult *, GError **);

static void on_file(GObject *dialog, GAsyncResult *result, gpointer user_data)
{
  static const FileFinish finish[] = {[BP_FILE_OPEN] = gtk_file_dialog_open_finish,
                                      [BP_FILE_SAVE] = gtk_file_dialog_save_finish,
                                      [BP_FILE_FOLDER] = gtk_file_dialog_select_folder_finish};
  BpFilePurpose purpose = GPOINTER_TO_INT(g_object_get_data(dialog, "bp-purpose"));
  g_autoptr(GError) error = NULL;
  GFile *file = finish[purpose](GTK_FILE_DIALOG(dialog), result, &error);
  if (error && error->domain != GTK_DIALOG_ERROR)
    g_message("No file could be chosen: %s", error->message);
  file_wait_end(user_data, file);
}

void bp_file_choose(GtkWindow *parent, const BpFileRequest *request, BpFileChosen chosen,
                    gpointer user_data)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new();
  FileWait *wait = file_wait_new(parent, chosen, user_data);
  gtk_file_dialog_set_title(dialog, request->title);
  gtk_file_dialog_set_initial_name(dialog, request->name);
  gtk_file_dialog_set_default_filter(dialog, request->filter);
  if (request->folder && request->folder[0]) {
    g_autoptr(GFile) folder = g_file_new_for_path(request->folder);
    gtk_file_dialog_set_initial_folder(dialog, folder);
  }
  g_object_set_data(G_OBJECT(dialog), "bp-purpose", GINT_TO_POINTER(request->purpose));
  if (request->purpose == BP_FILE_OPEN)
    gtk_file_dialog_open(dialog, parent, NULL, on_file, wait);
  else if (request->purpose == BP_FILE_SAVE)
    gtk_file_dialog_save(dialog, parent, NULL, on_file, wait);
  else
    gtk_file_dialog_select_folder(dialog, parent, NULL, on_file, wait);
}
#else
static void on_file(GtkNativeDialog *dialog, int response, gpointer user_data)
{
  gboolean accepted = response == GTK_RESPONSE_ACCEPT;
  file_wait_end(user_data, accepted ? gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog)) : NULL);
  g_object_unref(dialog);
}

void bp_file_choose(GtkWindow *parent, const BpFileRequest *request, BpFileChosen chosen,
                    gpointer user_data)
{
  static const GtkFileChooserAction actions[] = {[BP_FILE_OPEN] = GTK_FILE_CHOOSER_ACTION_OPEN,
                                                 [BP_FILE_SAVE] = GTK_FILE_CHOOSER_ACTION_SAVE,
                                                 [BP_FILE_FOLDER] =
                                                     GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER};
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new(request->title, parent, actions[request->purpose], NULL, NULL);
  if (request->name)
    gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), request->name);
  if (request->folder && request->folder[0]) {
    g_autoptr(GFile) folder = g_file_new_for_path(request->folder);
    gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(dialog), folder, NULL);
  }
  if (request->filter)
    gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(dialog), request->filter);
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
  g_signal_connect(dialog, "response", G_CALLBACK(on_file),
                   file_wait_new(parent, chosen, user_data));
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}
#endif

/* ---- questions ---- */

typedef struct {
  GtkWindow *parent; /* NULL once it is gone */
  BpAnswered answered;
  gpointer user_data;
} Question;

static void question_free(gpointer data, GClosure *closure)
{
  Question *question = data;
  g_clear_weak_pointer(&question->parent);
  g_free(question);
}

static void on_answer(gpointer dialog, const char *id, gpointer user_data)
{
  Question *question = user_data;
  if (question->answered && question->parent)
    question->answered(question->parent, id, question->user_data);
}

#if ADW_CHECK_VERSION(1, 5, 0)
#define DIALOG(dialog)                    ADW_ALERT_DIALOG(dialog)
#define dialog_new(parent, heading, text) ((void)(parent), adw_alert_dialog_new(heading, text))
#define dialog_add                        adw_alert_dialog_add_response
#define dialog_look                       adw_alert_dialog_set_response_appearance
#define dialog_on_escape                  adw_alert_dialog_set_close_response
#define dialog_on_enter                   adw_alert_dialog_set_default_response
#define dialog_show(dialog, parent)       adw_dialog_present(ADW_DIALOG(dialog), GTK_WIDGET(parent))
#else
#define DIALOG(dialog)                    ADW_MESSAGE_DIALOG(dialog)
#define dialog_new(parent, heading, text) adw_message_dialog_new(parent, heading, text)
#define dialog_add                        adw_message_dialog_add_response
#define dialog_look                       adw_message_dialog_set_response_appearance
#define dialog_on_escape                  adw_message_dialog_set_close_response
#define dialog_on_enter                   adw_message_dialog_set_default_response
#define dialog_show(dialog, parent)       gtk_window_present(GTK_WINDOW(dialog))
#endif

void bp_ask(GtkWindow *parent, const char *heading, const char *text, const BpAnswer *answers,
            BpAnswered answered, gpointer user_data)
{
  gpointer dialog = dialog_new(parent, heading, text);
  Question *question = g_new(Question, 1);
  *question = (Question){.answered = answered, .user_data = user_data};
  g_set_weak_pointer(&question->parent, parent);
  dialog_on_escape(DIALOG(dialog), answers->id);
  for (const BpAnswer *answer = answers; answer->id; answer++) {
    dialog_add(DIALOG(dialog), answer->id, answer->label);
    dialog_look(DIALOG(dialog), answer->id, answer->look);
    if (answer->look != ADW_RESPONSE_DESTRUCTIVE)
      dialog_on_enter(DIALOG(dialog), answer->id);
  }
  g_signal_connect_data(dialog, "response", G_CALLBACK(on_answer), question, question_free, 0);
  dialog_show(dialog, parent);
}

/* ---- colors ---- */

/* GTK 4.10 moved this to the widget and deprecated the style context. */
GdkRGBA bp_style_ink(GtkWidget *widget)
{
  GdkRGBA ink;
#if GTK_CHECK_VERSION(4, 10, 0)
  gtk_widget_get_color(widget, &ink);
#else
  gtk_style_context_get_color(gtk_widget_get_style_context(widget), &ink);
#endif
  return ink;
}

/* Deprecated from 4.10 as well, but nothing has come in its place. */
gboolean bp_style_named(GtkWidget *widget, const char *name, GdkRGBA *color)
{
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  return gtk_style_context_lookup_color(gtk_widget_get_style_context(widget), name, color);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

/* ---- small things ---- */

GtkWidget *bp_show_preferences(GtkWindow *parent, AdwPreferencesPage *page)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_preferences_dialog_new();
  adw_dialog_set_content_height(dialog, 660);
  adw_preferences_dialog_add(ADW_PREFERENCES_DIALOG(dialog), page);
  adw_dialog_present(dialog, GTK_WIDGET(parent));
  return GTK_WIDGET(dialog);
#else
  GtkWidget *window = g_object_new(ADW_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "modal",
                                   TRUE, "search-enabled", FALSE, "default-height", 660, NULL);
  adw_preferences_window_add(ADW_PREFERENCES_WINDOW(window), page);
  gtk_window_present(GTK_WINDOW(window));
  return window;
#endif
}

#if ADW_CHECK_VERSION(1, 5, 0)
#define ABOUT_TYPE        ADW_TYPE_ABOUT_DIALOG
#define ABOUT(about)      ADW_ABOUT_DIALOG(about)
#define about_acknowledge adw_about_dialog_add_acknowledgement_section
#define about_add_legal   adw_about_dialog_add_legal_section
#else
#define ABOUT_TYPE        ADW_TYPE_ABOUT_WINDOW
#define ABOUT(about)      ADW_ABOUT_WINDOW(about)
#define about_acknowledge adw_about_window_add_acknowledgement_section
#define about_add_legal   adw_about_window_add_legal_section
#endif

GtkWidget *bp_about_new(const char *first_property, ...)
{
  va_list properties;
  va_start(properties, first_property);
  GObject *about = g_object_new_valist(ABOUT_TYPE, first_property, properties);
  va_end(properties);
  return GTK_WIDGET(about);
}

void bp_about_acknowledge(GtkWidget *about, const char *heading, const char **people)
{
  about_acknowledge(ABOUT(about), heading, people);
}

void bp_about_add_library(GtkWidget *about, const char *title, const char *copyright,
                          GtkLicense license, const char *text)
{
  about_add_legal(ABOUT(about), title, copyright, license, text);
}

void bp_about_present(GtkWidget *about, GtkWindow *parent)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present(ADW_DIALOG(about), GTK_WIDGET(parent));
#else
  gtk_window_set_transient_for(GTK_WINDOW(about), parent);
  gtk_window_set_modal(GTK_WINDOW(about), TRUE);
  gtk_window_present(GTK_WINDOW(about));
#endif
}

gboolean bp_flap_is_folded(GtkWidget *flap)
{
  gboolean folded;
  g_object_get(flap, "folded", &folded, NULL);
  return folded;
}
