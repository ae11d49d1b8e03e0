/* json-output.h: JSON as backprop-cli prints it. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes the value, indented by two, with a line feed behind it. A number gets the fewest digits
 * that read back as the same double: 0.9, not 0.90000000000000002, as jansson would have it.
 * Whether it could be written is asked at the end of main(). */
void cli_json_print(const json_t *value, FILE *file);
