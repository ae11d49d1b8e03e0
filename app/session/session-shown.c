/* session-shown.c: the run that all panels show together, and what its network said last. */
#include "session-private.h"

BpRun *bp_session_get_shown_run(BpSession *self)
{
  return self->shown;
}

BpEvaluation *bp_session_get_evaluation(BpSession *self)
{
  return self->shown ? self->shown->evaluation : NULL;
}

void bp_session_watch(BpSession *self, BpRange range)
{
  self->range = range;
}

BpEvaluation *bp_session_get_watched(BpSession *self, BpRange range)
{
  BpRun *run = self->shown;
  bool watched = run && run->watched && bp_evaluation_covers(run->watched, range);
  return watched ? run->watched : bp_session_get_evaluation(self);
}

void bp_session_show_run(BpSession *self, BpRun *run)
{
  if (!g_set_object(&self->shown, run))
    return;
  bp_session_emit(self, BP_SESSION_SHOWN);
  bp_session_emit(self, BP_SESSION_EVALUATED);
}

BpData *bp_session_get_shown_data(BpSession *self)
{
  return self->shown ? self->shown->data : self->data;
}

/* What a network said about other pictures says nothing about these. A run that goes on is still
 * about its own. */
void bp_session_show_data(BpSession *self)
{
  if (!bp_session_is_active(self) && self->shown && self->shown->data != self->data)
    bp_session_show_run(self, NULL);
  else
    bp_session_emit(self, BP_SESSION_EVALUATED);
}

void bp_session_take_evaluation(BpSession *self, BpEvaluation *evaluation)
{
  BpRun *run = self->run;
  bp_evaluation_unref(run->evaluation);
  run->evaluation = evaluation;
  if (run->watched && run->watched->step <= evaluation->step)
    g_clear_pointer(&run->watched, bp_evaluation_unref);
  bp_run_add_test_point(run, evaluation->step, evaluation->metrics.accuracy,
                        evaluation->metrics.loss);
  if (run == self->shown)
    bp_session_emit(self, BP_SESSION_EVALUATED);
}

void bp_session_take_watched(BpSession *self, BpEvaluation *evaluation)
{
  BpRun *run = self->run;
  bp_evaluation_unref(run->watched);
  run->watched = evaluation;
  if (run == self->shown)
    bp_session_emit(self, BP_SESSION_WATCHED);
}
