/* python-parts.h: the parts of a program, each in a file of its own. Private to this folder. */
#pragma once
#include "python-call.h"

typedef struct {
  const NnConfig *recipe;
  const NnConfig *data, *rules, *optimizer, *scheduler; /* of the recipe */
  const char *arguments;    /* before the name of an option: "args.", of a notebook "" */
  bool validates, own_test; /* there is a validation part; test images have another list */
  bool per_batch;           /* the schedule steps after every batch */
  bool scheduled;           /* there is one */
  const char *metric;       /* that it watches; NULL: none */
} NnProgram;

void nn_python_data(NnPython *python, const NnProgram *program);
void nn_python_network(NnPython *python, const NnProgram *program);
void nn_python_optimizer(NnPython *python, const NnProgram *program);
void nn_python_accuracy(NnPython *python, const NnProgram *program);
void nn_python_loop(NnPython *python, const NnProgram *program);
