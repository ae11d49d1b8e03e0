/* program.h: a recipe as a PyTorch program, for pictures of a shape. Without GLib. */
#pragma once
#include "data/data.h"
#include "engine/export/python.h"

/* pictures: their shape before the transforms. *text: the caller frees it with nn_free(). map: of
 * nn_python_write(). Errors: those of nn_transforms_check() and nn_python_write(). */
bool bp_program_write(const NnConfig *recipe, NnShape pictures, bool notebook, char **text,
                      NnPythonMap *map, NnError *err);
