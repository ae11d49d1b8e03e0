/* python-value.h: the values of parameters as Python writes them. Private to this folder. */
#pragma once
#include "python-call.h"

/* Not of a KIND or KINDS. */
void nn_python_value(NnPython *python, const NnParamSpec *spec, const NnValue *value);
/* The numbers of a FLOATS in brackets, even where one could stand without. */
void nn_python_sequence(NnPython *python, const NnParamSpec *spec, const NnValue *value);
