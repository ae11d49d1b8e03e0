/* state-dict.c: see state-dict.h. A module's state_dict() has its own parameters first, then its
 * own buffers, then what its children have; a parametrized weight is a child. */
#include "state-dict.h"
#include "engine/mem.h"
#include <stdio.h>
#include <string.h>

/* Half of the layers of a network may open blocks; each adds "255.layers." to the names inside. */
enum { MOST_DEPTH = 128, PREFIX = MOST_DEPTH * 12, MOST_OF_LAYER = 2 * NN_MAX_SLOTS + 1 };

typedef struct {
  NnStateDict *dict;
  char prefix[PREFIX];
  size_t lengths[MOST_DEPTH]; /* of the prefix before each block */
  int index[MOST_DEPTH + 1], depth;
  size_t param, buffer; /* where the next ones begin */
} Lister;

static bool add(Lister *l, const char *slot, NnNamedTensor tensor)
{
  char name[PREFIX + 128];
  snprintf(name, sizeof name, "%s%d.%s", l->prefix, l->index[l->depth], slot);
  tensor.name = nn_strdup(name);
  l->dict->tensors[l->dict->n++] = tensor;
  return tensor.name != NULL;
}

static NnNamedTensor tensor_of(const NnSlot *slot, NnTensorRole role, int layer, size_t *place)
{
  size_t n = nn_shape_size(slot->shape), offset = *place;
  *place += n;
  return (NnNamedTensor){
      .role = role, .shape = slot->shape, .n = n, .offset = offset, .layer = layer};
}

/* Parameters of a child have a dot in their names, and come last, in the order of the alphabet. */
static bool add_children(Lister *l, const NnLayerPlan *plan, const NnNamedTensor *params)
{
  const char *last = "";
  for (int i = 0; i < plan->n_params; i++) {
    int next = -1;
    for (int k = 0; k < plan->n_params; k++) {
      const char *name = plan->params[k].name;
      if (strchr(name, '.') && strcmp(name, last) > 0 &&
          (next < 0 || strcmp(name, plan->params[next].name) < 0))
        next = k;
    }
    if (next < 0)
      break;
    last = plan->params[next].name;
    if (!add(l, last, params[next]))
      return false;
  }
  return true;
}

static bool add_layer(Lister *l, const NnLayer *layer)
{
  const NnLayerPlan *plan = &layer->plan;
  NnNamedTensor params[NN_MAX_SLOTS];
  for (int k = 0; k < plan->n_params; k++) {
    params[k] = tensor_of(&plan->params[k], NN_TENSOR_PARAM, layer->index, &l->param);
    if (!strchr(plan->params[k].name, '.') && !add(l, plan->params[k].name, params[k]))
      return false;
  }
  for (int k = 0; k < plan->n_buffers; k++)
    if (!add(l, plan->buffers[k].name,
             tensor_of(&plan->buffers[k], NN_TENSOR_BUFFER, layer->index, &l->buffer)))
      return false;
  NnNamedTensor counter = {.role = NN_TENSOR_COUNTER, .n = 1, .layer = layer->index};
  if (plan->counts_batches && !add(l, "num_batches_tracked", counter))
    return false;
  return add_children(l, plan, params);
}

static void open_block(Lister *l)
{
  size_t length = l->lengths[l->depth] = strlen(l->prefix);
  snprintf(l->prefix + length, sizeof l->prefix - length, "%d.layers.", l->index[l->depth]);
  l->index[++l->depth] = 0;
}

static void close_block(Lister *l)
{
  l->prefix[l->lengths[--l->depth]] = '\0';
}

bool nn_state_dict_init(NnStateDict *dict, const NnLayer *layers, int n_layers, NnError *err)
{
  Lister l = {.dict = dict};
  *dict = (NnStateDict){
      .tensors = nn_alloc_array((size_t)n_layers * MOST_OF_LAYER, sizeof *dict->tensors)};
  bool ok = dict->tensors != NULL;
  for (int i = 0; ok && i < n_layers; i++) {
    const NnLayer *layer = &layers[i];
    if (layer->partner && layer->opens) {
      open_block(&l);
      continue;
    }
    if (layer->partner)
      close_block(&l);
    else
      ok = add_layer(&l, layer);
    l.index[l.depth]++;
  }
  return ok || nn_fail_nomem(err, "the network");
}

void nn_state_dict_clear(NnStateDict *dict)
{
  for (int i = 0; i < dict->n; i++)
    nn_free(dict->tensors[i].name);
  nn_free(dict->tensors);
  *dict = (NnStateDict){0};
}
