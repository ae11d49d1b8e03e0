/* practice.c: the series of practice digits, one by one or as a data set. */
#include "practice-draw.h"
#include "engine/machine.h"
#include <pthread.h>

enum { N_CLASSES = 10, MAX_THREADS = 16 };

/* The purpose's `epoch` key tells apart the two things that an index draws from. */
enum { KEY_DIGIT = 0, KEY_LABELS = 1 };

/* Ten indices share one shuffled row of the ten labels, drawn when it is needed. */
static int label_of(uint64_t seed, uint32_t index)
{
  NnKeyedRng rng;
  int labels[N_CLASSES];
  nn_keyed_init(&rng, seed, NN_PURPOSE_PRACTICE, KEY_LABELS, index / N_CLASSES);
  for (int i = 0; i < N_CLASSES; i++) {
    int j = (int)(nn_keyed_uniform(&rng) * (i + 1));
    labels[i] = labels[j];
    labels[j] = i;
  }
  return labels[index % N_CLASSES];
}

void nn_practice_digit(uint64_t seed, uint32_t index, uint8_t pixels[NN_PRACTICE_PIXELS],
                       int *label)
{
  NnKeyedRng rng;
  NnTrace trace;
  *label = label_of(seed, index);
  nn_keyed_init(&rng, seed, NN_PURPOSE_PRACTICE, KEY_DIGIT, index);
  nn_practice_trace(*label, &rng, &trace);
  nn_practice_render(&trace, &rng, pixels);
}

typedef struct {
  uint64_t seed;
  uint32_t first_index; /* of the split */
  NnSplit *split;
  size_t begin, end; /* this worker's share of it */
} Share;

static void *draw_share(void *data)
{
  const Share *share = data;
  for (size_t i = share->begin; i < share->end; i++) {
    int label;
    nn_practice_digit(share->seed, share->first_index + (uint32_t)i,
                      share->split->images + i * NN_PRACTICE_PIXELS, &label);
    share->split->labels[i] = label;
  }
  return NULL;
}

/* Draws the split in equal shares. A thread that cannot be had is no error: its share is drawn
 * here. */
static void draw_split(uint64_t seed, uint32_t first_index, NnSplit *split)
{
  size_t cores = (size_t)nn_machine_cores(), n = cores > MAX_THREADS ? MAX_THREADS : cores;
  pthread_t threads[MAX_THREADS];
  bool started[MAX_THREADS] = {false};
  Share shares[MAX_THREADS];
  for (size_t k = 0; k < n; k++) {
    shares[k] = (Share){seed, first_index, split, split->n * k / n, split->n * (k + 1) / n};
    started[k] = k + 1 < n && pthread_create(&threads[k], NULL, draw_share, &shares[k]) == 0;
    if (!started[k])
      draw_share(&shares[k]);
  }
  for (size_t k = 0; k < n; k++)
    if (started[k])
      pthread_join(threads[k], NULL);
}

bool nn_practice_digits(uint64_t seed, size_t n_train, size_t n_test, NnDataset **dataset,
                        NnError *err)
{
  NnDataset *digits;
  NnShape shape = nn_shape_3d(1, NN_PRACTICE_SIDE, NN_PRACTICE_SIDE);
  if (n_train < 1 || n_train > NN_MAX_SAMPLES || n_test < 1 || n_test > NN_MAX_SAMPLES)
    return nn_fail(err, NN_ERR_ARG, "practice",
                   "Practice digits: %zu training and %zu test images were requested; each number "
                   "must be from 1 to %d.",
                   n_train, n_test, NN_MAX_SAMPLES);
  if (!nn_dataset_new("practice", N_("Practice digits"), shape, N_CLASSES, &digits, err))
    return false;
  if (!nn_split_alloc(&digits->train, shape, n_train, err) ||
      !nn_split_alloc(&digits->test, shape, n_test, err)) {
    nn_dataset_free(digits);
    return false;
  }
  digits->practice = digits->ink = true;
  draw_split(seed, 0, &digits->train);
  draw_split(seed, NN_PRACTICE_FIRST_TEST, &digits->test);
  *dataset = digits;
  return true;
}
