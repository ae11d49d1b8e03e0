/* first-weights.c: see first-weights.h. */
#include "first-weights.h"
#include "engine/model/model.h"
#include <math.h>

static double largest(const nn_real *values, size_t n)
{
  double most = 0;
  for (size_t i = 0; i < n; i++)
    most = fmax(most, fabs((double)values[i]));
  return most;
}

static double root_mean_square(const nn_real *values, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)values[i] * (double)values[i];
  return sqrt(sum / (double)n);
}

/* A layer of the recipe is one of the model's, and a block two: they are told apart by what they
 * were made of, in the recipe's order. */
static const NnLayer *find_layer(const NnModel *model, int index)
{
  for (int i = 0, at = 0, depth = 0; i < nn_model_n_layers(model); i++) {
    const NnLayer *layer = nn_model_layer(model, i);
    bool closes = layer->partner && !layer->opens;
    if (closes)
      depth--;
    else if (depth == 0 && at++ == index)
      return layer;
    if (layer->opens)
      depth++;
  }
  return NULL;
}

static bool measure(const NnLayer *layer, BpFirstWeights *weights)
{
  if (!layer || layer->plan.n_params < 1 || layer->in.n_dims != 1 || layer->out.n_dims != 1)
    return false;
  size_t in = nn_shape_size(layer->in), out = nn_shape_size(layer->out);
  *weights = (BpFirstWeights){.in = in,
                              .out = out,
                              .spread = root_mean_square(layer->params[0], in * out),
                              .largest = largest(layer->params[0], in * out),
                              .has_bias = layer->plan.n_params > 1};
  if (weights->has_bias)
    weights->largest_bias = largest(layer->params[1], out);
  return true;
}

bool bp_first_weights(const NnConfig *recipe, NnShape input, int index, BpFirstWeights *weights)
{
  NnModelOptions options = {.recipe = recipe, .input = input, .batch_size = 1, .inference = true};
  NnBackend *backend = NULL;
  NnModel *model = NULL;
  NnMt19937 mt;
  size_t n_params = 0;
  bool ok = nn_model_check(recipe, input, 0, NULL, &n_params, NULL, NULL) &&
            n_params <= BP_FIRST_WEIGHTS_MOST && nn_backend_open("ref", 1, &backend, NULL);
  options.backend = backend;
  nn_mt_seed(&mt, nn_config_seed(recipe, "seed"));
  ok = ok && nn_model_new(&options, &model, NULL) && nn_model_init(model, &mt, NULL) &&
       measure(find_layer(model, index), weights);
  nn_model_free(model);
  nn_backend_close(backend);
  return ok;
}
