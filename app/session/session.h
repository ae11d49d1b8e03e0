/* session.h: what the window is about: the recipe at hand, the data, the run that is being
 * trained, the runs before it. It owns the training thread; nothing here waits for that thread,
 * but the last unref, which stops and joins it.
 *
 * Thread: the window's. Signals:
 *   "state-changed" ():    state, device or what can be done next.
 *   "recipe-changed" (bool elsewhere): the recipe or its check; `elsewhere` when widgets must read
 *       it again (another recipe), not when a widget itself reported the edit.
 *   "data-changed" ():     another data set is there, or loading began or ended.
 *   "progress" ():         new records in the curves of the active run; once per frame.
 *   "evaluated" ():        bp_session_get_evaluation() gives another one.
 *   "watched" ():          bp_session_get_watched() gives another one, and it alone.
 *   "shown-changed" ():    another run is shown, or none.
 *   "run-started" (BpRun), "run-ended" (BpRun)
 *   "fetch-changed" ():    a data set is being fetched, and more of it has come; or that has ended.
 *   "told" (string):       one sentence worth a passing notice.
 *   "failed" (string, string): why something asked for did not work, one sentence for a person; a
 *                          heading that says what it was.
 *   "devices-changed" ():  there are other devices to choose from.
 *   "quiet" ():            no thread of the session runs any more; see bp_session_is_quiet(). */
#pragma once
#include <gio/gio.h>
#include "engine/recipe/config.h"
#include "engine/tensor.h"
#include "evaluation.h"
#include "app/exercises/exercise.h"
#include "app/datasets/fetch.h"
#include "run.h"
#include "shared-data.h"

G_BEGIN_DECLS

typedef enum {
  BP_STATE_IDLE,     /* nothing is being trained (the data may still be loading) */
  BP_STATE_STARTING, /* the model is being built */
  BP_STATE_TRAINING,
  BP_STATE_PAUSED,
  BP_STATE_STOPPING /* asked to stop; the last evaluation is being made */
} BpState;

/* Whether the recipe can be trained, and the shapes of its network. */
typedef struct {
  bool ok;
  char where[NN_PATH];    /* dotted key of what cannot be */
  char text[NN_SENTENCE]; /* one sentence; empty when ok */
  int bad_layer;          /* index of the layer that cannot be, −1: none */
  bool can_mend;          /* bp_session_mend_network() would make it fit the classes */
  int n_outs;             /* entries of outs that are known */
  NnShape *outs;          /* owned by the session */
  NnShape in;
  gsize n_params; /* 0 when unknown */
} BpRecipeCheck;

/* For the footer. */
typedef struct {
  guint64 step, n_steps;
  guint epoch, n_epochs; /* epoch from 1 */
  double loss;           /* moving average of the batches; NAN: none yet */
  double lr;             /* NAN: none yet */
  double rate;           /* iterations per second; NAN: not known yet */
  double seconds_left;   /* NAN: not known yet */
} BpStatus;

typedef struct {
  const char *title; /* "CPU · 2 threads" */
  const char *name;  /* for nn_backend_open(), or "auto": found out for each run */
  int n_threads;
} BpDevice;

#define BP_TYPE_SESSION (bp_session_get_type())
G_DECLARE_FINAL_TYPE(BpSession, bp_session, BP, SESSION, GObject)

/* Registers the kinds and takes up the first exercise. NULL and `error`: no memory, or a broken
 * start recipe. */
BpSession *bp_session_new(GError **error);

/* ---- recipe ---- */
/* Borrowed; widgets edit it in place and then call bp_session_recipe_edited(). It is another
 * object after "recipe-changed" with elsewhere = true. */
NnConfig *bp_session_get_recipe(BpSession *self);
void bp_session_recipe_edited(BpSession *self);
const BpRecipeCheck *bp_session_get_check(BpSession *self);
/* Widgets show a text that is no value of the recipe, and this is why: nothing is trained until
 * then. NULL: none does. Copied. */
void bp_session_set_refusal(BpSession *self, const char *text);
/* Makes the network give one value for each class, where that is all that it lacks. */
void bp_session_mend_network(BpSession *self);
/* On false the recipe stays as it was. */
gboolean bp_session_open_recipe(BpSession *self, const char *path, GError **error);
gboolean bp_session_save_recipe(BpSession *self, const char *path, GError **error);
/* Back to the exercise's start. */
void bp_session_reset_recipe(BpSession *self);
/* Another recipe in its place, which the session takes; as if a file had been opened. */
void bp_session_take_recipe(BpSession *self, NnConfig *recipe);
/* It is neither the exercise's start nor what was last opened or saved: opening another would lose
 * work. */
gboolean bp_session_is_recipe_unsaved(BpSession *self);

/* ---- exercises ---- */
void bp_session_set_exercise(BpSession *self, int index); /* 0 … BP_LAB; each keeps its recipe */
int bp_session_get_exercise(BpSession *self);
BpLesson bp_session_get_lesson(BpSession *self); /* of the exercise at hand; borrowed */
gboolean bp_session_is_exercise_done(BpSession *self, int index);
/* What the student has made of it; borrowed. NULL: it is still the start, or was never opened. */
const NnConfig *bp_session_get_edited_recipe(BpSession *self, int index);
/* As another session left it: `recipe` (taken) may be NULL for the start. Before anyone follows. */
void bp_session_restore_lesson(BpSession *self, int index, NnConfig *recipe, gboolean done);

/* ---- data ---- */
/* Loads on another thread; NULL searches. The data there are stay until others have come; then the
 * recipe at hand asks for these, and its network turns to their classes, if it fitted the last. In
 * an exercise, whose recipe asks for MNIST, other data than these open in the free lab; the
 * exercise's recipe stays as it is. */
void bp_session_open_data(BpSession *self, const char *dir);
BpData *bp_session_get_data(BpSession *self); /* borrowed; NULL: none yet */
gboolean bp_session_is_loading(BpSession *self);
typedef struct {
  gsize done, total; /* images; total 0: not known */
  const char *dir;   /* where from, borrowed; NULL: no folder that a person named */
} BpLoadProgress;
/* FALSE: nothing is being loaded that is waited for. */
gboolean bp_session_get_load(BpSession *self, BpLoadProgress *progress);
/* Keeps what is there. */
void bp_session_cancel_load(BpSession *self);
/* The folders that were opened last, interned or NULL: IDX files with the kind of data set that
 * they were, and images. */
typedef struct {
  const char *data, *data_kind, *pictures;
} BpFolders;
void bp_session_get_folders(BpSession *self, BpFolders *folders);
/* Instead of the first bp_session_open_data(): as if they had been opened before, and so without a
 * say in any recipe. Those that are gone are left out. */
void bp_session_open_folders(BpSession *self, const BpFolders *folders);
/* Where data sets are looked for and fetched to; NULL or "": the usual place. Data that were there
 * already are looked for anew. */
void bp_session_set_user_dir(BpSession *self, const char *dir);

/* ---- fetching data ---- */
typedef enum {
  BP_MISSING_NOTHING,
  BP_MISSING_SET,    /* one of the catalog, which can be fetched */
  BP_MISSING_FOLDER, /* of pictures, which can be opened */
  BP_MISSING_FILES   /* of IDX, the same */
} BpMissing;

/* What the recipe asks for, and is not on this computer; other data are shown meanwhile. */
BpMissing bp_session_get_missing(BpSession *self, const NnCatalogSet **set);
/* Fetches it to the user's data directory, then opens it; nothing happens while one is under way.
 * "told" or "failed" says how it ended. */
void bp_session_fetch(BpSession *self, const NnCatalogSet *set);
void bp_session_cancel_fetch(BpSession *self);
/* The set under way and its bytes; NULL: none. */
const NnCatalogSet *bp_session_get_fetch(BpSession *self, BpFetchProgress *progress);
/* Fetches from `url` instead of the catalog's mirrors; NULL: from these. */
void bp_session_set_mirror(BpSession *self, const char *url);

/* ---- runs ---- */
BpState bp_session_get_state(BpSession *self);
/* Neither training nor loading nor evaluating: it can be let go without waiting. */
gboolean bp_session_is_quiet(BpSession *self);
/* Ends what runs, without a last evaluation; "quiet" follows. */
void bp_session_abort(BpSession *self);
gboolean bp_session_is_active(BpSession *self); /* any state but idle */
gboolean bp_session_can_train(BpSession *self); /* idle, with data and a recipe that can be */
/* Why it cannot be started now, one sentence; NULL: it can, or a run goes on. Borrowed. */
const char *bp_session_why_not(BpSession *self);
const BpDevice *bp_session_get_devices(BpSession *self, int *n);
void bp_session_set_device(BpSession *self, int index); /* counts from the next run */
int bp_session_get_device(BpSession *self);
/* Makes the list of devices anew and chooses its first. n_threads 0: one for each core. `device`:
 * "cpu", "cuda", or "auto", which takes CUDA where it works. */
void bp_session_set_compute(BpSession *self, int n_threads, const char *device);
/* Chooses the processor and starts; after a graphics card has failed. */
void bp_session_train_on_cpu(BpSession *self);
void bp_session_train(BpSession *self); /* starts; resumes when paused */
void bp_session_pause(BpSession *self);
void bp_session_step(BpSession *self); /* one batch, then a pause; starts when idle */
void bp_session_stop(BpSession *self);
/* Moves what the trainer has published into the curves. The session does it by itself several times
 * a second while a run is active; a window calls it once per frame. */
void bp_session_drain(BpSession *self);
const BpStatus *bp_session_get_status(BpSession *self);
/* For those who follow "progress", but not with every frame: has it been `ms` since *last? Then
 * *last is now. Always true when nothing is being trained, so that the last numbers are not missed.
 */
bool bp_session_is_time(BpSession *self, gint64 *last, int ms);
GListModel *bp_session_get_runs(BpSession *self); /* of BpRun, newest first; borrowed */
BpRun *bp_session_get_run(BpSession *self);       /* the newest; NULL: none yet */
/* The run that every panel shows: each that is started, until another is chosen. NULL: none, since
 * none was started yet or other data have come. */
BpRun *bp_session_get_shown_run(BpSession *self);
void bp_session_show_run(BpSession *self, BpRun *run); /* one of the list, or NULL */
/* What its network said last, and the data it runs on (without a run: the data at hand). Borrowed;
 * NULL: none. */
BpEvaluation *bp_session_get_evaluation(BpSession *self);
/* These test pictures are looked at: where all of them take long to evaluate, these are evaluated
 * more often. n 0: none are. */
void bp_session_watch(BpSession *self, BpRange range);
/* The newest that the network said about these, or about all, at whatever step that was. Borrowed;
 * NULL: none. */
BpEvaluation *bp_session_get_watched(BpSession *self, BpRange range);
BpData *bp_session_get_shown_data(BpSession *self);
/* Bytes that the curves of all runs may take together; 0: any number. Beyond that the oldest runs
 * are taken off the list and "told" says which; the newest always stays. */
void bp_session_set_memory_limit(BpSession *self, guint64 bytes);
guint64 bp_session_get_memory(BpSession *self); /* that they take now */

G_END_DECLS
