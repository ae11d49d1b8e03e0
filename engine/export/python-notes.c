/* python-notes.c: see python-notes.h. */
#include "python-notes.h"
#include "engine/mem.h"
#include <string.h>

/* ---- while it is written ---- */

static bool make_room(void **list, int n, int *size, size_t each)
{
  if (n < *size)
    return true;
  int more = *size ? 2 * *size : 64;
  void *longer = nn_alloc_array((size_t)more, each);
  if (!longer)
    return false;
  if (*list)
    memcpy(longer, *list, (size_t)n * each);
  nn_free(*list);
  *list = longer;
  *size = more;
  return true;
}

int nn_note_begin(NnNotes *notes, const NnConfig *config, int param, size_t first)
{
  if (notes->failed || !make_room((void **)&notes->list, notes->n, &notes->size, sizeof(NnNote))) {
    notes->failed = true;
    return -1;
  }
  notes->list[notes->n] = (NnNote){config, param, first, first};
  return notes->n++;
}

void nn_note_end(NnNotes *notes, int index, size_t end)
{
  if (index >= 0)
    notes->list[index].end = end;
}

static int n_held(NnParamType type, const NnValue *value)
{
  return type == NN_PARAM_KIND ? 1 : type == NN_PARAM_KINDS ? value->n : 0;
}

void nn_note_all(NnNotes *notes, const NnConfig *config, size_t first, size_t end)
{
  nn_note_end(notes, nn_note_begin(notes, config, -1, first), end);
  for (int i = 0; i < nn_param_count(config->kind->params); i++) {
    const NnValue *value = &config->values[i];
    NnParamType type = config->kind->params[i].type;
    nn_note_end(notes, nn_note_begin(notes, config, i, first), end);
    for (int k = 0; k < n_held(type, value); k++)
      nn_note_all(notes, value->configs[k], first, end);
  }
}

void nn_notes_clear(NnNotes *notes)
{
  nn_free(notes->list);
  *notes = (NnNotes){0};
}

/* ---- afterwards ---- */

static int line_of(const char *program, size_t at)
{
  int line = 1;
  for (const char *c = program; c < program + at; c++)
    line += *c == '\n';
  return line;
}

bool nn_notes_resolve(const NnNotes *notes, const NnConfig *recipe, const char *program, size_t at,
                      NnPythonMap *map)
{
  for (int i = 0; i < notes->n; i++) {
    const NnNote *note = &notes->list[i];
    char path[NN_PATH];
    if (note->end == note->first || !nn_config_path_of(recipe, note->config, path))
      continue;
    if (note->param >= 0)
      nn_path_key(path, path, note->config->kind->params[note->param].key);
    if (!make_room((void **)&map->list, map->n, &map->size, sizeof *map->list))
      return false;
    NnPythonLines *lines = &map->list[map->n];
    lines->path = nn_strdup(path);
    lines->first = line_of(program, at + note->first);
    lines->last = line_of(program, at + note->end - 1);
    if (!lines->path)
      return false;
    map->n++;
  }
  return !notes->failed;
}

void nn_python_map_clear(NnPythonMap *map)
{
  for (int i = 0; i < map->n; i++)
    nn_free(map->list[i].path);
  nn_free(map->list);
  *map = (NnPythonMap){0};
}
