/* cli.h: the commands of backprop-cli. Each returns an exit status: messages.h, signals.h. */
#pragma once
#include "messages.h"

/* argv[0] is the subcommand. */
int cli_train(int argc, char **argv);
int cli_kinds(int argc, char **argv);
int cli_recipe(int argc, char **argv);
int cli_runs(int argc, char **argv);
int cli_data(int argc, char **argv);
int cli_eval(int argc, char **argv);
int cli_predict(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_complete(int argc, char **argv); /* for shells, and in no help text */
