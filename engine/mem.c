/* mem.c: see mem.h. */
#include "mem.h"
#include "machine.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The system gives more than there is, and ends the program when it is used: large pieces are
 * looked into before. */
enum { ALIGNMENT = 64, LARGE = 1 << 25 };

static void *default_alloc(void *user, size_t bytes)
{
  (void)user;
  if (bytes > SIZE_MAX - (ALIGNMENT - 1) || (bytes >= LARGE && !nn_machine_has(bytes)))
    return NULL;
  return aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
}

static void default_free(void *user, void *memory)
{
  (void)user;
  free(memory);
}

static const NnAllocator default_allocator = {default_alloc, default_free, NULL};
static NnAllocator current = {default_alloc, default_free, NULL};

void nn_mem_set_allocator(const NnAllocator *allocator)
{
  current = allocator ? *allocator : default_allocator;
}

void *nn_alloc(size_t bytes)
{
  if (bytes == 0)
    bytes = 1;
  void *memory = current.alloc(current.user, bytes);
  return memory ? memset(memory, 0, bytes) : NULL;
}

void *nn_alloc_array(size_t count, size_t size)
{
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes))
    return NULL;
  return nn_alloc(bytes);
}

void nn_free(void *memory)
{
  if (memory)
    current.free(current.user, memory);
}

char *nn_strdup(const char *text)
{
  size_t bytes = strlen(text) + 1;
  char *copy = nn_alloc(bytes);
  return copy ? memcpy(copy, text, bytes) : NULL;
}
