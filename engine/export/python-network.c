/* python-network.c: the network and its first weights. */
#include "python-parts.h"
#include <stdio.h>
#include <string.h>

static bool has(const NnConfig *config, const char *key)
{
  return nn_param_index(config->kind->params, key) >= 0;
}

/* ---- the network ---- */

/* What PyTorch does not have, once each. */
static void add_code(NnPython *python)
{
  for (int i = 0; i < python->n_flows; i++) {
    const NnKind *kind = python->flows[i].layer->kind;
    bool before = false;
    for (int k = 0; k < i; k++)
      before = before || python->flows[k].layer->kind == kind;
    if (kind->torch_code && !before) {
      nn_python_add(python, kind->torch_code);
      nn_python_add(python, "\n\n");
    }
  }
}

static void add_layers(NnPython *python, const NnProgram *program)
{
  const NnValue *network = nn_config_value(program->recipe, "network");
  NnPythonMark mark = nn_python_mark(python);
  nn_python_add(python, "model = nn.Sequential(");
  for (int i = 0; i < network->n; i++) {
    nn_python_line(python, 1);
    nn_python_call(python, network->configs[i], 1);
    nn_python_add(python, ",");
  }
  if (network->n > 0)
    nn_python_line(python, 0);
  nn_python_add(python, ")\n");
  nn_python_about(python, mark, program->recipe, "network", NULL);
}

/* ---- first weights ---- */

static bool has_bias(const NnConfig *layer)
{
  return has(layer, "bias") && nn_config_bool(layer, "bias");
}

/* One line of a layer that the program calls `place`. */
static void add_init(NnPython *python, const NnConfig *layer, const char *place, bool bias,
                     int indent)
{
  const NnConfig *init = nn_config_child(layer, bias ? "bias_init" : "weight_init");
  char tensor[NN_PATH];
  if (!init->kind->torch[0] || (bias && !has_bias(layer)))
    return;
  snprintf(tensor, sizeof tensor, "%s.%s", place, bias ? "bias" : "weight");
  python->tensor = tensor;
  NnPythonMark mark = nn_python_mark(python);
  for (int i = 0; i < indent; i++)
    nn_python_add(python, "    ");
  nn_python_call(python, init, indent);
  nn_python_line(python, 0);
  nn_python_about(python, mark, layer, bias ? "bias_init" : "weight_init", NULL);
}

static void add_inits(NnPython *python, const NnConfig *layer, const char *place, int indent)
{
  add_init(python, layer, place, false, indent);
  add_init(python, layer, place, true, indent);
}

static void add_weight_norm(NnPython *python, const NnConfig *layer, const char *place, int indent)
{
  NnPythonMark mark = nn_python_mark(python);
  (void)indent;
  if (!nn_config_bool(layer, "weight_norm"))
    return;
  nn_python_addf(python, "nn.utils.parametrizations.weight_norm(%s)\n", place);
  nn_python_about(python, mark, layer, "weight_norm", NULL);
}

/* Calls add for every layer that is initialized, with its place: model[3].layers[0]. */
static void each(NnPython *python, const NnValue *layers, const char *place,
                 void (*add)(NnPython *, const NnConfig *, const char *, int))
{
  for (int i = 0; i < layers->n; i++) {
    const NnConfig *layer = layers->configs[i];
    char name[NN_PATH];
    snprintf(name, sizeof name, "%.*s[%d]", NN_PATH - 16, place, i);
    if (has(layer, "weight_init"))
      add(python, layer, name, 0);
    if (!has(layer, "layers"))
      continue;
    snprintf(name, sizeof name, "%.*s[%d].layers", NN_PATH - 24, place, i);
    each(python, nn_config_value(layer, "layers"), name, add);
  }
}

static bool alike(const NnConfig *a, const NnConfig *b)
{
  return has_bias(a) == has_bias(b) &&
         nn_config_equal(nn_config_child(a, "weight_init"), nn_config_child(b, "weight_init")) &&
         (!has_bias(a) ||
          nn_config_equal(nn_config_child(a, "bias_init"), nn_config_child(b, "bias_init")));
}

/* If all layers that can be initialized are so in the same way, one of them; with their kinds, two
 * at most. NULL: they are not, or there is one alone. */
static const NnConfig *common(const NnPython *python, const NnKind *kinds[2])
{
  const NnConfig *first = NULL;
  int n = 0;
  for (int i = 0; i < python->n_flows; i++) {
    const NnConfig *layer = python->flows[i].layer;
    if (!has(layer, "weight_init"))
      continue;
    first = first ? first : layer;
    if (!alike(first, layer))
      return NULL;
    kinds[0] = first->kind;
    if (layer->kind != kinds[0] && kinds[1] && layer->kind != kinds[1])
      return NULL;
    if (layer->kind != kinds[0])
      kinds[1] = layer->kind;
    n++;
  }
  return n > 1 ? first : NULL;
}

/* The first weights of every layer are said there. */
static void note_inits(NnPython *python, size_t first)
{
  static const char *const keys[] = {"weight_init", "bias_init"};
  for (int i = 0; i < 2 * python->n_flows; i++) {
    const NnConfig *layer = python->flows[i / 2].layer;
    const char *key = keys[i % 2];
    if (has(layer, key) && (i % 2 == 0 || has_bias(layer)))
      nn_note_all(&python->notes, nn_config_child(layer, key), first, python->text.length);
  }
}

static void add_common(NnPython *python, const NnConfig *layer, const NnKind *const kinds[2])
{
  char a[NN_PATH], b[NN_PATH];
  if (!nn_config_child(layer, "weight_init")->kind->torch[0] &&
      (!has_bias(layer) || !nn_config_child(layer, "bias_init")->kind->torch[0]))
    return;
  nn_python_name(kinds[0], a);
  nn_python_line(python, 0);
  NnPythonMark mark = nn_python_mark(python);
  nn_python_add(python, "for layer in model.modules():\n");
  if (kinds[1])
    nn_python_addf(python, "    if isinstance(layer, (%s, %s)):\n", a, nn_python_name(kinds[1], b));
  else
    nn_python_addf(python, "    if isinstance(layer, %s):\n", a);
  add_inits(python, layer, "layer", 2);
  note_inits(python, mark.length);
}

void nn_python_network(NnPython *python, const NnProgram *program)
{
  const NnValue *network = nn_config_value(program->recipe, "network");
  const NnKind *kinds[2] = {NULL, NULL};
  const NnConfig *one = common(python, kinds);
  add_code(python);
  add_layers(python, program);
  NnPythonMark mark = nn_python_mark(python);
  if (one)
    add_common(python, one, kinds);
  else {
    nn_python_line(python, 0);
    size_t before = python->text.length;
    each(python, network, "model", add_inits);
    each(python, network, "model", add_weight_norm);
    if (python->text.length == before)
      nn_python_take_back(python, mark);
    return;
  }
  each(python, network, "model", add_weight_norm);
}
