/* inference.h: a network that is given weights and asked about test pictures, on one thread of the
 * processor. Thread: one at a time. */
#pragma once
#include "data/loaders.h"
#include "engine/train/trainer.h"
#include "shared-data.h"

typedef struct {
  NnBackend *backend;
  NnLoader loader; /* of the test set */
  NnModel *model;
} BpInference;

/* Errors: as of nn_model_new(). Clear it also on false. `recipe` and `data` must outlive it. */
bool bp_inference_open(BpInference *inference, const NnConfig *recipe, const BpData *data,
                       NnError *err);
void bp_inference_clear(BpInference *inference);
