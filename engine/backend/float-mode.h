/* float-mode.h: what a thread's floating-point unit does with denormal numbers, those too small for
 * a full mantissa (below 1.2e-38 in 32 bits). Weights that decay pass through them on their way to
 * 0, and each operation on one costs the processor some hundred cycles. While it computes, a
 * training thread flushes them to 0, as torch.set_flush_denormal(True) does. Private to the engine.
 *
 *   NnFloatMode before = nn_float_mode_flush();
 *   …
 *   nn_float_mode_set(before);
 *
 * Thread: each has a mode of its own. On other processors than x86 with SSE nothing happens. */
#pragma once
#include <stdint.h>

typedef uint32_t NnFloatMode;

static inline NnFloatMode nn_float_mode(void)
{
#ifdef __SSE__
  return __builtin_ia32_stmxcsr();
#else
  return 0;
#endif
}

static inline void nn_float_mode_set(NnFloatMode mode)
{
#ifdef __SSE__
  __builtin_ia32_ldmxcsr(mode);
#else
  (void)mode;
#endif
}

enum { NN_FLUSH_RESULTS = 0x8000, NN_FLUSH_OPERANDS = 0x0040 }; /* of the register MXCSR */

/* Both ways of taking a denormal number for 0; returns the mode before. */
static inline NnFloatMode nn_float_mode_flush(void)
{
  NnFloatMode before = nn_float_mode();
  nn_float_mode_set(before | NN_FLUSH_RESULTS | NN_FLUSH_OPERANDS);
  return before;
}

/* As the C library begins; returns the mode before. */
static inline NnFloatMode nn_float_mode_keep(void)
{
  NnFloatMode before = nn_float_mode();
  nn_float_mode_set(before & ~(NnFloatMode)(NN_FLUSH_RESULTS | NN_FLUSH_OPERANDS));
  return before;
}
