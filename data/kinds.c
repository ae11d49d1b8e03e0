/* kinds.c: the datasets' descriptors, and the lists of all kinds of this room. */
#include "kinds.h"
#include "engine/recipe/kind.h"
#include "dataset.h"
#include "transform-list.h"

static const NnKind mnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "mnist",
    .torch = "MNIST",
    .label = N_("MNIST"),
    .group = "digits",
    .doc = N_("70 000 handwritten digits: 60 000 training images and 10 000 test images, "
              "grayscale, 28 × 28 pixels."),
    .source = "LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document "
              "recognition, 1998",
};

static const NnKind fashion_mnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "fashion-mnist",
    .torch = "FashionMNIST",
    .label = N_("Fashion-MNIST"),
    .group = "things",
    .doc = N_("70 000 images of clothing in 10 classes, in the same format as MNIST and harder to "
              "classify."),
    .source = "Xiao, Rasul, Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking "
              "machine learning algorithms, 2017",
};

static const NnKind kmnist_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "kmnist",
    .torch = "KMNIST",
    .label = N_("Kuzushiji-MNIST"),
    .group = "letters",
    .doc = N_("70 000 Japanese characters from old books in 10 classes, in the same format as "
              "MNIST; one character may be written in several quite different ways."),
    .source = "Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, Deep learning for classical "
              "Japanese literature, 2018",
};

static const NnParamSpec folder_params[] = {
    {.key = "image_size",
     .label = N_("Image size"),
     .unit = N_("pixels"),
     .type = NN_PARAM_PAIR,
     .def = 28,
     .min = 1,
     .max = NN_MAX_SIDE,
     .step = 1,
     .doc = N_("Height and width to which every image is scaled; larger images show more detail "
               "and take longer.")},
    {0}};

static const NnKind folder_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "folder",
    .torch = "ImageFolder",
    .label = N_("Folder of images"),
    .group = "your own",
    .doc = N_("Your own images (PNG, JPEG and others), sorted into one folder per class; they are "
              "converted "
              "to grayscale and scaled to one size."),
    .source = N_("laid out as for torchvision.datasets.ImageFolder"),
    .params = folder_params,
};

static const NnKind idx_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "idx",
    .torch = "",
    .label = N_("Your own IDX files"),
    .group = N_("your own"),
    .doc = N_("Your own images in four files named like MNIST's, with up to 1000 classes; an "
              "optional classes.txt beside them names the classes, one per line."),
    .source = "IDX as described by LeCun, Cortes, Burges on the page of MNIST",
};

static const NnKind practice_kind = {
    .klass = NN_CLASS_DATASET,
    .name = "practice",
    .torch = "",
    .label = N_("Practice digits"),
    .group = "digits",
    .doc = N_("Digits drawn by this program, in the same format as MNIST: for practice without a "
              "download; accuracy on them is not comparable with MNIST."),
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
