/* footer.h: the line at the bottom: epoch, bar, steps, loss, learning rate, speed, time left.
 * Every number keeps its place. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_FOOTER (bp_footer_get_type())
G_DECLARE_FINAL_TYPE(BpFooter, bp_footer, BP, FOOTER, AdwBin)

/* Borrows the session, and follows its progress; whoever hears of a new state calls
 * bp_footer_update(). */
void bp_footer_set_session(BpFooter *self, BpSession *session);
/* Reads the session again. */
void bp_footer_update(BpFooter *self);
/* brief: without loss, rate and speed; narrow: with one number alone. */
void bp_footer_set_room(BpFooter *self, gboolean narrow, gboolean brief);
/* What is written in it, for tests: "Run 1 · epoch 2/3", "4 350 / 7 500 it". */
const char *bp_footer_get_headline(BpFooter *self);
const char *bp_footer_get_iterations(BpFooter *self);
const char *bp_footer_get_outcome(BpFooter *self);

G_END_DECLS
