/* mem.c: see mem.h. */
#include "mem.h"
#include "machine.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* The system gives more than there is, and ends the program when it is used: large pieces are
 * looked into before. They also come in large pages, where the system has them: a fraction of the
 * time until they can be used, and of that to find a sample in them. */
enum { ALIGNMENT = 64, LARGE = 1 << 25 };
/* What malloc() takes from the system and gives back by itself, what it keeps for the next, and how
 * many shares its threads have. */
enum { OF_ITS_OWN = 1 << 18, KEPT = 1 << 17, SHARES = 2 };

void nn_mem_start(void)
{
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, OF_ITS_OWN);
  mallopt(M_TRIM_THRESHOLD, KEPT);
  mallopt(M_ARENA_MAX, SHARES);
#endif
}

void nn_mem_trim(void)
{
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

/* Of the whole small pages inside; what the system makes of it changes nothing else. */
static void ask_for_large_pages(void *memory, size_t bytes)
{
#ifdef MADV_HUGEPAGE
  uintptr_t page = 4096, from = ((uintptr_t)memory + page - 1) / page * page;
  (void)!madvise((void *)from, ((uintptr_t)memory + bytes - from) / page * page, MADV_HUGEPAGE);
#endif
}

static void *default_alloc(void *user, size_t bytes)
{
  (void)user;
  if (bytes > SIZE_MAX - (ALIGNMENT - 1) || (bytes >= LARGE && !nn_machine_has(bytes)))
    return NULL;
  void *memory = aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  if (memory && bytes >= LARGE)
    ask_for_large_pages(memory, bytes);
  return memory;
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

void *nn_alloc_unset(size_t bytes)
{
  return current.alloc(current.user, bytes ? bytes : 1);
}

void *nn_alloc(size_t bytes)
{
  void *memory = nn_alloc_unset(bytes);
  return memory ? memset(memory, 0, bytes ? bytes : 1) : NULL;
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
