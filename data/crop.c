/* crop.c: see crop.h. */
#include "crop.h"
#include "dataset.h"
#include "engine/mem.h"
#include "transforms/padding.h"
#include <stdio.h>

bool nn_canvas_init(NnCanvas *canvas, const NnForm *in, NnError *err)
{
  *canvas = (NnCanvas){.in = *in};
  canvas->maps = nn_alloc_array(in->H + in->W, sizeof *canvas->maps);
  if (!canvas->maps)
    return nn_fail_nomem(err, "the transforms");
  canvas->H = in->H;
  canvas->W = in->W;
  nn_map_pad(canvas->maps, in->H, 0, 0, NN_BORDER_CONSTANT);
  nn_map_pad(canvas->maps + in->H, in->W, 0, 0, NN_BORDER_CONSTANT);
  return true;
}

/* 0: nothing is left. */
static size_t padded(size_t side, int before, int after)
{
  int cut = (before < 0 ? -before : 0) + (after < 0 ? -after : 0);
  return cut < (int)side ? (size_t)((int)side + before + after) : 0;
}

bool nn_canvas_pad(NnCanvas *canvas, const NnBorder *border, NnBorderMode mode, NnError *err)
{
  size_t H = padded(canvas->H, border->top, border->bottom);
  size_t W = padded(canvas->W, border->left, border->right);
  int *maps = nn_alloc_array(H + W, sizeof *maps);
  if (!maps)
    return nn_fail_nomem(err, "the transforms");
  nn_map_pad(maps, canvas->H, border->top, border->bottom, mode);
  nn_map_pad(maps + H, canvas->W, border->left, border->right, mode);
  nn_map_after(maps, H, canvas->maps);
  nn_map_after(maps + H, W, canvas->maps + canvas->H);
  nn_free(canvas->maps);
  *canvas = (NnCanvas){.in = canvas->in, .H = H, .W = W, .maps = maps};
  return true;
}

NnBorder nn_border_read(const NnValue *padding)
{
  int p[4] = {0};
  for (int i = 0; i < 4 && padding->n; i++)
    p[i] = (int)padding->numbers[padding->n == 4 ? i : i % padding->n];
  return (NnBorder){.left = p[0], .top = p[1], .right = p[2], .bottom = p[3]};
}

/* How far a mirror reaches in what is not cut away. */
static int mirror_most(size_t side, int before, int after, NnBorderMode mode)
{
  int rest = (int)side + (before < 0 ? before : 0) + (after < 0 ? after : 0);
  return mode == NN_BORDER_REFLECT ? rest - 1 : mode == NN_BORDER_SYMMETRIC ? rest : NN_MAX_SIDE;
}

bool nn_border_check(const NnStep *step, const NnCanvas *canvas, const NnBorder *border,
                     NnBorderMode mode, NnError *err)
{
  size_t H = padded(canvas->H, border->top, border->bottom);
  size_t W = padded(canvas->W, border->left, border->right);
  int most[2] = {mirror_most(canvas->H, border->top, border->bottom, mode),
                 mirror_most(canvas->W, border->left, border->right, mode)};
  bool far = border->top > most[0] || border->bottom > most[0] || border->left > most[1] ||
             border->right > most[1];
  if (H == 0 || W == 0)
    return nn_step_fail(step, "padding", err,
                        "nothing would be left of images of %zu × %zu pixels; a negative padding "
                        "cuts pixels away.",
                        canvas->H, canvas->W);
  if (H > NN_MAX_SIDE || W > NN_MAX_SIDE)
    return nn_step_fail(step, "padding", err,
                        "with its border the image would have %zu × %zu pixels; allowed are "
                        "sides of at most %d.",
                        H, W, NN_MAX_SIDE);
  if (!step->in.tensor || !far)
    return true;
  return nn_step_fail(step, "padding", err,
                      "padding_mode %s mirrors the image, which has only %zu × %zu pixels; allowed "
                      "is a border of at most %d above and below and %d at the sides, or any "
                      "before ToTensor.",
                      nn_padding_modes[mode], canvas->H, canvas->W, most[0], most[1]);
}

void nn_crop_apply(const NnCrop *crop, const void *in, void *out)
{
  NnPixelMap window = {.rows = crop->maps + crop->top,
                       .columns = crop->maps + crop->H + crop->left,
                       .in = crop->in,
                       .out = crop->out,
                       .fill = crop->fill};
  nn_pixel_map_apply(&window, in, out);
}

bool nn_padding_check(const NnConfig *config, const char *where, NnError *err)
{
  char path[NN_PATH];
  nn_path_key(path, where, "padding");
  if (nn_config_count(config, "padding") != 3)
    return true;
  return nn_fail(err, NN_ERR_ARG, path,
                 "%s has 3 numbers; allowed are 1 (every side), 2 (left and right, top and bottom) "
                 "or 4 (left, top, right, bottom).",
                 path);
}
