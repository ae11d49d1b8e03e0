/* slots.h: a few pieces of equal memory, for functions that run on several threads at once and
 * allocate nothing. More threads than pieces wait for one another. */
#pragma once
#include "engine/error.h"
#include <stdatomic.h>
#include <stddef.h>

enum { NN_SLOTS = 4 };

typedef struct {
  char *memory; /* NN_SLOTS · size, owned */
  size_t size;  /* a multiple of 64 */
  atomic_flag busy[NN_SLOTS];
} NnSlots;

bool nn_slots_new(size_t size, NnSlots **slots, NnError *err);
void nn_slots_free(NnSlots *slots); /* NULL is allowed */
/* Waits until a piece is free; give back its number. */
int nn_slots_take(NnSlots *slots, void **memory);
void nn_slots_give(NnSlots *slots, int number);
