/* catalog.h: the datasets that can be downloaded: what their files are called, how large they are,
 * which checksums they have, and where they lie.
 *
 * Checksums, mirrors and class names are those of torchvision's datasets/mnist.py; sizes are what
 * its downloads report. Thread: any; everything here is constant. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { NN_CATALOG_FILES = 4, NN_MD5_TEXT = 33 };

typedef struct {
  const char *name; /* on every mirror: "train-images-idx3-ubyte.gz" */
  uint64_t size;    /* in bytes, as it is fetched: gzipped */
  const char *md5;  /* of these bytes, in hexadecimal */
  /* The unpacked content, by which a mirror is recognized that has packed it anew, and a set that
   * lies in a folder of any name; 0 and NULL: not known. */
  uint64_t content_size;
  const char *content_md5;
  uint32_t content_crc32; /* as gzip has it */
} NnCatalogFile;

typedef struct NnCatalogSet {
  const char *name;           /* of the data set's kind: "fashion-mnist" */
  const char *title;          /* "Fashion-MNIST" */
  const char *folder;         /* where torchvision puts it below its root: "FashionMNIST" (/raw) */
  const char *const *mirrors; /* addresses ending in "/", in the order to be tried; NULL ends */
  const char *const *classes; /* ten names, or NULL: "0" … "9" */
  NnCatalogFile files[NN_CATALOG_FILES]; /* train images, train labels, test images, test labels */
} NnCatalogSet;

/* All sets, NULL-terminated; MNIST is the first. */
extern const NnCatalogSet *const nn_catalog[];
/* The set of that exact name, or NULL. */
const NnCatalogSet *nn_catalog_find(const char *name);
/* Bytes of all its files, as they are fetched. */
uint64_t nn_catalog_size(const NnCatalogSet *set);
