/* picture-cache.h: what a pipeline's first stage makes of the pictures of a split, made when a
 * picture is first asked for and kept from then on.
 *
 * Thread: any number at once; nobody waits for another. */
#pragma once
#include "engine/error.h"
#include <stddef.h>
#include <stdint.h>

typedef struct NnPictureCache NnPictureCache;

/* How much is kept at most, in bytes; pictures beyond it are made every time. */
enum { NN_PICTURE_CACHE_BYTES = 1 << 28 };

/* For the pictures 0 … n − 1, `bytes` ≥ 1 each. NN_ERR_NOMEM. */
bool nn_picture_cache_new(size_t n, size_t bytes, NnPictureCache **cache, NnError *err);
void nn_picture_cache_free(NnPictureCache *cache); /* NULL is allowed */
/* Picture `index`, or NULL when the cache lacks it. Then *slot is where the caller must write it
 * before it calls nn_picture_cache_done(), or NULL: another thread writes it, or it has no room. */
const uint8_t *nn_picture_cache_find(NnPictureCache *cache, size_t index, uint8_t **slot);
void nn_picture_cache_done(NnPictureCache *cache, size_t index);
/* All n of them, one after the other; NULL when one is not here (yet). */
const uint8_t *nn_picture_cache_all(const NnPictureCache *cache, size_t n);
