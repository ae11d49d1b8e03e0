/* locate.c: see locate.h. */
#include "locate.h"
#include "mnist.h"
#include "practice.h"
#include "engine/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool open_practice(uint64_t seed, NnDataset **dataset, NnError *err)
{
  return nn_practice_digits(seed, NN_PRACTICE_TRAIN, NN_PRACTICE_TEST, dataset, err);
}

static bool open_named(const char *dir, uint64_t seed, NnDataset **dataset, NnError *err)
{
  return strcmp(dir, "practice") == 0 ? open_practice(seed, dataset, err)
                                      : nn_dataset_load(dir, dataset, err);
}

/* The XDG base directory specification lets an empty or relative $XDG_DATA_HOME count as unset. */
bool nn_data_user_dir(char **dir, NnError *err)
{
  const char *base = getenv("XDG_DATA_HOME"), *below = "backprop";
  if (!base || base[0] != '/') {
    base = getenv("HOME");
    below = ".local/share/backprop";
  }
  if (!base || !base[0]) {
    *dir = NULL;
    return true;
  }
  size_t size = strlen(base) + 1 + strlen(below) + 1;
  char *text = nn_alloc(size);
  if (!text)
    return nn_fail_nomem(err, "the name of a directory");
  snprintf(text, size, "%s/%s", base, below);
  *dir = text;
  return true;
}

bool nn_dataset_open(const char *dir, uint64_t seed, NnDataset **dataset, NnError *err)
{
  if (dir)
    return open_named(dir, seed, dataset, err);
  const char *named = getenv("BACKPROP_DATA");
  if (named && named[0])
    return open_named(named, seed, dataset, err);
  char *user_dir;
  if (!nn_data_user_dir(&user_dir, err))
    return false;
  /* Some of the files, but not all, is an error that the person should hear about. */
  NnMnistFiles files;
  bool there = user_dir && nn_mnist_find(user_dir, &files) > 0;
  bool ok = there ? nn_dataset_load(user_dir, dataset, err) : open_practice(seed, dataset, err);
  nn_free(user_dir);
  return ok;
}
