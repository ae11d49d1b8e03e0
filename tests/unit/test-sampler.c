/* test-sampler.c: sizes, short batches and refusals. The order itself is checked in tests/ref. */
#include "engine/train/sampler.h"
#include "engine/mem.h"
#include "tests/check.h"
#include <string.h>

static NnSource source_of(size_t n)
{
  return (NnSource){.n_samples = n};
}

/* All batches of an epoch together hold every sample once, but for what drop_last leaves out. */
static void check_cover(size_t n, size_t batch_size, bool shuffle, bool drop_last)
{
  NnSampler *sampler = NULL;
  NnSource source = source_of(n);
  NnMt19937 mt;
  char seen[200] = {0};
  size_t total = 0;
  nn_mt_seed(&mt, 1);
  if (!nn_check(nn_sampler_new(&source, batch_size, shuffle, drop_last, &sampler, NULL)))
    return;
  nn_sampler_epoch(sampler, &mt);
  for (size_t b = 0; b < nn_sampler_n_batches(sampler); b++) {
    size_t count;
    const uint32_t *indices = nn_sampler_batch(sampler, b, &count);
    nn_check(count >= 1 && count <= batch_size && (!drop_last || count == batch_size));
    for (size_t i = 0; i < count; i++) {
      nn_check(indices[i] < n && !seen[indices[i]]);
      seen[indices[i]] = 1;
      nn_check(shuffle || indices[i] == total);
      total++;
    }
  }
  nn_check_int(total, drop_last ? n / batch_size * batch_size : n);
  nn_sampler_free(sampler);
}

static void test_cover(void)
{
  static const size_t sizes[][2] = {{1, 1}, {1, 8}, {10, 3}, {12, 4}, {100, 7}, {7, 100}};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    for (int flags = 0; flags < 4; flags++)
      if (!(flags & 2) || sizes[i][1] <= sizes[i][0])
        check_cover(sizes[i][0], sizes[i][1], flags & 1, flags & 2);
}

static void check_refused(size_t n, size_t batch_size, bool drop_last, const char *part)
{
  NnSampler *sampler = NULL;
  NnSource source = source_of(n);
  NnError err = {0};
  nn_check(!nn_sampler_new(&source, batch_size, true, drop_last, &sampler, &err));
  nn_check(sampler == NULL);
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_has(err.text, part);
}

static void test_refusals(void)
{
  check_refused(0, 8, false, "has 0");
  check_refused(10, 0, false, "at least 1");
  check_refused(10, 11, true, "leaves nothing of 10");
  check_refused((size_t)1 << 40, 8, false, "1099511627776");
  nn_sampler_free(NULL);
}

/* Two epochs differ, the same seed repeats them, and no epoch asks for memory. */
static int n_allocations;
static void *refuse(void *user, size_t bytes)
{
  n_allocations++;
  return NULL;
}
static void release(void *user, void *memory) {}

static void test_epochs(void)
{
  NnSampler *sampler = NULL;
  NnSource source = source_of(50);
  NnMt19937 mt;
  uint32_t first[2][50];
  nn_check(nn_sampler_new(&source, 5, true, false, &sampler, NULL));
  const NnAllocator none = {refuse, release, NULL};
  nn_mem_set_allocator(&none);
  nn_mt_seed(&mt, 3);
  for (int e = 0; e < 2; e++) {
    nn_sampler_epoch(sampler, &mt);
    memcpy(first[e], nn_sampler_order(sampler).indices, sizeof first[e]);
  }
  nn_mt_seed(&mt, 3);
  nn_sampler_epoch(sampler, &mt);
  nn_mem_set_allocator(NULL);
  nn_check_int(n_allocations, 0);
  nn_check(memcmp(first[0], first[1], sizeof first[0]) != 0);
  nn_check(nn_sampler_order(sampler).source == &source && nn_sampler_order(sampler).n == 50);
  nn_check(memcmp(first[0], nn_sampler_order(sampler).indices, sizeof first[0]) == 0);
  nn_sampler_free(sampler);

  NnError err = {0};
  nn_mem_set_allocator(&none);
  nn_check(!nn_sampler_new(&source, 5, true, false, &sampler, &err));
  nn_mem_set_allocator(NULL);
  nn_check_int(err.status, NN_ERR_NOMEM);
}

int main(void)
{
  nn_test("batches cover the samples", test_cover);
  nn_test("sizes out of range are refused", test_refusals);
  nn_test("epochs", test_epochs);
  return nn_test_done();
}
