/* python-notes.h: which part of a program's text says which parameter of the recipe. Notes are made
 * while the text is written, and go when it is taken back. Private to this folder. */
#pragma once
#include "engine/recipe/config.h"
#include "python.h"

typedef struct {
  const NnConfig *config;
  int param;         /* its index; −1: the kind itself, with all that it holds */
  size_t first, end; /* where it stands in the text */
} NnNote;

typedef struct {
  NnNote *list; /* owned */
  int n, size;
  bool failed; /* there was no memory */
} NnNotes;

/* Notes that the text from `first` on is about it; its index, to set where that ends. */
int nn_note_begin(NnNotes *notes, const NnConfig *config, int param, size_t first);
void nn_note_end(NnNotes *notes, int index, size_t end);
/* The config with all of its parameters, and those of the kinds that it holds. */
void nn_note_all(NnNotes *notes, const NnConfig *config, size_t first, size_t end);
void nn_notes_clear(NnNotes *notes);

/* Adds to a map what the notes of a text say that begins at `at` in the whole program; a config
 * that is none of the recipe's is left out. False: no memory. */
bool nn_notes_resolve(const NnNotes *notes, const NnConfig *recipe, const char *program, size_t at,
                      NnPythonMap *map);
