/* area.c: see area.h. */
#include "area.h"
#include <math.h>

enum { TRIES = 10 };

/* long side over short side first: √(area · ratio), √(area / ratio), rounded half to even */
static void draw_sides(NnKeyedRng *rng, const NnForm *form, const double scale[2],
                       const double ratio[2], double sides[2])
{
  double area = (double)(form->H * form->W) * nn_draw_uniform(rng, scale[0], scale[1]);
  double r = expf((float)nn_draw_uniform(rng, logf((float)ratio[0]), logf((float)ratio[1])));
  sides[0] = rint(sqrt(area * r));
  sides[1] = rint(sqrt(area / r));
}

static void draw_place(NnKeyedRng *rng, const NnForm *form, NnRectangle *r)
{
  r->top = nn_draw_below(rng, form->H - r->h + 1);
  r->left = nn_draw_below(rng, form->W - r->w + 1);
}

NnRectangle nn_crop_fallback(const NnForm *form, const double ratio[2])
{
  double W = (double)form->W, H = (double)form->H;
  NnRectangle r = {.h = form->H, .w = form->W};
  if (W / H < ratio[0])
    r.h = (size_t)rint(W / ratio[0]);
  else if (W / H > ratio[1])
    r.w = (size_t)rint(H * ratio[1]);
  r.top = (form->H - r.h) / 2;
  r.left = (form->W - r.w) / 2;
  return r;
}

static bool fits(const NnForm *form, const NnRectangle *r)
{
  return r->w > 0 && r->w <= form->W && r->h > 0 && r->h <= form->H;
}

/* One size, which both ends of the proportions give, has one place when it is the whole picture's,
 * and none when it does not fit. All of a
 * square picture's area is the whole of it, whatever else is tried, as long as a square may be. */
bool nn_crop_is_certain(const NnForm *form, const double scale[2], const double ratio[2],
                        NnRectangle *rectangle)
{
  double sides[2], others[2];
  *rectangle = (NnRectangle){.h = form->H, .w = form->W};
  if (scale[0] != scale[1])
    return false;
  if (scale[0] == 1 && form->H == form->W && ratio[0] <= 1 && ratio[1] >= 1)
    return true;
  draw_sides(NULL, form, scale, (double[]){ratio[0], ratio[0]}, sides);
  draw_sides(NULL, form, scale, (double[]){ratio[1], ratio[1]}, others);
  if (sides[0] != others[0] || sides[1] != others[1])
    return false;
  NnRectangle r = {.w = (size_t)sides[0], .h = (size_t)sides[1]};
  if (!fits(form, &r)) {
    *rectangle = nn_crop_fallback(form, ratio);
    return true;
  }
  return r.w == form->W && r.h == form->H;
}

NnRectangle nn_draw_crop(NnKeyedRng *rng, const NnForm *form, const double scale[2],
                         const double ratio[2])
{
  for (int try = 0; try < TRIES; try++) {
    double sides[2];
    draw_sides(rng, form, scale, ratio, sides);
    NnRectangle r = {.w = (size_t)sides[0], .h = (size_t)sides[1]};
    if (fits(form, &r)) {
      draw_place(rng, form, &r);
      return r;
    }
  }
  return nn_crop_fallback(form, ratio);
}

bool nn_draw_erasing(NnKeyedRng *rng, const NnForm *form, const double scale[2],
                     const double ratio[2], NnRectangle *rectangle)
{
  for (int try = 0; try < TRIES; try++) {
    double sides[2];
    draw_sides(rng, form, scale, ratio, sides);
    *rectangle = (NnRectangle){.h = (size_t)sides[0], .w = (size_t)sides[1]};
    if (rectangle->h < form->H && rectangle->w < form->W) {
      draw_place(rng, form, rectangle);
      return true;
    }
  }
  return false;
}
