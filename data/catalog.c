/* catalog.c: see catalog.h. */
#include "catalog.h"
#include <string.h>

#define TRAIN_IMAGES "train-images-idx3-ubyte.gz"
#define TRAIN_LABELS "train-labels-idx1-ubyte.gz"
#define TEST_IMAGES  "t10k-images-idx3-ubyte.gz"
#define TEST_LABELS  "t10k-labels-idx1-ubyte.gz"

/* The original page, which often refuses programs, comes last. */
static const char *const mnist_mirrors[] = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                                            "https://storage.googleapis.com/cvdf-datasets/mnist/",
                                            "http://yann.lecun.com/exdb/mnist/", NULL};

static const NnCatalogSet mnist = {
    .name = "mnist",
    .title = "MNIST",
    .folder = "MNIST",
    .mirrors = mnist_mirrors,
    .files = {{TRAIN_IMAGES, 9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873", 47040016,
               "6bbc9ace898e44ae57da46a324031adb", 0xe9f4d8b3},
              {TRAIN_LABELS, 28881, "d53e105ee54ea40749a09fcbcd1e9432", 60008,
               "a25bea736e30d166cdddb491f175f624", 0xe0cb4ad2},
              {TEST_IMAGES, 1648877, "9fb629c4189551a2d022fa330f9573f3", 7840016,
               "2646ac647ad5339dbf082846283269ea", 0x91373bdf},
              {TEST_LABELS, 4542, "ec29112dd5afa0611ce80d1b7f02629c", 10008,
               "27ae3e4e09519cfbb04c329615203637", 0x4ab9eff9}},
};

static const char *const fashion_mirrors[] = {
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", NULL};
static const char *const fashion_classes[] = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                              "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                              "Bag",         "Ankle boot"};

static const NnCatalogSet fashion_mnist = {
    .name = "fashion-mnist",
    .title = "Fashion-MNIST",
    .folder = "FashionMNIST",
    .mirrors = fashion_mirrors,
    .classes = fashion_classes,
    .files = {{TRAIN_IMAGES, 26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", 0, NULL, 0},
              {TRAIN_LABELS, 29515, "25c81989df183df01b3e8a0aad5dffbe", 0, NULL, 0},
              {TEST_IMAGES, 4422102, "bef4ecab320f06d8554ea6380940ec79", 0, NULL, 0},
              {TEST_LABELS, 5148, "bb300cfdad3c16e7a12a480ee83cd310", 0, NULL, 0}},
};

static const char *const kmnist_mirrors[] = {"http://codh.rois.ac.jp/kmnist/dataset/kmnist/", NULL};
static const char *const kmnist_classes[] = {"o",  "ki", "su", "tsu", "na",
                                             "ha", "ma", "ya", "re",  "wo"};

static const NnCatalogSet kmnist = {
    .name = "kmnist",
    .title = "Kuzushiji-MNIST",
    .folder = "KMNIST",
    .mirrors = kmnist_mirrors,
    .classes = kmnist_classes,
    .files = {{TRAIN_IMAGES, 18165135, "bdb82020997e1d708af4cf47b453dcf7", 0, NULL, 0},
              {TRAIN_LABELS, 29497, "e144d726b3acfaa3e44228e80efcd344", 0, NULL, 0},
              {TEST_IMAGES, 3041136, "5c965bf0a639b31b8f53240b1b52f4d7", 0, NULL, 0},
              {TEST_LABELS, 5120, "7320c461ea6c1c855c0b718fb2a4b134", 0, NULL, 0}},
};

const NnCatalogSet *const nn_catalog[] = {&mnist, &fashion_mnist, &kmnist, NULL};

const NnCatalogSet *nn_catalog_find(const char *name)
{
  for (int i = 0; nn_catalog[i]; i++)
    if (strcmp(nn_catalog[i]->name, name) == 0)
      return nn_catalog[i];
  return NULL;
}

uint64_t nn_catalog_size(const NnCatalogSet *set)
{
  uint64_t size = 0;
  for (int f = 0; f < NN_CATALOG_FILES; f++)
    size += set->files[f].size;
  return size;
}
