/* train-prepare.c: recipe, data, device and files of a training in the terminal. What can be
 * refused is refused before anything takes long. */
#include "app/datasets/open-data.h"
#include "app/run/run-number.h"
#include "cli.h"
#include "given-data.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/train/checkpoint.h"
#include "recipes.h"
#include "train.h"
#include "ui/i18n.h"
#include <stdio.h>
#include <string.h>

/* ---- the run that goes on ---- */

/* With the sentences of a checkpoint, which knows no file. */
static bool fail_checkpoint(CliTrain *t, const CliOptions *options)
{
  NnError why = t->err;
  if (strcmp(why.where, "checkpoint") == 0)
    nn_fail(&t->err, why.status, options->resume, "%s: %s", options->resume, why.text);
  return false;
}

/* How far it is says the checkpoint itself, which is sealed; its row may hold anything. */
static bool read_place(CliTrain *t, const CliOptions *options)
{
  NnCheckpointInfo place;
  if (!t->from.bytes)
    return true;
  if (!nn_checkpoint_info(t->from.bytes, t->from.size, &place, &t->err))
    return fail_checkpoint(t, options);
  t->from.step = place.step;
  t->from.epoch = place.epoch;
  return true;
}

/* What the run has had before; the rest comes with the data. */
static bool open_resumed(CliTrain *t, const CliOptions *options, BpRunInfo *info)
{
  NnError *err = &t->err;
  if (!bp_run_file_open(options->resume, BP_RUN_FILE_TRAIN, &t->resumed, err) ||
      !bp_run_file_check(t->resumed, err) || !bp_run_file_info(t->resumed, info, err) ||
      !bp_run_file_checkpoint(t->resumed, 0, &t->from, err) || !read_place(t, options) ||
      !nn_recipe_parse(info->recipe, options->resume, &t->recipe, err))
    return false;
  unsigned long long done = t->from.step;
  uint64_t all = (uint64_t)info->steps_per_epoch * (uint64_t)info->n_epochs;
  bool finished = info->state && strcmp(info->state, "finished") == 0;
  if (t->from.bytes && finished && all > 0 && done >= all)
    return nn_fail(err, NN_ERR_ARG, options->resume,
                   "%s has finished: all of its %llu steps are done.", options->resume, done);
  if (options->steps && done >= options->steps)
    return nn_fail(err, NN_ERR_ARG, options->resume,
                   "%s has done %llu steps already, and --steps %llu counts from its beginning.",
                   options->resume, done, (unsigned long long)options->steps);
  return true;
}

/* Is it what the run was trained on? */
static bool check_resumed_data(CliTrain *t, const CliOptions *options, const BpRunInfo *info)
{
  char checksum[NN_CHECKSUM_TEXT], shape[NN_SHAPE_TEXT];
  const NnDataset *set = t->dataset;
  if (info->data_checksum && strcmp(info->data_checksum, nn_dataset_checksum(set, checksum)) == 0 &&
      info->data_shape && strcmp(info->data_shape, nn_shape_text(set->shape, shape)) == 0)
    return true;
  return nn_fail(&t->err, NN_ERR_ARG, options->resume,
                 "%s was trained on other data (%s, %lld training images) than these (%s, %lld); "
                 "--data says where they are.",
                 options->resume, info->data_title ? info->data_title : "?",
                 (long long)info->data_train, nn_dataset_title(set), (long long)set->train.n);
}

/* Epochs that were finished before the checkpoint. */
static bool read_earlier_epochs(CliTrain *t)
{
  NnEpoch *earlier = NULL;
  size_t n = 0;
  if (!t->from.bytes)
    return true;
  if (!bp_run_file_epochs(t->resumed, &earlier, &n, &t->err))
    return false;
  /* One of each, whatever somebody has put into the file. */
  uint32_t most = nn_trainer_n_epochs(bp_execution_trainer(t->execution));
  for (size_t i = 0; i < n && t->n_earlier < most && t->n_earlier < t->from.epoch; i++)
    if (earlier[i].epoch == t->n_earlier)
      t->epochs[t->n_earlier++] = earlier[i];
  nn_free(earlier);
  return true;
}

/* The log of a run that goes on is that of the whole run. */
static bool copy_earlier_steps(CliTrain *t)
{
  enum { CHUNK = 1024 };
  NnProgress records[CHUNK];
  size_t n = CHUNK;
  for (uint64_t next = 0; t->log.file && n == CHUNK && next < t->from.step;) {
    if (!bp_run_file_steps(t->resumed, next, records, CHUNK, &n, &t->err))
      return false;
    size_t use = n;
    while (use > 0 && records[use - 1].step >= t->from.step)
      use--;
    if (!cli_log_write(&t->log, records, use, &t->err))
      return false;
    if (n)
      next = records[n - 1].step + 1;
  }
  return true;
}

/* ---- data ---- */

static const char *data_of(const CliOptions *options, const BpRunInfo *info)
{
  if (options->data || !options->resume)
    return options->data;
  return info->data_practice ? "practice" : info->data_where;
}

static bool sets_network(const CliOptions *options)
{
  bool any = false;
  for (int i = 0; i < options->n_sets; i++)
    any = any || strncmp(options->sets[i], "network", 7) == 0;
  return any;
}

/* The program's own recipes are for any data; a person's is left as it is, and what it lacks is
 * said.
 */
static bool match_classes(CliTrain *t, const CliOptions *options)
{
  NnError err = {0};
  NnShape shape;
  char text[NN_MATCHED_TEXT];
  int n_classes = t->dataset->n_classes, n = nn_config_count(t->recipe, "network");
  if (!nn_transforms_check(t->recipe, t->dataset->shape, &shape, NULL) ||
      nn_model_check(t->recipe, shape, n_classes, NULL, NULL, NULL, &err) ||
      strcmp(err.where, "network") != 0 || n == 0)
    return true;
  NnConfig *matched = nn_config_copy(t->recipe, &t->err);
  if (!matched)
    return false;
  int layer = nn_model_match_classes(matched, shape, n_classes);
  bool ours = bp_recipe_is_shipped(options->recipe) && !options->resume && !sets_network(options);
  if (layer >= 0 && ours) {
    nn_config_free(t->recipe);
    t->recipe = matched;
    fprintf(stderr, "%s\n", nn_model_matched_text(n_classes, text));
    return true;
  }
  nn_config_free(matched);
  return layer < 0 ||
         nn_fail(&t->err, NN_ERR_SHAPE, "network",
                 nn_text_n("The output size of the network is %d, but there is %d class; --set "
                           "network.%d.out_features=%d makes it fit.",
                           "The output size of the network is %d, but there are %d classes; --set "
                           "network.%d.out_features=%d makes it fit.",
                           (unsigned long)n_classes),
                 nn_config_int(nn_config_at(t->recipe, "network", layer), "out_features"),
                 n_classes, layer, n_classes);
}

/* ---- before the data ---- */

/* What the data are not needed for is refused before they are read, which may take minutes. Where
 * a graphics card may be chosen, its memory will tell. */
static bool check_early(CliTrain *t, const CliOptions *options, const char *dir)
{
  NnSource source = {0}, test = {0}; /* how many test images there are is not known */
  NnShape picture;
  BpDataRequest request = bp_data_request(t->recipe, dir);
  if (!bp_peek_data(&request, &picture, &source.n_samples))
    return true;
  NnTrainerOptions trainer = {.recipe = t->recipe,
                              .train = &source,
                              .test = &test,
                              .backend = t->backend,
                              .max_steps = options->steps,
                              .checkpoints = options->out || options->resume};
  return nn_transforms_check(t->recipe, picture, &source.shape, &t->err) &&
         nn_trainer_check(&trainer, &t->err);
}

/* The processor, where there is no choice. */
static bool open_device_early(CliTrain *t, const CliOptions *options)
{
  NnDeviceInfo cuda = {0};
  bool named = strcmp(options->device, "auto") != 0;
  if (!named)
    nn_backend_describe("cuda", &cuda);
  return cuda.available ||
         nn_backend_open(named ? options->device : "cpu", options->threads, &t->backend, &t->err);
}

/* More threads than cores take turns, and wait for each other in turns: 25 times the time of the
 * processor, for nothing. */
static void cap_threads(CliOptions *options)
{
  int cores = nn_machine_cores();
  bool others = strcmp(options->device, "ref") == 0 || strcmp(options->device, "cuda") == 0;
  if (options->threads <= cores || options->oversubscribe || others)
    return;
  fprintf(stderr,
          ngettext("There is %d core, so %d thread is used; --oversubscribe uses %d.\n",
                   "There are %d cores, so %d threads are used; --oversubscribe uses %d.\n",
                   (unsigned long)cores),
          cores, cores, options->threads);
  options->threads = cores;
}

/* ---- all of it ---- */

static bool prepare_run(CliTrain *t, const CliOptions *options)
{
  BpChoice choice = {0};
  BpRunSpec spec = {.recipe = t->recipe,
                    .dataset = t->dataset,
                    .device = options->device,
                    .n_threads = options->threads,
                    .backend = t->backend,
                    .max_steps = options->steps,
                    .from = t->from.bytes ? &t->from : NULL,
                    .every_record = true,
                    .checkpoints = options->out || options->resume,
                    .choice = &choice};
  if (!bp_execution_prepare(&spec, &t->execution, &t->err))
    return fail_checkpoint(t, options);
  t->backend = NULL;
  if (choice.tried)
    fprintf(stderr, "%s\n", choice.why);
  t->epochs = nn_alloc_array(nn_trainer_n_epochs(bp_execution_trainer(t->execution)) + 1,
                             sizeof *t->epochs);
  return t->epochs || nn_fail_nomem(&t->err, "the epochs' records");
}

/* What the run is called: its recipe, and what was changed in it. */
static void title_of(const CliOptions *options, char *title, size_t size)
{
  const char *name = options->recipe ? options->recipe : "tutorial", *slash = strrchr(name, '/');
  size_t n = (size_t)snprintf(title, size, "%s", slash ? slash + 1 : name);
  for (int i = 0; i < options->n_sets && n < size; i++)
    n += (size_t)snprintf(title + n, size - n, ", %s", options->sets[i]);
}

static bool keep(CliTrain *t, const CliOptions *options)
{
  char title[256];
  if (t->resumed) {
    BpRunFile *file = t->resumed;
    t->resumed = NULL;
    return bp_execution_keep_on(t->execution, file, &t->err);
  }
  if (!options->out)
    return true;
  title_of(options, title, sizeof title);
  BpKept kept = {.path = options->out, .title = title};
  if (!bp_execution_keep(t->execution, &kept, &t->err))
    return false;
  bp_run_number_give(options->out);
  return true;
}

/* Those to begin with, and whether those at the end can be written. */
static bool prepare_weights(CliTrain *t, const CliOptions *options)
{
  NnModel *model = nn_trainer_model(bp_execution_trainer(t->execution));
  return (!t->weights || nn_learned_load(t->weights, model, &t->err)) &&
         (!options->save || nn_learned_check_model(options->save, model, &t->err));
}

/* The second would replace the first. */
static bool check_names(const CliOptions *options, NnError *err)
{
  const char *const names[] = {options->log, options->save, options->out, options->resume};
  static const char *const called[] = {"--log", "--save", "--out", "--resume"};
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < i; k++)
      if (names[i] && names[k] && nn_out_is_same(names[i], names[k]))
        return nn_fail(err, NN_ERR_ARG, names[i],
                       "%s and %s both name %s; each needs a file of its own.", called[k],
                       called[i], names[i]);
  return true;
}

/* The run's file is made, or taken back to its checkpoint, when nothing else can be refused. */
static bool prepare(CliTrain *t, CliOptions *options, BpRunInfo *info)
{
  if (!check_names(options, &t->err) ||
      (options->weights && !nn_learned_open(options->weights, &t->weights, &t->err)))
    return false;
  const char *own = t->weights ? nn_learned_recipe(t->weights) : NULL;
  if (options->resume ? !open_resumed(t, options, info)
                      : !cli_options_recipe(options, own, &t->recipe, &t->err))
    return false;
  const char *dir = data_of(options, info);
  return (!options->log || cli_log_check(options->log, &t->err)) &&
         (!options->save || (nn_learned_check_name(options->save, &t->err) &&
                             nn_out_check(options->save, &t->err))) &&
         (!options->out || bp_run_file_check_new(options->out, &t->err)) &&
         open_device_early(t, options) && check_early(t, options, dir) &&
         cli_open_data(t->recipe, dir, &t->dataset, &t->err) &&
         (!options->resume || check_resumed_data(t, options, info)) && match_classes(t, options) &&
         prepare_run(t, options) && prepare_weights(t, options) &&
         cli_log_open(&t->log, options->log, &t->err) &&
         (!t->resumed || (read_earlier_epochs(t) && copy_earlier_steps(t))) && keep(t, options);
}

bool cli_train_prepare(CliTrain *train, CliOptions *options)
{
  BpRunInfo info = {0};
  cap_threads(options);
  bool ok = prepare(train, options, &info);
  bp_run_info_clear(&info);
  return ok;
}

void cli_train_clear(CliTrain *train)
{
  nn_out_close(&train->log, false, NULL);
  bp_execution_free(train->execution);
  bp_run_file_close(train->resumed);
  nn_dataset_free(train->dataset);
  nn_backend_close(train->backend);
  nn_config_free(train->recipe);
  nn_learned_free(train->weights);
  nn_free(train->from.bytes);
  nn_free(train->epochs);
}
