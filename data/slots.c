/* slots.c: see slots.h. */
#include "slots.h"
#include "engine/mem.h"
#include <sched.h>

bool nn_slots_new(size_t size, NnSlots **slots, NnError *err)
{
  NnSlots *self = nn_alloc(sizeof *self);
  size = (size + 63) / 64 * 64;
  if (!self || !(self->memory = nn_alloc_array(NN_SLOTS, size))) {
    nn_free(self);
    return nn_fail_nomem(err, "the transforms");
  }
  self->size = size;
  for (int i = 0; i < NN_SLOTS; i++)
    atomic_flag_clear(&self->busy[i]);
  *slots = self;
  return true;
}

void nn_slots_free(NnSlots *slots)
{
  if (slots)
    nn_free(slots->memory);
  nn_free(slots);
}

int nn_slots_take(NnSlots *slots, void **memory)
{
  for (;; sched_yield())
    for (int i = 0; i < NN_SLOTS; i++)
      if (!atomic_flag_test_and_set_explicit(&slots->busy[i], memory_order_acquire)) {
        *memory = slots->memory + (size_t)i * slots->size;
        return i;
      }
}

void nn_slots_give(NnSlots *slots, int number)
{
  atomic_flag_clear_explicit(&slots->busy[number], memory_order_release);
}
