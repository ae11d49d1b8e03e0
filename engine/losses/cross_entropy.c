/* cross_entropy.c: CrossEntropyLoss. With ℓ = log softmax(z), label y and C classes,
 *   loss = −(1 − ε)·ℓ_y − (ε/C)·Σ_c ℓ_c,   mean over the batch. */
#include "engine/loss.h"

enum { LABEL_SMOOTHING };

static const NnParamSpec params[] = {
    {.key = "label_smoothing",
     .label = "Label smoothing",
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = 0,
     .max = 1,
     .step = 0.01,
     .doc = "Spreads this share of the target evenly over all classes, so that the network is not "
            "pushed to be absolutely certain."},
    {0}};

static double compute(const NnBackend *backend, const double *numbers, size_t N, int C,
                      const nn_real *logits, const int32_t *labels, nn_real *row_loss,
                      nn_real *dlogits)
{
  double scale = 1.0 / (double)N;
  backend->ops->cross_entropy(backend, N, (size_t)C, logits, labels, numbers[LABEL_SMOOTHING], NULL,
                              scale, row_loss, dlogits);
  return backend->ops->sum(backend, row_loss, N) / (double)N;
}

const NnLossKind nn_cross_entropy_loss = {
    .kind = {.klass = NN_CLASS_LOSS,
             .name = "CrossEntropyLoss",
             .doc = "Small when the network gives the right class a high probability, large when "
                    "it is sure of a wrong one.",
             .source = "Szegedy et al. 2016 (label smoothing); torch.nn.CrossEntropyLoss",
             .params = params},
    .compute = compute};
