/* python.h: a recipe as the PyTorch program that a student would write for it.
 *
 * Runnable, with no import but PyTorch, torchvision, tqdm, and NumPy and Pillow where files in
 * IDX's format are read. It has only the lines that this recipe needs, and draws its random numbers
 * in this program's order: the same seed gives the same losses, but where a network or a transform
 * draws while it is trained. How a kind is called stands in its descriptor (NnKind.torch). */
#pragma once
#include "engine/recipe/config.h"
#include "engine/tensor.h"

typedef struct {
  const NnConfig *recipe; /* with test_transforms that are given, nn_transforms_spell_out() */
  NnShape input;          /* of one sample, after the transforms */
  bool notebook;          /* a Jupyter notebook of the same, as JSON */
} NnPythonOptions;

/* Which lines of a program come from which part of the recipe: a kind with all that it holds
 * ("network.2"), or a parameter ("network.2.out_features"); several may share a line, and one may
 * have several places. In the order of the program, but where one holds another. */
typedef struct {
  char *path;
  int first, last; /* from 1 */
} NnPythonLines;

typedef struct {
  NnPythonLines *list; /* owned, as are the paths */
  int n, size;
} NnPythonMap;

void nn_python_map_clear(NnPythonMap *map); /* also of zeros */

/* *text: the caller frees it with nn_free(). map: NULL, or made of zeros, and to be cleared also on
 * false; of a script alone. Errors: what nn_model_check() refuses, NN_ERR_NOMEM. */
bool nn_python_write(const NnPythonOptions *options, char **text, NnPythonMap *map, NnError *err);
