/* rng.h: two random streams.
 *
 * NnMt19937 is PyTorch's CPU generator: what torch.manual_seed(seed) starts. Initial weights and
 * the order of samples come from it, in PyTorch's order of draws, so that they are PyTorch's own.
 * Sources: Matsumoto & Nishimura 1998 (MT19937); ATen/native/cpu/DistributionTemplates.h.
 *
 * NnKeyedRng is counter-based (Philox4x32-10, Salmon et al. 2011): the same (seed, purpose, epoch,
 * sample) gives the same numbers on any thread. Dropout, transforms and practice digits use it.
 *
 * Thread: an object belongs to one thread at a time. No allocation, no failure. */
#pragma once
#include "tensor.h"

typedef struct {
  uint32_t state[624];
  int next;
  bool has_cached_normal; /* normal_ of fewer than 16 values draws pairs and keeps the second */
  double cached_normal;
} NnMt19937;

void nn_mt_seed(NnMt19937 *mt, uint64_t seed); /* seed mod 2^32 counts, as in PyTorch */
uint32_t nn_mt_u32(NnMt19937 *mt);
uint64_t nn_mt_u64(NnMt19937 *mt); /* first draw is the high half */
/* out[i] ~ U[a, b), row-major order; float32 rule of tensor.uniform_ (float64 rule if nn_real is
 * double). */
void nn_mt_uniform(NnMt19937 *mt, nn_real *out, size_t n, double a, double b);
/* out[i] ~ N(mean, std²), tensor.normal_: blocks of 16 for n ≥ 16, cached pairs below. */
void nn_mt_normal(NnMt19937 *mt, nn_real *out, size_t n, double mean, double std);
/* out = a random permutation of 0 … n−1, torch.randperm(n) for n < 2^32 / 20. */
void nn_mt_randperm(NnMt19937 *mt, uint32_t *out, size_t n);

typedef enum {
  NN_PURPOSE_DROPOUT = 1, /* plus 256 × index of the layer */
  NN_PURPOSE_TRANSFORM = 2,
  NN_PURPOSE_PRACTICE = 3
} NnPurpose;

typedef struct {
  uint32_t key[2], counter[4], block[4];
  int left; /* unread words of block */
} NnKeyedRng;

void nn_keyed_init(NnKeyedRng *rng, uint64_t seed, uint32_t purpose, uint32_t epoch,
                   uint32_t sample);
uint32_t nn_keyed_u32(NnKeyedRng *rng);
double nn_keyed_uniform(NnKeyedRng *rng); /* [0, 1), 32 random bits */
double nn_keyed_normal(NnKeyedRng *rng);  /* mean 0, standard deviation 1 */
