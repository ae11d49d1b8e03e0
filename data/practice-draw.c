/* practice-draw.c: from the pen's path to MNIST's picture of it. */
#include "practice-draw.h"
#include <string.h>

enum {
  BOX = 20, /* the side of the box that the ink fits in */
  FRAME = NN_PRACTICE_SIDE - BOX
};

static float smaller(float a, float b)
{
  return a < b ? a : b;
}

static float larger(float a, float b)
{
  return a > b ? a : b;
}

/* Scales and moves the trace so that the ink just fits in the box, in its middle. */
static void fit(NnTrace *trace, float size)
{
  NnTracePoint *points = trace->points;
  float left = points[0].x, right = left, top = points[0].y, bottom = top, radius = 0;
  for (int i = 0; i < trace->n; i++) {
    left = smaller(left, points[i].x);
    right = larger(right, points[i].x);
    top = smaller(top, points[i].y);
    bottom = larger(bottom, points[i].y);
    radius = larger(radius, points[i].radius);
  }
  float scale = (size - 2 * radius) / larger(larger(right - left, bottom - top), 1.0f);
  for (int i = 0; i < trace->n; i++) {
    points[i].x = 0.5f * BOX + scale * (points[i].x - 0.5f * (left + right));
    points[i].y = 0.5f * BOX + scale * (points[i].y - 0.5f * (top + bottom));
  }
}

/* Inks one straight piece: pixel centers nearer than radius − ½ are white, further than radius + ½
 * black. Between them the ink falls with the square of the distance, nearly a straight line over so
 * short a way, and without a square root. */
static void ink_piece(float canvas[BOX][BOX], NnTracePoint a, NnTracePoint b)
{
  float radius = 0.5f * (a.radius + b.radius), reach = radius + 0.5f;
  float dx = b.x - a.x, dy = b.y - a.y;
  float per_length = 1.0f / larger(dx * dx + dy * dy, 1e-6f), per_ink = 1.0f / (2.0f * radius);
  int first = (int)larger(smaller(a.y, b.y) - reach, 0);
  int last = (int)smaller(larger(a.y, b.y) + reach, BOX - 1);
  for (int row = first; row <= last; row++) {
    float y = (float)row + 0.5f - a.y;
    for (int column = 0; column < BOX; column++) {
      float x = (float)column + 0.5f - a.x;
      float t = (x * dx + y * dy) * per_length;
      t = t < 0.0f ? 0.0f : t;
      t = t > 1.0f ? 1.0f : t;
      float away_x = x - t * dx, away_y = y - t * dy;
      float ink = (reach * reach - away_x * away_x - away_y * away_y) * per_ink;
      canvas[row][column] = canvas[row][column] > ink ? canvas[row][column] : ink;
    }
  }
}

/* The corner of the frame at which the box lies so that the ink's center of mass comes nearest to
 * the middle of pixel (14, 14): of the four pixels around the middle, MNIST's choice. */
static void center(float canvas[BOX][BOX], int *row, int *column)
{
  float mass = 1e-6f, moment_x = 0, moment_y = 0;
  for (int y = 0; y < BOX; y++)
    for (int x = 0; x < BOX; x++) {
      float ink = canvas[y][x] = smaller(canvas[y][x], 1.0f);
      mass += ink;
      moment_x += ink * ((float)x + 0.5f);
      moment_y += ink * ((float)y + 0.5f);
    }
  float middle =
      0.5f * NN_PRACTICE_SIDE + 1.0f; /* that pixel's middle, and ½ to round to the nearest */
  *column = (int)smaller(larger(middle - moment_x / mass, 0), FRAME);
  *row = (int)smaller(larger(middle - moment_y / mass, 0), FRAME);
}

void nn_practice_render(NnTrace *trace, NnKeyedRng *rng, uint8_t pixels[NN_PRACTICE_PIXELS])
{
  float canvas[BOX][BOX] = {0};
  int row, column;
  fit(trace, BOX);
  for (int i = 0; i + 1 < trace->n; i++)
    if (!trace->points[i].up)
      ink_piece(canvas, trace->points[i], trace->points[i + 1]);
  center(canvas, &row, &column);
  memset(pixels, 0, NN_PRACTICE_PIXELS);
  for (int y = 0; y < BOX; y++)
    for (int x = 0; x < BOX; x++)
      pixels[(row + y) * NN_PRACTICE_SIDE + column + x] = (uint8_t)(255.0f * canvas[y][x] + 0.5f);
}
