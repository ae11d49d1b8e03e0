/* error.h: how every room below the window says that something failed.
 *
 * A function that can fail returns bool and takes an `NnError *err` last. On false, *err is filled
 * and every output parameter is untouched. `err` may be NULL. No allocation: out of memory must
 * be reportable too. Thread: any, the NnError belongs to the caller. */
#pragma once
#include "text.h"
#include <stdarg.h>
#include <stdbool.h>

typedef enum {
  NN_OK,
  NN_ERR_NOMEM,       /* an allocation failed */
  NN_ERR_ARG,         /* a value out of its range, an unknown key or kind */
  NN_ERR_SHAPE,       /* sizes that do not fit together */
  NN_ERR_IO,          /* a file could not be opened, read or written */
  NN_ERR_FORMAT,      /* a file was read, but does not hold what it should */
  NN_ERR_UNSUPPORTED, /* this backend or build lacks it */
  NN_ERR_DEVICE,      /* the device is missing or lost */
  NN_ERR_NONFINITE,   /* the loss is infinite or not a number */
  NN_ERR_CANCELLED    /* stopped on request */
} NnStatus;

enum {
  NN_PATH = 512,     /* bytes of a dotted key */
  NN_SENTENCE = 2048 /* bytes of a sentence: the longest list of kinds and what is around it */
};

typedef struct {
  NnStatus status;
  char where[NN_PATH];    /* machine-readable place: a file path or a dotted key such as
                           * "network.1.p" */
  char text[NN_SENTENCE]; /* one complete sentence for a person: what, where, what was found, what
                           * is allowed. Stands alone; need not be combined with `where`. */
} NnError;

/* Fills *err (if not NULL) and returns false, so that `return nn_fail(…)` reads well. `where` may
 * be NULL. `format` is translated here (text.h); words that go into it by %s are translated by the
 * caller. It has %s, %d, %u, %x, %f, %g and their forms with ll and z. A sentence is never cut: a
 * text in it that has more bytes than "%.64s" grants, or than there is room for, loses its middle:
 * "/home/al…nist.gz". */
bool nn_fail(NnError *err, NnStatus status, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool nn_vfail(NnError *err, NnStatus status, const char *where, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

/* The sentence for an allocation that failed; `what` it was for, "the pictures", is translated
 * here, too. Returns false. */
bool nn_fail_nomem(NnError *err, const char *what);

/* Copies a text that somebody else wrote, and of one of more than size − 1 bytes the beginning and
 * the end, with "…" between them; no character of UTF-8 is torn apart. size ≥ 4. Returns `to`. */
const char *nn_elide(const char *text, char *to, size_t size);

/* base "network.1", key "p" → "network.1.p"; an empty base adds nothing. `path` may be `base`. What
 * is too long for a path loses its middle. */
void nn_path_key(char path[NN_PATH], const char *base, const char *key);
void nn_path_index(char path[NN_PATH], const char *base, int index);
