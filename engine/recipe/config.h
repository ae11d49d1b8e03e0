/* config.h: a chosen kind with a value for each of its parameters. Configs nest: a recipe is a
 * config of the section kind "recipe", whose "network" holds layer configs, whose "weight_init"
 * holds an init config. Everything generic (JSON, --set, window rows, copies, comparison) walks the
 * tree by the kinds' tables.
 *
 * A config is always valid by itself: setters check and refuse. Rules between parameters are
 * checked by nn_config_check(). Thread: one at a time; copies are independent. */
#pragma once
#include "kind.h"

struct NnConfig {
  const NnKind *kind;
  NnValue *values; /* one per spec of kind->params, same order; owned */
};

/* A config with every default filled in. NULL: out of memory (err filled). Caller frees. */
NnConfig *nn_config_new(const NnKind *kind, NnError *err);
void nn_config_free(NnConfig *config);
NnConfig *nn_config_copy(const NnConfig *config, NnError *err);
bool nn_config_equal(const NnConfig *a, const NnConfig *b); /* NAN equals NAN here */
bool nn_value_equal(const NnValue *a, const NnValue *b);    /* of one parameter */

/* Reading. The key must exist (programmer error otherwise: asserts). */
const NnValue *nn_config_value(const NnConfig *config, const char *key);
double nn_config_number(const NnConfig *config, const char *key);
int nn_config_int(const NnConfig *config, const char *key);
bool nn_config_bool(const NnConfig *config, const char *key);
uint64_t nn_config_seed(const NnConfig *config, const char *key);
NnConfig *nn_config_child(const NnConfig *config, const char *key);         /* KIND: borrowed */
NnConfig *nn_config_at(const NnConfig *config, const char *key, int index); /* KINDS: borrowed */
int nn_config_count(const NnConfig *config, const char *key);               /* KINDS, FLOATS */
/* Is the row of `spec` shown for this config (visible_if)? */
bool nn_config_visible(const NnConfig *config, const NnParamSpec *spec);

/* The dotted path of `inner`, which is `root` ("") or somewhere in it ("network.1.weight_init").
 * False: it is not in there. */
bool nn_config_path_of(const NnConfig *root, const NnConfig *inner, char path[NN_PATH]);

/* Writing. On false the config is unchanged and err names the key and the allowed range. */
bool nn_config_set_number(NnConfig *config, const char *key, double number, NnError *err);
bool nn_config_set_numbers(NnConfig *config, const char *key, const double *numbers, int n,
                           NnError *err);
/* SEED: from its digits. */
bool nn_config_set_seed(NnConfig *config, const char *key, const char *text, NnError *err);
/* KIND: replaces the child by the defaults of `kind`. */
bool nn_config_set_kind(NnConfig *config, const char *key, const NnKind *kind, NnError *err);
/* KIND: replaces the child by `child`, which is consumed (freed on failure too). */
bool nn_config_take_child(NnConfig *config, const char *key, NnConfig *child, NnError *err);
/* KINDS: inserts before index (count appends); `child` is consumed (freed on failure too). */
bool nn_config_insert(NnConfig *config, const char *key, int index, NnConfig *child, NnError *err);
bool nn_config_remove(NnConfig *config, const char *key, int index, NnError *err);
bool nn_config_move(NnConfig *config, const char *key, int from, int to, NnError *err);

/* Sets by dotted path and text, as on a command line: "network.1.out_features" = "128",
 * "optimizer.kind" = "SGD", "optimizer.betas" = "[0.9, 0.99]", "data.shuffle" = "false",
 * "network" = JSON text. Text is JSON; a bare word is taken as a string. */
bool nn_config_set_path(NnConfig *root, const char *path, const char *text, NnError *err);

/* Runs every kind's own check() through the tree. `where`: path prefix, "" for a recipe. */
bool nn_config_check(const NnConfig *config, const char *where, NnError *err);

/* Writes the values as flat doubles in spec order, each FLOATS spec of fixed length giving its
 * entries; lists of variable length, KIND and KINDS give none. Returns how many; asserts they fit.
 * For use outside of loops only: the result goes into plain struct fields. */
int nn_config_flatten(const NnConfig *config, double *numbers, int max);
