/* test-subset.c: the validation part: split as torch.utils.data.random_split does (its numbers, of
 * PyTorch 2.15, stand below), gathered sample by sample, and watched by the trainer. */
#include "engine/train/subset.h"
#include "blobs.h"
#include "data-kinds.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  size_t n;
  double fraction;
  uint64_t seed;
  size_t n_train;
  uint32_t train[4], validation[2];
} Case;

/* random_split(range(n), [1 - f, f], torch.Generator().manual_seed(seed)): the first indices */
static const Case cases[] = {{11, 0.3, 5, 8, {9, 5, 0, 8}, {7, 1}},
                             {20, 0.1, 0, 18, {4, 5, 13, 19}, {1, 0}},
                             {7, 0.5, 3, 4, {5, 3, 4, 6}, {0, 2}},
                             {600, 0.15, 11, 510, {441, 455, 272, 122}, {453, 236}}};

static void check_split(const Case *c)
{
  NnSource source = blobs_source(c->n);
  NnRandomSplit split;
  NnError err = {0};
  if (!nn_check(nn_random_split_new(&source, c->fraction, c->seed, &split, &err)))
    return;
  nn_check_int(split.train.source.n_samples, c->n_train);
  nn_check_int(split.validation.source.n_samples, c->n - c->n_train);
  nn_check(memcmp(split.train.indices, c->train, sizeof c->train) == 0);
  nn_check(memcmp(split.validation.indices, c->validation, sizeof c->validation) == 0);
  bool *seen = calloc(c->n, sizeof *seen);
  for (size_t i = 0; i < c->n; i++)
    seen[split.order[i]] = true;
  for (size_t i = 0; i < c->n; i++)
    nn_check(seen[i]);
  free(seen);
  nn_random_split_clear(&split);
}

static void test_split(void)
{
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    check_split(&cases[i]);
}

/* More samples than are translated at a time, in an order of their own. */
static void test_gather(void)
{
  enum { N = 700, FIRST = 3 };
  NnSource source = blobs_source(1000);
  NnRandomSplit split;
  if (!nn_check(nn_random_split_new(&source, 0.25, 9, &split, NULL)))
    return;
  uint32_t part[N], whole[N];
  int32_t labels[N], wanted_labels[N];
  nn_real *x = calloc((size_t)2 * N * BLOBS_F, sizeof *x), *wanted = x + N * BLOBS_F;
  for (uint32_t i = 0; i < N; i++) {
    part[i] = (i * 7 + FIRST) % 750;
    whole[i] = split.train.indices[part[i]];
  }
  const NnSource *train = &split.train.source;
  train->gather(train, part, N, 0, x, labels);
  source.gather(&source, whole, N, 0, wanted, wanted_labels);
  nn_check(memcmp(x, wanted, N * BLOBS_F * sizeof *x) == 0);
  nn_check(memcmp(labels, wanted_labels, sizeof labels) == 0);
  nn_check(nn_shape_equal(train->shape, source.shape) && train->n_classes == BLOBS_CLASSES);
  free(x);
  nn_random_split_clear(&split);
}

static void test_refused(void)
{
  static const double fractions[] = {0.05, 0.96};
  NnSource source = blobs_source(1);
  NnRandomSplit split;
  for (size_t i = 0; i < 2; i++) {
    NnError err = {0};
    source.n_samples = i ? 1 : 10;
    nn_check(!nn_random_split_new(&source, fractions[i], 0, &split, &err));
    nn_check_int(err.status, NN_ERR_ARG);
    nn_check_has(err.text, "validation_fraction");
  }
}

/* ---- in a run ---- */

#define RECIPE(fraction, metric)                                                           \
  "{\"data\": {\"batch_size\": 16, \"transforms\": [], \"validation_fraction\": " fraction \
  "}, \"network\": [{\"kind\": \"Linear\", \"out_features\": 3}],"                         \
  "\"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.05}, \"scheduler\": {\"kind\": "           \
  "\"ReduceLROnPlateau\","                                                                 \
  "\"patience\": 0, \"threshold\": 0.9, \"metric\": \"" metric "\"}, \"loop\": {\"epochs\": 3}}"

static NnBackend *backend;

static NnTrainer *trainer_of(const char *json, const NnSource *train, NnError *err)
{
  NnConfig *recipe = NULL;
  NnTrainer *trainer = NULL;
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, err)))
    return NULL;
  NnTrainerOptions options = {.recipe = recipe, .train = train, .backend = backend};
  nn_trainer_new(&options, &trainer, err);
  nn_config_free(recipe);
  return trainer;
}

/* The validation numbers of an epoch are those of the model on that part alone. */
static void test_run(void)
{
  NnSource train = blobs_source(300);
  NnError err = {0};
  NnTrainer *trainer = trainer_of(RECIPE("0.2", "validation_loss"), &train, &err);
  NnRandomSplit split;
  NnEpoch epochs[3];
  NnResult result;
  NnMetrics metrics;
  if (!nn_check(trainer && nn_random_split_new(&train, 0.2, 0, &split, &err)))
    return;
  nn_check_int(nn_trainer_steps_per_epoch(trainer), 15); /* 240 of 300 samples */
  nn_check(nn_trainer_run(trainer, NULL, epochs, &result, &err));
  nn_check(nn_evaluate(nn_trainer_model(trainer), &split.validation.source, NULL, NULL, NULL,
                       &metrics, &err));
  nn_check_near(epochs[2].validation_loss, metrics.loss, 0, 0);
  nn_check_near(epochs[2].validation_accuracy, metrics.accuracy, 0, 0);
  nn_check_int(result.train.n_samples, 240);
  nn_check_near(epochs[0].lr, 0.05, 0, 1e-12);
  nn_check_near(epochs[1].lr, 0.05, 0, 1e-12);  /* the first look is the best so far */
  nn_check_near(epochs[2].lr, 0.005, 0, 1e-12); /* the second is not better by 90 % */
  nn_random_split_clear(&split);
  nn_trainer_free(trainer);
}

static void test_without(void)
{
  NnSource train = blobs_source(300);
  NnError err = {0};
  NnTrainer *trainer = trainer_of(RECIPE("0", "validation_accuracy"), &train, &err);
  nn_check(!trainer);
  nn_check_str(err.where, "scheduler.metric");
  nn_check_has(err.text, "validation_fraction");
  NnEpoch epochs[3];
  NnResult result;
  trainer = trainer_of(RECIPE("0", "train_loss"), &train, &err);
  if (!nn_check(trainer))
    return;
  nn_check(nn_trainer_run(trainer, NULL, epochs, &result, &err));
  nn_check(isnan(epochs[0].validation_loss) && isnan(epochs[0].validation_accuracy));
  nn_trainer_free(trainer);
}

int main(void)
{
  add_data_kinds();
  if (!nn_backend_open("ref", 1, &backend, NULL)) {
    printf("Bail out! no backend\n");
    return 1;
  }
  nn_test("the split is PyTorch's", test_split);
  nn_test("samples are the parent's", test_gather);
  nn_test("a part without samples is refused", test_refused);
  nn_test("epochs know the validation part", test_run);
  nn_test("without one there is nothing to watch", test_without);
  nn_backend_close(backend);
  return nn_test_done();
}
