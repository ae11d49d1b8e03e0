/* tensor.c: see tensor.h. */
#include "tensor.h"
#include <stdio.h>
#include <math.h>

NnShape nn_shape_1d(size_t a)
{
  return (NnShape){.n_dims = 1, .dims = {a}};
}

NnShape nn_shape_2d(size_t a, size_t b)
{
  return (NnShape){.n_dims = 2, .dims = {a, b}};
}

NnShape nn_shape_3d(size_t a, size_t b, size_t c)
{
  return (NnShape){.n_dims = 3, .dims = {a, b, c}};
}

size_t nn_shape_size(NnShape shape)
{
  size_t size = 1;
  for (int i = 0; i < shape.n_dims; i++) {
    if (shape.dims[i] == 0) /* no elements, whatever the others are */
      return 0;
  }
  for (int i = 0; i < shape.n_dims; i++) {
    if (__builtin_mul_overflow(size, shape.dims[i], &size))
      return SIZE_MAX;
  }
  return size;
}

bool nn_shape_equal(NnShape a, NnShape b)
{
  if (a.n_dims != b.n_dims)
    return false;
  for (int i = 0; i < a.n_dims; i++) {
    if (a.dims[i] != b.dims[i])
      return false;
  }
  return true;
}

const char *nn_shape_text(NnShape shape, char text[NN_SHAPE_TEXT])
{
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < shape.n_dims && used < NN_SHAPE_TEXT; i++)
    used +=
        (size_t)snprintf(text + used, NN_SHAPE_TEXT - used, i ? " × %zu" : "%zu", shape.dims[i]);
  return text;
}

int nn_argmax(const nn_real *values, int n)
{
  int best = 0;
  for (int i = 0; i < n; i++) {
    if (isnan(values[i]))
      return i;
    if (values[i] > values[best])
      best = i;
  }
  return best;
}
