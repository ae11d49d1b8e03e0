/* open-data.c: see open-data.h. */
#include "open-data.h"
#include "data/idx.h"
#include "data/mnist.h"
#include "engine/mem.h"
#include "picture-folder.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { USUAL_SIDE = 28 };

BpDataRequest bp_data_request(const NnConfig *recipe, const char *dir)
{
  const NnConfig *set = nn_config_child(nn_config_child(recipe, "data"), "dataset");
  BpDataRequest request = {.dir = dir, .set = set->kind, .rows = USUAL_SIDE, .columns = USUAL_SIDE};
  if (nn_param_index(set->kind->params, "image_size") >= 0) {
    const NnValue *size = nn_config_value(set, "image_size");
    request.rows = (int)size->numbers[0];
    request.columns = (int)size->numbers[1];
  }
  return request;
}

bool bp_data_request_equal(const BpDataRequest *a, const BpDataRequest *b)
{
  bool same_dir = a->dir && b->dir ? strcmp(a->dir, b->dir) == 0 : a->dir == b->dir;
  return same_dir && a->set == b->set && a->rows == b->rows && a->columns == b->columns;
}

static bool wants_folder(const BpDataRequest *request)
{
  return strcmp(request->set->name, "folder") == 0;
}

static bool wants_idx(const BpDataRequest *request)
{
  return strcmp(request->set->name, "idx") == 0;
}

/* What lies in a directory counts more than what is asked for; where both kinds of data lie, it is
 * the other way round. */
static bool is_pictures(const BpDataRequest *request, const char *dir)
{
  NnMnistFiles files;
  bool idx = nn_mnist_find(dir, &files) > 0;
  bool asked = wants_folder(request) && !request->opened;
  return (!idx && wants_folder(request)) || ((asked || !idx) && bp_is_picture_folder(dir));
}

/* Nobody knows what the person took it for. */
static bool fail_nothing(const char *dir, NnError *err)
{
  struct stat st;
  if (stat(dir, &st) != 0)
    return nn_fail(err, NN_ERR_IO, dir, "%s could not be opened: %s.", dir, strerror(errno));
  if (!S_ISDIR(st.st_mode))
    return nn_fail(err, NN_ERR_IO, dir, "%s is a file; open the folder that contains it.", dir);
  return nn_fail(
      err, NN_ERR_IO, dir,
      "%s contains no data: neither images in one folder for each class, nor the four IDX files of "
      "a set such as MNIST (train-images-idx3-ubyte and so on, plain or .gz).",
      dir);
}

static bool open_dir(const BpDataRequest *request, const char *dir, uint64_t seed,
                     BpLoadWatch *watch, NnDataset **dataset, NnError *err)
{
  NnMnistFiles files;
  const char *mnist = nn_catalog[0]->name, *name = request->set->name;
  if (strcmp(dir, "practice") == 0)
    return nn_dataset_open_as(dir, name, seed, dataset, err);
  if (is_pictures(request, dir))
    return bp_picture_folder_load(dir, request->rows, request->columns, watch, dataset, err);
  if (strlen(dir) < NN_PATH_TEXT / 2 && nn_mnist_find(dir, &files) == 0 &&
      (request->opened || wants_idx(request) || strcmp(name, mnist) == 0))
    return fail_nothing(dir, err);
  return nn_dataset_open_as(dir, request->opened && wants_idx(request) ? mnist : name, seed,
                            dataset, err);
}

bool bp_data_is_absent(const BpDataRequest *request)
{
  const NnCatalogSet *set = nn_catalog_find(request->set->name);
  const char *named = getenv("BACKPROP_DATA");
  if (request->dir || (named && named[0]) || set == nn_catalog[0])
    return false;
  if (!set)
    return wants_folder(request) || wants_idx(request);
  char *user_dir = NULL;
  NnMnistFiles files;
  bool found = nn_data_user_dir(&user_dir, NULL) && user_dir &&
               nn_mnist_find_set(user_dir, set, true, &files) > 0;
  nn_free(user_dir);
  return !found;
}

/* "practice", a directory, or NULL: the user's own is to be searched. */
static const char *place_of(const BpDataRequest *request)
{
  const char *named = getenv("BACKPROP_DATA");
  if (request->dir)
    return request->dir;
  if (strcmp(request->set->name, "practice") == 0)
    return "practice";
  return named && named[0] ? named : NULL;
}

/* The four files' first header. */
static bool peek_idx(const char *dir, const NnCatalogSet *set, bool only, NnShape *shape, size_t *n)
{
  NnMnistFiles files;
  NnIdx idx;
  if (nn_mnist_find_set(dir, set, only, &files) < NN_N_MNIST_FILES ||
      !nn_idx_open(&idx, files.paths[0], 3, NULL))
    return false;
  *shape = nn_shape_3d(1, idx.dims[1], idx.dims[2]);
  *n = idx.dims[0];
  nn_idx_close(&idx);
  return true;
}

static bool peek_user_dir(const NnCatalogSet *set, NnShape *shape, size_t *n)
{
  char *dir = NULL;
  bool found = nn_data_user_dir(&dir, NULL) && dir && peek_idx(dir, set, true, shape, n);
  nn_free(dir);
  return found;
}

bool bp_peek_data(const BpDataRequest *request, NnShape *shape, size_t *n_train)
{
  const NnCatalogSet *set = nn_catalog_find(request->set->name);
  const char *dir = place_of(request);
  set = set ? set : nn_catalog[0];
  *n_train = 0;
  *shape = nn_shape_3d(1, (size_t)request->rows, (size_t)request->columns);
  if (dir && strcmp(dir, "practice") != 0)
    return is_pictures(request, dir) || peek_idx(dir, set, false, shape, n_train);
  if (!dir && (wants_folder(request) || wants_idx(request)))
    return false;
  if (!dir && peek_user_dir(set, shape, n_train))
    return true;
  *n_train = NN_PRACTICE_TRAIN;
  return dir || set == nn_catalog[0];
}

bool bp_open_data(const BpDataRequest *request, uint64_t seed, BpLoadWatch *watch,
                  NnDataset **dataset, NnError *err)
{
  const char *dir = place_of(request);
  if (!dir && wants_folder(request))
    return nn_fail(err, NN_ERR_ARG, "data.dataset",
                   "The recipe needs a folder of images, but none was given.");
  if (!dir && wants_idx(request))
    return nn_fail(err, NN_ERR_ARG, "data.dataset",
                   "The recipe needs a folder with your own IDX files, but none was given.");
  return dir ? open_dir(request, dir, seed, watch, dataset, err)
             : nn_dataset_open_as(NULL, request->set->name, seed, dataset, err);
}

bool bp_data_tell_recipe(const NnDataset *dataset, NnConfig *recipe, NnError *err)
{
  NnConfig *data = nn_config_child(recipe, "data");
  const NnKind *kind = nn_kind_find(NN_CLASS_DATASET, dataset->name);
  if (!kind || dataset->practice || nn_config_child(data, "dataset")->kind == kind)
    return true;
  return nn_config_set_kind(data, "dataset", kind, err);
}
