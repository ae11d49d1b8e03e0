/* transform.h: what a transform is, private to the data room.
 *
 * A recipe's list becomes a plan once (pipeline.h): one NnStep per transform, with its numbers
 * read, its tables made and its form checked. Applying a plan allocates nothing and cannot fail.
 *
 * A picture is planes (C, H, W): bytes, as PIL has them, until ToTensor; nn_real after it. Every
 * transform follows torchvision's rule for the form that it is given. Source: torchvision 0.29,
 * transforms and transforms.functional, on Pillow 13. */
#pragma once
#include "engine/recipe/config.h"
#include "engine/rng.h"

typedef struct {
  size_t C, H, W;
  bool tensor; /* nn_real, after ToTensor; otherwise bytes */
} NnForm;

typedef struct NnTransformKind NnTransformKind;

enum { NN_STEP_NUMBERS = 16, NN_SPELLED = 3 };

/* One transform of a plan. */
typedef struct {
  const NnTransformKind *kind;
  const NnConfig *config;          /* borrowed, and only while the plan is made */
  char path[NN_PATH];              /* "data.transforms.2", for errors */
  NnForm in, out;                  /* out: equal to in until the kind's plan() says otherwise */
  bool chance;                     /* what is random is drawn; see pipeline.h */
  bool drawn;                      /* what becomes of a picture is: apply() looks at its rng */
  bool left_out;                   /* nothing is done here */
  int n_held;                      /* RandomApply: so many steps after this one are its own */
  double numbers[NN_STEP_NUMBERS]; /* as the kind likes it */
  void *memory;                    /* tables, from nn_alloc(); owned by the plan, or NULL */
  size_t scratch;                  /* bytes that apply() needs for itself */
} NnStep;

/* in: form step->in, left alone. out: form step->out, another place. scratch: aligned to 64. rng:
 * NULL unless something is drawn in this step. */
typedef struct {
  const NnStep *step;
  NnKeyedRng *rng;
  const void *in;
  void *out, *scratch;
} NnStepCall;

struct NnTransformKind {
  NnKind kind;
  /* Reads step->config, checks it against step->in, fills the rest. NULL: nothing to read. It says
   * in step->drawn whether chance has a part in it with these numbers. Without step->chance the
   * step is then left out; a kind that changes the form must do with something certain instead. */
  bool (*plan)(NnStep *step, NnError *err);
  /* false: the picture stays as it is and nothing was written, which needs in and out alike. */
  bool (*apply)(const NnStepCall *call);
  /* Without chance, and for a kind whose name promises some: adds what it does then to a list of at
   * most NN_SPELLED. NULL: itself, unless it is left out. */
  bool (*spell_out)(const NnStep *step, NnConfig **list, int *n, NnError *err);
  /* Instead of apply: what becomes of one value of channel c, wherever it is. */
  nn_real (*pixel)(const double *numbers, size_t c, nn_real x);
};

static inline size_t nn_form_count(const NnForm *form)
{
  return form->C * form->H * form->W;
}

static inline size_t nn_form_value_size(const NnForm *form)
{
  return form->tensor ? sizeof(nn_real) : 1;
}

static inline size_t nn_form_bytes(const NnForm *form)
{
  return nn_form_count(form) * nn_form_value_size(form);
}

/* U[low, high), in float32 as torchvision draws it: a scale of 0.9 is 0.89999998 there. Draws
 * nothing where both are the same. */
static inline double nn_draw_uniform(NnKeyedRng *rng, double low, double high)
{
  return (float)(low == high ? low : low + (high - low) * nn_keyed_uniform(rng));
}

/* one of 0 … n − 1, each as likely (to one part in 2^32 / n) */
static inline size_t nn_draw_below(NnKeyedRng *rng, size_t n)
{
  return (size_t)(((uint64_t)nn_keyed_u32(rng) * n) >> 32);
}

/* What two neighboring kinds have in common; see transform.c. */

extern const char *const nn_interpolations[]; /* nearest, bilinear */
extern const char *const nn_padding_modes[];  /* constant, edge, reflect, symmetric */
typedef enum {
  NN_BORDER_CONSTANT,
  NN_BORDER_EDGE,
  NN_BORDER_REFLECT,
  NN_BORDER_SYMMETRIC
} NnBorderMode;

/* Fails at a key of the step: "data.transforms.2.size …". */
bool nn_step_fail(const NnStep *step, const char *key, NnError *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Changes out's size; refuses 0 and more than NN_MAX_SIDE. */
bool nn_step_resize(NnStep *step, size_t H, size_t W, NnError *err);
/* What "fill" means in step->in: a number, or a byte, cut to the nearest as PIL does it. */
double nn_step_fill(const NnStep *step);
/* plan() of a kind whose only number is "p", which goes into numbers[0]. 0 and 1 are certain. */
bool nn_plan_chance(NnStep *step, NnError *err);
/* Does it happen this time? Draws only where that is in question. */
bool nn_happens(const NnStepCall *call);
/* For kind.check: are the two numbers of a list in order? */
bool nn_check_range(const NnConfig *config, const char *where, const char *key, NnError *err);
/* The same, and a number by itself is not negative, and there are not three. */
bool nn_check_angles(const NnConfig *config, const char *where, const char *key, NnError *err);
/* A number is ±itself; a pair is from, to (torchvision's rule for angles). */
void nn_angle_range(const NnValue *value, double range[2]);

/* Tables that several kinds use. `d` is the default. */
#define NN_PARAM_P(text)                                                                  \
  {                                                                                       \
    .key = "p", .label = N_("Probability"), .type = NN_PARAM_FLOAT, .def = 0.5, .min = 0, \
    .max = 1, .step = 0.05, .doc = text                                                   \
  }
#define NN_PARAM_INTERPOLATION(d)                                                                \
  {                                                                                              \
    .key = "interpolation", .label = N_("Interpolation"), .type = NN_PARAM_CHOICE, .def = d,     \
    .min = 0, .max = 1, .step = 1, .choices = nn_interpolations,                                 \
    .torch_enum = "transforms.InterpolationMode",                                                \
    .doc = N_("How pixel values are computed: from the nearest pixel of the original image, or " \
              "by interpolating between its neighbors.")                                         \
  }
#define NN_PARAM_FILL(name, heading)                                                            \
  {                                                                                             \
    .key = name, .label = heading, .type = NN_PARAM_FLOAT, .def = 0, .min = -1000, .max = 1000, \
    .step = 1,                                                                                  \
    .doc = N_("The value of pixels outside the original image; 0 is black, the background of "  \
              "MNIST, if Normalize comes later.")                                               \
  }
#define NN_PARAM_PADDING_MODE                                                                    \
  {                                                                                              \
    .key = "padding_mode", .label = N_("Padding mode"), .type = NN_PARAM_CHOICE, .def = 0,       \
    .min = 0, .max = 3, .step = 1, .choices = nn_padding_modes,                                  \
    .doc = N_("What fills the border: a constant value, the edge pixels repeated, or the image " \
              "mirrored without (reflect) or with (symmetric) its edge pixels.")                 \
  }
/* as torchvision's _setup_size(): a list of one is that number for both */
#define NN_PARAM_SIZE(text)                                                                     \
  {                                                                                             \
    .key = "size", .label = N_("Size"), .unit = N_("pixels"), .type = NN_PARAM_PAIR, .def = 28, \
    .min = 1, .max = 256, .step = 1, .flags = NN_PARAM_SINGLE, .doc = text                      \
  }
#define NN_PARAM_DEGREES(name, heading, d, most, f, text)                               \
  {                                                                                     \
    .key = name, .label = heading, .unit = N_("°"), .type = NN_PARAM_FLOATS, .defs = d, \
    .min_len = 1, .max_len = most, .min = -1e5, .max = 1e5, .step = 1,                  \
    .flags = NN_PARAM_SINGLE | NN_PARAM_NO_LIST_OF_ONE | (f), .doc = text               \
  }
/* from and to, as a share of the picture's area, and as width by height */
#define NN_PARAM_RANGE(name, heading, d, least, most, f, text)                                     \
  {                                                                                                \
    .key = name, .label = heading, .type = NN_PARAM_FLOATS, .defs = d, .min_len = 2, .max_len = 2, \
    .min = least, .max = most, .step = 0.01, .flags = f, .doc = text                               \
  }
