/* layer.h: what a layer is. A layer kind plans (shapes, slots, memory) when the model is built and
 * computes with the backend's operations afterwards. It never allocates and cannot fail in the
 * loop.
 *
 * Shapes are per sample; N is the number of samples in the current pass, ≤ the model's batch_size.
 */
#pragma once
#include "engine/backend/backend.h"
#include "engine/recipe/config.h"
#include "engine/inits/init.h"

enum { NN_MAX_SLOTS = 4 };

/* A tensor that a layer owns: a parameter (trained) or a buffer (running statistics). */
typedef struct {
  const char *name; /* PyTorch's: "weight", "bias", "running_mean" */
  NnShape shape;
  size_t fan_in, fan_out;
  const char *init_key; /* the layer's KIND parameter that says how it is filled; NULL: `fill` */
  nn_real fill;         /* constant when init_key is NULL */
} NnSlot;

/* What plan() answers. Zeroed before the call. */
typedef struct {
  NnShape out;
  int n_params, n_buffers;
  NnSlot params[NN_MAX_SLOTS], buffers[NN_MAX_SLOTS];
  size_t save_per_sample; /* floats kept from forward to backward, per sample of the batch */
  size_t save_fixed;      /* the same, independent of the batch */
  const char *needs;      /* more operations, for what its config asks for; NULL: none */
  size_t min_batch;       /* fewest samples that training can take; 0 means 1 */
  bool counts_batches;    /* PyTorch's module has num_batches_tracked beside its buffers */
  bool shares_output;     /* y is x itself (Flatten, Dropout with p = 0): no memory, no work */
  bool batch_statistics; /* in evaluation, too, a sample's y depends on the others of its batch, and
                          * min_batch holds */
} NnLayerPlan;

/* One pass over one batch. */
typedef struct {
  const NnBackend *backend;
  size_t N;
  bool training;   /* dropout on, batch statistics */
  bool accumulate; /* backward adds into the gradients instead of overwriting them */
  uint64_t seed;   /* keys dropout, with the epoch and the samples' numbers */
  uint32_t epoch;
  const uint32_t *sample_ids; /* (N) number in the data set of each row; host memory */
} NnPass;

typedef struct NnLayer NnLayer;
typedef struct {
  NnKind kind;
  int elem; /* activations: NN_ACT_…, see elem/list.h */
  /* Operations that it needs and not every backend has to have, "gemm add_bias": those of
   * nn_operations[] that are NN_BY_KIND. NULL: none. */
  const char *needs;
  /* Output shape, slots and memory for input shape `in`. Errors: NN_ERR_SHAPE, naming `where`. */
  bool (*plan)(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
               NnError *err);
  void (*forward)(NnLayer *layer, const NnPass *pass);  /* x → y */
  void (*backward)(NnLayer *layer, const NnPass *pass); /* dy → dx (skipped if NULL) and grads */
  /* After the model's first values are in place; NULL: nothing. */
  void (*after_init)(NnLayer *layer, const NnBackend *backend);
  /* Fills a step plan's layer, without sizes and offsets; false, or NULL: no plan knows it. */
  bool (*describe)(const NnLayer *layer, NnStepLayer *step);
  /* Holds others in its KINDS parameter "layers": it stands twice in the model, before and after
   * them; see NnLayer.partner. plan() is asked for both halves. */
  bool is_block;
} NnLayerKind;

struct NnLayer {
  const NnLayerKind *kind;
  double numbers[NN_MAX_NUMBERS]; /* flattened config */
  int index;                      /* position in the model's sequence, from 0 */
  const NnConfig *config;         /* borrowed from the model's recipe */
  const char *where;              /* dotted path, borrowed from the model */
  NnLayer *partner;               /* other half of a block; NULL for a plain layer */
  bool opens;                     /* first half of a block */
  NnShape in, out;
  const nn_real *x;  /* (N, in)  borrowed: the previous layer's y, or the batch */
  nn_real *y;        /* (N, out) borrowed from the activation arena */
  const nn_real *dy; /* (N, out) */
  nn_real *dx;       /* (N, in), NULL for the first layer: nothing below needs it */
  nn_real *params[NN_MAX_SLOTS], *grads[NN_MAX_SLOTS], *buffers[NN_MAX_SLOTS];
  nn_real *save;      /* save_fixed floats, then save_per_sample for each sample of the batch */
  uint64_t n_batches; /* training batches seen (num_batches_tracked) */
  NnLayerPlan plan;
};

/* For plan(): refuses images, in a sentence that names the layer's kind. */
bool nn_layer_takes_vectors(const char *kind, NnShape in, const char *where, NnError *err);
