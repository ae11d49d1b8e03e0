/* probability-bars.h: one line per class: name, bar, per cent. The predicted class is red if wrong
 * and green if right, the true class green, the others gray; a sign says the same as the color.
 * Up to 1000 classes: a dozen in their order, of more the dozen most probable, the true one among
 * them in any case, and a line about the others. Scrolls when there is not enough room. Thread: UI
 * thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define BP_TYPE_PROBABILITY_BARS (bp_probability_bars_get_type())
G_DECLARE_FINAL_TYPE(BpProbabilityBars, bp_probability_bars, BP, PROBABILITY_BARS, AdwBin)

GtkWidget *bp_probability_bars_new(void);
/* Names of the classes, NULL-terminated, copied; NULL: numbers. */
void bp_probability_bars_set_class_names(BpProbabilityBars *self, const char *const *names);
/* n probabilities (0 … 1, copied; a NAN counts as 0), the true class `label` and the predicted one,
 * −1 if unknown. n = 0 empties. The same n updates in place. */
void bp_probability_bars_set(BpProbabilityBars *self, const float *probabilities, guint n,
                             int label, int predicted);

G_END_DECLS
