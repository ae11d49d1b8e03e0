/* options.h: the options of train and recipe show. */
#pragma once
#include "commands.h"
#include "engine/recipe/config.h"
#include <stdint.h>

typedef struct {
  const char *recipe; /* NULL: the tutorial's */
  const char *data, *device, *log;
  const char *out;     /* the file that a new run is kept in */
  const char *resume;  /* the file of the run that goes on */
  const char *save;    /* the file for the weights at the end */
  const char *weights; /* those to begin with, or to evaluate */
  int threads;
  bool oversubscribe; /* as many as that, whatever the number of cores */
  uint64_t steps;
  bool json, notebook, as_is;
  const char **sets; /* KEY=VALUE, in order; owned */
  int n_sets;
  char **words; /* other words; borrowed */
  int n_words;
} CliOptions;

/* Fills *options from argv (argv[0] is the command's last word). Returns CLI_OK or CLI_USAGE (said
 * on standard error). Clear in both cases. */
int cli_options_parse(CliOptions *options, const CliCommand *command, int argc, char **argv);
void cli_options_clear(CliOptions *options);
/* The recipe with every --set applied and its own rules checked. own: JSON that takes the place of
 * the tutorial's where none is named; or NULL. */
bool cli_options_recipe(const CliOptions *options, const char *own, NnConfig **recipe,
                        NnError *err);
