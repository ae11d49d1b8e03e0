/* weight-norm.h: what Linear and Conv2d say of their weights, and weight_norm as a property of
 * both: W = g·v/‖v‖ for each row (output unit or filter), with g and v learned in place of W.
 * Salimans & Kingma 2016; torch.nn.utils.parametrizations.weight_norm, dim = 0.
 *
 * Slot 0 is the weight, or v; the slot after the bias is g, which starts as ‖v‖, so that W is what
 * the initialization drew. The effective weight and its gradient lie at the start of `save`. */
#pragma once
#include "layer.h"

/* The rows that say how weights and biases begin. */
#define NN_WEIGHT_INIT_PARAM                                                     \
  {                                                                              \
    .key = "weight_init", .label = N_("Initial weights"), .type = NN_PARAM_KIND, \
    .klass = NN_CLASS_INIT, .def_kind = "default", .flags = NN_PARAM_NOT_TORCH,  \
    .doc = N_("How the weights are initialized.")                                \
  }
#define NN_BIAS_INIT_PARAM                                                    \
  {                                                                           \
    .key = "bias_init", .label = N_("Initial biases"), .type = NN_PARAM_KIND, \
    .klass = NN_CLASS_INIT, .def_kind = "default", .visible_if = "bias",      \
    .flags = NN_PARAM_NOT_TORCH, .doc = N_("How the biases are initialized.") \
  }
#define NN_WEIGHT_NORM_PARAM                                                                \
  {                                                                                         \
    .key = "weight_norm", .label = N_("Weight normalization"), .type = NN_PARAM_BOOL,       \
    .flags = NN_PARAM_NOT_TORCH,                                                            \
    .doc = N_("Learns the norm and the direction of each unit's weight vector separately.") \
  }

/* Call last in plan(): adds the slot for g and the memory, and renames slot 0. */
void nn_weight_norm_plan(const NnConfig *config, NnLayerPlan *plan);
/* The weight to compute with, (rows, K): slot 0 itself without weight_norm. Once per forward. */
const nn_real *nn_weight_norm_weight(NnLayer *layer, const NnPass *pass);
/* After that forward: the same, without computing it again. */
const nn_real *nn_weight_norm_last(const NnLayer *layer);
/* Where backward puts dW: slot 0's gradient without weight_norm. *accumulate: add to it. */
nn_real *nn_weight_norm_grad(const NnLayer *layer, const NnPass *pass, bool *accumulate);
/* After backward has put it there. */
void nn_weight_norm_backward(NnLayer *layer, const NnPass *pass);
/* For NnLayerKind.after_init: g = ‖v‖. */
void nn_weight_norm_after_init(NnLayer *layer, const NnBackend *backend);
/* After a forward: has a row of v the norm 0? *row: the first. False without weight_norm. */
bool nn_weight_norm_zero_row(const NnLayer *layer, const NnBackend *backend, size_t *row);
/* Floats of `save` that are taken; the layer's own follow. */
size_t nn_weight_norm_save(const NnLayer *layer);
