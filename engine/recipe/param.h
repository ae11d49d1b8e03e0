/* param.h: the description of one parameter of a kind, and its value.
 *
 * The window's rows, the recipe file, the command line, the docs and the tests all walk these
 * tables; nothing about a parameter is written down twice. */
#pragma once
#include "engine/error.h"
#include "engine/number.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  NN_PARAM_FLOAT,
  NN_PARAM_INT,
  NN_PARAM_BOOL,   /* JSON true/false; value 0 or 1 */
  NN_PARAM_CHOICE, /* JSON string, one of `choices`; value is its index */
  NN_PARAM_FLOATS, /* JSON array of min_len … max_len numbers, e.g. betas; see also the flags */
  NN_PARAM_PAIR,   /* two whole numbers, [height, width], or one for both; or a word of `choices`,
                    * which stands as −1 − its index in both; min ≥ 0 */
  NN_PARAM_KIND,   /* JSON object {"kind": …} of class `klass` */
  NN_PARAM_KINDS,  /* JSON array of such objects, e.g. network */
  NN_PARAM_SEED    /* a whole number of 64 bits that torch.manual_seed takes */
} NnParamType;

typedef enum { NN_SCALE_LINEAR, NN_SCALE_LOG } NnScale;

/* Classes of kinds that code names; each has its entry in the table of kind.c (NnClass, kind.h). */
typedef enum {
  NN_CLASS_SECTION, /* parts of the recipe: recipe, data, regularization, loop */
  NN_CLASS_DATASET,
  NN_CLASS_TRANSFORM,
  NN_CLASS_LAYER,
  NN_CLASS_INIT,
  NN_CLASS_LOSS,
  NN_CLASS_OPTIMIZER,
  NN_CLASS_SCHEDULER,
  NN_N_CLASSES
} NnKindClass;

enum {
  NN_PARAM_NULLABLE = 1 << 0, /* JSON null is allowed (PyTorch's None); the value is NAN,
                               * of FLOATS and KINDS an empty list */
  NN_PARAM_DERIVED = 1 << 1,  /* worked out from the shapes (in_features): NAN when left out, no row
                               * in the window; a given value must agree */
  NN_PARAM_EXCL_MIN = 1 << 2, /* the range is open at min: value > min */
  NN_PARAM_EXCL_MAX = 1 << 3, /* the range is open at max: value < max */
  NN_PARAM_BARE = 1 << 4,     /* KIND: written as a bare string, "mnist", not {"kind": "mnist"} */
  NN_PARAM_SECTION = 1 << 5,  /* KIND: a fixed section, written without "kind" */
  NN_PARAM_SINGLE = 1 << 6,   /* FLOATS: one number may stand without brackets, and is written so.
                               * PAIR: a list of one number is that number for both */
  NN_PARAM_WHOLE = 1 << 7,    /* FLOATS: whole numbers only */
  NN_PARAM_NULL_ENTRIES = 1 << 8,   /* FLOATS, PAIR: an entry may be null; it is NAN */
  NN_PARAM_NO_LIST_OF_ONE = 1 << 9, /* FLOATS: one number stands without brackets, as in PyTorch */
  NN_PARAM_NONZERO = 1 << 10,       /* any number of the range but 0 */
  NN_PARAM_NOT_TORCH = 1 << 11      /* no argument of PyTorch's call: a program says it elsewhere */
};

typedef struct NnParamSpec {
  const char *key;   /* PyTorch's argument name: "weight_decay"; NULL ends a table */
  const char *label; /* "Weight decay" */
  const char
      *group;       /* of the recipe itself: a heading that it shares with its neighbors; or NULL */
  const char *unit; /* "epochs", or NULL */
  const char *doc;  /* one sentence for a student */
  NnParamType type;
  NnScale scale;
  double def, min, max, step; /* FLOAT, INT: inclusive range unless EXCL_*; BOOL, CHOICE: def.
                               * FLOATS: range of each entry; PAIR: of both, `def` is both */
  /* How far the + and − of the window's row go, the sensible part of the range, where it is less
   * than all that PyTorch takes; both 0: to min and max. What is typed may be any allowed number.
   */
  double soft_min, soft_max;
  const char *const *choices; /* CHOICE, PAIR: NULL-terminated; PAIR: or NULL. FLOATS: NULL, or one
                               * word that stands for an empty list */
  const double *defs;         /* FLOATS: the default entries; NULL: none */
  int def_len;                /* FLOATS: how many; 0: min_len of them */
  int min_len, max_len;       /* FLOATS, KINDS */
  NnKindClass klass;          /* KIND, KINDS */
  const char *def_kind;   /* KIND: name of the default kind; KINDS: of the one entry it starts with
                           * (not where a text names the holder, config-read.c), NULL: none */
  const char *last_kind;  /* KINDS: with which a list ends: what is added goes before it; or NULL */
  const char *empty;      /* KINDS: what the window says in place of an empty list; or NULL */
  const char *null_text;  /* NULLABLE: what null stands for, in a few words; NULL: "None" */
  const char *visible_if; /* row is shown if: "nesterov" (non-zero) or "mode=fan_in"; or NULL */
  /* CHOICE: the Python enumeration that has the words in capitals; NULL: they are strings there */
  const char *torch_enum;
  unsigned flags;
} NnParamSpec;

typedef struct NnConfig NnConfig; /* config.h */

/* A value: which member counts follows from the spec's type. Owned by its NnConfig. */
typedef struct {
  double number;      /* FLOAT, INT, BOOL, CHOICE; NAN: null. SEED: nearly, and its sign */
  double *numbers;    /* FLOATS; PAIR: always two */
  NnConfig **configs; /* KIND (one), KINDS; entries never NULL */
  int n;              /* entries in numbers or configs */
  uint64_t seed;      /* SEED: as torch.manual_seed maps it, a negative one to 2⁶⁴ more */
} NnValue;

/* Number of specs in a table (before the one whose key is NULL); 0 for NULL. */
int nn_param_count(const NnParamSpec *specs);
/* Index of `key` in a table, −1 if absent. */
int nn_param_index(const NnParamSpec *specs, const char *key);
/* How many numbers the default of a FLOATS has. */
int nn_param_def_len(const NnParamSpec *spec);
/* May a FLOATS or KINDS have n entries? An empty list is null, or the word of `choices`. */
bool nn_param_check_len(const NnParamSpec *spec, int n);
/* Is `number` allowed for one entry of `spec` (type, range, finite, whole for INT, null)?
 * On false *err says key, value found and what is allowed; `where` is the dotted key.  */
bool nn_param_check(const NnParamSpec *spec, double number, const char *where, NnError *err);
/* How far steps go from a value: soft_min and soft_max, or min and max. */
void nn_param_reach(const NnParamSpec *spec, double *low, double *high);
/* Writes what is allowed in words: "a number from 0 to 1", "one of fan_in, fan_out". */
enum { NN_RANGE_TEXT = 1280 }; /* every list of kinds fits, also with what is around it */
const char *nn_param_range_text(const NnParamSpec *spec, char text[NN_RANGE_TEXT]);

/* Appends a name to a list, "ReLU, Tanh"; of a list that is full "…" is the last. */
void nn_param_list(char text[NN_RANGE_TEXT], const char *name, bool first);

/* ---- seeds ---- */

/* Reads a seed in digits, perhaps after a minus, blanks around it allowed: −2⁶³ … 2⁶⁴ − 1. Sets
 * number and seed of *value. On false *err says what is allowed; `where` is the dotted key. */
bool nn_seed_parse(const char *text, const char *where, NnValue *value, NnError *err);
/* Its digits, with the sign that it was written with. */
const char *nn_seed_text(const NnValue *value, char text[NN_NUMBER_TEXT]);
