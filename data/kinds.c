/* kinds.c: the data sets' descriptors, and the lists of all kinds of this room. */
#include "kinds.h"
#include "transform-list.h"

static const NnKind mnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "mnist",
    .label = "MNIST",
    .group = "digits",
    .doc =
        "70 000 digits written by hand by several hundred people: 60 000 to learn from and 10 000 "
        "to be tested on, grey pictures of 28 × 28 pixels.",
    .source = "LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document "
              "recognition, 1998",
};

static const NnKind practice_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "practice",
    .label = "Practice digits",
    .group = "digits",
    .doc = "Digits that this program draws itself, in MNIST's sizes and numbers: good for practice "
           "without a download, but their accuracies are not MNIST's.",
    .source = "drawn by this program; elastic distortion after Simard, Steinkraus, Platt, 2003",
};

static const NnKind *const datasets[] = {&mnist_kind, &practice_kind, NULL};

#define LIST_TRANSFORM(name) &nn_transform_##name.kind,
static const NnKind *const transforms[] = {NN_TRANSFORMS(LIST_TRANSFORM) NULL};

void nn_data_register_kinds(void)
{
  nn_kinds_add(NN_CLASS_DATASET, datasets);
  nn_kinds_add(NN_CLASS_TRANSFORM, transforms);
}
