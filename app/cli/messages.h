/* messages.h: how backprop-cli says that it cannot do a thing. Exit statuses are the program's: 0,
 * 1 (it failed, the reason is on standard error), 2 (usage), and those of signals.h. */
#pragma once
#include "engine/error.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* Prints the error's sentence and returns CLI_FAILED. */
int cli_failed(const NnError *err);
/* After getopt_long() has returned '?': the usage error that says which word it was. */
int cli_bad_option(const char *command, int argc, char **argv);
/* Prints "backprop-cli: …; try backprop-cli --help." with the format translated, and returns
 * CLI_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
