/* kept.h: what a pipeline's first stage makes of the pictures of a split, made when a picture is
 * first asked for and kept from then on.
 *
 * Thread: any number at once; nobody waits for another. */
#pragma once
#include "engine/error.h"
#include <stddef.h>
#include <stdint.h>

typedef struct NnKept NnKept;

/* How much is kept at most, in bytes; pictures beyond it are made every time. */
enum { NN_KEPT_MOST = 1 << 28 };

/* For the pictures 0 … n − 1, `bytes` ≥ 1 each. NN_ERR_NOMEM. */
bool nn_kept_new(size_t n, size_t bytes, NnKept **kept, NnError *err);
void nn_kept_free(NnKept *kept); /* NULL is allowed */
/* Picture `index`, or NULL when it is not here. Then *place is where the caller is to write it
 * before nn_kept_done(), or NULL: another one is writing it, or there is no room. */
const uint8_t *nn_kept_find(NnKept *kept, size_t index, uint8_t **place);
void nn_kept_done(NnKept *kept, size_t index);
/* All n of them, one after the other; NULL when one is not here (yet). */
const uint8_t *nn_kept_all(const NnKept *kept, size_t n);
