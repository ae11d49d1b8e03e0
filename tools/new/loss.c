/* @file@.c: FILL IN the loss of one sample, with its formula. */
#include "loss.h"

/* FILL IN its parameters, with PyTorch's names, order and defaults (engine/recipe/param.h). */
static const NnParamSpec params[] = {{0}};

/* The loss of a batch is Σ row_loss / divisor: N for a mean. */
static double divisor(const NnLoss *loss, size_t N, const int32_t *labels)
{
  (void)loss;
  (void)labels;
  return (double)N;
}

/* Writes b->row_loss and, unless NULL, b->dlogits, by the backend's operations alone. */
static void compute(const NnLoss *loss, const NnLossBatch *b)
{
  /* FILL IN; this is cross entropy */
  loss->backend->ops->cross_entropy(loss->backend, b->N, (size_t)loss->C, b->logits, b->labels, 0,
                                    loss->device_weight, 1 / b->divisor, b->row_loss, b->dlogits);
}

const NnLossKind nn_@name@_loss = {
    .kind = {.klass = NN_CLASS_LOSS,
             .name = "@Name@",
             .torch = "@Name@(*)",
             .doc = N_("FILL IN one sentence for a student: when is it small, when large?"),
             .source = "FILL IN authors and year; torch.nn.@Name@",
             .params = params},
    .divisor = divisor,
    .compute = compute};
