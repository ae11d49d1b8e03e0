/* data-kinds.h: stand-ins for the kinds of the data room, which the engine's own tests do not link:
 * a recipe holds them without knowing what they do. */
#pragma once
#include "engine/recipe/kind.h"
#include <math.h>

static const NnParamSpec practice_params[] = {{.key = "distortion",
                                               .label = "Distortion",
                                               .type = NN_PARAM_FLOAT,
                                               .def = NAN,
                                               .min = 0,
                                               .max = 10,
                                               .step = 1,
                                               .flags = NN_PARAM_DERIVED,
                                               .doc = "For the test of bare kinds with a value."},
                                              {0}};
static const NnKind mnist_kind = {
    .klass = NN_CLASS_DATASET, .name = "mnist", .doc = "Digits.", .source = "test"};
static const NnKind practice_kind = {.klass = NN_CLASS_DATASET,
                                     .name = "practice",
                                     .doc = "Drawn digits.",
                                     .source = "test",
                                     .params = practice_params};
static const NnKind totensor_kind = {.klass = NN_CLASS_TRANSFORM,
                                     .name = "ToTensor",
                                     .torch = "ToTensor()",
                                     .doc = "Scales.",
                                     .source = "test"};
static const NnKind *const dataset_kinds[] = {&mnist_kind, &practice_kind, NULL};
static const NnKind *const transform_kinds[] = {&totensor_kind, NULL};

static inline void add_data_kinds(void)
{
  nn_kinds_add(NN_CLASS_DATASET, dataset_kinds);
  nn_kinds_add(NN_CLASS_TRANSFORM, transform_kinds);
}
