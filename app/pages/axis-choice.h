/* axis-choice.h: three small linked buttons, which say what the charts count along their horizontal
 * axis: steps, epochs, or seconds of training. Tab comes to the one that is pressed and goes on
 * behind it; the arrow keys walk through them. Thread: the window's. Signal:
 *   "chosen" (int unit): the person has pressed another one. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

typedef enum { BP_UNIT_STEP, BP_UNIT_EPOCH, BP_UNIT_SECONDS, BP_N_UNITS } BpAxisUnit;

#define BP_TYPE_AXIS_CHOICE (bp_axis_choice_get_type())
G_DECLARE_FINAL_TYPE(BpAxisChoice, bp_axis_choice, BP, AXIS_CHOICE, AdwBin)

/* Presses that button, without the signal. */
void bp_axis_choice_set_unit(BpAxisChoice *self, BpAxisUnit unit);

G_END_DECLS
