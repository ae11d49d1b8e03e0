/* set-name.c: see set-name.h. */
#include "set-name.h"
#include "checksum.h"
#include "emnist.h"
#include "labels.h"
#include "engine/utf8.h"
#include <stdio.h>
#include <string.h>

enum { N_CLASSES = 10, SIDE = 28 };

/* ---- by their checksums ---- */

static void put_big_endian(uint8_t *to, size_t value)
{
  for (int b = 0; b < 4; b++)
    to[b] = (uint8_t)(value >> (24 - 8 * b));
}

/* Of the IDX file that the pictures came from, header included. */
static uint32_t images_crc(const NnSplit *split, NnShape shape)
{
  uint8_t header[16] = {0, 0, 8, 3};
  put_big_endian(header + 4, split->n);
  put_big_endian(header + 8, shape.dims[1]);
  put_big_endian(header + 12, shape.dims[2]);
  return nn_crc32(nn_crc32(0, header, sizeof header), split->images,
                  split->n * nn_shape_size(shape));
}

static uint32_t labels_crc(const NnSplit *split)
{
  uint8_t header[8] = {0, 0, 8, 1};
  put_big_endian(header + 4, split->n);
  uint32_t crc = nn_crc32(0, header, sizeof header);
  for (size_t i = 0; i < split->n; i++)
    crc = nn_crc32(crc, &(uint8_t){(uint8_t)split->labels[i]}, 1);
  return crc;
}

/* Sizes first: most sets are told apart by them, without a look at any picture. */
static bool has_sizes(const NnDataset *dataset, const NnCatalogFile *files)
{
  size_t size = nn_shape_size(dataset->shape);
  return files[0].content_size == 16 + dataset->train.n * size &&
         files[2].content_size == 16 + dataset->test.n * size;
}

const NnCatalogSet *nn_set_recognize(const NnDataset *dataset)
{
  for (int i = 0; nn_catalog[i]; i++) {
    const NnCatalogFile *files = nn_catalog[i]->files;
    if (has_sizes(dataset, files) && labels_crc(&dataset->test) == files[3].content_crc32 &&
        labels_crc(&dataset->train) == files[1].content_crc32 &&
        images_crc(&dataset->test, dataset->shape) == files[2].content_crc32 &&
        images_crc(&dataset->train, dataset->shape) == files[0].content_crc32)
      return nn_catalog[i];
  }
  return NULL;
}

/* ---- by the directory ---- */

/* The last part of the directory's name that is not "raw". */
static void title_after(const char *dir, NnDataset *dataset)
{
  size_t end = strlen(dir);
  dataset->title[0] = '\0';
  for (int part = 0; part < 2; part++) {
    size_t start = end;
    while (start > 0 && dir[start - 1] != '/')
      start--;
    if (part == 0 && end - start == 3 && strncmp(dir + start, "raw", 3) == 0 && start > 1) {
      end = start - 1;
      continue;
    }
    nn_utf8_copy(dataset->title, sizeof dataset->title, dir + start, end - start);
    break;
  }
  if (!dataset->title[0])
    snprintf(dataset->title, sizeof dataset->title, "%s", nn_text(N_("IDX files")));
}

/* ---- all together ---- */

/* Could it be one of the catalog's, which are all of one form? */
static bool fits(const NnDataset *dataset, int most)
{
  return nn_shape_equal(dataset->shape, nn_shape_3d(1, SIDE, SIDE)) && most < N_CLASSES;
}

static const NnCatalogSet *set_of(const NnDataset *dataset, const NnMnistFiles *files,
                                  const NnSetRequest *request, int most, bool own_names)
{
  if (!request->set)
    return NULL;
  if (files->named)
    return files->set;
  const NnCatalogSet *known = nn_set_recognize(dataset);
  if (known)
    return known;
  return request->asked && !own_names && fits(dataset, most) ? files->set : NULL;
}

static void call(NnDataset *dataset, const NnCatalogSet *set, const char *dir)
{
  if (set) {
    snprintf(dataset->name, sizeof dataset->name, "%s", set->name);
    snprintf(dataset->title, sizeof dataset->title, "%s", set->title);
  } else {
    title_after(dir, dataset);
  }
  dataset->ink = set != NULL;
}

/* n: how many names there are; 0: none. */
static bool count_classes(NnDataset *dataset, const NnCatalogSet *set, const char *dir, int n,
                          int most, NnError *err)
{
  dataset->n_classes = set ? N_CLASSES : n > 0 ? n : most + 1;
  if (n > 0 && most >= n)
    return nn_fail(err, NN_ERR_FORMAT, dir,
                   nn_text_n("%s/classes.txt names %d class, but there are labels up to %d.",
                             "%s/classes.txt names %d classes, but there are labels up to %d.",
                             (unsigned long)n),
                   dir, n, most);
  if (n > 0 && n != dataset->n_classes)
    return nn_fail(err, NN_ERR_FORMAT, dir,
                   nn_text_n("%s/classes.txt names %d class, but %s has %d.",
                             "%s/classes.txt names %d classes, but %s has %d.", (unsigned long)n),
                   dir, n, dataset->title, dataset->n_classes);
  return true;
}

bool nn_set_name(NnDataset *dataset, const NnMnistFiles *files, const NnSetRequest *request,
                 int most, NnError *err)
{
  char **names;
  int n;
  if (files->split)
    return nn_emnist_name(dataset, files, err);
  if (!nn_class_names_read(files->dir, &names, &n, err))
    return false;
  const NnCatalogSet *set = set_of(dataset, files, request, most, names != NULL);
  const char *const *given = names ? (const char *const *)names : set ? set->classes : NULL;
  call(dataset, set, files->dir);
  bool ok = count_classes(dataset, set, files->dir, n, most, err) &&
            (!given || nn_dataset_name_classes(dataset, given, err));
  nn_class_names_free(names);
  return ok;
}
