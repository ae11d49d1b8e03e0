/* session.c: see session.h. */
#include "session.h"
#include "ui/new-signal.h"

G_DEFINE_FINAL_TYPE(BpSession, bp_session, G_TYPE_OBJECT)

enum { NOTICE, FAILED, IDLE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_session_dispose(GObject *object)
{
  BpSession *self = BP_SESSION(object);
  g_clear_object(&self->course);
  g_clear_object(&self->runs);
  g_clear_object(&self->runner);
  g_clear_object(&self->data);
  g_clear_object(&self->devices);
  G_OBJECT_CLASS(bp_session_parent_class)->dispose(object);
}

static void bp_session_class_init(BpSessionClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_session_dispose;
  signals[NOTICE] = bp_signal_new(BP_TYPE_SESSION, "notice", 1, G_TYPE_STRING, 0);
  signals[FAILED] = bp_signal_new(BP_TYPE_SESSION, "failed", 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[IDLE] = bp_signal_new(BP_TYPE_SESSION, "idle", 0, 0, 0);
}

static void bp_session_init(BpSession *self) {}

gboolean bp_session_is_idle(BpSession *self)
{
  return bp_runner_is_idle(self->runner) && bp_data_store_is_idle(self->data) &&
         bp_runs_is_idle(self->runs);
}

void bp_session_abort(BpSession *self)
{
  bp_data_store_cancel_fetch(self->data);
  bp_runs_abort(self->runs);
  bp_runner_abort(self->runner);
}

/* ---- wiring ---- */

static void on_notice(BpSession *self, const char *text)
{
  g_signal_emit(self, signals[NOTICE], 0, text);
}

static void on_failed(BpSession *self, const char *text, const char *what)
{
  g_signal_emit(self, signals[FAILED], 0, text, what);
}

static void on_part_idle(BpSession *self)
{
  if (bp_session_is_idle(self))
    g_signal_emit(self, signals[IDLE], 0);
}

static void connect(BpSession *self, gpointer part, const char *signal, GCallback function)
{
  g_signal_connect_object(part, signal, function, self, G_CONNECT_SWAPPED);
}

BpSession *bp_session_new(GError **error)
{
  nn_data_register_kinds();
  g_autoptr(BpSession) self = g_object_new(BP_TYPE_SESSION, NULL);
  self->devices = bp_devices_new();
  self->data = bp_data_store_new();
  self->runner = bp_runner_new(self->devices);
  self->runs = bp_runs_new(self->data, self->runner);
  self->course = bp_course_new(self->data, self->runner, self->runs, error);
  if (!self->course)
    return NULL;
  connect(self, self->data, "notice", G_CALLBACK(on_notice));
  connect(self, self->runner, "notice", G_CALLBACK(on_notice));
  connect(self, self->runs, "notice", G_CALLBACK(on_notice));
  connect(self, self->course, "notice", G_CALLBACK(on_notice));
  connect(self, self->data, "failed", G_CALLBACK(on_failed));
  connect(self, self->runs, "failed", G_CALLBACK(on_failed));
  connect(self, self->course, "failed", G_CALLBACK(on_failed));
  connect(self, self->data, "changed", G_CALLBACK(on_part_idle));
  connect(self, self->data, "fetch-changed", G_CALLBACK(on_part_idle));
  connect(self, self->runs, "idle", G_CALLBACK(on_part_idle));
  connect(self, self->runner, "idle", G_CALLBACK(on_part_idle));
  return g_steal_pointer(&self);
}
