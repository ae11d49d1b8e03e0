/* locate.c: see locate.h. */
#include "locate.h"
#include "mnist.h"
#include "practice.h"
#include "engine/mem.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool open_practice(uint64_t seed, NnDataset **dataset, NnError *err)
{
  return nn_practice_digits(seed, NN_PRACTICE_TRAIN, NN_PRACTICE_TEST, dataset, err);
}

/* MNIST is also what is meant when nothing was said. */
static bool open_named(const char *dir, const char *name, uint64_t seed, NnDataset **dataset,
                       NnError *err)
{
  NnSetRequest request = {.set = nn_catalog_find(name)};
  request.asked = request.set && request.set != nn_catalog[0];
  if (!request.set && strcmp(name, "idx") != 0)
    request.set = nn_catalog[0];
  return strcmp(dir, "practice") == 0 ? open_practice(seed, dataset, err)
                                      : nn_dataset_load_set(dir, &request, dataset, err);
}

static _Atomic(const char *) chosen_dir;

void nn_data_set_user_dir(const char *dir)
{
  atomic_store(&chosen_dir, dir);
}

static bool join(const char *base, const char *below, char **dir, NnError *err)
{
  size_t size = strlen(base) + strlen(below) + 1;
  *dir = nn_alloc(size);
  if (!*dir)
    return nn_fail_nomem(err, "the name of a directory");
  snprintf(*dir, size, "%s%s", base, below);
  return true;
}

/* The XDG base directory specification lets an empty or relative $XDG_DATA_HOME count as unset. */
bool nn_data_user_dir(char **dir, NnError *err)
{
  const char *chosen = atomic_load(&chosen_dir);
  const char *base = getenv("XDG_DATA_HOME"), *below = "/backprop";
  if (chosen)
    return join(chosen, "", dir, err);
  if (!base || base[0] != '/') {
    base = getenv("HOME");
    below = "/.local/share/backprop";
  }
  *dir = NULL;
  return !base || !base[0] || join(base, below, dir, err);
}

static bool fail_absent(const NnCatalogSet *set, const char *user_dir, NnError *err)
{
  return nn_fail(err, NN_ERR_IO, set->name,
                 "%s is not on this computer (searched in %s/%s/raw); \"backprop-cli data get %s\" "
                 "downloads it.",
                 set->title, user_dir ? user_dir : "~/.local/share/backprop", set->folder,
                 set->name);
}

/* Some of the files, but not all, is an error that the person should hear about. */
static bool open_found(const char *user_dir, const NnCatalogSet *set, uint64_t seed,
                       NnDataset **dataset, NnError *err)
{
  NnMnistFiles files;
  if (user_dir && nn_mnist_find_set(user_dir, set, true, &files) > 0)
    return nn_dataset_load_set(user_dir, &(NnSetRequest){.set = set, .asked = true}, dataset, err);
  return set == nn_catalog[0] ? open_practice(seed, dataset, err) : fail_absent(set, user_dir, err);
}

bool nn_dataset_open_as(const char *dir, const char *name, uint64_t seed, NnDataset **dataset,
                        NnError *err)
{
  const NnCatalogSet *set = nn_catalog_find(name);
  const char *named = getenv("BACKPROP_DATA");
  if (!set)
    set = nn_catalog[0];
  if (!dir && named && named[0])
    dir = named;
  if (dir)
    return open_named(dir, name, seed, dataset, err);
  char *user_dir;
  if (!nn_data_user_dir(&user_dir, err))
    return false;
  bool ok = open_found(user_dir, set, seed, dataset, err);
  nn_free(user_dir);
  return ok;
}

bool nn_dataset_open(const char *dir, uint64_t seed, NnDataset **dataset, NnError *err)
{
  return nn_dataset_open_as(dir, nn_catalog[0]->name, seed, dataset, err);
}
