/* session-fetch.c: downloading a dataset on a thread of its own, and opening it. */
#include "app/gerror.h"
#include "session-private.h"
#include "ui/i18n.h"
#include <stdlib.h>

enum { TICK_MS = 200 };

static void fetch_thread(GTask *task, gpointer source, gpointer task_data,
                         GCancellable *cancellable)
{
  NnError err = {0};
  if (bp_fetch_run(task_data, &err))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static gboolean on_fetch_tick(gpointer user_data)
{
  bp_session_emit(user_data, BP_SESSION_FETCH);
  return G_SOURCE_CONTINUE;
}

/* $BACKPROP_DATA comes before the user's directory: what was just fetched is to be seen. */
static void open_fetched(BpSession *self, const BpFetch *fetch)
{
  const char *named = getenv("BACKPROP_DATA");
  const char *note = bp_fetch_note(fetch);
  g_autofree char *text = g_strdup_printf(_("%s was downloaded"), bp_fetch_set(fetch)->title);
  bp_session_tell(self, note[0] ? note : text);
  bp_session_open_data(self, named && named[0] ? bp_fetch_dir(fetch) : NULL);
}

static void fetch_ended(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpSession *self = BP_SESSION(object);
  g_autoptr(GError) error = NULL;
  gboolean ok = g_task_propagate_boolean(G_TASK(result), &error);
  BpFetch *fetch = g_steal_pointer(&self->fetch);
  g_clear_handle_id(&self->fetch_timeout, g_source_remove);
  bp_session_emit(self, BP_SESSION_FETCH);
  if (ok)
    open_fetched(self, fetch);
  else if (error->code == NN_ERR_CANCELLED)
    bp_session_tell(self, error->message);
  else
    bp_session_emit_failed(self, _("The download failed"), error->message);
  bp_fetch_free(fetch);
  bp_session_emit_if_quiet(self);
}

void bp_session_fetch(BpSession *self, const NnCatalogSet *set)
{
  NnError err = {0};
  if (self->fetch)
    return;
  if (!bp_fetch_new(set, self->mirror, NULL, &self->fetch, &err)) {
    bp_session_emit_failed(self, _("The download failed"), err.text);
    return;
  }
  g_autoptr(GTask) task = g_task_new(self, NULL, fetch_ended, NULL);
  g_task_set_task_data(task, self->fetch, NULL);
  g_task_run_in_thread(task, fetch_thread);
  self->fetch_timeout = g_timeout_add(TICK_MS, on_fetch_tick, self);
  bp_session_emit(self, BP_SESSION_FETCH);
}

void bp_session_cancel_fetch(BpSession *self)
{
  if (self->fetch)
    bp_fetch_cancel(self->fetch);
}

const NnCatalogSet *bp_session_get_fetch(BpSession *self, BpFetchProgress *progress)
{
  if (!self->fetch)
    return NULL;
  *progress = bp_fetch_progress(self->fetch);
  return bp_fetch_set(self->fetch);
}

void bp_session_set_mirror(BpSession *self, const char *url)
{
  g_free(self->mirror);
  self->mirror = g_strdup(url);
}
