/* kernels-select.c: which build of kernels.c this processor can run. */
#include "kernels.h"

extern const NnKernels nn_kernels_all_base;
#ifdef NN_HAVE_KERNELS_V3
extern const NnKernels nn_kernels_all_v3, nn_kernels_all_v4;
#endif

const NnKernels *nn_kernels(void)
{
#ifdef NN_HAVE_KERNELS_V3
  /* x86-64-v4: AVX-512 F, BW, CD, DQ, VL; x86-64-v3: AVX2, FMA, BMI2. */
  __builtin_cpu_init();
  bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
            __builtin_cpu_supports("bmi2");
  if (v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return &nn_kernels_all_v4;
  if (v3)
    return &nn_kernels_all_v3;
#endif
  return &nn_kernels_all_base;
}
