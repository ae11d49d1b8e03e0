/* model.h: a stack of layers with its memory. Shapes and all that can fail is checked when the
 * model is built; afterwards nothing allocates. Three arenas: parameters, gradients, activations
 * with workspace; layers borrow slices. Thread: one at a time; the backend and the configs passed
 * in are borrowed and must outlive it only where said. */
#pragma once
#include "engine/layers/layer.h"
#include "snapshot.h"
#include "state-dict.h"

typedef struct NnModel NnModel;

typedef struct {
  const NnConfig *recipe;   /* "network" is read, and copied */
  NnShape input;            /* of one sample, after transforms */
  int n_classes;            /* the last layer must give that many values; 0: any shape */
  size_t batch_size;        /* most samples of one pass */
  bool inference;           /* no gradients, no optimizer state: for evaluation beside a run */
  bool input_grad;          /* backward also computes the gradient with respect to the input */
  const NnBackend *backend; /* borrowed for the life of the model */
} NnModelOptions;

/* Checks shapes alone, without memory. For layer i, outs[i] (if outs is not NULL) is its output
 * shape. On false *bad_layer (if not NULL) is the index of the layer that cannot be, or the count
 * of layers when the last output does not fit the classes; err->where is its path, "network.3". */
bool nn_model_check(const NnConfig *recipe, NnShape input, int n_classes, NnShape *outs,
                    size_t *n_params, int *bad_layer, NnError *err);

/* Turns a network whose last layer is a Linear to n_classes, by its out_features, where nothing
 * else is in the way; the index of that layer, or −1, and then the recipe is unchanged. */
int nn_model_match_classes(NnConfig *recipe, NnShape input, int n_classes);
/* What it has done, one sentence. */
enum { NN_MATCHED_TEXT = 256 };
const char *nn_model_matched_text(int n_classes, char text[NN_MATCHED_TEXT]);
/* The same in a copy, which the caller frees; where that is not enough a Linear is put at the end,
 * behind a Flatten if need be. False, and *mended untouched: this mends nothing. */
bool nn_model_mend(const NnConfig *recipe, NnShape input, int n_classes, NnConfig **mended);

/* How many samples at a time a network is evaluated with: data.test_batch_size where a layer
 * evaluates with the statistics of the batch; otherwise no more than is fast and fits into memory.
 */
size_t nn_model_evaluation_batch(const NnConfig *recipe, NnShape input);

/* The flow of every layer that can be, up to the first that cannot, a block (Residual) before what
 * it holds. Fills at most max; returns how many. */
int nn_model_flows(const NnConfig *recipe, NnShape input, NnLayerFlow *flows, int max);

/* Builds it; parameters are zero until nn_model_init(). */
bool nn_model_new(const NnModelOptions *options, NnModel **model, NnError *err);
/* The same in two halves, for who asks before how large it will be: first without its arenas, when
 * only sizes, layers' plans and tensors' shapes may be looked at; then these. */
bool nn_model_draft(const NnModelOptions *options, NnModel **model, NnError *err);
bool nn_model_alloc(NnModel *model, NnError *err);
/* Bytes of the arenas; SIZE_MAX when that overflows. */
size_t nn_model_bytes(const NnModel *model);
void nn_model_free(NnModel *model); /* NULL is allowed */
/* First values, drawing from mt as a PyTorch program does: every layer's default first, in order,
 * weight then bias; then the chosen initializations, in the same order. */
bool nn_model_init(NnModel *model, NnMt19937 *mt, NnError *err);

size_t nn_model_n_params(const NnModel *model);
size_t nn_model_n_buffers(const NnModel *model);
size_t nn_model_batch_size(const NnModel *model);
/* nn_model_evaluation_batch() of its recipe; at most its batch size. */
size_t nn_model_evaluated(const NnModel *model);
const NnBackend *nn_model_backend(const NnModel *model);
int nn_model_n_layers(const NnModel *model);
const NnLayer *nn_model_layer(const NnModel *model, int index);
int nn_model_n_classes(const NnModel *model);
/* The parameter tensors in their order in the flat lists below; returns how many. Borrowed. */
int nn_model_tensors(const NnModel *model, const NnParamView **tensors);
/* The same and the buffers, by PyTorch's names; and the number behind a counter. Borrowed. */
const NnStateDict *nn_model_state_dict(const NnModel *model);
uint64_t *nn_model_counter(NnModel *model, const NnNamedTensor *counter);
/* One more training batch has gone through a layer without its forward(). */
void nn_model_count_batch(NnModel *model, int layer);
/* Flat, backend memory; borrowed. */
nn_real *nn_model_params(NnModel *model);
nn_real *nn_model_grads(NnModel *model);
nn_real *nn_model_buffers(NnModel *model);

/* x (N, input) backend memory → logits (N, n_classes), borrowed until the next call. */
const nn_real *nn_model_forward(NnModel *model, const NnPass *pass, const nn_real *x);
/* dlogits (N, n_classes): fills the gradients. After a forward with the same pass. */
void nn_model_backward(NnModel *model, const NnPass *pass, const nn_real *dlogits);
/* (N, input) gradient with respect to x of the last backward, borrowed until the next; NULL without
 * NnModelOptions.input_grad. */
const nn_real *nn_model_input_grad(const NnModel *model);

/* Copies what the model has learned into a snapshot, whose memory is there; step and epoch are the
 * caller's. */
void nn_model_snapshot(const NnModel *model, NnSnapshot *snapshot);
/* Copies a snapshot into a model of the same recipe. */
void nn_model_load(NnModel *model, const NnSnapshot *snapshot);
