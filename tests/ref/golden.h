/* golden.h: reading the golden files beside these tests. A file that is missing or malformed fails
 * the test at once: nothing here is optional. Memory lives as long as the program. */
#pragma once
#include "engine/recipe/config.h"
#include "tests/check.h"
#include <jansson.h>

/* The file of that name in tests/ref; ends the program with "Bail out!" if it cannot be read. */
const json_t *golden_load(const char *name);
/* A member that must be there. */
const json_t *golden_get(const json_t *object, const char *key);
double golden_number(const json_t *object, const char *key);
const char *golden_string(const json_t *object, const char *key);

/* All numbers of nested arrays in row-major order. */
typedef struct {
  nn_real *values;
  size_t n;
} GoldenArray;
GoldenArray golden_array(const json_t *value);

/* A config of that kind with the members of `params` set by key. */
NnConfig *golden_config(NnKindClass klass, const char *kind, const json_t *params);
/* Compares n values with the numbers of a member, which must be as many. */
bool golden_close(const nn_real *found, size_t n, const json_t *object, const char *key,
                  double tol);
