/* json-text.h: JSON as it is written: recipes, and what backprop-cli prints. Lines are indented by
 * two; a number has the fewest digits that read back as the same double: 0.9, not
 * 0.90000000000000002, as jansson would have it. Thread: one at a time. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Made of zeros; data is to be freed with nn_free(). */
typedef struct {
  char *data; /* NUL-terminated; NULL: nothing yet, or out of memory */
  size_t length, size;
  size_t line; /* where the current line starts */
  bool failed; /* there was no memory; what is added after that is lost */
} NnJsonText;

/* The room is there from now on, so that data is not NULL. */
bool nn_json_reserve(NnJsonText *text, size_t more);
void nn_json_add(NnJsonText *text, const char *string);
/* In quotes: a name of our own source, in which nothing needs escaping. */
void nn_json_add_name(NnJsonText *text, const char *name);
/* Not a number is null. */
void nn_json_add_number(NnJsonText *text, double number);
/* Where an object or a list begins (first), between two members of it, and before its end; indent:
 * of the members, or of what ends; negative: all on one line. */
void nn_json_separate(NnJsonText *text, bool first, int indent);
void nn_json_end_line(NnJsonText *text, int indent);
/* A whole value, each member on a line of its own; 1.0 stays one. */
void nn_json_add_value(NnJsonText *text, const json_t *value, int indent);
