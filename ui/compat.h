/* compat.h: the differences between GTK 4.8 with libadwaita 1.2 and the newest versions, in one
 * place.
 *
 * Nowhere else is a call that a newer version deprecates, so that the tree builds without a warning
 * on both ends. ./dev newest tries the new end. Thread of everything here: UI thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

/* ---- files ---- */

typedef enum { BP_FILE_OPEN, BP_FILE_SAVE, BP_FILE_FOLDER } BpFilePurpose;

typedef struct {
  BpFilePurpose purpose;
  const char *title;
  const char *name;      /* what a file that is saved is called at first; or NULL */
  GtkFileFilter *filter; /* the files that are shown, borrowed; or NULL for all */
  const char *folder;    /* where it begins; NULL or "": wherever GTK has it */
} BpFileRequest;

/* Called once, and only when a file or folder was chosen; both are borrowed. */
typedef void (*BpFileChosen)(GtkWindow *parent, GFile *file, gpointer user_data);

/* Lets the person choose: GtkFileDialog from GTK 4.10, GtkFileChooserNative before. Both go through
 * the portal in a sandbox. Nothing is called when the person turns away or the parent goes first.
 */
void bp_file_choose(GtkWindow *parent, const BpFileRequest *request, BpFileChosen chosen,
                    gpointer user_data);

/* ---- questions ---- */

typedef struct {
  const char *id, *label; /* the label with its mnemonic: "_Close" */
  AdwResponseAppearance look;
} BpAnswer;

typedef void (*BpAnswered)(GtkWindow *parent, const char *id, gpointer user_data);

/* Shows a heading, a text and a button for each answer; the list ends with an id of NULL. Escape
 * gives the first answer, Enter the last that destroys nothing. AdwAlertDialog from libadwaita 1.5,
 * AdwMessageDialog before. `answered` may be NULL; it is not called once the parent is gone. */
void bp_ask(GtkWindow *parent, const char *heading, const char *text, const BpAnswer *answers,
            BpAnswered answered, gpointer user_data);

/* ---- colors ---- */

/* The text color that the style gives a widget: what drawing in its own color uses. */
GdkRGBA bp_style_ink(GtkWidget *widget);
/* A color of the style sheet by its name; FALSE if it has none of that name. */
gboolean bp_style_named(GtkWidget *widget, const char *name, GdkRGBA *color);

/* ---- small things ---- */

/* Shows a page of preferences: AdwPreferencesDialog from libadwaita 1.5, AdwPreferencesWindow
 * before. Takes the page. Returns what is shown, borrowed. */
GtkWidget *bp_show_preferences(GtkWindow *parent, AdwPreferencesPage *page);

/* An AdwAboutDialog (from libadwaita 1.5) or AdwAboutWindow (before), for the properties that both
 * have. Then what only functions can add: a heading with people ("Name https://…"), and a library
 * with its license. Then it is shown. */
GtkWidget *bp_about_new(const char *first_property, ...) G_GNUC_NULL_TERMINATED;
void bp_about_acknowledge(GtkWidget *about, const char *heading, const char **people);
void bp_about_add_library(GtkWidget *about, const char *title, const char *copyright,
                          GtkLicense license, const char *text);
void bp_about_present(GtkWidget *about, GtkWindow *parent);

/* Whether an AdwFlap lies over its content. Its functions are deprecated from 1.4, the class is in
 * all of 1.x; what came after it does not fold by its own width. */
gboolean bp_flap_is_folded(GtkWidget *flap);

G_END_DECLS
