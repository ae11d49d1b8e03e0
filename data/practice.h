/* practice.h: practice digits, drawn by the program itself when MNIST is not available.
 *
 * A digit is written as a person writes it: one of several ways of writing it is chosen, every
 * point of its strokes moves a little, the whole is slanted, turned, stretched and bent, and a pen
 * of random width follows it. Then it gets MNIST's own form (LeCun et al. 1998, "Gradient-based
 * learning applied to document recognition", section III.A): white ink on black, fitted into 20 ×
 * 20 pixels with its proportions kept, its center of mass in the middle of 28 × 28.
 *
 * Nothing here is made from MNIST or from a font; the strokes are in practice-strokes.c. Thread:
 * any. */
#pragma once
#include "dataset.h"

enum {
  NN_PRACTICE_SEED =
      0, /* of the set that everyone gets: a run's seed changes the run, not the data */
  NN_PRACTICE_SIDE = 28,
  NN_PRACTICE_PIXELS = NN_PRACTICE_SIDE * NN_PRACTICE_SIDE,
  NN_PRACTICE_TRAIN = 60000, /* samples of the usual data set, MNIST's sizes */
  NN_PRACTICE_TEST = 10000
};

/* The first index of the test half: no index is in both halves, whatever the sizes. */
#define NN_PRACTICE_FIRST_TEST 2000000000u

/* Draws digit `index` of the endless series `seed`: (28, 28) pixels, 0 = black … 255 = white ink,
 * and its label 0 … 9. The result depends on (seed, index) alone. Ten indices from a multiple of
 * ten on hold every label once, in random order. Cannot fail, allocates nothing. */
void nn_practice_digit(uint64_t seed, uint32_t index, uint8_t pixels[NN_PRACTICE_PIXELS],
                       int *label);

/* A new data set "practice" with n_train + n_test digits of `seed`, shape (1, 28, 28); the caller
 * frees it with nn_dataset_free(). Draws on as many threads as there are processors; their number
 * changes no pixel. NN_ERR_ARG: a size is 0 or above NN_MAX_SAMPLES; NN_ERR_NOMEM. */
bool nn_practice_digits(uint64_t seed, size_t n_train, size_t n_test, NnDataset **dataset,
                        NnError *err);
