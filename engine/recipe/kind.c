/* kind.c: the table of classes, and the registry of kinds. The engine's own lists come from the
 * names in engine/meson.build; the data room adds its classes at start-up. */
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
NN_ACTIVATION_LAYERS(LAYER)
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
                                           NN_ACTIVATION_LAYERS(LAYER) NULL};
static const NnKind *const inits[] = {NN_INITS(INIT) NULL};
static const NnKind *const losses[] = {NN_LOSSES(LOSS) NULL};
static const NnKind *const optimizers[] = {NN_OPTIMIZERS(OPTIMIZER) NN_TENSOR_OPTIMIZERS(OPTIMIZER)
                                               NULL};
static const NnKind *const schedulers[] = {NN_SCHEDULERS(SCHEDULER) NULL};
static const NnKind *const none[] = {NULL};

/* The one table of classes. Its order is that of "kinds --json". */
enum { MAX_CLASSES = 16 };
static int n_classes = NN_N_CLASSES;
static NnClass classes[MAX_CLASSES] = {
    [NN_CLASS_SECTION] = {.name = "section",
                          .plural = N_("Sections"),
                          /* Translators: their names follow. */
                          .one_of = N_("one section: "),
                          .unknown = N_("no section has that name"),
                          .kinds = sections},
    [NN_CLASS_DATASET] = {.name = "dataset",
                          .plural = N_("Datasets"),
                          .one_of = N_("one dataset: "),
                          .unknown = N_("no dataset has that name"),
                          .help_page = 7,
                          .kinds = none},
    [NN_CLASS_TRANSFORM] = {.name = "transform",
                            .plural = N_("Transforms"),
                            .one_of = N_("one transform: "),
                            .unknown = N_("no transform has that name"),
                            .add = N_("Add transform"),
                            .add_tip = N_("Adds a transform after the open one"),
                            .entry = N_("Transform %d of %d: %s %s"),
                            .help_page = 6,
                            /* "RandomRotation" is what stands in a notebook; "Random rotation"
                             * adds nothing to it. */
                            .flags =
                                NN_CLASS_TITLE_IS_NAME | NN_CLASS_IN_ORDER | NN_CLASS_FIRST_SHOWN,
                            .kinds = none},
    [NN_CLASS_LAYER] = {.name = "layer",
                        .plural = N_("Layers"),
                        .one_of = N_("one layer: "),
                        .unknown = N_("no layer has that name"),
                        .add = N_("Add layer"),
                        .add_tip = N_("Adds a layer after the open one"),
                        /* Translators: its place in the list, its name and its settings:
                         * "Layer 3 of 6: ReLU 64". */
                        .entry = N_("Layer %d of %d: %s %s"),
                        .help_page = 1,
                        .kinds = layers},
    [NN_CLASS_INIT] = {.name = "init",
                       .plural = N_("Initializations"),
                       .one_of = N_("one init: "),
                       .unknown = N_("no init has that name"),
                       .help_page = 2,
                       .kinds = inits},
    [NN_CLASS_LOSS] = {.name = "loss",
                       .plural = N_("Losses"),
                       .one_of = N_("one loss: "),
                       .unknown = N_("no loss has that name"),
                       .help_page = 5,
                       .kinds = losses},
    [NN_CLASS_OPTIMIZER] = {.name = "optimizer",
                            .plural = N_("Optimizers"),
                            .one_of = N_("one optimizer: "),
                            .unknown = N_("no optimizer has that name"),
                            .help_page = 3,
                            .kinds = optimizers},
    [NN_CLASS_SCHEDULER] = {.name = "scheduler",
                            .plural = N_("Schedules"),
                            .one_of = N_("one scheduler: "),
                            .unknown = N_("no scheduler has that name"),
                            .add = N_("Add schedule"),
                            .add_tip = N_("Adds a schedule after the open one"),
                            .entry = N_("Schedule %d of %d: %s %s"),
                            .help_page = 4,
                            .kinds = schedulers}};

int nn_class_count(void)
{
  return n_classes;
}

const NnClass *nn_class(NnKindClass klass)
{
  assert((int)klass >= 0 && (int)klass < n_classes);
  return &classes[klass];
}

NnKindClass nn_class_add(const NnClass *entry)
{
  assert(n_classes < MAX_CLASSES);
  classes[n_classes] = *entry;
  if (!entry->kinds)
    classes[n_classes].kinds = none;
  return (NnKindClass)n_classes++;
}

const NnKind *const *nn_kinds(NnKindClass klass)
{
  return nn_class(klass)->kinds;
}

const NnKind *nn_kind_find(NnKindClass klass, const char *name)
{
  for (const NnKind *const *kind = nn_kinds(klass); *kind; kind++)
    if (strcmp((*kind)->name, name) == 0)
      return *kind;
  return NULL;
}

void nn_kinds_add(NnKindClass klass, const NnKind *const *list)
{
  const NnKind *const *before = nn_kinds(klass);
  assert(before == none || before == list); /* the engine's own classes are complete */
  (void)before;
  classes[klass].kinds = list;
}
