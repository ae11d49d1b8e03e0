/* box.h: a picture of a digit as MNIST's were made: white ink on black, scaled with its proportions
 * to fit 20 × 20, its center of mass in the middle of 28 × 28. LeCun, Cortes, Burges, "The MNIST
 * database of handwritten digits". */
#pragma once
#include "engine/error.h"
#include <stdint.h>

enum { NN_BOX_SIDE = 28 };

/* gray: (H, W), ink on any background that is darker or brighter; it becomes 255 on 0 in place.
 * False where there is no ink (NN_ERR_ARG), or no memory. */
bool nn_box_digit(uint8_t *gray, size_t H, size_t W, uint8_t out[NN_BOX_SIDE * NN_BOX_SIDE],
                  NnError *err);
