/* fibers.cpp: the emulator's threads. See emulator.h. */
#include "emulator.h"
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <ucontext.h>
#include <vector>

NnEmulated nn_emulated;

namespace
{

enum { STACK = 505 * 64, LARGE_PAGE = 1 << 21, GUARD = 64, MOST_WARPS = 32 };

/* A meeting point of `members` threads that still run. */
struct Barrier {
  unsigned members = 0, arrived = 0, round = 0;
  void open_if_complete()
  {
    if (arrived > 0 && arrived >= members) {
      arrived = 0;
      round++;
    }
  }
};

struct Warp {
  Barrier barrier;
  uint64_t values[32];
};

struct Block {
  uint3 index;
  Barrier barrier;
  Warp warps[MOST_WARPS];
  std::vector<unsigned char> shared;
};

/* The compiler's own jumps: the C library's cost ten times as much, most of the time of a test. */
typedef void *Place[5];

struct Fiber {
  Place here;
  ucontext_t start;
  bool started = false, running = false;
  Block *block = nullptr;
  const Barrier *waits = nullptr; /* for its next round */
  unsigned round = 0;             /* in which it has come there */
  unsigned thread = 0;            /* number in the block */
  uint3 index = {0, 0, 0};
  bool can_go_on() const
  {
    return running && !(waits && waits->round == round);
  }
};

std::vector<Fiber *> pool; /* fibers are kept from launch to launch */
std::vector<Block *> blocks_now;
Place scheduler;
Fiber *current;
const std::function<void()> *body_now;
Barrier group; /* the cluster's or the grid's */
uint64_t progress;

void fail(const char *what)
{
  fprintf(stderr, "emulator: %s\n", what);
  abort();
}

void leave(Barrier &barrier)
{
  barrier.members--;
  barrier.open_if_complete();
}

/* A jump may not stand in the function that the compiler prepares to be jumped to; and no caller
 * of these three may know which registers they leave alone, as other fibers run meanwhile. */
[[noreturn, gnu::noipa]] void jump(Place place)
{
  __builtin_longjmp(place, 1);
}

/* Back to the scheduler, which comes back when what it waits for has come. */
[[gnu::noipa]] void pause_here()
{
  if (__builtin_setjmp(current->here) == 0)
    jump(scheduler);
}

void wait(Barrier &barrier)
{
  current->round = barrier.round;
  current->waits = &barrier;
  barrier.arrived++;
  progress++;
  barrier.open_if_complete();
  if (!current->can_go_on())
    pause_here();
  current->waits = nullptr;
}

void fiber_main()
{
  for (;;) {
    (*body_now)();
    Fiber *me = current;
    leave(me->block->warps[me->thread / 32].barrier);
    leave(me->block->barrier);
    leave(group);
    me->running = false;
    progress++;
    pause_here();
  }
}

/* Thousands of stacks, used in turn: close together in large pages, whose addresses the processor
 * can all keep in mind, and each beginning in other cache lines. */
void *new_stack()
{
  static unsigned char *at, *end;
  if (at == end) {
    void *page =
        mmap(nullptr, 2 * LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
      fail("no memory for stacks");
    at = (unsigned char *)(((uintptr_t)page + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1));
    end = at + LARGE_PAGE / STACK * STACK;
    madvise(at, LARGE_PAGE, MADV_HUGEPAGE);
  }
  at += STACK;
  return at - STACK;
}

Fiber *new_fiber()
{
  Fiber *fiber = new Fiber;
  getcontext(&fiber->start);
  fiber->start.uc_stack.ss_sp = new_stack();
  fiber->start.uc_stack.ss_size = STACK;
  makecontext(&fiber->start, fiber_main, 0);
  return fiber;
}

[[gnu::noipa]] void enter(Fiber *fiber)
{
  current = fiber;
  nn_emulated.block = fiber->block->index;
  nn_emulated.thread = fiber->index;
  if (__builtin_setjmp(scheduler) != 0)
    return;
  if (fiber->started)
    jump(fiber->here);
  fiber->started = true;
  setcontext(&fiber->start);
}

void prepare_block(Block *block, unsigned n_threads, size_t shared)
{
  block->barrier = Barrier();
  block->barrier.members = n_threads;
  for (unsigned w = 0; w * 32 < n_threads; w++) {
    block->warps[w].barrier = Barrier();
    block->warps[w].barrier.members = n_threads - w * 32 < 32 ? n_threads - w * 32 : 32;
  }
  block->shared.assign(shared + 2 * GUARD, 0xff);
}

void check_block(const Block *block, size_t shared)
{
  for (int i = 0; i < GUARD; i++)
    if (block->shared[i] != 0xff || block->shared[GUARD + shared + i] != 0xff)
      fail("a kernel wrote beside its dynamic shared memory");
}

uint3 block_index(size_t number)
{
  dim3 g = nn_emulated.blocks;
  uint3 index = {(unsigned)(number % g.x), (unsigned)(number / g.x % g.y),
                 (unsigned)(number / ((size_t)g.x * g.y))};
  return index;
}

uint3 thread_index(unsigned number)
{
  dim3 n = nn_emulated.threads;
  return {number % n.x, number / n.x % n.y, number / (n.x * n.y)};
}

/* Which of n comes k-th in a round. NN_EMULATOR_ORDER: 0 the first thread first, 1 the last first,
 * else another order in every round. Where threads do not wait for each other as they should, one
 * of these gives other results than another. */
size_t turn(size_t k, size_t n, size_t round)
{
  static const char *text = getenv("NN_EMULATOR_ORDER");
  static const size_t order = text ? (size_t)atoi(text) : 0;
  if (order < 2)
    return order == 0 ? k : n - 1 - k;
  size_t turned = (k + round * 2654435761u + order) % n;
  return round % 2 ? turned : n - 1 - turned;
}

/* Blocks first … first + n − 1, all at the same time. */
void run_together(size_t first, size_t n, unsigned n_threads, size_t shared)
{
  while (blocks_now.size() < n)
    blocks_now.push_back(new Block);
  while (pool.size() < n * n_threads)
    pool.push_back(new_fiber());
  group = Barrier();
  group.members = (unsigned)(n * n_threads);
  for (size_t b = 0; b < n; b++) {
    blocks_now[b]->index = block_index(first + b);
    prepare_block(blocks_now[b], n_threads, shared);
    for (unsigned t = 0; t < n_threads; t++) {
      Fiber *fiber = pool[b * n_threads + t];
      fiber->block = blocks_now[b];
      fiber->thread = t;
      fiber->index = thread_index(t);
      fiber->running = true;
    }
  }
  static size_t round;
  for (bool any = true; any; round++) {
    uint64_t before = progress;
    any = false;
    for (size_t k = 0; k < n * n_threads; k++) {
      Fiber *fiber = pool[turn(k, n * n_threads, round)];
      any |= fiber->running;
      if (fiber->can_go_on())
        enter(fiber);
    }
    if (any && progress == before)
      fail("threads wait at a barrier that others never reach");
  }
  for (size_t b = 0; b < n; b++)
    check_block(blocks_now[b], shared);
}

} // namespace

void nn_emulator_run(dim3 grid, dim3 block, size_t shared, size_t together,
                     const std::function<void()> &body)
{
  NnEmulated before = nn_emulated;
  nn_emulated.blocks = grid;
  nn_emulated.threads = block;
  body_now = &body;
  size_t n = (size_t)grid.x * grid.y * grid.z;
  size_t groups = (n + together - 1) / together;
  for (size_t k = 0; k < groups; k++) {
    size_t first = turn(k, groups, 0) * together;
    run_together(first, together < n - first ? together : n - first, block.x * block.y * block.z,
                 shared);
  }
  nn_emulated = before;
}

unsigned char *nn_dynamic_shared()
{
  /* 16-byte alignment, whatever the vector's own start is */
  uintptr_t start = (uintptr_t)current->block->shared.data() + GUARD;
  return (unsigned char *)(start & ~(uintptr_t)15);
}

void *nn_emulator_peer(void *mine, unsigned rank)
{
  size_t offset = (size_t)((unsigned char *)mine - current->block->shared.data());
  return blocks_now[rank]->shared.data() + offset;
}

void __syncthreads()
{
  wait(current->block->barrier);
}

void __syncwarp(unsigned)
{
  wait(current->block->warps[current->thread / 32].barrier);
}

void nn_grid_sync()
{
  wait(group);
}

void nn_cluster_sync()
{
  wait(group);
}

unsigned nn_emulator_lane()
{
  return current->thread % 32;
}

uint64_t nn_emulator_exchange(uint64_t mine, unsigned from)
{
  Warp &warp = current->block->warps[current->thread / 32];
  warp.values[current->thread % 32] = mine;
  wait(warp.barrier);
  uint64_t found = warp.values[from % 32];
  wait(warp.barrier);
  return found;
}
