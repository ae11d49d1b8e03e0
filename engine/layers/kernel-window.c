/* window.c: see window.h. */
#include "kernel-window.h"

static size_t reach(const NnSlide *s)
{
  return s->dilation * (s->kernel - 1) + 1;
}

/* ATen/native/Pool.h: rounded up, one more window may hang over the end, even one that is larger
 * than the picture; it must begin inside the picture or the padding before it. */
size_t nn_slide_count(const NnSlide *s)
{
  ptrdiff_t stride = (ptrdiff_t)s->stride, inside = (ptrdiff_t)(s->size + s->before);
  ptrdiff_t room = inside + (ptrdiff_t)s->after - (ptrdiff_t)reach(s);
  if (s->ceil_mode)
    room += stride - 1;
  if (room < 0)
    return 0;
  ptrdiff_t n = room / stride + 1;
  return (size_t)(s->ceil_mode && (n - 1) * stride >= inside ? n - 1 : n);
}

bool nn_slide_over(const NnSlide slides[2], const char *name, const char *where, size_t out[2],
                   NnError *err)
{
  for (int axis = 0; axis < 2; axis++) {
    const NnSlide *s = &slides[axis];
    out[axis] = nn_slide_count(s);
    if (out[axis] == 0)
      return nn_fail(
          err, NN_ERR_SHAPE, where,
          axis == 0 ? N_("%s: the window of %s covers %zu values, but the image with its padding "
                         "is only %zu high; make the window smaller or the padding larger.")
                    : N_("%s: the window of %s covers %zu values, but the image with its padding "
                         "is only %zu wide; make the window smaller or the padding larger."),
          where, name, reach(s), s->size + s->before + s->after);
  }
  return true;
}

bool nn_window_picture(NnShape in, const char *name, const char *where, NnError *err)
{
  char text[NN_SHAPE_TEXT];
  if (in.n_dims == 3)
    return true;
  return nn_fail(err, NN_ERR_SHAPE, where,
                 "%s: %s expects an image (channels × height × width), but its input is %s; put it "
                 "before the Flatten.",
                 where, name, nn_shape_text(in, text));
}

NnPooling nn_pool_of(const double numbers[NN_POOL_NUMBERS], const double *dilation, NnShape in)
{
  NnPooling p = {.planes = in.dims[0], .divisor = NAN};
  for (int axis = 0; axis < 2; axis++) {
    double stride = numbers[2 + axis];
    p.in[axis] = in.dims[1 + axis];
    p.kernel[axis] = (size_t)numbers[axis];
    p.stride[axis] = isnan(stride) ? p.kernel[axis] : (size_t)stride;
    p.pad[axis] = (size_t)numbers[4 + axis];
    p.dilation[axis] = dilation ? (size_t)dilation[axis] : 1;
  }
  return p;
}

bool nn_pool_plan(NnPooling *p, bool ceil_mode, const char *name, const char *where,
                  NnLayerPlan *plan, NnError *err)
{
  NnSlide slides[2];
  for (int axis = 0; axis < 2; axis++) {
    slides[axis] = (NnSlide){.size = p->in[axis],
                             .kernel = p->kernel[axis],
                             .stride = p->stride[axis],
                             .dilation = p->dilation[axis],
                             .before = p->pad[axis],
                             .after = p->pad[axis],
                             .ceil_mode = ceil_mode};
    if (p->pad[axis] > p->kernel[axis] / 2)
      return nn_fail(err, NN_ERR_SHAPE, where,
                     "%s: padding is %zu, but may be at most half of kernel_size, which is %zu.",
                     where, p->pad[axis], p->kernel[axis] / 2);
  }
  if (!nn_slide_over(slides, name, where, p->out, err))
    return false;
  plan->out = nn_shape_3d(p->planes, p->out[0], p->out[1]);
  return true;
}

NnPooling nn_pool_of_sample(const NnPooling *pooling, const NnLayer *layer)
{
  NnPooling p = *pooling;
  p.planes = layer->in.dims[0];
  p.out[0] = layer->out.dims[1];
  p.out[1] = layer->out.dims[2];
  return p;
}

NnPooling nn_pool_at_work(const NnPooling *pooling, const NnLayer *layer, const NnPass *pass)
{
  NnPooling p = nn_pool_of_sample(pooling, layer);
  p.planes *= pass->N;
  p.x = layer->x;
  p.y = layer->y;
  p.dy = layer->dy;
  p.dx = layer->dx;
  p.index = layer->save;
  return p;
}
