/* config-children.c: the configs that a config holds, of parameters of type KIND and KINDS; see
 * config.h. */
#include "config.h"
#include "engine/mem.h"
#include <assert.h>
#include <string.h>

/* The value of `key`, which must be of that type, and its entry of the table. */
static NnValue *children(NnConfig *config, const char *key, NnParamType type,
                         const NnParamSpec **spec)
{
  *spec = &config->kind->params[nn_param_index(config->kind->params, key)];
  assert((*spec)->type == type);
  (void)type;
  return &config->values[*spec - config->kind->params];
}

bool nn_config_set_kind(NnConfig *config, const char *key, const NnKind *kind, NnError *err)
{
  NnConfig *child = nn_config_new(kind, err);
  return child && nn_config_take_child(config, key, child, err);
}

/* May `child` stand under `spec`? */
static bool check_class(const NnParamSpec *spec, const NnConfig *child, NnError *err)
{
  bool section = spec->flags & NN_PARAM_SECTION;
  if (child->kind->klass == spec->klass &&
      (!section || strcmp(child->kind->name, spec->def_kind) == 0))
    return true;
  char range[NN_RANGE_TEXT];
  return nn_fail(err, NN_ERR_ARG, spec->key, "%s is \"%s\"; allowed is %s.", spec->key,
                 child->kind->name, nn_param_range_text(spec, range));
}

bool nn_config_take_child(NnConfig *config, const char *key, NnConfig *child, NnError *err)
{
  const NnParamSpec *spec;
  NnValue *value = children(config, key, NN_PARAM_KIND, &spec);
  bool ok = check_class(spec, child, err);
  if (ok && !value->configs && !(value->configs = nn_alloc_array(1, sizeof child)))
    ok = nn_fail_nomem(err, "the settings");
  if (!ok) {
    nn_config_free(child);
    return false;
  }
  if (value->n)
    nn_config_free(value->configs[0]);
  value->configs[0] = child;
  value->n = 1;
  return true;
}

static bool check_index(const char *key, int index, int n, NnError *err)
{
  if (index >= 0 && index < n)
    return true;
  if (n == 0)
    return nn_fail(err, NN_ERR_ARG, key, "%s has no entry %d; it is empty.", key, index);
  return nn_fail(err, NN_ERR_ARG, key, "%s has no entry %d; it has %d, counted from 0.", key, index,
                 n);
}

/* Room for one more entry; the array always has exactly n. */
static NnConfig **with_gap(const NnValue *value, int index)
{
  NnConfig **configs = nn_alloc_array((size_t)value->n + 1, sizeof *configs);
  for (int i = 0; configs && i < value->n; i++)
    configs[i < index ? i : i + 1] = value->configs[i];
  return configs;
}

static bool insert(NnValue *value, const NnParamSpec *spec, int index, NnConfig *child,
                   NnError *err)
{
  if (!check_class(spec, child, err))
    return false;
  if (index != value->n && !check_index(spec->key, index, value->n, err))
    return false;
  if (value->n >= spec->max_len)
    return nn_fail(err, NN_ERR_ARG, spec->key, "%s has %d entries already; more are not allowed.",
                   spec->key, value->n);
  NnConfig **configs = with_gap(value, index);
  if (!configs)
    return nn_fail_nomem(err, "the settings");
  configs[index] = child;
  nn_free(value->configs);
  value->configs = configs;
  value->n++;
  return true;
}

bool nn_config_insert(NnConfig *config, const char *key, int index, NnConfig *child, NnError *err)
{
  const NnParamSpec *spec;
  NnValue *value = children(config, key, NN_PARAM_KINDS, &spec);
  bool ok = insert(value, spec, index, child, err);
  if (!ok)
    nn_config_free(child);
  return ok;
}

bool nn_config_remove(NnConfig *config, const char *key, int index, NnError *err)
{
  const NnParamSpec *spec;
  NnValue *value = children(config, key, NN_PARAM_KINDS, &spec);
  if (!check_index(key, index, value->n, err))
    return false;
  if (!nn_param_check_len(spec, value->n - 1))
    return nn_fail(err, NN_ERR_ARG, key, "%s has %d entries; fewer are not allowed.", key,
                   value->n);
  nn_config_free(value->configs[index]);
  value->n--;
  memmove(&value->configs[index], &value->configs[index + 1],
          (size_t)(value->n - index) * sizeof *value->configs);
  return true;
}

bool nn_config_move(NnConfig *config, const char *key, int from, int to, NnError *err)
{
  const NnParamSpec *spec;
  NnValue *value = children(config, key, NN_PARAM_KINDS, &spec);
  if (!check_index(key, from, value->n, err) || !check_index(key, to, value->n, err))
    return false;
  NnConfig *moved = value->configs[from];
  for (int i = from; i != to; i += from < to ? 1 : -1)
    value->configs[i] = value->configs[from < to ? i + 1 : i - 1];
  value->configs[to] = moved;
  return true;
}
