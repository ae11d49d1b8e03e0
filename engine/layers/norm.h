/* norm.h: what the normalization layers share: parameters of the same name, and the NnNorm that the
 * backend takes. Private to engine/layers. */
#pragma once
#include "layer.h"

#define NN_NORM_EPS(default_eps)                                                           \
  {                                                                                        \
    .key = "eps", .label = N_("Epsilon"), .type = NN_PARAM_FLOAT, .scale = NN_SCALE_LOG,   \
    .def = (default_eps), .min = -INFINITY, .max = INFINITY, .soft_min = 0, .soft_max = 1, \
    .doc = N_("A small number added to the variance, so that nothing is divided by zero.") \
  }
#define NN_NORM_MOMENTUM                                                                        \
  {                                                                                             \
    .key = "momentum", .label = N_("Momentum"), .type = NN_PARAM_FLOAT, .def = 0.1,             \
    .min = -INFINITY, .max = INFINITY, .soft_min = 0, .soft_max = 1, .step = 0.01,              \
    .visible_if = "track_running_stats", .flags = NN_PARAM_NULLABLE,                            \
    .doc = N_("Weight of the newest batch in the running mean and variance; none averages all " \
              "batches equally.")                                                               \
  }
#define NN_NORM_SWITCH(key_, label_, default_, doc_)                                          \
  {                                                                                           \
    .key = (key_), .label = (label_), .type = NN_PARAM_BOOL, .def = (default_), .doc = (doc_) \
  }
#define NN_NORM_AFFINE(default_)                                  \
  NN_NORM_SWITCH("affine", N_("Learn scale and shift"), default_, \
                 N_("Learns a scale and a shift for each channel after normalization."))
#define NN_NORM_BIAS                                                            \
  {                                                                             \
    .key = "bias", .label = N_("Learn shift"), .type = NN_PARAM_BOOL, .def = 1, \
    .visible_if = "affine", .doc = N_("Learns the shift as well as the scale.") \
  }
#define NN_NORM_TRACK(default_, doc_) \
  NN_NORM_SWITCH("track_running_stats", N_("Track running statistics"), default_, doc_)
#define NN_NORM_COUNT(key_, label_)                                                                \
  {                                                                                                \
    .key = (key_), .label = (label_), .type = NN_PARAM_INT, .def = NAN, .min = 1, .max = 16777216, \
    .step = 1, .flags = NN_PARAM_DERIVED | NN_PARAM_NULLABLE,                                      \
    .doc = N_("Number of input features; determined by the previous layer.")                       \
  }

/* Channels and values per channel of a sample's shape: (F) is F channels of 1. */
size_t nn_norm_channels(NnShape shape);
size_t nn_norm_spatial(NnShape shape);

/* Refuses a given `key` (num_features) that is not `found`. */
bool nn_norm_check_count(const NnConfig *config, const char *key, size_t found, const char *where,
                         NnError *err);
/* Appends weight = 1 and, if asked, bias = 0, of `shape`. */
void nn_norm_add_affine(NnLayerPlan *plan, NnShape shape, bool bias);
void nn_norm_add_running(NnLayerPlan *plan, size_t channels);

/* x, y, dx, dy, weight, bias, their gradients and running statistics of the layer; mean and rstd
 * are the first and second half of `save`, n_statistics each. Sizes are the caller's. */
NnNorm nn_norm_of(const NnLayer *layer, const NnPass *pass, size_t n_statistics);

/* A plan's layer from the NnNorm of one sample. */
void nn_norm_describe(const NnLayer *layer, const NnNorm *norm, NnStepOp op, NnStepLayer *step);
/* The pass with which such an NnNorm is made. */
NnPass nn_norm_one_sample(void);
