/* fused-steps.c: a program that does N training steps of the tutorial's network on one thread, for
 * instructions.py to count what they cost. The data are made up: 8 pictures in a batch, a fifth of
 * whose pixels are not 0, in the middle.
 *
 *   fused-steps N */
#include "engine/backend/backend.h"
#include "engine/elem/list.h"
#include "engine/kind-elements.h"
#include "engine/rng.h"
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 28, SIZE = SIDE * SIDE, N_SAMPLES = 512, N = 8, AT_ONCE = 64, N_LINEAR = 3 };
static const size_t widths[N_LINEAR + 1] = {SIZE, 64, 64, 10};

static uint8_t pixels[N_SAMPLES][SIZE];
static int32_t classes[N_SAMPLES];
static nn_real table[256];
static double scalars[AT_ONCE * NN_MAX_SCALARS], divisors[AT_ONCE];
static uint32_t ids[AT_ONCE * N], epochs[AT_ONCE];
static uint64_t batches[AT_ONCE];

static void make_data(NnKeyedRng *rng)
{
  for (int i = 0; i < 256; i++)
    table[i] = (nn_real)i / 255;
  for (size_t i = 0; i < N_SAMPLES; i++) {
    classes[i] = (int32_t)(i % 10);
    for (size_t k = 0; k < 200; k++) { /* 150 different ones, in 18 × 18 */
      size_t row = 5 + (size_t)(nn_keyed_uniform(rng) * 18);
      size_t column = 5 + (size_t)(nn_keyed_uniform(rng) * 18);
      pixels[i][row * SIDE + column] = (uint8_t)(1 + nn_keyed_uniform(rng) * 255);
    }
  }
}

/* AdamW with the usual numbers; the bias correction of a late step. */
static void make_steps(void)
{
  for (size_t k = 0; k < AT_ONCE; k++) {
    double *s = scalars + k * NN_MAX_SCALARS;
    s[NN_ADAM_SIGN] = s[NN_ADAM_ROOT] = 1;
    s[NN_ADAM_KEEP] = 1 - 1e-5;
    s[NN_ADAM_W1] = 0.1;
    s[NN_ADAM_B1] = 0.9;
    s[NN_ADAM_B2] = 0.999;
    s[NN_ADAM_W2] = 0.001;
    s[NN_ADAM_STEP] = 1e-3;
    s[NN_ADAM_EPS] = 1e-8;
    divisors[k] = N;
  }
}

static void add_layers(NnStepPlan *plan)
{
  for (int i = 0; i < N_LINEAR; i++) {
    plan->layers[plan->n_layers++] =
        (NnStepLayer){.op = NN_STEP_LINEAR,
                      .in = widths[i],
                      .out = widths[i + 1],
                      .weight = plan->n_params,
                      .bias = plan->n_params + widths[i] * widths[i + 1],
                      .has_weight = true,
                      .has_bias = true};
    plan->n_params += (widths[i] + 1) * widths[i + 1];
    if (i + 1 < N_LINEAR)
      plan->layers[plan->n_layers++] = (NnStepLayer){
          .op = NN_STEP_ACTIVATION, .in = widths[i + 1], .out = widths[i + 1], .elem = NN_ACT_relu};
  }
}

int main(int argc, char **argv)
{
  NnBackend *backend = NULL;
  NnKeyedRng rng;
  NnStepPlan plan = {.pixels = pixels[0],
                     .classes = classes,
                     .table = table,
                     .C = 1,
                     .S = SIZE,
                     .n_samples = N_SAMPLES,
                     .N = N,
                     .n_classes = 10,
                     .optimizer = NN_OPT_adamw,
                     .n_state = 2};
  nn_keyed_init(&rng, 3, 1000, 0, 0);
  make_data(&rng);
  make_steps();
  add_layers(&plan);
  nn_real *memory = calloc(3 * plan.n_params, sizeof *memory);
  plan.w = memory;
  plan.state[0] = memory + plan.n_params;
  plan.state[1] = memory + 2 * plan.n_params;
  for (size_t i = 0; i < plan.n_params; i++)
    plan.w[i] = (nn_real)(0.1 * (nn_keyed_uniform(&rng) - 0.5));
  if (argc != 2 || !nn_backend_open("cpu", 1, &backend, NULL))
    return 2;
  void *step = backend->ops->compile_step(backend, &plan);
  NnStepRun run = {AT_ONCE, ids, scalars, divisors, ids, epochs, batches, NULL, NULL};
  NnStepResult results[AT_ONCE];
  for (long done = 0; step && done < atol(argv[1]); done += AT_ONCE) {
    for (size_t i = 0; i < AT_ONCE * N; i++)
      ids[i] = (uint32_t)(nn_keyed_uniform(&rng) * N_SAMPLES);
    backend->ops->run_steps(backend, step, &run);
    if (!backend->ops->step_results(backend, results, AT_ONCE, NULL))
      return 2;
  }
  printf("%s: %g\n", step ? "whole steps" : "not claimed", results[AT_ONCE - 1].loss);
  if (step)
    backend->ops->free_step(backend, step);
  nn_backend_close(backend);
  free(memory);
  return !step;
}
