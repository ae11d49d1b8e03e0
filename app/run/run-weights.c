/* run-weights.c: see run-weights.h. */
#include "run-weights.h"
#include "data/loaders.h"
#include "engine/export/weights.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/train/checkpoint.h"
#include <stdlib.h>
#include <string.h>

/* "1 × 28 × 28", as nn_shape_text() has written it. */
static NnShape read_shape(const char *text)
{
  NnShape shape = {0};
  for (const char *at = text; at && *at && shape.n_dims < NN_MAX_DIMS;) {
    char *end;
    at += strcspn(at, "0123456789");
    if (*at)
      shape.dims[shape.n_dims++] = strtoul(at, &end, 10), at = end;
  }
  return shape;
}

/* The network of the run, without its data: to be filled, and to be written. */
static bool new_model(const BpRunInfo *info, const NnConfig *recipe, NnBackend *backend,
                      NnModel **model, NnError *err)
{
  NnModelOptions options = {.recipe = recipe,
                            .n_classes = (int)info->data_classes,
                            .batch_size = 1,
                            .inference = true,
                            .backend = backend};
  return nn_transforms_check(recipe, read_shape(info->data_shape), &options.input, err) &&
         nn_model_new(&options, model, err);
}

static bool save(const BpRunInfo *info, const char *run, const BpCheckpoint *checkpoint,
                 const char *to, NnError *err)
{
  NnConfig *recipe = NULL;
  NnBackend *backend = NULL;
  NnModel *model = NULL;
  bool ok = nn_recipe_parse(info->recipe ? info->recipe : "", run, &recipe, err) &&
            nn_backend_open("cpu", 1, &backend, err) &&
            new_model(info, recipe, backend, &model, err) &&
            nn_checkpoint_load_model(checkpoint->bytes, checkpoint->size, model, err) &&
            nn_learned_check_model(to, model, err) && nn_learned_save(to, model, recipe, err);
  nn_model_free(model);
  nn_backend_close(backend);
  nn_config_free(recipe);
  return ok;
}

bool bp_run_save_weights(const char *run, uint64_t step, const char *to, NnError *err)
{
  BpRunFile *file = NULL;
  BpRunInfo info = {0};
  BpCheckpoint checkpoint = {0};
  bool ok = nn_learned_check_name(to, err) && bp_run_file_open(run, BP_RUN_FILE_READ, &file, err) &&
            bp_run_file_info(file, &info, err) &&
            bp_run_file_checkpoint_at(file, step, &checkpoint, err) &&
            save(&info, run, &checkpoint, to, err);
  nn_free(checkpoint.bytes);
  bp_run_info_clear(&info);
  bp_run_file_close(file);
  return ok;
}
