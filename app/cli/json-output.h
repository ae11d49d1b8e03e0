/* json-output.h: JSON as backprop-cli prints it. */
#pragma once
#include <jansson.h>
#include "engine/error.h"

/* Prints the value (engine/recipe/json-text.h) and a line feed. NN_ERR_NOMEM; whether it could be
 * written is asked at the end of main(). */
bool cli_json_print(const json_t *value, NnError *err);
/* The name of a file, which need not be UTF-8, as JSON has to be: "?" for each byte that is none.
 */
json_t *cli_json_path(const char *path);
