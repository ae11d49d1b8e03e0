/* session-private.h: what the files session*.c share. */
#pragma once
#include "app/datasets/fetch.h"
#include "job.h"
#include "app/datasets/open-data.h"
#include "session.h"

/* What the session remembers of one exercise. */
typedef struct {
  NnConfig *recipe; /* the student's own; NULL until it is first chosen */
  NnConfig *clean;  /* as it was last opened or saved; NULL: never */
  GPtrArray *runs;  /* all of them, newest first: their outcome counts when they are off the list */
  bool done;
  int n_classes; /* that its network fitted last; 0: it never did */
} BpLessonState;

struct _BpSession {
  GObject parent_instance;

  BpLessonState lessons[BP_N_LESSONS];
  int exercise;
  BpRecipeCheck check;
  char *refusal; /* of a text that stands in a row, or NULL */

  BpData *data; /* NULL until the first has come */
  /* What was opened, interned; each recipe takes from it what it asks for. */
  const char *data_dir;        /* of IDX files, or "practice"; NULL: none, search */
  const NnKind *data_dir_kind; /* what was found there */
  const char *picture_dir;     /* of pictures; NULL: none */
  BpDataWish loaded;           /* what the data at hand were asked for as */
  BpDataWish tried;            /* what was asked for last, loaded or not */
  bool loaded_any;
  guint loading;       /* loads under way */
  GString *telling;    /* what is gathered to be told at once, or NULL */
  struct BpLoad *load; /* the one that is waited for, which its task owns; NULL: none */

  BpFetch *fetch; /* while one is under way */
  guint fetch_timeout;
  char *mirror; /* instead of the catalog's, or NULL */

  BpDevice devices[5];
  char *device_titles[5];
  char *last_choice; /* the device that was told of last for "auto", or NULL */
  int n_devices, device;
  int auto_threads; /* as asked for with "auto"; −1: a device was named */

  BpState state;
  BpJob *job; /* lives on after the end until its last evaluation has come */
  BpRun *run; /* of the job, or NULL */
  guint epochs_seen;
  GListStore *runs;
  guint n_runs;
  guint64 memory_limit; /* bytes for the curves of all runs; 0: any number */
  BpRun *shown;         /* what all panels show, or NULL */
  BpRange range;        /* the test pictures that are looked at */
  guint timeout;        /* while there is a job */
  BpStatus status;
  gint64 mark_time; /* since when the rate is measured; 0: not yet */
  guint64 mark_step;
};

enum {
  BP_SESSION_STATE,
  BP_SESSION_RECIPE,
  BP_SESSION_DATA,
  BP_SESSION_PROGRESS,
  BP_SESSION_EVALUATED,
  BP_SESSION_WATCHED,
  BP_SESSION_SHOWN,
  BP_SESSION_RUN_STARTED,
  BP_SESSION_RUN_ENDED,
  BP_SESSION_FETCH,
  BP_SESSION_TOLD,
  BP_SESSION_FAILED,
  BP_SESSION_QUIET,
  BP_SESSION_DEVICES,
  BP_SESSION_N_SIGNALS
};
extern guint bp_session_signals[BP_SESSION_N_SIGNALS];

void bp_session_emit(BpSession *self, int signal);
/* What did not work, as a heading, and why. */
void bp_session_emit_failed(BpSession *self, const char *what, const char *text);
void bp_session_tell(BpSession *self, const char *text);
void bp_session_emit_if_quiet(BpSession *self);
/* Looks at recipe and exercises again. */
void bp_session_check_recipe(BpSession *self);
void bp_session_check_exercise(BpSession *self);
/* As bp_session_take_recipe(), for one that follows the data rather than a person's wish. */
void bp_session_take_followed(BpSession *self, NnConfig *recipe);
/* The recipe of an exercise, which begins with its start; NULL and `err`: no memory. */
NnConfig *bp_session_lesson_recipe(BpSession *self, int index, NnError *err);
/* See bp_session_is_recipe_unsaved(), for any exercise; and what was opened or saved is this. */
bool bp_session_is_lesson_unsaved(BpSession *self, int index);
void bp_session_remember_clean(BpSession *self, int index);
/* Turns a network that fitted the last data to the classes of these, where these are what its
 * recipe asks for; says so. */
void bp_session_follow_classes(BpSession *self);
/* Loads what recipe and directory ask for, if that is not there already. */
void bp_session_want_data(BpSession *self);
/* The data at hand are what the recipe asks for, or stand in for it. */
bool bp_session_has_wanted_data(BpSession *self);
/* Lets the oldest runs go when all take more memory than they may. */
void bp_session_keep_memory(BpSession *self);
void bp_session_drop_job(BpSession *self);
/* Other data are at hand: shows them, unless a run goes on. */
void bp_session_show_data(BpSession *self);
/* Gives the evaluation, of all or of what is watched, to the run that is being trained. */
void bp_session_take_evaluation(BpSession *self, BpEvaluation *evaluation);
void bp_session_take_watched(BpSession *self, BpEvaluation *evaluation);
