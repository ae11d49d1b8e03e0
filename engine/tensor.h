/* tensor.h: the scalar type and shapes.
 *
 * nn_real is float in the program. The same sources are compiled a second time with
 * -DNN_REAL=double for the tests that compare with float64 references and finite differences. */
#pragma once
#include "error.h"
#include <stddef.h>
#include <stdint.h>

#ifndef NN_REAL
#define NN_REAL float
#endif
typedef NN_REAL nn_real;

enum { NN_MAX_DIMS = 4 };

/* Row-major sizes, outermost first, PyTorch's order. The shape of one sample carries no batch
 * dimension: (784) for a vector, (1, 28, 28) = (C, H, W) for a picture. */
typedef struct {
  int n_dims; /* 1 … NN_MAX_DIMS */
  size_t dims[NN_MAX_DIMS];
} NnShape;

/* One of the tensors that lie one after the other in a flat list (a model's parameters): where its
 * values start, and how many there are. */
typedef struct {
  size_t offset, n;
  NnShape shape;
} NnParamView;

NnShape nn_shape_1d(size_t a);
NnShape nn_shape_2d(size_t a, size_t b);
NnShape nn_shape_3d(size_t a, size_t b, size_t c);
size_t nn_shape_size(NnShape shape); /* product of the dims; SIZE_MAX when it overflows */
bool nn_shape_equal(NnShape a, NnShape b);
/* Writes "784" or "1 × 28 × 28" (UTF-8) into text and returns text. */
enum { NN_SHAPE_TEXT = 96 };
const char *nn_shape_text(NnShape shape, char text[NN_SHAPE_TEXT]);

/* What flows through one layer, at any depth of a network; see nn_model_flows(). */
struct NnConfig;
typedef struct {
  const struct NnConfig *layer; /* of the recipe */
  NnShape in;
  NnShape out; /* without dimensions while not known: something in the block cannot be */
} NnLayerFlow;

/* Index of the largest of n values, the first on ties; a NAN counts as largest, as in PyTorch. */
int nn_argmax(const nn_real *values, int n);
