/* test-parts.c: training on a part of a set, with every kind of transform and sets from a single
 * picture to more than the thread that works ahead has cells for. What the source is told to expect
 * is what it is then asked for, and a source that is told nothing gives the same losses. */
#include "data/kinds.h"
#include "data/loader.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include "tests/resume-run.h"
#include <stdio.h>
#include <string.h>

enum { SIDE = 9, SIZE = SIDE * SIDE, MOST = 5000, EPOCHS = 2 };

static NnBackend *backend;

static NnDataset *made_dataset(size_t n)
{
  NnDataset *dataset = NULL;
  NnShape shape = nn_shape_3d(1, SIDE, SIDE);
  nn_check(nn_dataset_new("mnist", "Made", shape, 10, &dataset, NULL));
  nn_check(nn_split_alloc(&dataset->train, shape, n, NULL));
  for (size_t i = 0; i < n * SIZE; i++)
    dataset->train.images[i] = (uint8_t)(i * 2654435761u >> 7);
  for (size_t i = 0; i < n; i++)
    dataset->train.labels[i] = (int32_t)(i % 10);
  return dataset;
}

/* ---- a source that writes down what it is told ---- */

typedef struct {
  NnSource source; /* first */
  const NnSource *inner;
  bool tells; /* hands the order on */
  uint32_t order[MOST];
  size_t n, at, n_orders;
  uint32_t epoch;
} Spy;

static void spy_gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                       nn_real *x, int32_t *labels)
{
  Spy *spy = (Spy *)source;
  for (size_t i = 0; i < n; i++)
    nn_check(indices[i] < source->n_samples);
  if (spy->at < spy->n) { /* of this epoch; behind it come evaluations, in no told order */
    nn_check_int(epoch, spy->epoch);
    nn_check(n <= spy->n - spy->at &&
             memcmp(indices, spy->order + spy->at, n * sizeof *indices) == 0);
    spy->at += n;
  }
  spy->inner->gather(spy->inner, indices, n, epoch, x, labels);
}

static void spy_expect(const NnSampleOrder *order, uint32_t epoch)
{
  Spy *spy = (Spy *)order->source;
  if (!nn_check(order->n <= spy->source.n_samples))
    return;
  memcpy(spy->order, order->indices, order->n * sizeof *order->indices);
  spy->n = order->n;
  spy->at = 0;
  spy->epoch = epoch;
  spy->n_orders++;
  if (spy->tells)
    nn_source_expect((NnSampleOrder){spy->inner, order->indices, order->n}, epoch);
}

static void spy_on(Spy *spy, const NnSource *inner, bool tells)
{
  *spy = (Spy){.source = *inner, .inner = inner, .tells = tells};
  spy->source.gather = spy_gather;
  spy->source.expect = spy_expect;
  spy->source.bytes = NULL;
}

/* ---- runs ---- */

static NnConfig *made_recipe(const char *transform, size_t n, double fraction)
{
  char text[1024];
  NnConfig *recipe = NULL;
  NnError err = {0};
  snprintf(text, sizeof text,
           "{\"data\": {\"batch_size\": %d, \"validation_fraction\": %g, \"transforms\": [%s]},"
           " \"network\": [\"Flatten\", {\"kind\": \"Linear\", \"out_features\": 10}],"
           " \"loop\": {\"epochs\": %d}, \"seed\": 5}",
           n < 100 ? 3 : 64, fraction, transform, EPOCHS);
  if (!nn_check(nn_recipe_parse(text, "test", &recipe, &err)))
    printf("# %s\n", err.text);
  return recipe;
}

static bool made_loader(NnLoader *loader, const NnDataset *dataset, const NnConfig *recipe)
{
  const NnValue *value = nn_config_value(nn_config_child(recipe, "data"), "transforms");
  NnLoaderOptions options = {.dataset = dataset,
                             .split = &dataset->train,
                             .list = {.transforms = value->configs,
                                      .n_transforms = value->n,
                                      .path = "data.transforms",
                                      .chance = true},
                             .ahead = true,
                             .seed = 5};
  NnError err = {0};
  return nn_check(nn_loader_init(loader, &options, &err)) || (printf("# %s\n", err.text), false);
}

/* One run over the set, whose loader works ahead or not; false: refused. */
static bool run(const NnDataset *dataset, const NnConfig *recipe, bool ahead, NnEpoch *epochs)
{
  static Spy spy;
  NnLoader loader;
  NnTrainer *trainer = NULL;
  NnResult result;
  NnError err = {0};
  if (!made_loader(&loader, dataset, recipe))
    return false;
  spy_on(&spy, &loader.source, ahead);
  NnTrainerOptions options = {.recipe = recipe, .train = &spy.source, .backend = backend};
  bool ok = nn_trainer_new(&options, &trainer, &err);
  if (ok) {
    nn_check(nn_trainer_run(trainer, NULL, epochs, &result, &err));
    nn_check_int(spy.n_orders, EPOCHS);
    nn_check_int(spy.at, spy.n);
  } else {
    nn_check_str(err.where, "data.validation_fraction");
  }
  nn_trainer_free(trainer);
  nn_loader_clear(&loader);
  return ok;
}

/* A set of n pictures: refused where a part of it would be empty. */
static void check_part(const char *transform, size_t n)
{
  NnEpoch ahead[EPOCHS], alone[EPOCHS];
  double fraction = n < 10 ? 0.5 : 0.1;
  NnDataset *dataset = made_dataset(n);
  NnConfig *recipe = made_recipe(transform, n, fraction);
  bool runs = run(dataset, recipe, true, ahead);
  nn_check(runs == (n > 1));
  if (runs && run(dataset, recipe, false, alone))
    for (int e = 0; e < EPOCHS; e++) {
      nn_check(ahead[e].loss == alone[e].loss);
      nn_check(ahead[e].validation_loss == alone[e].validation_loss);
    }
  nn_config_free(recipe);
  nn_dataset_free(dataset);
}

/* Numbers that a picture of nine by nine and every place in a list allow. */
static const char *example(const char *kind, char text[256])
{
  static const struct {
    const char *kind, *text;
  } own[] = {{"RandomApply", "{\"kind\": \"RandomApply\", \"transforms\": [{\"kind\": "
                             "\"RandomRotation\", \"degrees\": 20}]}, \"ToTensor\""},
             {"ElasticTransform", "{\"kind\": \"ElasticTransform\", \"sigma\": 1.5}, \"ToTensor\""},
             {"RandomErasing", "\"ToTensor\", {\"kind\": \"RandomErasing\"}"},
             {"RandomCrop", "{\"kind\": \"RandomCrop\", \"size\": 7}, \"ToTensor\""},
             {"CenterCrop", "{\"kind\": \"CenterCrop\", \"size\": 7}, \"ToTensor\""},
             {"Normalize", "\"RandomHorizontalFlip\", \"ToTensor\", \"Normalize\""},
             {"ToTensor", "\"ToTensor\""}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (strcmp(own[i].kind, kind) == 0)
      return own[i].text;
  snprintf(text, 256, "\"%s\", \"ToTensor\"", kind);
  return text;
}

static void test_kinds(void)
{
  static const size_t sizes[] = {1, 2, 7, 12, 40, 500, MOST};
  int n_kinds = 0;
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_TRANSFORM); *kind; kind++, n_kinds++)
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      char text[256];
      check_part(example((*kind)->name, text), sizes[i]);
    }
  nn_check(n_kinds >= 15);
}

/* Around the number of cells, and every small set. */
static void test_sizes(void)
{
  for (size_t n = 1; n < 70; n++)
    check_part("\"RandomHorizontalFlip\", \"ToTensor\"", n);
  for (size_t n = 4093; n < 4100; n++)
    check_part("\"RandomHorizontalFlip\", \"ToTensor\"", n);
}

/* Measuring how fast a trainer is walks over epochs by itself. */
static void test_measure(void)
{
  static Spy spy;
  NnLoader loader;
  NnTrainer *trainer = NULL;
  NnError err = {0};
  NnSpeed speed;
  NnDataset *dataset = made_dataset(12);
  NnConfig *recipe = made_recipe("\"RandomHorizontalFlip\", \"ToTensor\"", 12, 0.25);
  NnSpeedRequest request = {.seconds = 60, .most_steps = 6};
  if (made_loader(&loader, dataset, recipe)) {
    spy_on(&spy, &loader.source, true);
    NnTrainerOptions options = {.recipe = recipe, .train = &spy.source, .backend = backend};
    nn_check(nn_trainer_new(&options, &trainer, &err));
    nn_check(nn_trainer_measure(trainer, &request, &speed, &err));
    nn_check_int(speed.steps, 6);
    nn_check_int(spy.n_orders, 2);
    nn_check_int(spy.at, 9);
  }
  nn_trainer_free(trainer);
  nn_loader_clear(&loader);
  nn_config_free(recipe);
  nn_dataset_free(dataset);
}

static bool open_cpu(NnBackend **opened, NnError *err)
{
  return nn_backend_open("cpu", 1, opened, err);
}

/* Stopped in the middle of an epoch and at its end, and gone on with by another trainer and another
 * loader, which works ahead from there: the same bits, whatever chance does to the pictures. */
static void check_resumes(const char *transform)
{
  static const uint64_t stops[] = {5, 11, 16};
  const char *what = "";
  NnLoader first, other;
  NnDataset *dataset = made_dataset(40);
  NnConfig *recipe = made_recipe(transform, 40, 0.2);
  if (!made_loader(&first, dataset, recipe) || !made_loader(&other, dataset, recipe))
    return;
  ResumeCase c = {
      .recipe = recipe, .train = &first.source, .test = &first.source, .open = open_cpu};
  ResumeRun *whole = resume_run(&c, NULL, 0);
  nn_check(whole->ok && whole->result.steps == 22);
  for (int i = 0; i < 3; i++) {
    ResumeRun *begun = resume_run(&c, NULL, stops[i]);
    c.train = c.test = &other.source;
    ResumeRun *second = resume_run(&c, &begun->checkpoint, 0);
    c.train = c.test = &first.source;
    if (!nn_check(resume_same(whole, second, stops[i], &what)))
      printf("#   %s, stopped at %d: %s\n", transform, (int)stops[i], what);
    resume_free(second);
    resume_free(begun);
  }
  resume_free(whole);
  nn_loader_clear(&first);
  nn_loader_clear(&other);
  nn_config_free(recipe);
  nn_dataset_free(dataset);
}

static void test_resumes(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_TRANSFORM); *kind; kind++) {
    char text[256];
    check_resumes(example((*kind)->name, text));
  }
}

int main(void)
{
  nn_data_register_kinds();
  if (!nn_backend_open("cpu", 1, &backend, NULL)) {
    printf("Bail out! no backend\n");
    return 1;
  }
  nn_test("every kind of transform, on parts of sets of all sizes", test_kinds);
  nn_test("sets smaller and larger than the ring", test_sizes);
  nn_test("measuring tells the right order, too", test_measure);
  nn_test("a run that goes on, with every kind of transform", test_resumes);
  nn_backend_close(backend);
  return nn_test_done();
}
