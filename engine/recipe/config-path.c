/* config-path.c: settings by dotted path and text, as on a command line. */
#include "json.h"
#include "engine/mem.h"
#include "typed-value.h"
#include <stdlib.h>
#include <string.h>

/* The target a path has led to: a config, and one of its values or (entry ≥ 0) an entry of it. */
typedef struct {
  NnConfig *config;
  const NnParamSpec *spec;
  NnValue *value;
  int entry;
  char path[NN_PATH]; /* as far as it was followed */
  const char *rest;   /* what is left of it; none of its components is empty */
} Target;

/* Cuts the first component off *rest. */
static void next_part(const char **rest, char part[NN_PATH])
{
  size_t n = strcspn(*rest, ".");
  memcpy(part, *rest, n);
  part[n] = '\0';
  *rest += n + ((*rest)[n] == '.');
}

/* Components with a dot between them, none of them empty, and no more than fit into a Target. */
static bool check_path(const char *path, NnError *err)
{
  size_t n = strlen(path);
  if (n >= NN_PATH)
    return nn_fail(err, NN_ERR_ARG, path, "\"%.64s\" has %zu bytes; a key has at most %d.", path, n,
                   NN_PATH - 1);
  if (n > 0 && *path != '.' && path[n - 1] != '.' && !strstr(path, ".."))
    return true;
  return nn_fail(err, NN_ERR_ARG, path,
                 "\"%.64s\" is not a key; write it as in optimizer.lr or network.1.out_features.",
                 path);
}

/* "3" → an entry of the list at target. */
static bool enter_list(Target *target, const char *part, NnError *err)
{
  char *end;
  long index = strtol(part, &end, 10);
  int n = target->value->n;
  bool number = *part >= '0' && *part <= '9' && !*end;
  if (!number)
    return nn_fail(err, NN_ERR_ARG, target->path,
                   "%s is a list; an index from 0 must follow, not \"%.64s\".", target->path, part);
  if (n == 0)
    return nn_fail(err, NN_ERR_ARG, target->path, "%s has no entry %.20s; it is empty.",
                   target->path, part);
  if (index >= n)
    return nn_fail(err, NN_ERR_ARG, target->path,
                   "%s has no entry %.20s; it has %d, counted from 0.", target->path, part, n);
  target->entry = (int)index;
  nn_path_index(target->path, target->path, target->entry);
  return true;
}

static bool is_list(const NnParamSpec *spec)
{
  return spec->type == NN_PARAM_KINDS || spec->type == NN_PARAM_FLOATS;
}

/* Goes one config deeper; false with *err if there is none. */
static bool enter_config(Target *target, NnError *err)
{
  bool kind = target->spec->type == NN_PARAM_KIND || target->spec->type == NN_PARAM_KINDS;
  if (!kind || target->value->n == 0)
    return nn_fail(err, NN_ERR_ARG, target->path,
                   "%s has no entries, so \"%.64s\" does not exist in it.", target->path,
                   target->rest);
  target->config = target->value->configs[target->entry < 0 ? 0 : target->entry];
  return true;
}

/* Is ".kind" all that is left, and does it mean the kind itself? */
static bool is_kind_itself(const Target *target)
{
  bool entry = target->spec->type == NN_PARAM_KINDS && target->entry >= 0;
  bool child = target->spec->type == NN_PARAM_KIND && !(target->spec->flags & NN_PARAM_SECTION);
  return (entry || child) && strcmp(target->rest, "kind") == 0;
}

/* Follows the whole path from target->config. */
static bool follow(Target *target, NnError *err)
{
  for (;;) {
    char part[NN_PATH];
    next_part(&target->rest, part);
    int i = nn_param_index(target->config->kind->params, part);
    if (i < 0)
      return nn_fail_key(err, target->config->kind, target->path, part);
    target->spec = &target->config->kind->params[i];
    target->value = &target->config->values[i];
    target->entry = -1;
    nn_path_key(target->path, target->path, part);
    if (*target->rest && is_list(target->spec)) {
      next_part(&target->rest, part);
      if (!enter_list(target, part, err))
        return false;
    }
    if (!*target->rest || is_kind_itself(target))
      return true;
    if (!enter_config(target, err))
      return false;
  }
}

/* "[0.9, 0.99]" as it stands, and so "[.9, .99]"; "SGD" as if it were quoted. */
static json_t *read_text(const char *text, NnError *err)
{
  NnError error;
  json_t *json = nn_json_parse(text, NULL, &error);
  char *typed = json ? NULL : nn_typed_json(text);
  if (!json && !typed) {
    nn_fail_nomem(err, "reading JSON");
    return NULL;
  }
  if (!json)
    json = nn_json_parse(typed, NULL, NULL);
  nn_free(typed);
  const char *start = text + strspn(text, " \t\r\n");
  if (json)
    return json;
  if (*start && strchr("{[\"", *start)) {
    if (err)
      *err = error;
    return NULL;
  }
  json = json_string(text);
  if (!json)
    nn_fail(err, NN_ERR_ARG, "", "The value is not valid UTF-8 text.");
  return json;
}

/* A number's digits as they stand: those of a seed are more than a double holds. */
static json_t *read_digits(const char *text, NnError *err)
{
  if (!text[strspn(text, " \t\r\n-0123456789")] && strpbrk(text, "0123456789"))
    return json_string(text);
  return read_text(text, err);
}

static bool set_entry(Target *target, const json_t *json, NnError *err)
{
  if (target->spec->type == NN_PARAM_FLOATS) {
    NnParamSpec one = *target->spec;
    NnValue made = {0};
    one.type = one.flags & NN_PARAM_WHOLE ? NN_PARAM_INT : NN_PARAM_FLOAT;
    one.flags &= ~(unsigned)NN_PARAM_NULLABLE;
    if (!nn_config_read_value(&made, &one, json, target->path, err))
      return false;
    target->value->numbers[target->entry] = made.number;
    return true;
  }
  NnConfig **slot = &target->value->configs[target->entry];
  NnConfig *child = nn_config_read_child(target->spec, NULL, json, target->path, err);
  if (!child)
    return false;
  nn_config_free(*slot);
  *slot = child;
  return true;
}

/* "optimizer.kind" = "SGD" means what "optimizer" = "SGD" means; other JSON does not. */
static bool check_kind_text(const Target *target, const json_t *json, NnError *err)
{
  if (!*target->rest || json_is_string(json))
    return true;
  char found[NN_FOUND_TEXT];
  return nn_fail(err, NN_ERR_ARG, target->path, "%s.kind is %s; allowed is the name of a kind.",
                 target->path, nn_json_found(json, found));
}

bool nn_config_set_path(NnConfig *root, const char *path, const char *text, NnError *err)
{
  Target target = {.config = root, .rest = path};
  if (!check_path(path, err) || !follow(&target, err))
    return false;
  bool seed = target.spec->type == NN_PARAM_SEED;
  json_t *json = seed ? read_digits(text, err) : read_text(text, err);
  if (!json) {
    if (err)
      nn_fail(err, err->status, target.path, "%s: %s", target.path, err->text);
    return false;
  }
  bool ok =
      check_kind_text(&target, json, err) &&
      (target.entry >= 0 ? set_entry(&target, json, err)
                         : nn_config_read_value(target.value, target.spec, json, target.path, err));
  json_decref(json);
  return ok;
}

/* ---- back ---- */

/* Looks in `at`, whose own path is `path`. */
static bool find(const NnConfig *at, const char *path, const NnConfig *inner, char found[NN_PATH])
{
  if (at == inner) {
    snprintf(found, NN_PATH, "%s", path);
    return true;
  }
  for (int i = 0; i < nn_param_count(at->kind->params); i++) {
    const NnParamSpec *spec = &at->kind->params[i];
    bool one = spec->type == NN_PARAM_KIND, several = spec->type == NN_PARAM_KINDS;
    for (int k = 0; k < (one ? 1 : several ? at->values[i].n : 0); k++) {
      char entry[NN_PATH];
      nn_path_key(entry, path, spec->key);
      if (several)
        nn_path_index(entry, entry, k);
      if (find(at->values[i].configs[k], entry, inner, found))
        return true;
    }
  }
  return false;
}

bool nn_config_path_of(const NnConfig *root, const NnConfig *inner, char path[NN_PATH])
{
  return find(root, "", inner, path);
}
