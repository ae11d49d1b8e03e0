/* samples-page.h: some test images and the network's prediction for each, during training. Thread:
 * the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_SAMPLES_PAGE (bp_samples_page_get_type())
G_DECLARE_FINAL_TYPE(BpSamplesPage, bp_samples_page, BP, SAMPLES_PAGE, AdwBin)

/* Borrows the session, and follows it while it can be seen. */
void bp_samples_page_set_session(BpSamplesPage *self, BpSession *session);
void bp_samples_page_set_narrow(BpSamplesPage *self, gboolean narrow);

const char *bp_samples_page_get_note(BpSamplesPage *self); /* for tests */

G_END_DECLS
