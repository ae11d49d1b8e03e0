/* kind.c: the registry. The engine's own lists come from the names in engine/meson.build; the data
 * room adds its classes at start-up. */
#include "kind.h"
#include "engine/inits/init.h"
#include "engine/kind-list.h"
#include "engine/layers/layer.h"
#include "engine/losses/loss.h"
#include "engine/optimizers/optimizer.h"
#include "engine/schedulers/scheduler.h"
#include "recipe-schema.h"
#include <assert.h>
#include <string.h>

#define LAYER(name)     extern const NnLayerKind nn_##name##_layer;
#define INIT(name)      extern const NnInitKind nn_##name##_init;
#define LOSS(name)      extern const NnLossKind nn_##name##_loss;
#define OPTIMIZER(name) extern const NnOptimizerKind nn_##name##_optimizer;
#define SCHEDULER(name) extern const NnSchedulerKind nn_##name##_scheduler;
NN_LAYERS(LAYER)
NN_ACTIVATIONS(LAYER)
NN_WEIGHTED_ACTIVATIONS(LAYER)
NN_INITS(INIT)
NN_LOSSES(LOSS)
NN_OPTIMIZERS(OPTIMIZER)
NN_TENSOR_OPTIMIZERS(OPTIMIZER)
NN_SCHEDULERS(SCHEDULER)
#undef LAYER
#undef INIT
#undef LOSS
#undef OPTIMIZER
#undef SCHEDULER

/* Every descriptor starts with its NnKind. */
#define LAYER(name)     &nn_##name##_layer.kind,
#define INIT(name)      &nn_##name##_init.kind,
#define LOSS(name)      &nn_##name##_loss.kind,
#define OPTIMIZER(name) &nn_##name##_optimizer.kind,
#define SCHEDULER(name) &nn_##name##_scheduler.kind,
static const NnKind *const sections[] = {&nn_recipe_section, &nn_data_section,
                                         &nn_regularization_section, &nn_loop_section, NULL};
static const NnKind *const layers[] = {NN_LAYERS(LAYER) NN_ACTIVATIONS(LAYER)
                                           NN_WEIGHTED_ACTIVATIONS(LAYER) NULL};
static const NnKind *const inits[] = {NN_INITS(INIT) NULL};
static const NnKind *const losses[] = {NN_LOSSES(LOSS) NULL};
static const NnKind *const optimizers[] = {NN_OPTIMIZERS(OPTIMIZER) NN_TENSOR_OPTIMIZERS(OPTIMIZER)
                                               NULL};
static const NnKind *const schedulers[] = {NN_SCHEDULERS(SCHEDULER) NULL};
static const NnKind *const none[] = {NULL};

static const NnKind *const *lists[NN_N_CLASSES] = {
    [NN_CLASS_SECTION] = sections,     [NN_CLASS_DATASET] = none,
    [NN_CLASS_TRANSFORM] = none,       [NN_CLASS_LAYER] = layers,
    [NN_CLASS_INIT] = inits,           [NN_CLASS_LOSS] = losses,
    [NN_CLASS_OPTIMIZER] = optimizers, [NN_CLASS_SCHEDULER] = schedulers};

const NnKind *const *nn_kinds(NnKindClass klass)
{
  assert((unsigned)klass < NN_N_CLASSES);
  return lists[klass];
}

const NnKind *nn_kind_find(NnKindClass klass, const char *name)
{
  for (const NnKind *const *kind = nn_kinds(klass); *kind; kind++)
    if (strcmp((*kind)->name, name) == 0)
      return *kind;
  return NULL;
}

const char *nn_class_name(NnKindClass klass)
{
  static const char *const names[NN_N_CLASSES] = {
      [NN_CLASS_SECTION] = "section",     [NN_CLASS_DATASET] = "dataset",
      [NN_CLASS_TRANSFORM] = "transform", [NN_CLASS_LAYER] = "layer",
      [NN_CLASS_INIT] = "init",           [NN_CLASS_LOSS] = "loss",
      [NN_CLASS_OPTIMIZER] = "optimizer", [NN_CLASS_SCHEDULER] = "scheduler"};
  assert((unsigned)klass < NN_N_CLASSES);
  return names[klass];
}

void nn_kinds_add(NnKindClass klass, const NnKind *const *list)
{
  assert((unsigned)klass < NN_N_CLASSES);
  assert(lists[klass] == none || lists[klass] == list); /* the engine's own classes are complete */
  lists[klass] = list;
}
