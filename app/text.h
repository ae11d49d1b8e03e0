/* text.h: numbers and sentences as a person reads them. All results are (transfer full), free with
 * g_free(). */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

char *bp_text_count(guint64 count);     /* "22 500" with narrow spaces */
char *bp_text_percent(double fraction); /* 0.9724 → "97.24 %" */
char *bp_text_seconds(double seconds);  /* "0.3 s", "42 s", "3:07 min", "2:05 h" */
char *bp_text_number(double number);    /* "0.081", "1e-4" as on the charts' cursor */
char *bp_text_rate(double lr);          /* a learning rate: "1e-4" */
/* An error's sentence without the place it begins with, for the row that is the place: "network.3:
 * it has …" → "It has …", "scheduler.milestones has 2 entries" → "milestones has 2 entries". */
char *bp_text_of_row(const char *sentence);

G_END_DECLS
