/* session.h: what the window is about, in five parts, each of which knows at most the ones before
 * it: devices, data, runner, runs, course. The session holds them and ties them together; whoever
 * needs something takes the part that has it.
 *
 * Thread: the window's. Signals:
 *   "notice" (string):         of any part: one sentence worth a passing notice.
 *   "failed" (string, string): of any part: why something asked for did not work, one sentence for
 *                              a person; a heading that says what it was.
 *   "idle" ():                 no thread of any part runs any more; see bp_session_is_idle(). */
#pragma once
#include "course.h"

G_BEGIN_DECLS

#define BP_TYPE_SESSION (bp_session_get_type())
G_DECLARE_FINAL_TYPE(BpSession, bp_session, BP, SESSION, GObject)

struct _BpSession {
  GObject parent_instance;
  BpDevices *devices; /* all owned, and the same for as long as the session lives */
  BpDataStore *data;
  BpRunner *runner;
  BpRuns *runs;
  BpCourse *course;
};

/* Registers the kinds and takes up the first exercise. NULL and `error`: no memory, or a broken
 * start recipe. */
BpSession *bp_session_new(GError **error);
/* Neither training nor loading nor evaluating: it can be let go without waiting. */
gboolean bp_session_is_idle(BpSession *self);
/* Ends what runs, without a last evaluation; "idle" follows. */
void bp_session_abort(BpSession *self);

G_END_DECLS
