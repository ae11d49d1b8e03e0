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

/* *text: the caller frees it with nn_free(). Errors: what nn_model_check() refuses, NN_ERR_NOMEM.
 */
bool nn_python_write(const NnPythonOptions *options, char **text, NnError *err);
