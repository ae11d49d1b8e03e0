/* kept.c: see kept.h. */
#include "kept.h"
#include "engine/mem.h"
#include <stdatomic.h>

enum { ABSENT, STARTED, PRESENT };

struct NnKept {
  size_t n, bytes;        /* n: as many as there is room for */
  uint8_t *pictures;      /* (n, bytes), owned */
  _Atomic uint8_t *state; /* n, owned */
};

bool nn_kept_new(size_t n, size_t bytes, NnKept **kept, NnError *err)
{
  NnKept *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the images");
  self->n = n < NN_KEPT_MOST / bytes ? n : NN_KEPT_MOST / bytes;
  self->bytes = bytes;
  self->pictures = nn_alloc_array(self->n, bytes);
  self->state = nn_alloc_array(self->n, sizeof *self->state);
  if (!self->pictures || !self->state) {
    nn_kept_free(self);
    return nn_fail_nomem(err, "the images");
  }
  *kept = self;
  return true;
}

void nn_kept_free(NnKept *kept)
{
  if (!kept)
    return;
  nn_free(kept->pictures);
  nn_free(kept->state);
  nn_free(kept);
}

const uint8_t *nn_kept_find(NnKept *kept, size_t index, uint8_t **place)
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

void nn_kept_done(NnKept *kept, size_t index)
{
  atomic_store_explicit(&kept->state[index], PRESENT, memory_order_release);
}

const uint8_t *nn_kept_all(const NnKept *kept, size_t n)
{
  if (n > kept->n)
    return NULL;
  for (size_t i = 0; i < n; i++)
    if (atomic_load_explicit(&kept->state[i], memory_order_acquire) != PRESENT)
      return NULL;
  return kept->pictures;
}
