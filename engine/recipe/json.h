/* json.h: what recipe and config share about JSON. Private to the engine.
 *
 * jansson keeps the C library's allocator: its lexer does not survive an allocation that fails in
 * the middle of a token (it goes on with a cut one), so the failing allocator of the tests must not
 * reach it. Everything of our own comes from nn_alloc(). */
#pragma once
#include "config.h"
#include <jansson.h>

/* Parses a text; numbers become reals, duplicate keys are errors. `name` is for the sentence, which
 * gives line, column and reason; NULL: without name and place. NULL on failure. */
json_t *nn_json_parse(const char *text, const char *name, NnError *err);
/* Member `key` of the object that `text` was parsed to: digits of more than 53 bits, which the
 * number has lost, come back as a string. False: NN_ERR_NOMEM. */
bool nn_json_keep_digits(json_t *object, const char *key, const char *text, NnError *err);
/* A value in words: 64, "relu" in quotes, "a list", "null". */
enum { NN_FOUND_TEXT = 80 };
const char *nn_json_found(const json_t *value, char text[NN_FOUND_TEXT]);
/* The line, from 1, on which the value at `path` stands in a text that nn_json_parse() accepted; as
 * near as it gets if the path leads nowhere. */
int nn_json_line(const char *text, const char *path);

/* Sets the parameters that the object names; `path` is the config's own. On false the config may
 * have changed in part: work on one that can be thrown away. */
bool nn_config_read(NnConfig *config, const json_t *object, const char *path, NnError *err);
/* Sets one value, all or nothing. `path` is the value's. */
bool nn_config_read_value(NnValue *value, const NnParamSpec *spec, const json_t *json,
                          const char *path, NnError *err);
/* The config that the value describes, for a parameter of type KIND or an entry of one of type
 * KINDS; NULL on failure. `current`: what stands there now, or NULL; a section starts from it. */
NnConfig *nn_config_read_child(const NnParamSpec *spec, const NnConfig *current, const json_t *json,
                               const char *path, NnError *err);

/* "data has no parameter …", with the nearest one there is. Returns false. */
bool nn_fail_key(NnError *err, const NnKind *kind, const char *path, const char *key);
/* The kind of that name; otherwise NULL and an error that lists what there is. */
const NnKind *nn_find_kind(const NnParamSpec *spec, const char *name, const char *path,
                           NnError *err);
