/* test-box.c: pictures of digits become what MNIST's makers say of theirs: 20 × 20 at most with
 * their proportions, the center of mass in the middle of 28 × 28, white on black. */
#include "tests/check.h"
#include "data/box.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { H = 300, W = 240, N = NN_BOX_SIDE * NN_BOX_SIDE };

/* A 7 of strokes as thick as 20 pixels, somewhere. */
static void draw(uint8_t *gray, int top, int left, uint8_t ink, uint8_t paper)
{
  memset(gray, paper, H * W);
  for (int y = 0; y < 120; y++)
    for (int x = 0; x < 80; x++)
      if (y < 20 || abs(x - (78 - y / 2)) < 10)
        gray[(top + y) * W + left + x] = ink;
}

static void measure(const uint8_t *out, int sides[2], double middle[2])
{
  int low[2] = {99, 99}, high[2] = {-1, -1};
  double mass = 0, moment[2] = {0, 0};
  for (int i = 0; i < N; i++) {
    int at[2] = {i / NN_BOX_SIDE, i % NN_BOX_SIDE};
    for (int k = 0; k < 2 && out[i] > 0; k++) {
      low[k] = at[k] < low[k] ? at[k] : low[k];
      high[k] = at[k] > high[k] ? at[k] : high[k];
      moment[k] += out[i] * (at[k] + 0.5);
    }
    mass += out[i];
  }
  for (int k = 0; k < 2; k++) {
    sides[k] = high[k] - low[k] + 1;
    middle[k] = moment[k] / mass;
  }
}

static void test_form(void)
{
  static uint8_t gray[H * W];
  uint8_t out[N], other[N];
  int sides[2];
  double middle[2];
  NnError err = {0};
  draw(gray, 20, 30, 30, 220);
  nn_check(nn_box_digit(gray, H, W, out, &err));
  measure(out, sides, middle);
  nn_check_int(sides[0], 20); /* 120 × 89 pixels: the strokes' ends stand out */
  nn_check(sides[1] >= 13 && sides[1] <= 15);
  nn_check(fabs(middle[0] - 14.5) <= 0.5 && fabs(middle[1] - 14.5) <= 0.5);
  draw(gray, 150, 100, 220, 30); /* white on black, elsewhere: the same */
  nn_check(nn_box_digit(gray, H, W, other, &err));
  nn_check(memcmp(out, other, N) == 0);
  draw(gray, 90, 100, 110, 180); /* pale */
  nn_check(nn_box_digit(gray, H, W, other, &err));
  nn_check(memcmp(out, other, N) == 0);
}

static void test_nothing(void)
{
  static uint8_t gray[H * W];
  uint8_t out[N], one = 9;
  NnError err = {0};
  memset(gray, 200, sizeof gray);
  gray[5000] = 190; /* a speck of dust */
  nn_check(!nn_box_digit(gray, H, W, out, &err));
  nn_check_has(err.text, "background");
  nn_check(!nn_box_digit(&one, 1, 1, out, &err));
}

/* Long and thin either way, and of one pixel. */
static void test_thin(void)
{
  static uint8_t gray[H * W];
  uint8_t out[N];
  int sides[2];
  double middle[2];
  NnError err = {0};
  memset(gray, 0, sizeof gray);
  for (int x = 20; x < 220; x++)
    gray[150 * W + x] = 255;
  nn_check(nn_box_digit(gray, H, W, out, &err));
  measure(out, sides, middle);
  nn_check(sides[0] == 1 && sides[1] == 20);
  memset(gray, 0, sizeof gray);
  gray[150 * W + 100] = 255;
  nn_check(nn_box_digit(gray, H, W, out, &err));
  measure(out, sides, middle);
  nn_check(sides[0] == 20 && sides[1] == 20);
}

int main(void)
{
  nn_test("a digit has MNIST's form, whatever its ink and place", test_form);
  nn_test("a picture of nothing is refused", test_nothing);
  nn_test("a line and a dot", test_thin);
  return nn_test_done();
}
