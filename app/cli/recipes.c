/* recipes.c: see recipes.h. */
#include "recipes.h"
#include <string.h>
#include <unistd.h>

const BpShippedRecipe bp_shipped_recipes[] = {
    {"tutorial", N_("The tutorial's network, 784-64-64-10, trained as in the notebook."),
     "{\"version\": 1}"},
    {"exercise2",
     N_("The tutorial's network with AdamW, weight decay, OneCycleLR and larger batches."),
     "{\"version\": 1, \"data\": {\"batch_size\": 64},"
     " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.01, \"weight_decay\": 0.1},"
     " \"scheduler\": {\"kind\": \"OneCycleLR\", \"max_lr\": 0.01},"
     " \"loop\": {\"epochs\": 10}}"},
    {"mlp-best",
     N_("Wide Linear layers with dropout, and images that are turned, shifted and scaled at "
        "random: "
        "how far a network without convolutions gets."),
     "{\"version\": 1, \"data\": {\"batch_size\": 128, \"transforms\": ["
     "{\"kind\": \"RandomAffine\", \"degrees\": 10, \"translate\": [0.07, 0.07],"
     " \"scale\": [0.9, 1.1], \"interpolation\": \"bilinear\"}, {\"kind\": \"ToTensor\"}]},"
     " \"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 512},"
     " {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\", \"p\": 0.1},"
     " {\"kind\": \"Linear\", \"out_features\": 512},"
     " {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\", \"p\": 0.1},"
     " {\"kind\": \"Linear\", \"out_features\": 10}],"
     " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.004, \"weight_decay\": 0.05},"
     " \"scheduler\": {\"kind\": \"OneCycleLR\", \"max_lr\": 0.004},"
     " \"loop\": {\"epochs\": 16}}"},
    {"softmax",
     N_("Softmax regression: a single Linear layer, which computes weighted sums of the pixels."),
     "{\"version\": 1, \"network\": [{\"kind\": \"Flatten\"},"
     " {\"kind\": \"Linear\", \"out_features\": 10}]}"},
    {"regularized",
     N_("A wider network with batch normalization and dropout, larger batches and a cosine "
        "schedule."),
     "{\"version\": 1, \"data\": {\"batch_size\": 64}, \"network\": [{\"kind\": \"Flatten\"},"
     " {\"kind\": \"Linear\", \"out_features\": 256, \"weight_init\": {\"kind\": "
     "\"kaiming_uniform_\"}, \"bias_init\": {\"kind\": \"zeros_\"}},"
     " {\"kind\": \"BatchNorm1d\"}, {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\", \"p\": 0.2},"
     " {\"kind\": \"Linear\", \"out_features\": 128, \"weight_init\": {\"kind\": "
     "\"kaiming_uniform_\"}, \"bias_init\": {\"kind\": \"zeros_\"}},"
     " {\"kind\": \"BatchNorm1d\"}, {\"kind\": \"ReLU\"},"
     " {\"kind\": \"Linear\", \"out_features\": 10}],"
     " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.002},"
     " \"scheduler\": {\"kind\": \"CosineAnnealingLR\", \"T_max\": 10},"
     " \"loop\": {\"epochs\": 10}}"},
    {NULL, NULL, NULL}};

static const BpShippedRecipe *find(const char *name)
{
  const BpShippedRecipe *r = bp_shipped_recipes;
  while (r->name && strcmp(r->name, name ? name : "tutorial") != 0)
    r++;
  return r->name ? r : NULL;
}

bool bp_recipe_is_shipped(const char *name)
{
  return find(name) != NULL;
}

bool bp_recipe_open(const char *name, NnConfig **recipe, NnError *err)
{
  const BpShippedRecipe *shipped = find(name);
  if (shipped)
    return nn_recipe_parse(shipped->json, shipped->name, recipe, err);
  if (!strchr(name, '/') && !strchr(name, '.') && access(name, F_OK) != 0)
    return nn_fail(err, NN_ERR_ARG, name,
                   "There is no recipe \"%s\": neither a file nor one of tutorial, exercise2, "
                   "mlp-best, softmax, regularized.",
                   name);
  return nn_recipe_load(name, recipe, err);
}
