/* error.h: how every room below the window says that something failed.
 *
 * A function that can fail returns bool and takes an `NnError *err` last. On false, *err is filled
 * and every output parameter is untouched. `err` may be NULL. No allocation: out of memory must
 * be reportable too. Thread: any, the NnError belongs to the caller. */
#pragma once
#include "text.h"
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

enum { NN_PATH = 128 }; /* bytes of a dotted key */

typedef struct {
  NnStatus status;
  char where[NN_PATH]; /* machine-readable place: a file path or a dotted key such as "network.1.p"
                        */
  char text[640];      /* one complete sentence for a person: what, where, what was found, what is
                        * allowed. Stands alone; need not be combined with `where`. */
} NnError;

/* Fills *err (if not NULL) and returns false, so that `return nn_fail(…)` reads well.
 * `where` may be NULL. Texts too long for the buffers are cut. `format` is translated here
 * (text.h); words that go into it by %s are translated by the caller. */
bool nn_fail(NnError *err, NnStatus status, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The sentence for an allocation that failed; `what` it was for, "the pictures", is translated
 * here, too. Returns false. */
bool nn_fail_nomem(NnError *err, const char *what);
