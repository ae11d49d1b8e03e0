/* fused-pace.c: see fused-pace.h. */
#include "fused-pace.h"

/* Steps of a trial, and of its parts: a part that takes far too long is the last. */
enum { TRIAL = 16, PART = 4 };
static const double FAR = 2, LEAST_WAIT = 0.05, MOST_WAIT = 2;

size_t nn_fused_pace_next(NnFusedPace *pace, size_t n, double now, bool *together)
{
  if (!pace->on_trial && now >= pace->next_trial) {
    pace->on_trial = true;
    pace->n_trial = 0;
    pace->trial_seconds = 0;
  }
  *together = pace->together != pace->on_trial;
  return pace->on_trial && n > PART ? PART : n;
}

/* The way that has lost is tried again after twice the time. */
static void judge(NnFusedPace *pace, double each, double now)
{
  bool won = pace->step_seconds == 0 || each < pace->step_seconds;
  pace->wait = won ? LEAST_WAIT : 2 * pace->wait;
  pace->wait = pace->wait > MOST_WAIT ? MOST_WAIT : pace->wait;
  pace->together ^= won;
  if (won) {
    pace->other_seconds = pace->step_seconds;
    pace->step_seconds = each;
  } else {
    pace->other_seconds = each;
  }
  pace->on_trial = false;
  pace->next_trial = now + pace->wait;
}

static void note_trial(NnFusedPace *pace, size_t n, double seconds, double now)
{
  pace->n_trial += n;
  pace->trial_seconds += seconds;
  double each = pace->trial_seconds / (double)pace->n_trial;
  if (pace->n_trial >= TRIAL || (pace->step_seconds > 0 && each > FAR * pace->step_seconds))
    judge(pace, each, now);
}

void nn_fused_pace_note(NnFusedPace *pace, size_t n, double seconds, double now)
{
  double each = seconds / (double)n;
  if (pace->on_trial) {
    note_trial(pace, n, seconds, now);
    return;
  }
  /* A mean of the last few calls; and what seemed faster may no longer be. */
  pace->step_seconds += (each - pace->step_seconds) / 4;
  if (pace->step_seconds > 1.2 * pace->other_seconds && pace->other_seconds > 0)
    pace->next_trial = now;
}
