/* commands.h: the commands and options of backprop-cli, each said once: --help, the parser and the
 * shells' completion read these tables, and a lint test compares the man page. */
#pragma once
#include "messages.h"

/* What the shells offer after an option. */
typedef enum {
  CLI_OFFERS_NOTHING,
  CLI_OFFERS_SETTINGS, /* of a recipe */
  CLI_OFFERS_DATA,
  CLI_OFFERS_DEVICES,
  CLI_OFFERS_FILES,
  CLI_OFFERS_FOLDERS
} CliOffer;

typedef struct {
  const char *name;     /* without its dashes; NULL ends a table */
  const char *argument; /* as --help shows it: "DIR|practice"; NULL: none */
  CliOffer offers;
  const char *brief; /* a few words, for the shells */
  const char *text;  /* for --help, laid out for 48 columns */
} CliOption;

typedef struct {
  const char *name;         /* NULL ends the table */
  const char *second;       /* the word after it: "show"; NULL: none */
  const char *argument;     /* as --help shows it */
  const char *text;         /* for --help, laid out for 48 columns; for the shells its first line */
  const CliOption *options; /* NULL: none */
} CliCommand;

/* In the order of --help; commands with a second word stand together. */
extern const CliCommand cli_commands[];
/* NULL: there is none. second NULL: the first of that name. */
const CliCommand *cli_command_find(const char *name, const char *second);

/* Hands the options of argv (argv[0] is the command's last word) to `take`, with their text, NULL
 * where there is none; what is not an option follows from optind on. Returns CLI_OK or what `take`
 * returned, or CLI_USAGE (said). */
typedef int (*CliTake)(void *user, const char *option, const char *text);
int cli_parse(const CliCommand *command, CliTake take, void *user, int argc, char **argv);
/* The command's lines of --help, with its options where `options` says so. */
void cli_command_print(const CliCommand *command);
