/* python-cells.c: see python-cells.h. */
#include "python-cells.h"
#include "engine/mem.h"
#include <stdio.h>
#include <string.h>

NnCell nn_cell_take(NnPython *python, const char *heading, bool code)
{
  NnCell cell = {heading, python->text.data, python->notes, 0, code};
  python->text = (NnJsonText){.failed = python->text.failed};
  python->notes = (NnNotes){.failed = python->notes.failed};
  return cell;
}

void nn_cell_free(NnCell *cell)
{
  nn_free(cell->text);
  nn_notes_clear(&cell->notes);
}

void nn_cells_clear(NnCells *cells)
{
  for (int i = 0; i < cells->n; i++)
    nn_cell_free(&cells->cells[i]);
  *cells = (NnCells){0};
}

/* The text, or NULL if some of it was lost. */
static char *finish(NnJsonText *text)
{
  if (!text->failed)
    return text->data;
  nn_free(text->data);
  return NULL;
}

/* Which has two empty lines before it. */
static bool begins_definition(const char *text)
{
  return strncmp(text, "class ", 6) == 0 || strncmp(text, "def ", 4) == 0 || text[0] == '@';
}

char *nn_cells_script(NnCells *cells)
{
  NnJsonText text = {0};
  for (int i = 0; i < cells->n; i++) {
    NnCell *cell = &cells->cells[i];
    const char *quotes = cell->code ? "" : "\"\"\"";
    nn_json_add(&text, i == 0 ? "" : i == 1 ? "\n" : "\n\n");
    if (cell->heading) {
      nn_json_add(&text, "# ");
      nn_json_add(&text, cell->heading);
      nn_json_add(&text, begins_definition(cell->text) ? "\n\n\n" : "\n\n");
    }
    nn_json_add(&text, quotes);
    cell->at = text.length;
    nn_json_add(&text, cell->text);
    nn_json_add(&text, quotes);
    nn_json_add(&text, *quotes ? "\n" : "");
  }
  return finish(&text);
}

/* ---- notebook ---- */

/* A list of lines, each but the last with its line break. */
static json_t *source_of(const char *text)
{
  json_t *lines = json_array();
  size_t length = strlen(text);
  length -= length > 0 && text[length - 1] == '\n';
  for (const char *at = text, *end = text + length; at < end;) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t n = stop ? (size_t)(stop - at) + 1 : (size_t)(end - at);
    json_array_append_new(lines, json_stringn(at, n));
    at += n;
  }
  return lines;
}

static void add_cell(json_t *list, const char *text, bool code)
{
  char id[32];
  snprintf(id, sizeof id, "cell-%zu", json_array_size(list));
  json_t *cell = json_pack("{s:s, s:s, s:{}, s:o}", "cell_type", code ? "code" : "markdown", "id",
                           id, "metadata", "source", source_of(text));
  if (code) {
    json_object_set_new(cell, "execution_count", json_null());
    json_object_set_new(cell, "outputs", json_array());
  }
  json_array_append_new(list, cell);
}

char *nn_cells_notebook(const NnCells *cells)
{
  NnJsonText text = {0};
  json_t *list = json_array();
  for (int i = 0; i < cells->n; i++) {
    char heading[NN_PATH];
    snprintf(heading, sizeof heading, "## %s",
             cells->cells[i].heading ? cells->cells[i].heading : "");
    if (cells->cells[i].heading)
      add_cell(list, heading, false);
    add_cell(list, cells->cells[i].text, cells->cells[i].code);
  }
  json_t *root =
      json_pack("{s:o, s:{s:{s:s, s:s, s:s}, s:{s:s}}, s:i, s:i}", "cells", list, "metadata",
                "kernelspec", "display_name", "Python 3", "language", "python", "name", "python3",
                "language_info", "name", "python", "nbformat", 4, "nbformat_minor", 5);
  if (root)
    nn_json_add_value(&text, root, 0);
  nn_json_add(&text, "\n");
  text.failed = text.failed || !root;
  json_decref(root);
  return finish(&text);
}
