/* picture-cache.c: see picture-cache.h. */
#include "picture-cache.h"
#include "engine/mem.h"
#include <stdatomic.h>

enum { ABSENT, STARTED, PRESENT };

struct NnPictureCache {
  size_t n, bytes;        /* n: as many as there is room for */
  uint8_t *pictures;      /* (n, bytes), owned */
  _Atomic uint8_t *state; /* n, owned */
};

bool nn_picture_cache_new(size_t n, size_t bytes, NnPictureCache **cache, NnError *err)
{
  NnPictureCache *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the images");
  self->n = n < NN_PICTURE_CACHE_BYTES / bytes ? n : NN_PICTURE_CACHE_BYTES / bytes;
  self->bytes = bytes;
  self->pictures = nn_alloc_array(self->n, bytes);
  self->state = nn_alloc_array(self->n, sizeof *self->state);
  if (!self->pictures || !self->state) {
    nn_picture_cache_free(self);
    return nn_fail_nomem(err, "the images");
  }
  *cache = self;
  return true;
}

void nn_picture_cache_free(NnPictureCache *cache)
{
  if (!cache)
    return;
  nn_free(cache->pictures);
  nn_free(cache->state);
  nn_free(cache);
}

const uint8_t *nn_picture_cache_find(NnPictureCache *cache, size_t index, uint8_t **slot)
{
  uint8_t absent = ABSENT;
  *slot = NULL;
  if (index >= cache->n)
    return NULL;
  uint8_t *picture = cache->pictures + index * cache->bytes;
  if (atomic_load_explicit(&cache->state[index], memory_order_acquire) == PRESENT)
    return picture;
  if (atomic_compare_exchange_strong(&cache->state[index], &absent, STARTED))
    *slot = picture;
  return NULL;
}

void nn_picture_cache_done(NnPictureCache *cache, size_t index)
{
  atomic_store_explicit(&cache->state[index], PRESENT, memory_order_release);
}

const uint8_t *nn_picture_cache_all(const NnPictureCache *cache, size_t n)
{
  if (n > cache->n)
    return NULL;
  for (size_t i = 0; i < n; i++)
    if (atomic_load_explicit(&cache->state[i], memory_order_acquire) != PRESENT)
      return NULL;
  return cache->pictures;
}
