/* test-ring.c: order, wrapping, dropping, and two threads. */
#include "tests/check.h"
#include "counting.h"
#include "engine/train/ring.h"
#include <pthread.h>
#include <sched.h>
#include <string.h>

static NnProgress record(uint64_t step)
{
  return (NnProgress){.step = step,
                      .epoch = (uint32_t)(step / 7),
                      .loss = (float)(step % 1000),
                      .accuracy = (float)(step % 3),
                      .lr = (double)step * 0.5};
}

/* Is every field that of `step`? A torn record mixes two. */
static bool is_record(const NnProgress *r, uint64_t step)
{
  NnProgress wanted = record(step);
  return r->step == wanted.step && r->epoch == wanted.epoch && r->loss == wanted.loss &&
         r->accuracy == wanted.accuracy && r->lr == wanted.lr;
}

static bool push(NnRing *ring, uint64_t step)
{
  NnProgress made = record(step);
  return nn_ring_push(ring, &made);
}

static void test_capacity(void)
{
  static const size_t asked[] = {0, 1, 2, 3, 4, 5, 100}, given[] = {1, 1, 2, 4, 4, 8, 128};
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    NnRing *ring = NULL;
    nn_check(nn_ring_new(asked[i], &ring, NULL));
    size_t n = 0;
    while (push(ring, n))
      n++;
    nn_check_int(n, given[i]);
    nn_check_int(nn_ring_dropped(ring), 1);
    nn_ring_free(ring);
  }
}

static void test_order(void)
{
  NnRing *ring = NULL;
  nn_ring_new(8, &ring, NULL);
  NnProgress out[8];
  uint64_t in = 0, seen = 0;
  nn_check_int(nn_ring_drain(ring, out, 8), 0);
  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < 1 + round % 8; i++)
      nn_check(push(ring, in++));
    while (seen < in) {
      size_t n = nn_ring_drain(ring, out, 3);
      nn_check(n >= 1 && n <= 3);
      for (size_t i = 0; i < n; i++)
        nn_check(is_record(&out[i], seen++));
    }
  }
  nn_check_int(nn_ring_dropped(ring), 0);
  nn_ring_free(ring);
}

/* What was in a full ring stays; what comes later is dropped and counted. */
static void test_full(void)
{
  NnRing *ring = NULL;
  nn_ring_new(4, &ring, NULL);
  for (uint64_t i = 0; i < 10; i++)
    nn_check_int(push(ring, i), i < 4);
  nn_check_int(nn_ring_dropped(ring), 6);
  NnProgress out[10];
  nn_check_int(nn_ring_drain(ring, out, 1), 1);
  nn_check(is_record(&out[0], 0));
  nn_check(push(ring, 10));
  nn_check(!push(ring, 11));
  nn_check_int(nn_ring_drain(ring, out, 10), 4);
  nn_check(is_record(&out[0], 1) && is_record(&out[3], 10));
  nn_check_int(nn_ring_dropped(ring), 7);
  nn_ring_free(ring);
}

static void test_memory(void)
{
  for (size_t k = 1;; k++) {
    NnRing *ring = NULL;
    NnError err = {0};
    counting_start(k);
    bool ok = nn_ring_new(16, &ring, &err);
    nn_check(ok == (ring != NULL));
    nn_check_int(err.status, ok ? NN_OK : NN_ERR_NOMEM);
    nn_ring_free(ring);
    nn_check_int(counting_stop(), 0);
    if (ok) {
      nn_check_int(k, 3); /* the ring and its records can fail */
      break;
    }
  }
  NnRing *none = NULL;
  nn_check(!nn_ring_new(SIZE_MAX, &none, NULL));
  nn_check(!nn_ring_new(SIZE_MAX / 16, &none, NULL));
}

enum { N = 1000000 };

typedef struct {
  NnRing *ring;
  bool retry;
  uint64_t refused;
} Producer;

static void *produce(void *data)
{
  Producer *producer = data;
  for (uint64_t i = 0; i < N; i++)
    while (!push(producer->ring, i)) {
      producer->refused++;
      if (!producer->retry)
        break;
      sched_yield();
    }
  return NULL;
}

/* Counts the records that come until the producer has ended and the ring is empty. */
static uint64_t consume(NnRing *ring, pthread_t thread, bool *in_order)
{
  NnProgress out[100];
  uint64_t n_seen = 0, next = 0;
  *in_order = true;
  for (bool ended = false;;) {
    size_t n = nn_ring_drain(ring, out, 100);
    if (n == 0 && ended)
      return n_seen;
    for (size_t i = 0; i < n; i++) {
      *in_order = *in_order && out[i].step >= next && is_record(&out[i], out[i].step);
      next = out[i].step + 1;
    }
    n_seen += n;
    if (n == 0) {
      ended = pthread_tryjoin_np(thread, NULL) == 0;
      sched_yield();
    }
  }
}

static void run_threads(bool retry)
{
  Producer producer = {.retry = retry};
  pthread_t thread;
  bool in_order;
  nn_ring_new(256, &producer.ring, NULL);
  nn_check_int(pthread_create(&thread, NULL, produce, &producer), 0);
  uint64_t n = consume(producer.ring, thread, &in_order);
  nn_check(in_order);
  nn_check_int(nn_ring_dropped(producer.ring), producer.refused);
  nn_check_int(n, retry ? N : N - producer.refused);
  nn_ring_free(producer.ring);
}

static void test_retried(void)
{
  run_threads(true);
}

static void test_dropped(void)
{
  run_threads(false);
}

int main(void)
{
  nn_test("capacity is rounded up to a power of two", test_capacity);
  nn_test("records come out in order, around the end of the ring", test_order);
  nn_test("a full ring drops the newest and counts it", test_full);
  nn_test("every allocation may fail", test_memory);
  nn_test("two threads, retrying: a million records, none lost", test_retried);
  nn_test("two threads, not waiting: seen plus dropped is all", test_dropped);
  return nn_test_done();
}
