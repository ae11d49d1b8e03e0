/* python-call.h: how a kind is called in a PyTorch program: its own pattern (NnKind.torch), filled
 * in.
 *
 * A pattern is the name of PyTorch's class or function and its arguments:
 *
 *   "Linear(in_features|size, out_features, *)"        nn.Linear(784, 64, bias=False)
 *   "StepLR(optimizer, step_size=, *)"                 lr_scheduler.StepLR(optimizer, step_size=1)
 *
 *   key          the value of that parameter
 *   key=         the same by its name, even where it is the default
 *   key[]        a list of numbers, even where it is one
 *   **key        every kind of that list, one argument each
 *   key=text     text, in which {key} is a value; where key is a parameter only if it is no default
 *   …|word       instead of a parameter that is not given: size (of the layer's input, its first),
 *                shape (all of it), steps (how many values a schedule has to give)
 *   *            all other parameters that are not the default, by their names
 *   tensor       what is initialized
 *
 * and anything else is Python. The module is that of the kind's class. What does not fit into a
 * line stands on several, as the formatter Black lays it out. Private to this folder. */
#pragma once
#include "engine/recipe/config.h"
#include "engine/recipe/json-text.h"
#include "engine/tensor.h"
#include "python-notes.h"

enum { NN_PYTHON_LINE = 88, NN_PYTHON_INDENT = 2 /* of nn_json_end_line() */ };

typedef struct {
  NnJsonText text;
  const NnLayerFlow *flows; /* of all layers of the network */
  int n_flows;
  NnShape in;         /* what the layer at hand is given */
  const char *tensor; /* what is initialized: "model[1].weight" */
  NnNotes notes;      /* of the text */
  const char *steps;  /* how many values the schedule has to give: "3 * len(train_loader)" */
} NnPython;

/* Adds a line break and so many levels of indentation; none: negative. */
void nn_python_line(NnPython *python, int indent);
void nn_python_add(NnPython *python, const char *text);
void nn_python_addf(NnPython *python, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* How far the line at hand has come. */
size_t nn_python_column(const NnPython *python);
/* Takes back what was written since. */
typedef struct {
  size_t length, line;
  int n_notes;
} NnPythonMark;
NnPythonMark nn_python_mark(const NnPython *python);
void nn_python_take_back(NnPython *python, NnPythonMark mark);
/* Notes that what was written since says these parameters of a config; the keys end with NULL. */
void nn_python_about(NnPython *python, NnPythonMark since, const NnConfig *config, ...)
    __attribute__((sentinel));
/* As Python writes it: 0.1, 1.0, 1e-05, None, float("inf"). */
void nn_python_number(NnPython *python, double number, bool whole);
/* A call of its kind; indent: of the line that it stands in; negative: it must stay on that line.
 */
void nn_python_call(NnPython *python, const NnConfig *config, int indent);
/* The name that a kind has in the program: "nn.Linear". */
const char *nn_python_name(const NnKind *kind, char name[NN_PATH]);
