/* stored-run.h: what panels show of a run, read from its file. */
#pragma once
#include <gio/gio.h>
#include "app/datasets/load-watch.h"
#include "curves.h"
#include "evaluation.h"

G_BEGIN_DECLS

typedef struct {
  const char *path;       /* of the file */
  const NnConfig *recipe; /* of the run */
  const char *checksum;   /* of its pictures */
  const char *where;      /* the directory that they came from; NULL: drawn by the program */
  BpData *data;           /* they themselves; NULL: to be opened */
  guint64 step;           /* of the checkpoint, G_MAXUINT64: the newest; of news: the first one */
  BpLoadWatch *watch;     /* g_atomic_rc_box_new0(), whose `stop` ends it soon; or NULL */
} BpStoredMoment;

/* ---- thread: any ---- */

/* All curves, to be cleared. On false there is nothing to clear. */
bool bp_stored_read_curves(const char *path, const NnConfig *recipe, BpCurves *curves,
                           NnError *err);
/* The pictures that a run was trained on; *data must be released also on false. NN_ERR_IO: they are
 * others now; else as of bp_open_data(). */
bool bp_stored_open_data(const NnConfig *recipe, const char *where, const char *checksum,
                         BpLoadWatch *watch, BpData **data, NnError *err);

/* ---- thread: the window's; callbacks come there. What is pointed to is copied. ---- */

/* g_task_propagate_pointer() of the result: a BpCurves to be cleared and freed with g_free(), or
 * NULL and an error. */
void bp_stored_curves_async(const BpStoredMoment *moment, GObject *owner,
                            GAsyncReadyCallback callback);
/* What has come from a step on, as far as it is read at once: a BpStoredNews, or NULL and an error.
 */
typedef struct BpStoredNews BpStoredNews;
void bp_stored_news_async(const BpStoredMoment *moment, GObject *owner,
                          GAsyncReadyCallback callback);
/* Adds it to curves that go up to that step; what they have already is left out. */
void bp_stored_news_add(const BpStoredNews *news, BpCurves *curves);
void bp_stored_news_free(BpStoredNews *news);
/* Evaluates the network of a checkpoint. g_task_propagate_pointer() of the result: a BpEvaluation
 * (transfer full), or NULL and an error that says in one sentence why not. */
void bp_stored_evaluate_async(const BpStoredMoment *moment, GObject *owner,
                              GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
