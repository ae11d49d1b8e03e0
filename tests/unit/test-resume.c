/* test-resume.c: a run that is saved, and goes on in another trainer, is the run that never
 * stopped: the same losses, learning rates, evaluations, weights and buffers, bit for bit. The test
 * walks all kinds from their lists, so that a new one is covered by itself; and it takes each entry
 * of what was saved away, and empties each, to see that this would be noticed. */
#include "byte-source.h"
#include "data-kinds.h"
#include "engine/optimizers/optimizer.h"
#include "engine/recipe/recipe.h"
#include "engine/train/checkpoint-file.h"
#include "tests/check.h"
#include "tests/resume-run.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 211 pictures, some of them kept aside; ten batches an epoch, the last one smaller. */
enum { PER_EPOCH = 9, EPOCHS = 3, MOST_ENTRIES = 64 };
static const uint64_t stops[] = {4, PER_EPOCH, PER_EPOCH + 5};

/* ---- data that chance changes from epoch to epoch ---- */

static NnSource noisy;

static void gather_noisy(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                         nn_real *x, int32_t *labels)
{
  size_t size = nn_shape_size(source->shape);
  gather(&train.source, indices, n, epoch, x, labels);
  for (size_t i = 0; i < n; i++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, 3, NN_PURPOSE_TRANSFORM, epoch, indices[i]);
    for (size_t k = 0; k < size; k++)
      x[i * size + k] += (nn_real)(0.1 * nn_keyed_normal(&rng));
  }
}

/* The pictures as they are measured; while breaks_off, whoever measures them is told to stop. */
static NnSource judged;
static bool breaks_off;

static void gather_judged(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                          nn_real *x, int32_t *labels)
{
  (void)source;
  gather(&train.source, indices, n, epoch, x, labels);
  if (breaks_off)
    nn_observer_abort(resume_observer);
}

/* ---- cases ---- */

static bool open_cpu(NnBackend **backend, NnError *err)
{
  return nn_backend_open("cpu", 1, backend, err);
}

static NnConfig *recipe_of(const char *network, const char *rest)
{
  char json[4096];
  NnConfig *recipe = NULL;
  NnError err = {0};
  snprintf(json, sizeof json,
           "{\"version\": 1, \"data\": {\"batch_size\": 22, \"transforms\": [], "
           "\"validation_fraction\": 0.08}, \"loop\": {\"epochs\": %d}, \"network\": [%s]%s}",
           EPOCHS, network, rest);
  nn_recipe_parse(json, "test", &recipe, &err); /* what no recipe may say is left out */
  return recipe;
}

static ResumeCase case_of(const NnConfig *recipe)
{
  return (ResumeCase){.recipe = recipe,
                      .train = &noisy,
                      .train_evaluated = &judged,
                      .test = &test.source,
                      .open = open_cpu};
}

/* ---- what leaving an entry out does ---- */

/* Classes of entries: "optimizer.state.*.exp_avg", "scheduler.lr". Each has to matter to some run;
 * one that has been missed by so many is known well enough, and with $BACKPROP_TEST_SHORT, under
 * sanitizers, one that was missed once. */
static int often = 8;
typedef struct {
  char name[96];
  int n_matters, n_refused;
} EntryClass;
static EntryClass entry_classes[MOST_ENTRIES];
static int n_entry_classes;

static void class_name(const char *entry, char name[96])
{
  const char *last = strrchr(entry, '.');
  if (strncmp(entry, "scheduler.", 10) == 0)
    snprintf(name, 96, "scheduler%s", last);
  else if (strncmp(entry, "optimizer.state.", 16) == 0)
    snprintf(name, 96, "optimizer.state.*%s", last);
  else if (isdigit((unsigned char)*entry))
    snprintf(name, 96, "*%s", last);
  else
    snprintf(name, 96, "%s", entry);
}

static EntryClass *class_of(const char *entry)
{
  char name[96];
  int i = 0;
  class_name(entry, name);
  while (i < n_entry_classes && strcmp(entry_classes[i].name, name) != 0)
    i++;
  if (i == n_entry_classes && nn_check(n_entry_classes < MOST_ENTRIES))
    snprintf(entry_classes[n_entry_classes++].name, 96, "%s", name);
  return &entry_classes[i];
}

static NnCheckpoint copy_of(const NnCheckpoint *from)
{
  NnCheckpoint copy = {malloc(from->size), from->size};
  memcpy(copy.bytes, from->bytes, from->size);
  return copy;
}

/* Without the entry it is refused. */
static void leave_out(const ResumeCase *c, const NnCheckpoint *saved, const char *entry)
{
  char quoted[256];
  if (class_of(entry)->n_refused++ >= often)
    return;
  NnCheckpoint copy = copy_of(saved);
  snprintf(quoted, sizeof quoted, "\"%s\":", entry);
  char *at = memmem(copy.bytes, copy.size, quoted, strlen(quoted));
  if (nn_check(at != NULL)) {
    at[1] = '~'; /* another name, which nothing has */
    nn_checkpoint_seal(copy.bytes, copy.size);
    ResumeRun *run = resume_run(c, &copy, 0);
    nn_check(!run->ok && run->err.status == NN_ERR_SHAPE && run->n_records == 0);
    resume_free(run);
  }
  free(copy.bytes);
}

/* Seconds pass in a run that forgot them, too: there 1000 more have to be seen. */
static bool is_time(const char *entry, size_t size)
{
  return size == sizeof(double) &&
         (strcmp(entry, "trainer.seconds") == 0 || strcmp(entry, "trainer.epoch_seconds") == 0);
}

/* Zeros in its place are refused, or seen, if they were anything else. */
static void empty(const ResumeCase *c, const ResumeRun *whole, const NnCheckpoint *saved,
                  uint64_t stop, const char *entry, size_t first, size_t end)
{
  NnCheckpoint copy = copy_of(saved);
  uint64_t header;
  const char *what;
  memcpy(&header, copy.bytes, sizeof header);
  unsigned char *values = copy.bytes + sizeof header + header;
  bool zero = true;
  for (size_t i = first; i < end; i++)
    zero = zero && values[i] == 0;
  if (!zero && class_of(entry)->n_matters < often) {
    const double long_time = 1000;
    memset(values + first, 0, end - first);
    if (is_time(entry, end - first))
      memcpy(values + first, &long_time, sizeof long_time);
    nn_checkpoint_seal(copy.bytes, copy.size);
    ResumeRun *run = resume_run(c, &copy, 0);
    class_of(entry)->n_matters +=
        !resume_same(whole, run, stop, &what) || run->result.seconds >= long_time;
    resume_free(run);
  }
  free(copy.bytes);
}

static void spoil(const ResumeCase *c, const ResumeRun *whole, const NnCheckpoint *saved,
                  uint64_t stop)
{
  NnTensorReader reader;
  const char *name;
  json_t *entry;
  if (!nn_check(nn_tensors_open(&reader, saved->bytes, saved->size, NULL)))
    return;
  json_object_foreach(reader.header, name, entry)
  {
    const json_t *offsets = json_object_get(entry, "data_offsets");
    if (!offsets)
      continue;
    leave_out(c, saved, name);
    empty(c, whole, saved, stop, name, (size_t)json_integer_value(json_array_get(offsets, 0)),
          (size_t)json_integer_value(json_array_get(offsets, 1)));
  }
  nn_tensors_close(&reader);
}

/* ---- one recipe ---- */

/* False: the recipe cannot be. spoils: each entry of what is saved in the middle is taken away.
 * With $BACKPROP_TEST_SHORT it is stopped there alone. */
static bool check_recipe(const char *network, const char *rest, bool spoils)
{
  NnConfig *recipe = recipe_of(network, rest);
  const char *what = NULL;
  if (!recipe)
    return false;
  ResumeCase c = case_of(recipe);
  ResumeRun *whole = resume_run(&c, NULL, 0);
  bool can = whole->ok;
  for (size_t i = often > 1 ? 0 : 2; can && i < sizeof stops / sizeof *stops; i++) {
    ResumeRun *first = resume_run(&c, NULL, stops[i]);
    ResumeRun *second = first->ok ? resume_run(&c, &first->checkpoint, 0) : NULL;
    if (!nn_check(first->ok) || !nn_check(resume_same(whole, second, stops[i], &what)))
      printf("#   stopped at %d, with [%s]%s: %s\n", (int)stops[i], network, rest,
             first->ok ? what : first->err.text);
    else if (spoils && i == 2)
      spoil(&c, whole, &first->checkpoint, stops[i]);
    resume_free(second);
    resume_free(first);
  }
  resume_free(whole);
  nn_config_free(recipe);
  return can;
}

#define NETWORK                                                                              \
  "{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 7}, {\"kind\": "        \
  "\"BatchNorm1d\"}, {\"kind\": \"Tanh\"}, {\"kind\": \"Dropout\", \"p\": 0.2}, {\"kind\": " \
  "\"Linear\", \"out_features\": 3}"

/* Every choice of a kind that is yes or no, one after the other, the other way round. */
static int check_switches(const NnKind *kind, const char *section, const char *more)
{
  int n = 0;
  for (const NnParamSpec *p = kind->params; p && p->key; p++) {
    char rest[512];
    if (p->type != NN_PARAM_BOOL || strcmp(p->key, "maximize") == 0)
      continue;
    snprintf(rest, sizeof rest, ", \"%s\": {\"kind\": \"%s\", \"%s\": %s%s}", section, kind->name,
             p->key, p->def ? "false" : "true", more);
    n += check_recipe(NETWORK, rest, true);
  }
  return n;
}

static void test_optimizers(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    char rest[512];
    bool momentum = nn_param_index((*kind)->params, "momentum") >= 0;
    bool history = nn_param_index((*kind)->params, "history_size") >= 0;
    const char *more = momentum  ? ", \"momentum\": 0.9"
                       : history ? ", \"history_size\": 4, \"line_search_fn\": \"strong_wolfe\""
                                 : "";
    snprintf(rest, sizeof rest, ", \"optimizer\": {\"kind\": \"%s\"}", (*kind)->name);
    if (!nn_check(check_recipe(NETWORK, rest, true)))
      printf("#   %s\n", (*kind)->name);
    snprintf(rest, sizeof rest, ", \"optimizer\": {\"kind\": \"%s\"%s}", (*kind)->name, more);
    nn_check(check_recipe(NETWORK, rest, true));
    check_switches(*kind, "optimizer", more);
  }
  /* Its average begins at the third step instead of the millionth. */
  nn_check(check_recipe(NETWORK, ", \"optimizer\": {\"kind\": \"ASGD\", \"t0\": 2}", true));
}

/* Alone, stepped after each epoch and each batch, and inside others. */
static void test_schedulers(void)
{
  static const char *const ways[] = {
      "{\"kind\": \"%s\", \"interval\": \"epoch\"%s}",
      "{\"kind\": \"%s\", \"interval\": \"batch\"%s}",
      "{\"kind\": \"ChainedScheduler\", \"interval\": \"batch\", \"schedulers\": [{\"kind\": "
      "\"%s\"%s}, {\"kind\": \"ExponentialLR\", \"gamma\": 0.97}]}",
      "{\"kind\": \"SequentialLR\", \"interval\": \"batch\", \"milestones\": [6], \"schedulers\": "
      "[{\"kind\": \"CosineAnnealingLR\", \"T_max\": 5}, {\"kind\": \"%s\"%s}]}",
      "{\"kind\": \"SequentialLR\", \"interval\": \"batch\", \"milestones\": [17], "
      "\"schedulers\": [{\"kind\": \"%s\"%s}, {\"kind\": \"StepLR\", \"step_size\": 2}]}",
  };
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_SCHEDULER); *kind; kind++) {
    int n = 0;
    bool holds = nn_param_index((*kind)->params, "schedulers") >= 0;
    const char *inside = !holds ? ""
                         : nn_param_index((*kind)->params, "milestones") >= 0
                             ? ", \"milestones\": [3], \"schedulers\": [{\"kind\": \"LinearLR\"}, "
                               "{\"kind\": \"PolynomialLR\"}]"
                             : ", \"schedulers\": [{\"kind\": \"LinearLR\"}]";
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
      char rest[1024] = ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.05, \"momentum\": 0.9}, "
                        "\"scheduler\": ";
      size_t used = strlen(rest);
      snprintf(rest + used, sizeof rest - used, ways[i], (*kind)->name, inside);
      n += check_recipe(NETWORK, rest, i < 3);
    }
    if (!nn_check(n >= 2))
      printf("#   %s\n", (*kind)->name);
    check_switches(*kind, "scheduler", "");
  }
}

/* ReduceLROnPlateau's counters, each number that it may watch; its memory is what no other has. */
static void test_plateau(void)
{
  static const char *const metrics[] = {"train_loss", "test_loss", "test_accuracy",
                                        "validation_loss", "validation_accuracy"};
  for (int i = 0; i < 5; i++) {
    char rest[512];
    snprintf(rest, sizeof rest,
             ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 1}, \"scheduler\": {\"kind\": "
             "\"ReduceLROnPlateau\", \"metric\": \"%s\", \"patience\": 0, \"cooldown\": 1}",
             metrics[i]);
    nn_check(check_recipe(NETWORK, rest, true));
  }
}

/* Where a vector belongs and where a picture does; what a kind cannot take is left out. */
static void test_layers(void)
{
  static const char *const places[] = {
      "{\"kind\": \"%s\"%s}, {\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 3}",
      "{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 8}, {\"kind\": \"%s\"%s}, "
      "{\"kind\": \"Linear\", \"out_features\": 3}"};
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++) {
    int n = 0;
    char network[512], more[128];
    for (int i = 0; i < 2; i++) {
      const char *always = strcmp((*kind)->name, "GroupNorm") == 0 ? ", \"num_groups\": 2" : "";
      snprintf(network, sizeof network, places[i], (*kind)->name, always);
      n += check_recipe(network, "", i == 1);
      for (const NnParamSpec *p = (*kind)->params; p && p->key; p++) {
        if (p->type != NN_PARAM_BOOL && strcmp(p->key, "momentum") != 0)
          continue;
        snprintf(more, sizeof more, "%s, \"%s\": %s", always, p->key,
                 p->type != NN_PARAM_BOOL ? "null"
                 : p->def                 ? "false"
                                          : "true");
        snprintf(network, sizeof network, places[i], (*kind)->name, more);
        n += check_recipe(network, "", true);
      }
    }
    if (!nn_check(n > 0))
      printf("#   %s\n", (*kind)->name);
  }
}

static void test_losses_and_inits(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LOSS); *kind; kind++) {
    char rest[256];
    snprintf(rest, sizeof rest, ", \"loss\": {\"kind\": \"%s\"}", (*kind)->name);
    nn_check(check_recipe(NETWORK, rest, false));
  }
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_INIT); *kind; kind++) {
    char network[512];
    int n = 0;
    static const char *const places[] = {
        "{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 3, \"weight_init\": "
        "{\"kind\": \"%s\"}}",
        "{\"kind\": \"Conv2d\", \"out_channels\": 3, \"kernel_size\": 3, \"weight_init\": "
        "{\"kind\": \"%s\"}}, {\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": "
        "3}"};
    for (int i = 0; i < 2; i++) {
      snprintf(network, sizeof network, places[i], (*kind)->name);
      n += check_recipe(network, "", false);
    }
    if (!nn_check(n > 0))
      printf("#   %s\n", (*kind)->name);
  }
}

/* The evaluation at an epoch's end is broken off: all its batches are done, its end is not. */
static void test_broken_off(void)
{
  const char *what;
  NnConfig *recipe = recipe_of(NETWORK, ", \"scheduler\": {\"kind\": \"ExponentialLR\"}");
  ResumeCase c = case_of(recipe);
  ResumeRun *whole = resume_run(&c, NULL, 0);
  breaks_off = true;
  ResumeRun *first = resume_run(&c, NULL, 0);
  breaks_off = false;
  NnCheckpointInfo info = {0};
  nn_check(first->ok && first->result.stopped && first->result.epochs == 0);
  nn_check(nn_checkpoint_info(first->checkpoint.bytes, first->checkpoint.size, &info, NULL));
  nn_check(info.step == PER_EPOCH && info.epoch == 0 && info.batch == PER_EPOCH);
  ResumeRun *second = resume_run(&c, &first->checkpoint, 0);
  if (!nn_check(resume_same(whole, second, PER_EPOCH, &what)))
    printf("#   %s\n", what);
  nn_check(second->epochs[0].last_step == PER_EPOCH - 1);
  spoil(&c, whole, &first->checkpoint, PER_EPOCH);
  resume_free(second);
  resume_free(first);
  resume_free(whole);
  nn_config_free(recipe);
}

/* ---- bytes that are something else ---- */

static void refuse(NnTrainer *trainer, const void *bytes, size_t size, NnStatus status,
                   const char *part)
{
  NnError err = {0};
  nn_check(!nn_trainer_restore(trainer, bytes, size, &err));
  nn_check_int(err.status, status);
  nn_check_has(err.text, part);
}

static NnTrainer *trainer_of(const NnConfig *recipe, const NnSource *source, NnBackend *backend)
{
  NnTrainer *trainer = NULL;
  NnTrainerOptions options = {
      .recipe = recipe, .train = source, .test = &test.source, .backend = backend};
  nn_check(nn_trainer_new(&options, &trainer, NULL));
  return trainer;
}

static void test_others(void)
{
  static const struct {
    const char *network, *rest, *part;
  } others[] = {
      {NETWORK, ", \"optimizer\": {\"kind\": \"Adamax\"}", "\"optimizer\" is Adam, but here it is"},
      {NETWORK, ", \"optimizer\": {\"kind\": \"Adam\", \"amsgrad\": true}", "max_exp_avg_sq"},
      {NETWORK, ", \"optimizer\": {\"kind\": \"Adam\"}, \"scheduler\": {\"kind\": \"StepLR\"}",
       "\"scheduler\" is "},
      {"{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 3}", "", "\"network\""},
      {"{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 7}, {\"kind\": "
       "\"BatchNorm1d\"}, {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\", \"p\": 0.2}, {\"kind\": "
       "\"Linear\", \"out_features\": 3}",
       "", "\"network\""},
  };
  NnConfig *recipe = recipe_of(NETWORK, ", \"optimizer\": {\"kind\": \"Adam\"}");
  ResumeCase c = case_of(recipe);
  ResumeRun *run = resume_run(&c, NULL, 5);
  NnBackend *backend = NULL;
  open_cpu(&backend, NULL);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    NnConfig *other = recipe_of(others[i].network, others[i].rest);
    NnTrainer *trainer = trainer_of(other, &noisy, backend);
    refuse(trainer, run->checkpoint.bytes, run->checkpoint.size, NN_ERR_SHAPE, others[i].part);
    nn_trainer_free(trainer);
    nn_config_free(other);
  }
  NnTrainer *trainer = trainer_of(recipe, &test.source, backend); /* fewer pictures */
  refuse(trainer, run->checkpoint.bytes, run->checkpoint.size, NN_ERR_SHAPE, "\"n_samples\"");
  nn_trainer_free(trainer);
  trainer = trainer_of(recipe, &noisy, backend);
  char *version = memmem(run->checkpoint.bytes, run->checkpoint.size, "\"version\":\"1", 12);
  version[11] = '9';
  nn_checkpoint_seal(run->checkpoint.bytes, run->checkpoint.size);
  refuse(trainer, run->checkpoint.bytes, run->checkpoint.size, NN_ERR_UNSUPPORTED, "version 9");
  static const char foreign[] = "\x0f\0\0\0\0\0\0\0{\"a\":{}}       ";
  refuse(trainer, foreign, sizeof foreign - 1, NN_ERR_FORMAT, "no checkpoint");
  refuse(trainer, "", 0, NN_ERR_FORMAT, "damaged");
  refuse(trainer, "PK\3\4 something else entirely", 27, NN_ERR_FORMAT, "damaged");
  nn_trainer_free(trainer);
  nn_backend_close(backend);
  resume_free(run);
  nn_config_free(recipe);
}

/* Cut off anywhere, one byte changed anywhere: refused. With a seal that is right, as somebody
 * might put it there on purpose, it is refused or taken, and either way nothing breaks. */
static void test_damaged(void)
{
  NnConfig *recipe =
      recipe_of(NETWORK, ", \"optimizer\": {\"kind\": \"LBFGS\", \"history_size\": 3}, "
                         "\"scheduler\": {\"kind\": \"CyclicLR\", \"cycle_momentum\": false}");
  ResumeCase c = case_of(recipe);
  ResumeRun *run = resume_run(&c, NULL, 5);
  NnBackend *backend = NULL;
  NnKeyedRng rng;
  int taken = 0;
  open_cpu(&backend, NULL);
  NnTrainer *trainer = trainer_of(recipe, &noisy, backend);
  nn_keyed_init(&rng, 1, 1, 1, 1);
  for (size_t i = 0; i < run->checkpoint.size; i += i < 9000 ? 7 : 1013) {
    nn_check(!nn_trainer_restore(trainer, run->checkpoint.bytes, i, NULL));
    NnCheckpoint copy = copy_of(&run->checkpoint);
    NnError err = {0};
    NnResult result;
    copy.bytes[i] ^= (unsigned char)(1u << nn_keyed_u32(&rng) % 8);
    nn_check(!nn_trainer_restore(trainer, copy.bytes, copy.size, &err) && err.text[0]);
    for (int k = 0; k < 3; k++)
      copy.bytes[nn_keyed_u32(&rng) % copy.size] = (unsigned char)nn_keyed_u32(&rng);
    nn_checkpoint_seal(copy.bytes, copy.size);
    if (nn_trainer_restore(trainer, copy.bytes, copy.size, &err) && taken++ % 8 == 0)
      nn_trainer_run(trainer, NULL, NULL, &result, &err); /* whatever comes of such weights */
    free(copy.bytes);
  }
  nn_check(taken > 20);
  nn_trainer_free(trainer);
  nn_backend_close(backend);
  resume_free(run);
  nn_config_free(recipe);
}

/* Weights and buffers alone, in a model that another thread may have: the evaluation is the run's.
 */
static void test_model_alone(void)
{
  NnConfig *recipe = recipe_of(NETWORK, "");
  ResumeCase c = case_of(recipe);
  ResumeRun *run = resume_run(&c, NULL, 0);
  NnBackend *backend = NULL;
  NnModel *model = NULL;
  NnMetrics metrics = {0};
  NnError err = {0};
  NnCheckpointInfo info = {0};
  open_cpu(&backend, NULL);
  NnModelOptions options = {.recipe = recipe,
                            .input = test.source.shape,
                            .n_classes = CLASSES,
                            .batch_size = 64,
                            .inference = true,
                            .backend = backend};
  const NnCheckpoint *saved = &run->checkpoint;
  nn_check(nn_model_new(&options, &model, &err) &&
           nn_checkpoint_load_model(saved->bytes, saved->size, model, &err) &&
           nn_evaluate(model, &test.source, NULL, NULL, NULL, &metrics, &err));
  nn_check(metrics.n_correct == run->result.test.n_correct);
  nn_check_near(metrics.loss, run->result.test.loss, 0, 1e-12); /* batches of another size */
  nn_check(nn_checkpoint_info(saved->bytes, saved->size, &info, &err));
  nn_check_int((long long)info.step, PER_EPOCH * EPOCHS);
  nn_check_int(info.epoch, EPOCHS);
  nn_check_int((long long)info.batch, 0);
  nn_check_int((long long)info.n_params, (long long)nn_model_n_params(model));
  nn_check_int((long long)info.n_buffers, 14);
  nn_check_str(info.optimizer, "AdamW");
  nn_check(!nn_checkpoint_load_model(saved->bytes, saved->size - 1, model, &err));
  nn_model_free(model);
  nn_backend_close(backend);
  resume_free(run);
  nn_config_free(recipe);
}

/* After all others: nothing is saved that no run depends on, and each would be missed. */
static void test_entries_matter(void)
{
  nn_check(n_entry_classes > 30);
  for (int i = 0; i < n_entry_classes; i++)
    if (!nn_check(entry_classes[i].n_matters > 0))
      printf("#   %s can be empty, and no run notices\n", entry_classes[i].name);
}

int main(void)
{
  if (getenv("BACKPROP_TEST_SHORT"))
    often = 1;
  add_data_kinds();
  make_data();
  train.hidden = test.hidden = true;
  noisy = train.source;
  noisy.gather = gather_noisy;
  judged = train.source;
  judged.gather = gather_judged;
  noisy.bytes = judged.bytes = NULL;
  nn_test("every optimizer", test_optimizers);
  nn_test("every scheduler, alone and inside others", test_schedulers);
  nn_test("ReduceLROnPlateau with every metric", test_plateau);
  nn_test("every layer", test_layers);
  nn_test("every loss and initialization", test_losses_and_inits);
  nn_test("an evaluation that was broken off", test_broken_off);
  nn_test("another recipe, other data, something else", test_others);
  nn_test("damaged bytes", test_damaged);
  nn_test("a model alone", test_model_alone);
  nn_test("every entry of a checkpoint matters", test_entries_matter);
  return nn_test_done();
}
