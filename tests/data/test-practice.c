/* test-practice.c: practice digits depend on seed and index alone, have MNIST's form, can be told
 * from each other, and look enough like MNIST to be of use (BACKPROP_TEST_MNIST). */
#include "files.h"
#include "data/mnist.h"
#include "data/practice-draw.h"
#include "tests/unit/sentence.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = NN_PRACTICE_SIDE, PIXELS = NN_PRACTICE_PIXELS, N_CLASSES = 10 };

static NnDataset *new_digits(uint64_t seed, size_t n_train, size_t n_test)
{
  NnDataset *digits = NULL;
  NnError err = {0};
  if (!nn_check(nn_practice_digits(seed, n_train, n_test, &digits, &err)))
    printf("# %s\n", err.text);
  return digits;
}

/* The table itself: every label has ways, in all poses the pen makes the same moves, no stroke is a
 * single point, and the last point ends a stroke. */
static void check_way(const NnStrokeWay *way)
{
  nn_check(way->weight > 0);
  nn_check(way->n_poses >= 1 && way->n_poses <= NN_POSES);
  nn_check(way->n_points >= 2 && way->n_points <= NN_STROKE_POINTS);
  for (int pose = 0; pose < way->n_poses; pose++) {
    const NnStrokePoint *points = way->points + pose * way->n_points;
    nn_check_int(points[way->n_points - 1].move, NN_PEN_UP);
    for (int i = 0; i < way->n_points; i++) {
      nn_check_int(points[i].move, way->points[i].move);
      bool starts = i == 0 || points[i - 1].move == NN_PEN_UP;
      nn_check(!(starts && points[i].move == NN_PEN_UP));
    }
  }
}

static void test_strokes(void)
{
  for (int label = 0; label < N_CLASSES; label++) {
    int n = 0;
    const NnStrokeWay *ways = nn_practice_ways(label, &n);
    nn_check(n >= 2);
    for (int i = 0; i < n; i++) {
      nn_check_int(ways[i].label, label);
      check_way(&ways[i]);
    }
  }
}

/* One by one, backwards, in this thread: the same as the set that several threads drew. */
static void test_same_bytes(void)
{
  NnDataset *digits = new_digits(5, 301, 103);
  if (!digits)
    return;
  NnSplit *splits[2] = {&digits->train, &digits->test};
  uint32_t first[2] = {0, NN_PRACTICE_FIRST_TEST};
  for (int s = 0; s < 2; s++)
    for (size_t i = splits[s]->n; i-- > 0;) {
      uint8_t pixels[PIXELS];
      int label = -1;
      memset(pixels, 99, sizeof(pixels));
      nn_practice_digit(5, first[s] + (uint32_t)i, pixels, &label);
      nn_check_int(label, splits[s]->labels[i]);
      nn_check(memcmp(pixels, splits[s]->images + i * PIXELS, PIXELS) == 0);
    }
  nn_dataset_free(digits);
}

static int count_equal(const NnSplit *a, const NnSplit *b)
{
  int n = 0;
  for (size_t i = 0; i < a->n && i < b->n; i++)
    n += memcmp(a->images + i * PIXELS, b->images + i * PIXELS, PIXELS) == 0;
  return n;
}

/* Other seeds (in their high half too) and the other split give other digits; a longer set begins
 * with the shorter one. */
static void test_other_bytes(void)
{
  NnDataset *a = new_digits(0, 200, 200), *b = new_digits(1, 200, 200);
  NnDataset *c = new_digits(1ull << 32, 200, 200), *d = new_digits(0, 300, 1);
  if (a && b && c && d) {
    nn_check_int(count_equal(&a->train, &b->train), 0);
    nn_check_int(count_equal(&a->train, &c->train), 0);
    nn_check_int(count_equal(&a->train, &a->test), 0);
    nn_check_int(count_equal(&a->train, &d->train), 200);
    int same_label = 0;
    for (int i = 0; i < 200; i++)
      same_label += a->train.labels[i] == b->train.labels[i];
    nn_check(same_label < 60); /* 20 expected by chance */
  }
  NnDataset *all[] = {a, b, c, d};
  for (int i = 0; i < 4; i++)
    nn_dataset_free(all[i]);
}

/* Balanced, and in no simple order: the label says nothing about the next one. */
static void test_labels(void)
{
  enum { N = 3000 };
  NnDataset *digits = new_digits(2, N, 10);
  if (!digits)
    return;
  int counts[N_CLASSES] = {0}, steps[N_CLASSES] = {0};
  for (int i = 0; i < N; i++) {
    nn_check(digits->train.labels[i] >= 0 && digits->train.labels[i] < N_CLASSES);
    counts[digits->train.labels[i]]++;
    if (i > 0)
      steps[(digits->train.labels[i] - digits->train.labels[i - 1] + N_CLASSES) % N_CLASSES]++;
  }
  for (int k = 0; k < N_CLASSES; k++) {
    nn_check_near(counts[k], N / 10.0, 0, 0.1);
    nn_check(k == 0 || (steps[k] > 200 && steps[k] < 460));
  }
  nn_dataset_free(digits);
}

typedef struct {
  int left, right, top, bottom; /* of the ink, first and last */
  int brightest;
  double mean, x, y; /* mean of all pixels, 0 … 1; center of mass */
} Ink;

static Ink measure(const uint8_t *pixels)
{
  Ink ink = {SIDE, -1, SIDE, -1, 0, 0, 0, 0};
  double mass = 0;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      int value = pixels[y * SIDE + x];
      mass += value;
      ink.x += value * x;
      ink.y += value * y;
      ink.brightest = value > ink.brightest ? value : ink.brightest;
      if (value == 0)
        continue;
      ink.left = x < ink.left ? x : ink.left;
      ink.right = x > ink.right ? x : ink.right;
      ink.top = y < ink.top ? y : ink.top;
      ink.bottom = y > ink.bottom ? y : ink.bottom;
    }
  ink.mean = mass / (255.0 * PIXELS);
  ink.x /= mass;
  ink.y /= mass;
  return ink;
}

static void check_form(const uint8_t *pixels)
{
  Ink ink = measure(pixels);
  int width = ink.right - ink.left + 1, height = ink.bottom - ink.top + 1;
  int longer = width > height ? width : height;
  nn_check(longer >= 19 && longer <= 20); /* fitted into 20 × 20 */
  nn_check_near(ink.x, 13.5, 1.5, 0);
  nn_check_near(ink.y, 13.5, 1.5, 0);
  nn_check(ink.mean > 0.02 && ink.mean < 0.4);
  nn_check(ink.brightest >= 200);
  nn_check_int(pixels[0] + pixels[SIDE - 1] + pixels[PIXELS - SIDE] + pixels[PIXELS - 1], 0);
}

/* Each digit on its own, then the averages: MNIST's mean pixel is 0.1307 (torchvision's Normalize
 * example), its ink is centerd on pixel (14, 14), and edges are gray. */
static void test_form(void)
{
  enum { N = 2000 };
  NnDataset *digits = new_digits(3, N, 10);
  if (!digits)
    return;
  double mean = 0, x = 0, y = 0, gray = 0, white = 0;
  for (int i = 0; i < N; i++) {
    const uint8_t *pixels = digits->train.images + i * PIXELS;
    check_form(pixels);
    Ink ink = measure(pixels);
    mean += ink.mean / N;
    x += ink.x / N;
    y += ink.y / N;
    for (int p = 0; p < PIXELS; p++) {
      gray += pixels[p] > 20 && pixels[p] < 235;
      white += pixels[p] >= 235;
    }
  }
  printf("# mean pixel %.4f, center of mass (%.2f, %.2f), gray to white %.2f\n", mean, x, y,
         gray / white);
  nn_check_near(mean, 0.1307, 0.02, 0);
  nn_check_near(x, 14, 0.1, 0);
  nn_check_near(y, 14, 0.1, 0);
  nn_check(gray / white > 0.5 && gray / white < 2);
  nn_dataset_free(digits);
}

typedef struct {
  double pixels[N_CLASSES][PIXELS];
} Means;

static void fill_means(Means *means, const NnSplit *split)
{
  int counts[N_CLASSES] = {0};
  memset(means, 0, sizeof(*means));
  for (size_t i = 0; i < split->n; i++) {
    counts[split->labels[i]]++;
    for (int p = 0; p < PIXELS; p++)
      means->pixels[split->labels[i]][p] += split->images[i * PIXELS + p];
  }
  for (int k = 0; k < N_CLASSES; k++)
    for (int p = 0; p < PIXELS; p++)
      means->pixels[k][p] /= counts[k];
}

static int nearest(const Means *means, const uint8_t *pixels)
{
  int best = 0;
  double least = INFINITY;
  for (int k = 0; k < N_CLASSES; k++) {
    double distance = 0;
    for (int p = 0; p < PIXELS; p++) {
      double d = pixels[p] - means->pixels[k][p];
      distance += d * d;
    }
    if (distance < least) {
      least = distance;
      best = k;
    }
  }
  return best;
}

/* The share of the split's first n that lie nearest to the mean of their own class. */
static double nearest_mean_accuracy(const Means *means, const NnSplit *split, size_t n)
{
  size_t correct = 0;
  for (size_t i = 0; i < n; i++)
    correct += nearest(means, split->images + i * PIXELS) == split->labels[i];
  return (double)correct / (double)n;
}

static Means means; /* too large for some stacks */

static void test_distinguishable(void)
{
  NnDataset *digits = new_digits(4, 2000, 1000);
  if (!digits)
    return;
  fill_means(&means, &digits->train);
  double accuracy = nearest_mean_accuracy(&means, &digits->test, 1000);
  printf("# nearest mean of 2 000 practice digits, on 1 000 others: %.3f\n", accuracy);
  nn_check(accuracy > 0.6);
  /* The measure itself: labels that are off by one must not pass. */
  for (size_t i = 0; i < digits->test.n; i++)
    digits->test.labels[i] = (digits->test.labels[i] + 1) % N_CLASSES;
  nn_check(nearest_mean_accuracy(&means, &digits->test, 1000) < 0.2);
  nn_dataset_free(digits);
}

static void test_against_mnist(void)
{
  const char *dir = getenv("BACKPROP_TEST_MNIST");
  NnMnistFiles files;
  if (!dir || nn_mnist_find(dir, &files) < NN_N_MNIST_FILES) {
    nn_skip("no MNIST here (BACKPROP_TEST_MNIST)");
    return;
  }
  NnDataset *mnist = NULL, *digits = new_digits(4, 2000, 10);
  if (nn_check(nn_dataset_load(dir, &mnist, NULL)) && digits) {
    fill_means(&means, &digits->train);
    double practice = nearest_mean_accuracy(&means, &mnist->test, mnist->test.n);
    printf("# nearest mean of 2 000 practice digits, on MNIST's test pictures: %.3f\n", practice);
    nn_check(practice > 0.65);
  }
  nn_dataset_free(mnist);
  nn_dataset_free(digits);
}

static void test_data_set(void)
{
  NnDataset *digits = new_digits(0, 20, 10);
  if (!digits)
    return;
  nn_check_str(digits->name, "practice");
  nn_check_str(digits->title, "Practice digits");
  nn_check(digits->practice);
  nn_check(nn_shape_equal(digits->shape, nn_shape_3d(1, SIDE, SIDE)));
  nn_check_int(digits->n_classes, N_CLASSES);
  nn_check_int(digits->train.n, 20);
  nn_check_int(digits->test.n, 10);
  nn_check(digits->where == NULL);
  nn_dataset_free(digits);
}

static void check_refused(size_t n_train, size_t n_test, const char *found)
{
  NnDataset *untouched = (NnDataset *)&means, *digits = untouched;
  NnError err;
  poison(&err);
  nn_check(!nn_practice_digits(0, n_train, n_test, &digits, &err));
  nn_check(digits == untouched);
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_has(err.text, found);
  nn_check_has(err.text, "50000000");
  check_sentence(&err, found);
}

static void test_sizes(void)
{
  check_refused(0, 10, "0 training");
  check_refused(10, 0, "0 test images");
  check_refused(NN_MAX_SAMPLES + 1, 10, "50000001 training");
  check_refused(10, SIZE_MAX, "18446744073709551615 test images");
}

static void test_out_of_memory(void)
{
  for (int k = 1;; k++) {
    NnDataset *untouched = (NnDataset *)&means, *digits = untouched;
    NnError err = {0};
    fail_alloc_start(k);
    bool ok = nn_practice_digits(0, 10, 10, &digits, &err);
    bool failed = fail_alloc_failed();
    if (ok)
      nn_dataset_free(digits);
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
    if (!failed) {
      nn_check(ok && k > 5); /* the set, and pictures and labels of two splits */
      return;
    }
    nn_check(!ok && digits == untouched);
    nn_check_int(err.status, NN_ERR_NOMEM);
  }
}

int main(void)
{
  nn_test("ways of writing are well formed", test_strokes);
  nn_test("seed and index give the same bytes on any thread", test_same_bytes);
  nn_test("another seed, another digit", test_other_bytes);
  nn_test("labels are balanced and shuffled", test_labels);
  nn_test("ink has MNIST's form", test_form);
  nn_test("digits can be told from each other", test_distinguishable);
  nn_test("digits resemble MNIST's", test_against_mnist);
  nn_test("the data set says what it is", test_data_set);
  nn_test("sizes out of range are refused", test_sizes);
  nn_test("running out of memory is reported", test_out_of_memory);
  return nn_test_done();
}
