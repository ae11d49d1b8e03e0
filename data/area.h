/* area.h: rectangles of random area and proportions, for RandomResizedCrop and RandomErasing. */
#pragma once
#include "transform.h"

typedef struct {
  size_t top, left, h, w;
} NnRectangle;

/* torchvision's RandomResizedCrop.get_params(): scale and ratio are from, to. After ten tries that
 * do not fit, the largest part in the middle with the nearest allowed proportions. */
NnRectangle nn_draw_crop(NnKeyedRng *rng, const NnForm *form, const double scale[2],
                         const double ratio[2]);
/* That last resort: of a narrow picture and far proportions it may have no pixels. */
NnRectangle nn_crop_fallback(const NnForm *form, const double ratio[2]);
/* Is there only one rectangle that nn_draw_crop() can give? */
bool nn_crop_is_certain(const NnForm *form, const double scale[2], const double ratio[2],
                        NnRectangle *rectangle);
/* RandomErasing.get_params(), which turns the proportions round; false after ten tries: nothing is
 * erased. */
bool nn_draw_erasing(NnKeyedRng *rng, const NnForm *form, const double scale[2],
                     const double ratio[2], NnRectangle *rectangle);
