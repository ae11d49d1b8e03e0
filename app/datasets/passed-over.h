/* passed-over.h: the files of a folder that are no pictures here, counted by what they are, so that
 * nothing is left out in silence. Thread: one at a time. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  BP_PASSED_HIDDEN,   /* its name starts with a dot */
  BP_PASSED_SPECIAL,  /* no file: a pipe, a device, a link that leads nowhere */
  BP_PASSED_CLOSED,   /* a folder that may not be read */
  BP_PASSED_CIRCLE,   /* a link to a folder that it lies in */
  BP_PASSED_DEEP,     /* a folder below too many others */
  BP_PASSED_REPEATED, /* a folder that was read already, where that is too often the case */
  BP_PASSED_LOOSE,    /* a picture that lies in no folder of a class */
  BP_PASSED_LARGE,    /* a picture of too many pixels */
  BP_PASSED_DAMAGED,  /* a picture by its name or its first bytes, which cannot be decoded */
  BP_N_PASSED
} BpPassed;

typedef struct {
  guint n[BP_N_PASSED];
  char *first[BP_N_PASSED]; /* path of the first of them, owned, or NULL */
  GHashTable *endings;      /* of files of other kinds: ".txt" → how many; "": without one */
} BpPassedOver;

void bp_passed_over_init(BpPassedOver *self);
void bp_passed_over_clear(BpPassedOver *self);
/* path: of the file. */
void bp_passed_over_add(BpPassedOver *self, BpPassed why, const char *path);
/* A file of another kind, which is called by the ending of its name. */
void bp_passed_over_add_ending(BpPassedOver *self, const char *name);
guint bp_passed_over_count(const BpPassedOver *self);
/* "40 .webp, 2 .txt, 1 hidden (.x), 1 too large (a/5.png)"; paths begin below `root`, and
 * long ones without their middle. Caller frees. */
char *bp_passed_over_list(const BpPassedOver *self, const char *root);

/* The one ending that all of them have, ".txt"; NULL: there are several, none, or other reasons.
 * Borrowed. */
const char *bp_passed_over_ending(const BpPassedOver *self);

/* The ending of a name in small letters, ".png"; "" for one that has none, or none to be shown. */
char *bp_name_ending(const char *name);

G_END_DECLS
