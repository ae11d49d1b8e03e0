/* pipeline.h: a recipe's list of transforms, planned for pictures of one shape.
 *
 * With chance, what is random is drawn anew for every sample and epoch, as torchvision does it.
 * Without, a transform whose outcome would be drawn is left out, RandomCrop cuts out the middle,
 * and RandomResizedCrop brings the largest part in the middle that has the new proportions to size;
 * so both give pictures of one shape. What is certain, such as a flip with p = 1, is done either
 * way.
 *
 * A picture takes three stages. The first steps of the list, as long as nothing is drawn, make the
 * same of it every time, so that this may be kept. In the steps after them something is drawn, or
 * they are done to numbers, which would take much room. The last stage
 * turns it into numbers; ToTensor and what is folded into it belong there when they end the list,
 * so that until then a picture is bytes, a quarter of the memory. */
#pragma once
#include "transform.h"
#include "engine/tensor.h"

typedef struct {
  NnShape shape; /* of the pictures that come in, (C, H, W) of bytes */
  NnConfig *const *transforms;
  int n_transforms;
  const char *path; /* of the list, for errors: "data.transforms" */
  bool chance;
} NnPipelineSpec;

typedef struct {
  NnStep *steps; /* owned; RandomApply's own follow it */
  int n, n_fixed;
  bool draws;                   /* there is something to do in the second stage */
  bool drawn_anew;              /* and chance has a part in it */
  NnForm in, fixed, drawn, out; /* after each stage; fixed: bytes */
  const nn_real *table;         /* (C, 256): the last stage, when it looks pixels up; else NULL */
  size_t buffer, scratch;       /* bytes of one picture on its way, of a step's own */
} NnPipeline;

/* Borrows nothing of the spec. Errors: NN_ERR_ARG (no transform), NN_ERR_SHAPE (a transform that
 * cannot stand where it is; `where` is its path in a recipe), NN_ERR_NOMEM. On false *pipeline is
 * empty. Free with nn_pipeline_clear(). */
bool nn_pipeline_init(NnPipeline *pipeline, const NnPipelineSpec *spec, NnError *err);
/* What is done without chance, as a list that has no chance in it: PyTorch has no such notion. The
 * caller frees list, of *n configs, and each of these, on false too. */
bool nn_pipeline_spell_out(const NnPipelineSpec *spec, NnConfig ***list, int *n, NnError *err);
void nn_pipeline_clear(NnPipeline *pipeline); /* empty is allowed, twice too */
/* (C, H, W) of what comes out. */
NnShape nn_pipeline_shape(const NnPipeline *pipeline);
/* How much memory, aligned to 64, each call below needs for itself. */
size_t nn_pipeline_memory(const NnPipeline *pipeline);
/* One picture: in (C, H, W) bytes, x: out's form as numbers, bytes as 0 … 255. */
void nn_pipeline_run(const NnPipeline *pipeline, NnKeyedRng *rng, void *memory, const uint8_t *in,
                     nn_real *x);

/* The same, stage by stage. The results of the first two are in `memory`, which the next stage may
 * be given too, or what came in, where there was nothing to do. */
const uint8_t *nn_pipeline_fix(const NnPipeline *pipeline, void *memory, const uint8_t *in);
const void *nn_pipeline_draw(const NnPipeline *pipeline, NnKeyedRng *rng, void *memory,
                             const uint8_t *in);
void nn_pipeline_deliver(const NnPipeline *pipeline, const void *in, nn_real *x);
