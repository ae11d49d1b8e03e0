/* dataset-note.c: what a user who opens a dataset should know about it. */
#include "dataset.h"
#include "engine/mem.h"
#include "engine/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool nn_dataset_add_note(NnDataset *dataset, NnError *err, const char *format, ...)
{
  va_list args;
  format = nn_text(format);
  size_t before = dataset->note ? strlen(dataset->note) + 1 : 0;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *note = nn_alloc(before + (size_t)n + 1);
  if (!note)
    return nn_fail_nomem(err, "the note on a dataset");
  if (before)
    snprintf(note, before + 1, "%s ", dataset->note);
  va_start(args, format);
  vsnprintf(note + before, (size_t)n + 1, format, args);
  va_end(args);
  nn_utf8_clean(note + before); /* names of files may be anything but text */
  nn_free(dataset->note);
  dataset->note = note;
  return true;
}

/* ---- classes ---- */

typedef struct {
  size_t train[NN_MAX_CLASSES], test[NN_MAX_CLASSES]; /* pictures of each class */
} Counts;

static Counts *count(const NnDataset *dataset)
{
  Counts *counts = nn_alloc(sizeof *counts);
  for (size_t i = 0; counts && i < dataset->train.n; i++)
    counts->train[dataset->train.labels[i]]++;
  for (size_t i = 0; counts && i < dataset->test.n; i++)
    counts->test[dataset->test.labels[i]]++;
  return counts;
}

/* A name may be as long as that of a file. */
enum { MOST_NAMED = 8, LIST_TEXT = (MOST_NAMED + 1) * 260 };

typedef enum { NOWHERE, NOT_IN_TRAIN, NOT_IN_TEST } Lack;

static bool lacks(const Counts *counts, int k, Lack lack)
{
  bool train = counts->train[k] > 0, test = counts->test[k] > 0;
  return lack == NOWHERE ? !train && !test : lack == NOT_IN_TRAIN ? !train && test : train && !test;
}

/* The first of those that lack something, "cat, dog"; returns how many there are. */
static int list(const NnDataset *dataset, const Counts *counts, Lack lack, char *text, size_t size)
{
  int found = 0;
  text[0] = '\0';
  for (int k = 0; k < dataset->n_classes; k++) {
    char name[NN_CLASS_TEXT];
    size_t n = strlen(text);
    if (lacks(counts, k, lack) && found++ < MOST_NAMED)
      snprintf(text + n, size - n, "%s%s", n ? ", " : "", nn_dataset_class_name(dataset, k, name));
  }
  return found;
}

static bool note_one(NnDataset *dataset, Lack lack, const char *name, NnError *err)
{
  return nn_dataset_add_note(dataset, err,
                             lack == NOWHERE        ? N_("The class %s has no images.")
                             : lack == NOT_IN_TRAIN ? N_("The class %s has no training images.")
                                                    : N_("The class %s has no test images."),
                             name);
}

static bool note_several(NnDataset *dataset, Lack lack, int n, const char *names, NnError *err)
{
  unsigned long number = (unsigned long)n;
  return nn_dataset_add_note(
      dataset, err,
      lack == NOWHERE
          ? nn_text_n("%d class has no images: %s.", "%d classes have no images: %s.", number)
      : lack == NOT_IN_TRAIN ? nn_text_n("%d class has no training images: %s.",
                                         "%d classes have no training images: %s.", number)
                             : nn_text_n("%d class has no test images: %s.",
                                         "%d classes have no test images: %s.", number),
      n, names);
}

static bool note_lack(NnDataset *dataset, const Counts *counts, Lack lack, NnError *err)
{
  char names[LIST_TEXT], some[LIST_TEXT + 64];
  int n = list(dataset, counts, lack, names, sizeof names);
  snprintf(some, sizeof some, n > MOST_NAMED ? nn_text(N_("%s and others")) : "%s", names);
  return n == 0   ? true
         : n == 1 ? note_one(dataset, lack, some, err)
                  : note_several(dataset, lack, n, some, err);
}

bool nn_dataset_note_classes(NnDataset *dataset, NnError *err)
{
  Counts *counts = count(dataset);
  if (!counts)
    return nn_fail_nomem(err, "the note on a dataset");
  bool ok = note_lack(dataset, counts, NOWHERE, err) &&
            note_lack(dataset, counts, NOT_IN_TRAIN, err) &&
            note_lack(dataset, counts, NOT_IN_TEST, err);
  nn_free(counts);
  if (ok && dataset->n_classes == 1)
    ok = nn_dataset_add_note(dataset, err,
                             "There is only one class, so there is nothing to classify.");
  return ok;
}
