/* window-private.h: what the files window*.c share; window.c calls the others. */
#pragma once
#include "banner.h"
#include "footer.h"
#include "app/session/preferences.h"
#include "recipe-column.h"
#include "app/pages/results.h"
#include "sidebar.h"
#include "ui/compat.h"
#include "window.h"

#define BP_RECIPE_ENDING "backprop"

/* Opens or saves a file. */
typedef void (*BpWindowFile)(BpWindow *self, const char *path);

struct _BpWindow {
  AdwApplicationWindow parent_instance;
  BpSession *session;     /* owned */
  GSettings *preferences; /* borrowed from what follows them; NULL: none */
  guint tick;             /* callback that drains the session while a run is active */
  guint relayout;         /* callback that takes up a new width */
  int width;
  gboolean narrow, brief; /* as the widgets know it */
  gboolean closing;
  gboolean dismissed; /* what the alert says of the run that is shown */
  gboolean asking;    /* whether to stop the run and close */
  guint inhibit;      /* keeps the desktop from ending in the midst of a run; 0: does not */
  char *to_open;      /* recipe that is opened once the one at hand is saved, or NULL */
  char *to_replace;   /* a file that is replaced, by `replace`, if the answer is yes; or NULL */
  BpWindowFile replace;
  void (*when_saved)(BpWindow *self); /* a recipe; or NULL */
  guint run_to_save;                  /* number of the run whose weights are to be saved */
  gboolean log_loss; /* property, and action win.log-loss: the loss on a logarithmic axis */

  AdwToastOverlay *toasts;
  GtkWidget *drop_area; /* over the content, while something is held above it */
  AdwWindowTitle *title;
  GtkToggleButton *sidebar_button, *recipe_button;
  GtkWidget *train_button, *stop_button, *step_button, *device;
  AdwButtonContent *train_content;
  BpBanner *banner; /* above the content, which makes way: about the data */
  BpBanner *alert;  /* over its lower end, so that nothing moves when a run breaks off */
  AdwFlap *outer, *inner;
  BpSidebar *sidebar;
  BpRecipeColumn *recipe;
  BpResults *results;
  BpFooter *footer;
};

/* Let the person choose a file or folder, then open it (window-files.c), */
void bp_window_choose_recipe(BpWindow *self);
void bp_window_choose_weights(BpWindow *self);
void bp_window_choose_data(BpWindow *self);
/* or save to it (window-save.c). */
void bp_window_save_recipe(BpWindow *self, void (*when_saved)(BpWindow *self)); /* or NULL */
void bp_window_choose_program(BpWindow *self);
void bp_window_choose_save_weights(BpWindow *self, BpRun *run);
/* Of both (window-choose.c). Dialogs begin where the last one ended,
 * unless the request names a folder. */
void bp_window_choose_file(BpWindow *self, BpFileRequest request, BpWindowFile function);
void bp_window_remember_folder(BpWindow *self, const char *path);
GtkFileFilter *bp_window_new_recipe_filter(void); /* (transfer full) */
/* Opens what is dropped on the window (window-drop.c). */
void bp_window_take_drops(BpWindow *self);
/* Installs the actions and their keys. */
void bp_window_actions_install(GtkWidgetClass *klass);
/* Says that the run was deleted, and offers to bring it back (window-notices.c). */
void bp_window_offer_undelete(BpWindow *self, BpRun *run);
/* What banner and alert say now (window-banners.c). */
void bp_window_update_banner(BpWindow *self);
void bp_window_update_alert(BpWindow *self);
/* Takes the alert away, until a run is chosen. */
void bp_window_dismiss(BpWindow *self);
/* What can be done now: sensitivity, labels, tooltips. */
void bp_window_actions_update(BpWindow *self);
