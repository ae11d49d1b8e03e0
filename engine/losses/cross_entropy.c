/* cross_entropy.c: CrossEntropyLoss. With ℓ = log softmax(z), label y, C classes with weights w
 * (all 1 unless given), a sample's loss is −(1 − ε)·w_y·ℓ_y − (ε/C)·Σ_c w_c·ℓ_c, and that of the
 * batch their sum, divided by Σ w_y when the mean is asked for. */
#include "loss.h"

enum { REDUCTION, LABEL_SMOOTHING };
enum { MEAN, SUM };

static const char *const reductions[] = {"mean", "sum", NULL};

static const NnParamSpec params[] = {
    {.key = "weight",
     .label = N_("Class weights"),
     .type = NN_PARAM_FLOATS,
     .min_len = 0,
     .max_len = 1000,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1e6,
     .doc =
         N_("The weight of each class in the loss, in order; an empty list weights all equally.")},
    {.key = "reduction",
     .label = N_("Reduction"),
     .type = NN_PARAM_CHOICE,
     .choices = reductions,
     .def = MEAN,
     .doc = N_("Whether the loss of a batch is the mean or the sum over its images; with the sum, "
               "gradients grow with the batch size.")},
    {.key = "label_smoothing",
     .label = N_("Label smoothing"),
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = -INFINITY,
     .max = 1,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.01,
     .doc = N_("Spreads this fraction of the target evenly over all classes, so that the network "
               "does not become overconfident.")},
    {0}};

static double divisor(const NnLoss *loss, size_t N, const int32_t *labels)
{
  double total = loss->weight ? 0 : (double)N;
  if (loss->numbers[REDUCTION] != MEAN)
    return 1;
  for (size_t i = 0; loss->weight && i < N; i++)
    total += loss->weight[labels[i]];
  return total;
}

/* PyTorch smooths only where there is more than nothing to spread. */
static double smoothing(const NnLoss *loss)
{
  return fmax(0, loss->numbers[LABEL_SMOOTHING]);
}

static void compute(const NnLoss *loss, const NnLossBatch *b)
{
  loss->backend->ops->cross_entropy(loss->backend, b->N, (size_t)loss->C, b->logits, b->labels,
                                    smoothing(loss), loss->device_weight, 1 / b->divisor,
                                    b->row_loss, b->dlogits);
}

static bool describe(const NnLoss *loss, NnStepPlan *plan)
{
  plan->loss = NN_STEP_CROSS_ENTROPY;
  plan->smoothing = smoothing(loss);
  plan->class_weight = loss->device_weight;
  return true;
}

const NnLossKind nn_cross_entropy_loss = {
    .kind = {.klass = NN_CLASS_LOSS,
             .name = "CrossEntropyLoss",
             .torch = "CrossEntropyLoss(weight=torch.tensor({weight}), *)",
             .doc = N_("Small when the network gives the correct class a high probability, large "
                       "when it is confident of a wrong one."),
             .source = "Szegedy et al. 2016 (label smoothing); torch.nn.CrossEntropyLoss",
             .params = params},
    .divisor = divisor,
    .compute = compute,
    .describe = describe};
