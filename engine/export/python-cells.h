/* python-cells.h: a program in pieces with headings, put together as a script or as a notebook.
 * Private to this folder. */
#pragma once
#include "python-call.h"

typedef struct {
  const char *heading; /* NULL: none */
  char *text;          /* owned; ends with a line break */
  NnNotes notes;       /* of the text; owned */
  size_t at;           /* where it begins in the script */
  bool code;           /* Python; otherwise words about it */
} NnCell;

enum { NN_MAX_CELLS = 8 };
typedef struct {
  NnCell cells[NN_MAX_CELLS];
  int n;
} NnCells;

/* A cell of what has been written, which begins anew. */
NnCell nn_cell_take(NnPython *python, const char *heading, bool code);
void nn_cell_free(NnCell *cell); /* what it holds */
void nn_cells_clear(NnCells *cells);
/* Words become the docstring, headings comments. The caller frees it; NULL: out of memory. */
char *nn_cells_script(NnCells *cells);
/* A Jupyter notebook (format 4.5), headings and words as Markdown. Likewise. */
char *nn_cells_notebook(const NnCells *cells);
