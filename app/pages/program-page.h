/* program-page.h: the page that shows the recipe at hand as a PyTorch program, always as it is now.
 * While the recipe cannot be trained, the last one that could stays, and a line says why.
 *
 * Lines know which part of the recipe they come from: those of the row that a person is at are
 * marked, and a click on a line (or Return) asks for its row. Thread: the window's. Signals:
 *   "asked" (string): for the dotted path of a line. */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_PROGRAM_PAGE (bp_program_page_get_type())
G_DECLARE_FINAL_TYPE(BpProgramPage, bp_program_page, BP, PROGRAM_PAGE, AdwBin)

/* Borrows the session, and follows it while it can be seen. */
void bp_program_page_set_session(BpProgramPage *self, BpSession *session);
/* Marks the lines of a dotted path, or of the nearest that holds it; NULL: none. */
void bp_program_page_mark(BpProgramPage *self, const char *path);
/* Into the clipboard. */
void bp_program_page_copy(BpProgramPage *self);

/* ---- for tests ---- */
/* (transfer full) */
char *bp_program_page_dup_text(BpProgramPage *self);
/* The marked lines, from 1, with spaces: "12 13". (transfer full) */
char *bp_program_page_dup_marked(BpProgramPage *self);
const char *bp_program_page_get_note(BpProgramPage *self); /* "": none */
/* What a click on that line does. */
void bp_program_page_ask(BpProgramPage *self, int line);

G_END_DECLS
