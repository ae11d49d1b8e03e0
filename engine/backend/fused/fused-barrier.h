/* fused-barrier.h: where threads wait for each other in the middle of a step, many times in the
 * time that a system call takes. A thread looks for a moment; then one of the others has lost its
 * core to somebody else, and it lets its own go. Private to the fused step. */
#pragma once
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

typedef struct {
  int n_threads;
  _Alignas(64) _Atomic int arrived;
  _Alignas(64) _Atomic uint32_t round;
} NnFusedBarrier;

enum { NN_FUSED_SPINS = 2000 }; /* some 20 µs to 50 µs */

static inline void nn_fused_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* What any thread wrote before is seen by all behind it. Sequentially consistent but where that
 * costs something: the last to arrive opens the round, which nobody looks at before he waits. */
static inline void nn_fused_meet(NnFusedBarrier *barrier)
{
  if (barrier->n_threads == 1)
    return;
  uint32_t round = atomic_load_explicit(&barrier->round, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&barrier->arrived, 1, memory_order_acq_rel) + 1 ==
      barrier->n_threads) {
    atomic_store_explicit(&barrier->arrived, 0, memory_order_relaxed);
    atomic_store_explicit(&barrier->round, round + 1, memory_order_release);
    return;
  }
  for (int i = 0; atomic_load_explicit(&barrier->round, memory_order_acquire) == round; i++)
    if (i < NN_FUSED_SPINS)
      nn_fused_relax();
    else
      sched_yield();
}
