/* mistakes-page.h: the misclassified test images, highest loss first. Thread: the window's.
 */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_MISTAKES_PAGE (bp_mistakes_page_get_type())
G_DECLARE_FINAL_TYPE(BpMistakesPage, bp_mistakes_page, BP, MISTAKES_PAGE, AdwBin)

/* Borrows the session, and follows it while it can be seen. */
void bp_mistakes_page_set_session(BpMistakesPage *self, BpSession *session);
void bp_mistakes_page_set_narrow(BpMistakesPage *self, gboolean narrow);
/* "261 of 10 000 wrong", for tests. */
const char *bp_mistakes_page_get_note(BpMistakesPage *self);

G_END_DECLS
