/* digit-browser.h: a page of test digits: a heading, the grid, and the chosen digit in large with
 * what the network says about it. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/evaluation.h"

G_BEGIN_DECLS

#define BP_TYPE_DIGIT_BROWSER (bp_digit_browser_get_type())
G_DECLARE_FINAL_TYPE(BpDigitBrowser, bp_digit_browser, BP, DIGIT_BROWSER, AdwBin)

GtkWidget *bp_digit_browser_new(const char *title, const char *empty_text);
/* Shows the test pictures of these indices (copied). evaluation: what the network says to them;
 * NULL: nothing yet. References are taken to data and evaluation. n = 0 shows the empty text. */
void bp_digit_browser_show(BpDigitBrowser *self, BpData *data, BpEvaluation *evaluation,
                           const guint32 *indices, guint n);
/* The remark at the right of the heading. */
void bp_digit_browser_set_note(BpDigitBrowser *self, const char *note);
const char *bp_digit_browser_get_note(BpDigitBrowser *self);
/* A widget after the heading. */
void bp_digit_browser_set_button(BpDigitBrowser *self, GtkWidget *button);
/* Puts the chosen digit beneath the grid instead of beside it. */
void bp_digit_browser_set_narrow(BpDigitBrowser *self, gboolean narrow);
/* The sentences beside the chosen digit, for tests: "True 6, said 5". */
const char *bp_digit_browser_get_verdict(BpDigitBrowser *self);

G_END_DECLS
