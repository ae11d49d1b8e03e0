/* test-metrics.c: argmax and the confusion matrix. Also shapes, which are as small. */
#include "engine/train/metrics.h"
#include "tests/check.h"
#include <math.h>

static void test_argmax(void)
{
  static const nn_real ties[] = {1, 3, 3, 2}, negative[] = {-3, -1, -2};
  const nn_real nans[] = {1, (nn_real)NAN, 5, (nn_real)NAN};
  const nn_real infinite[] = {(nn_real)-INFINITY, 0, (nn_real)INFINITY};
  nn_check_int(nn_argmax(ties, 4), 1);
  nn_check_int(nn_argmax(negative, 3), 1);
  nn_check_int(nn_argmax(nans, 4), 1); /* torch.argmax: the first NaN */
  nn_check_int(nn_argmax(infinite, 3), 2);
  nn_check_int(nn_argmax(infinite, 1), 0);
}

static void test_confusion(void)
{
  static const nn_real values[] = {9, 0, 0, /**/ 0, 9, 0, /**/ 0, 9, 0, /**/ 1, 1, 1};
  static const int32_t labels[] = {0, 1, 2, 1};
  static const uint32_t wanted[] = {1, 0, 0, /**/ 1, 1, 0, /**/ 0, 1, 0};
  uint32_t counts[9] = {0};
  nn_check_int(nn_confusion_add(counts, 3, values, labels, 4), 2);
  for (int i = 0; i < 9; i++)
    nn_check_int(counts[i], wanted[i]);
  nn_check_int(nn_confusion_add(counts, 3, values, labels, 4), 2); /* adds */
  nn_check_int(counts[4], 2);
  nn_check_int(nn_confusion_add(counts, 3, values, labels, 0), 0);
}

static void test_shapes(void)
{
  char text[NN_SHAPE_TEXT];
  nn_check_int(nn_shape_size(nn_shape_3d(1, 28, 28)), 784);
  nn_check_int(nn_shape_size(nn_shape_2d(5, 0)), 0);
  nn_check(nn_shape_size(nn_shape_2d(SIZE_MAX / 2, 3)) == SIZE_MAX);
  nn_check(nn_shape_equal(nn_shape_2d(2, 3), nn_shape_2d(2, 3)));
  nn_check(!nn_shape_equal(nn_shape_2d(2, 3), nn_shape_2d(3, 2)));
  nn_check(!nn_shape_equal(nn_shape_1d(6), nn_shape_2d(6, 1)));
  nn_check_str(nn_shape_text(nn_shape_1d(784), text), "784");
  nn_check_str(nn_shape_text(nn_shape_3d(1, 28, 28), text), "1 × 28 × 28");
  NnShape longest = {.n_dims = 4, .dims = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}};
  nn_check_has(nn_shape_text(longest, text), "18446744073709551615 × 18446744073709551615");
}

int main(void)
{
  nn_test("argmax", test_argmax);
  nn_test("confusion matrix", test_confusion);
  nn_test("shapes", test_shapes);
  return nn_test_done();
}
