/* kinds.c: the data sets' descriptors, and the lists of all kinds of this room. */
#include "kinds.h"
#include "engine/kind.h"
#include "dataset.h"
#include "transform-list.h"

static const NnKind mnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "mnist",
    .label = N_("MNIST"),
    .group = "digits",
    .doc = N_(
        "70 000 digits written by hand by several hundred people: 60 000 to learn from and 10 000 "
        "to be tested on, gray pictures of 28 × 28 pixels."),
    .source = "LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document "
              "recognition, 1998",
};

static const NnKind fashion_mnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "fashion-mnist",
    .label = N_("Fashion-MNIST"),
    .group = "things",
    .doc = N_("70 000 pictures of clothes in 10 classes, in MNIST's sizes and numbers, made to be "
              "harder than digits."),
    .source = "Xiao, Rasul, Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking "
              "machine learning algorithms, 2017",
};

static const NnKind kmnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "kmnist",
    .label = N_("Kuzushiji-MNIST"),
    .group = "letters",
    .doc = N_(
        "70 000 Japanese letters from old books in 10 classes, in MNIST's sizes and numbers: one "
        "letter may be written in several quite different ways."),
    .source = "Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, Deep learning for classical "
              "Japanese literature, 2018",
};

static const NnParamSpec folder_params[] = {
    {.key = "image_size",
     .label = N_("Picture size"),
     .unit = N_("pixels"),
     .type = NN_PARAM_PAIR,
     .def = 28,
     .min = 1,
     .max = NN_MAX_SIDE,
     .step = 1,
     .doc = N_("Height and width that every picture is scaled to: larger shows more and takes "
               "longer.")},
    {0}};

static const NnKind folder_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "folder",
    .label = N_("Folder of pictures"),
    .group = "own",
    .doc =
        N_("Your own pictures, PNG or JPEG, sorted into one folder per class; they become gray and "
           "of one size."),
    .source = N_("laid out as for torchvision.datasets.ImageFolder"),
    .params = folder_params,
};

static const NnKind idx_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "idx",
    .label = N_("Own IDX files"),
    .group = N_("own"),
    .doc =
        N_("Your own pictures in four files that are named as MNIST's are, in up to 1000 classes; "
           "a classes.txt beside them may name these, one in each line."),
    .source = "IDX as described by LeCun, Cortes, Burges on the page of MNIST",
};

static const NnKind practice_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "practice",
    .label = N_("Practice digits"),
    .group = "digits",
    .doc =
        N_("Digits that this program draws itself, in MNIST's sizes and numbers: good for practice "
           "without a download, but their accuracies are not MNIST's."),
    .source = N_("drawn by this program; elastic distortion after Simard, Steinkraus, Platt, 2003"),
};

static const NnKind *const datasets[] = {
    &mnist_kind, &fashion_mnist_kind, &kmnist_kind, &folder_kind, &idx_kind, &practice_kind, NULL};

#define LIST_TRANSFORM(name) &nn_transform_##name.kind,
static const NnKind *const transforms[] = {NN_TRANSFORMS(LIST_TRANSFORM) NULL};

void nn_data_register_kinds(void)
{
  nn_kinds_add(NN_CLASS_DATASET, datasets);
  nn_kinds_add(NN_CLASS_TRANSFORM, transforms);
}
