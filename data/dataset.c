/* dataset.c: making, freeing and describing a data set. */
#include "dataset.h"
#include "checksum.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "engine/utf8.h"
#include <stdio.h>
#include <string.h>

static bool shape_ok(NnShape shape)
{
  return shape.n_dims == 3 && shape.dims[0] >= 1 && shape.dims[0] <= NN_MAX_CHANNELS &&
         shape.dims[1] >= 1 && shape.dims[1] <= NN_MAX_SIDE && shape.dims[2] >= 1 &&
         shape.dims[2] <= NN_MAX_SIDE;
}

bool nn_dataset_new(const char *name, const char *title, NnShape shape, int n_classes,
                    NnDataset **dataset, NnError *err)
{
  if (!shape_ok(shape)) {
    char text[NN_SHAPE_TEXT];
    return nn_fail(err, NN_ERR_SHAPE, name,
                   "%s: images of %s are not supported; allowed are 1 to %d channels and 1 to %d "
                   "rows and columns.",
                   title, nn_shape_text(shape, text), NN_MAX_CHANNELS, NN_MAX_SIDE);
  }
  if (n_classes < 1 || n_classes > NN_MAX_CLASSES)
    return nn_fail(err, NN_ERR_ARG, name, "%s: %d classes found, allowed are 1 to %d.", title,
                   n_classes, NN_MAX_CLASSES);
  NnDataset *made = nn_alloc(sizeof *made);
  if (!made)
    return nn_fail_nomem(err, "a dataset");
  snprintf(made->name, sizeof made->name, "%s", name);
  nn_utf8_copy(made->title, sizeof made->title, title, strlen(title));
  made->shape = shape;
  made->n_classes = n_classes;
  *dataset = made;
  return true;
}

bool nn_pictures_fit(size_t n, size_t size, NnError *err)
{
  char sum[NN_BYTES_TEXT], room[NN_BYTES_TEXT];
  if (nn_machine_has((uint64_t)n * size))
    return true;
  return nn_fail(err, NN_ERR_NOMEM, NULL,
                 "%zu images of %zu bytes would take %s of memory, but only %s are free: use "
                 "fewer, or smaller ones.",
                 n, size, nn_bytes_text((uint64_t)n * size, sum),
                 nn_bytes_text(nn_machine_memory(), room));
}

bool nn_split_take(NnSplit *split, NnShape shape, size_t n, const NnFileBlock *block, NnError *err)
{
  int32_t *labels = nn_alloc_array(n, sizeof *labels);
  if (!labels)
    return nn_fail_nomem(err, "the labels of a dataset");
  uint8_t *images = block->bytes + (block->n - n * nn_shape_size(shape));
  *split = (NnSplit){.n = n, .images = images, .labels = labels, .memory = *block};
  return true;
}

bool nn_split_alloc(NnSplit *split, NnShape shape, size_t n, NnError *err)
{
  NnFileBlock block = {.n = n * nn_shape_size(shape)};
  if (n < 1 || n > NN_MAX_SAMPLES)
    return nn_fail(err, NN_ERR_ARG, NULL, "%zu images were requested, allowed are 1 to %d.", n,
                   NN_MAX_SAMPLES);
  if (!nn_pictures_fit(n, nn_shape_size(shape), err))
    return false;
  block.bytes = nn_alloc(block.n);
  if (!block.bytes)
    return nn_fail_nomem(err, "the images of a dataset");
  if (nn_split_take(split, shape, n, &block, err))
    return true;
  nn_file_block_free(&block);
  return false;
}

/* Entries that are still NULL when one cannot be had are freed like the others. */
bool nn_dataset_name_classes(NnDataset *dataset, const char *const *names, NnError *err)
{
  size_t n = (size_t)dataset->n_classes;
  dataset->class_names = nn_alloc_array(n + 1, sizeof *dataset->class_names);
  for (size_t k = 0; dataset->class_names && k < n; k++) {
    size_t size = strlen(names[k]) + 1;
    dataset->class_names[k] = nn_alloc(size);
    if (!dataset->class_names[k])
      return nn_fail_nomem(err, "the names of the classes");
    nn_utf8_copy(dataset->class_names[k], size, names[k], size - 1);
  }
  return dataset->class_names || nn_fail_nomem(err, "the names of the classes");
}

bool nn_dataset_is_whole(const NnDataset *dataset, NnError *err)
{
  const char *where = dataset->where ? dataset->where : "";
  return (!nn_file_block_is_cut(&dataset->train.memory) &&
          !nn_file_block_is_cut(&dataset->test.memory)) ||
         nn_fail(err, NN_ERR_IO, where,
                 "The images in %s became shorter, or cannot be read any more, while they were in "
                 "use; open them again when they are complete.",
                 where);
}

static void split_clear(NnSplit *split)
{
  nn_file_block_free(&split->memory);
  nn_free(split->labels);
}

void nn_dataset_free(NnDataset *dataset)
{
  if (!dataset)
    return;
  split_clear(&dataset->train);
  split_clear(&dataset->test);
  if (dataset->class_names)
    for (int k = 0; k < dataset->n_classes; k++)
      nn_free(dataset->class_names[k]);
  nn_free(dataset->class_names);
  nn_free(dataset->where);
  nn_free(dataset->note);
  nn_free(dataset);
}

const char *nn_dataset_class_name(const NnDataset *dataset, int label, char text[NN_CLASS_TEXT])
{
  if (dataset->class_names && label >= 0 && label < dataset->n_classes)
    return dataset->class_names[label];
  snprintf(text, NN_CLASS_TEXT, "%d", label);
  return text;
}

/* 60000 as "60 000": groups of three are easier to read. */
static const char *grouped(size_t n, char text[32])
{
  char *at = text + 31;
  *at = '\0';
  for (int digits = 0; digits == 0 || n > 0; digits++, n /= 10) {
    if (digits > 0 && digits % 3 == 0)
      *--at = ' ';
    *--at = (char)('0' + n % 10);
  }
  return at;
}

/* One's own folder may be called as something else is in the catalog of translations. */
const char *nn_dataset_title(const NnDataset *dataset)
{
  return dataset->practice ? nn_text(dataset->title) : dataset->title;
}

const char *nn_dataset_summary(const NnDataset *dataset, char text[NN_SUMMARY_TEXT])
{
  char train[32], test[32], shape[NN_SHAPE_TEXT], where[NN_SUMMARY_TEXT / 2] = "";
  unsigned long n = (unsigned long)dataset->n_classes;
  const char *format =
      dataset->where ? nn_text_n("%s: %s training and %s test images of %s, %d class, from %s",
                                 "%s: %s training and %s test images of %s, %d classes, from %s", n)
      : dataset->practice
          ? nn_text_n("%s: %s training and %s test images of %s, %d class, drawn by the program",
                      "%s: %s training and %s test images of %s, %d classes, drawn by the program",
                      n)
          : nn_text_n("%s: %s training and %s test images of %s, %d class, from no file",
                      "%s: %s training and %s test images of %s, %d classes, from no file", n);
  if (dataset->where)
    nn_elide(dataset->where, where, sizeof where);
  nn_utf8_clean(where);
  snprintf(text, NN_SUMMARY_TEXT, format, nn_dataset_title(dataset),
           grouped(dataset->train.n, train), grouped(dataset->test.n, test),
           nn_shape_text(dataset->shape, shape), dataset->n_classes, where);
  return text;
}

static unsigned split_sum(const NnSplit *split, NnShape shape)
{
  uint32_t labels = nn_crc32(0, split->labels, split->n * sizeof *split->labels);
  return nn_crc32(labels, split->images, split->n * nn_shape_size(shape));
}

const char *nn_dataset_checksum(const NnDataset *dataset, char text[NN_CHECKSUM_TEXT])
{
  snprintf(text, NN_CHECKSUM_TEXT, "crc32:%08x%08x", split_sum(&dataset->train, dataset->shape),
           split_sum(&dataset->test, dataset->shape));
  return text;
}
