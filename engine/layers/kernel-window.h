/* window.h: what Conv2d and the pools share: windows that move over a picture (C, H, W). Private to
 * engine/layers. */
#pragma once
#include "layer.h"

/* Along one side of a picture: a window of `kernel` values, `dilation` apart, moves by `stride`
 * over `size` values with padding on both ends. */
typedef struct {
  size_t size, kernel, stride, dilation, before, after;
  bool
      ceil_mode; /* a last, incomplete window too, if it starts before the padding on the far end */
} NnSlide;

/* How many windows there are; 0 if not even one fits. */
size_t nn_slide_count(const NnSlide *slide);

/* Both sides of picture `in`: fills out[2]. Errors: what arrives is no picture; no window fits. */
bool nn_slide_over(const NnSlide slides[2], const char *name, const char *where, size_t out[2],
                   NnError *err);
bool nn_window_picture(NnShape in, const char *name, const char *where, NnError *err);

/* The parameters that pools share; they come first, in this order. */
#define NN_POOL_KERNEL                                                                      \
  {                                                                                         \
    .key = "kernel_size", .label = N_("Window"), .type = NN_PARAM_PAIR, .def = 2, .min = 1, \
    .max = 1024, .soft_min = 1, .soft_max = 64, .step = 1, .flags = NN_PARAM_SINGLE,        \
    .doc = N_("Height and width of the window, one number for a square.")                   \
  }
#define NN_POOL_STRIDE                                                                   \
  {                                                                                      \
    .key = "stride", .label = N_("Stride"), .type = NN_PARAM_PAIR, .def = NAN, .min = 1, \
    .max = 1024, .soft_min = 1, .soft_max = 64, .step = 1,                               \
    .flags = NN_PARAM_NULLABLE | NN_PARAM_SINGLE,                                        \
    .doc = N_("How far the window moves at a time; none means its own size.")            \
  }
#define NN_POOL_PADDING(doc_)                                                                     \
  {                                                                                               \
    .key = "padding", .label = N_("Padding"), .type = NN_PARAM_PAIR, .def = 0, .min = 0,          \
    .max = 512, .soft_min = 0, .soft_max = 32, .step = 1, .flags = NN_PARAM_SINGLE, .doc = (doc_) \
  }
#define NN_POOL_CEIL                                                                     \
  {                                                                                      \
    .key = "ceil_mode", .label = N_("Ceiling mode"), .type = NN_PARAM_BOOL,              \
    .doc = N_("Adds a last, incomplete window where the size cannot be divided evenly.") \
  }
enum { NN_POOL_NUMBERS = 6 }; /* kernel, stride, padding: two each */

/* NnPooling for one plane per channel of one sample, from those numbers; out is not yet known.
 * dilation: two numbers, or NULL for 1. */
NnPooling nn_pool_of(const double numbers[NN_POOL_NUMBERS], const double *dilation, NnShape in);
/* Fills pooling->out and plan->out, or says why the window cannot move over the picture. */
bool nn_pool_plan(NnPooling *pooling, bool ceil_mode, const char *name, const char *where,
                  NnLayerPlan *plan, NnError *err);
/* The same of a layer, for one sample and without pointers, as a plan of a step has it. */
NnPooling nn_pool_of_sample(const NnPooling *pooling, const NnLayer *layer);
/* The same of a layer at work, for pass->N samples, with its pointers. */
NnPooling nn_pool_at_work(const NnPooling *pooling, const NnLayer *layer, const NnPass *pass);
