/* pipeline.h: a recipe's list of transforms, planned for pictures of one shape.
 *
 * Training draws chances anew for every sample and epoch. Evaluation has no chance in it: every
 * transform whose outcome is drawn is left out, RandomCrop cuts out the middle, and
 * RandomResizedCrop brings the largest part in the middle that has the new proportions to size; so
 * both give pictures of one shape. */
#pragma once
#include "transform.h"
#include "engine/tensor.h"

typedef struct {
  NnShape shape; /* of the pictures that come in, (C, H, W) of bytes */
  NnConfig *const *transforms;
  int n_transforms;
  bool training;
} NnPipelineSpec;

typedef struct {
  NnStep *steps; /* owned; RandomApply's own follow it */
  int n, last;   /* last: the last one that does something, −1: none */
  NnForm in, out;
  const nn_real *table;   /* (C, 256): all there is to do, when that is alike for every place */
  size_t buffer, scratch; /* bytes of one picture on its way, of a step's own */
} NnPipeline;

/* Borrows nothing of the spec. Errors: NN_ERR_ARG (no transform), NN_ERR_SHAPE (a transform that
 * cannot stand where it is; `where` is its path in a recipe), NN_ERR_NOMEM. On false *pipeline is
 * empty. Free with nn_pipeline_clear(). */
bool nn_pipeline_init(NnPipeline *pipeline, const NnPipelineSpec *spec, NnError *err);
void nn_pipeline_clear(NnPipeline *pipeline); /* empty is allowed, twice too */
/* (C, H, W) of what comes out. */
NnShape nn_pipeline_shape(const NnPipeline *pipeline);
/* How much memory, aligned to 64, one call of nn_pipeline_run() needs for itself. */
size_t nn_pipeline_memory(const NnPipeline *pipeline);
/* One picture: in (C, H, W) bytes, x: out's form as numbers, bytes as 0 … 255. */
void nn_pipeline_run(const NnPipeline *pipeline, NnKeyedRng *rng, void *memory, const uint8_t *in,
                     nn_real *x);
