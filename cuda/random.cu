/* random.cu: dropout's masks, from the same counter-based generator as on the host (engine/rng.c:
 * Philox4x32-10, Salmon et al. 2011), so that a seed gives the same masks on every device. */
#include "reduce.h"

struct MaskNode {
  size_t N, F;
  uint64_t seed, below; /* a word of 32 bits below `below` drops its value */
  uint32_t purpose;
  nn_real scale;
  nn_real *mask;
};

/* What changes from step to step; the samples' numbers follow. */
struct MaskLive {
  uint32_t epoch, ids[1];
};

struct Words {
  uint32_t w[4];
};

/* One block of the stream: words 4·counter … 4·counter + 3. */
__device__ static inline Words philox(uint64_t seed, uint32_t counter, uint32_t sample,
                                      uint32_t epoch, uint32_t purpose)
{
  Words c = {{counter, sample, epoch, purpose}};
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xd2511f53u * c.w[0], p1 = (uint64_t)0xcd9e8d57u * c.w[2];
    Words next = {{(uint32_t)(p1 >> 32) ^ c.w[1] ^ key0, (uint32_t)p1,
                   (uint32_t)(p0 >> 32) ^ c.w[3] ^ key1, (uint32_t)p0}};
    c = next;
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  return c;
}

/* A thread for four values of a row, or for the fewer at its end. */
static __global__ void mask_kernel(MaskNode k, NnLive live)
{
  const MaskLive *now = nn_live<MaskLive>(live);
  size_t block = nn_tile_column(), f = 4 * block;
  for (size_t n = nn_tile_row(); f < k.F && n < k.N; n += nn_tile_step()) {
    Words words = philox(k.seed, (uint32_t)block, now->ids[n], now->epoch, k.purpose);
    nn_real *mask = k.mask + n * k.F + f;
    for (int i = 0; i < 4; i++)
      if (f + (size_t)i < k.F)
        mask[i] = words.w[i] < k.below ? (nn_real)0 : k.scale;
  }
}

static void run_mask(NnContext *context, const void *values, const NnLive &live)
{
  const MaskNode *k = (const MaskNode *)values;
  nn_run(context, nn_tiles(context, k->N, (k->F + 3) / 4), mask_kernel, *k, live);
}

/* A word u stands for u/2³², so that u/2³² < p exactly when u < ⌈p·2³²⌉. */
static void dropout_mask(const NnBackend *backend, size_t N, size_t F, double p, uint64_t seed,
                         uint32_t purpose, uint32_t epoch, const uint32_t *sample_ids,
                         nn_real *mask)
{
  std::vector<uint32_t> &words = nn_context(backend)->words;
  MaskNode k = nn_zeroed<MaskNode>();
  k.N = N;
  k.F = F;
  k.seed = seed;
  k.below = (uint64_t)ceil(p * 4294967296.0);
  k.purpose = purpose;
  k.scale = p < 1 ? (nn_real)(1 / (1 - p)) : (nn_real)0;
  k.mask = mask;
  words.assign(1, epoch);
  words.insert(words.end(), sample_ids, sample_ids + N);
  nn_submit(backend, run_mask, k, words.data(), words.size() * sizeof words[0]);
}

void nn_cuda_add_random(NnBackendOps *ops)
{
  ops->dropout_mask = dropout_mask;
}
