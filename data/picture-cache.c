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

bool nn_picture_cache_new(size_t n, size_t bytes, NnPictureCache **kept, NnError *err)
{
  NnPictureCache *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the images");
  self->n = n < NN_KEPT_MOST / bytes ? n : NN_KEPT_MOST / bytes;
  self->bytes = bytes;
  self->pictures = nn_alloc_array(self->n, bytes);
  self->state = nn_alloc_array(self->n, sizeof *self->state);
  if (!self->pictures || !self->state) {
    nn_picture_cache_free(self);
    return nn_fail_nomem(err, "the images");
  }
  *kept = self;
  return true;
}

void nn_picture_cache_free(NnPictureCache *kept)
{
  if (!kept)
    return;
  nn_free(kept->pictures);
  nn_free(kept->state);
  nn_free(kept);
}

const uint8_t *nn_picture_cache_find(NnPictureCache *kept, size_t index, uint8_t **place)
{
  uint8_t absent = ABSENT;
  *place = NULL;
  if (index >= kept->n)
    return NULL;
  uint8_t *picture = kept->pictures + index * kept->bytes;
  if (atomic_load_explicit(&kept->state[index], memory_order_acquire) == PRESENT)
    return picture;
  if (atomic_compare_exchange_strong(&kept->state[index], &absent, STARTED))
    *place = picture;
  return NULL;
}

void nn_picture_cache_done(NnPictureCache *kept, size_t index)
{
  atomic_store_explicit(&kept->state[index], PRESENT, memory_order_release);
}

const uint8_t *nn_picture_cache_all(const NnPictureCache *kept, size_t n)
{
  if (n > kept->n)
    return NULL;
  for (size_t i = 0; i < n; i++)
    if (atomic_load_explicit(&kept->state[i], memory_order_acquire) != PRESENT)
      return NULL;
  return kept->pictures;
}
