/* cli.c: backprop-cli, the engine without a display. Subcommands are in cli-*.c. */
#include "cli.h"
#include "commands.h"
#include "signals.h"
#include "app/config.h"
#include "data/data.h"
#include "engine/backend/backend.h"
#include "engine/mem.h"
#include "app/language.h"
#include "ui/i18n.h"
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All commands, or those of a name. */
static void print_help(const char *name)
{
  fputs(_("Usage: backprop-cli COMMAND …\n\n"), stdout);
  for (const CliCommand *command = cli_commands; command->name; command++)
    if (!name || strcmp(command->name, name) == 0)
      cli_command_print(command);
  if (name)
    return;
  fputs("\n  --help, --version\n\n", stdout);
  fputs(_("Exit status: 0, 1 (it failed: the reason on standard error), 2 (wrong usage), 128 + n\n"
          "(signal n ended it; the log is kept).\n"),
        stdout);
}

static bool asks_for_help(int argc, char **argv)
{
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      return true;
  return false;
}

static int run(int argc, char **argv)
{
  static const struct {
    const char *name;
    int (*function)(int argc, char **argv);
  } commands[] = {{"train", cli_train}, {"kinds", cli_kinds},     {"recipe", cli_recipe},
                  {"eval", cli_eval},   {"predict", cli_predict}, {"data", cli_data},
                  {"runs", cli_runs},   {"bench", cli_bench},     {"complete", cli_complete}};
  if (argc < 2)
    return cli_usage(
        "a command is missing: train, eval, predict, kinds, recipe, data, runs or bench");
  if (asks_for_help(2, argv))
    return print_help(NULL), CLI_OK;
  if (strcmp(argv[1], "--version") == 0)
    return printf("backprop-cli %s\n", BP_VERSION), CLI_OK;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(argv[1], commands[i].name) != 0)
      continue;
    if (!cli_command_find(argv[1], NULL) || !asks_for_help(argc, argv))
      return commands[i].function(argc - 1, argv + 1);
    return print_help(argv[1]), CLI_OK;
  }
  return cli_usage("there is no command \"%s\"; allowed are train, eval, predict, kinds, recipe, "
                   "data, runs and bench",
                   argv[1]);
}

/* A descriptor that the shell has closed (>&-) would be given to the next file that is opened, and
 * what is printed would go into that. */
static void fill_descriptors(void)
{
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0)
      (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY); /* whose use stays an error */
}

int main(int argc, char **argv)
{
  fill_descriptors();
  unsetenv("POSIXLY_CORRECT"); /* options may follow the recipe, as --help has them */
  signal(SIGXFSZ, SIG_IGN);    /* a limit on the size of files is then an error like a full disk */
  nn_mem_start();
  nn_backends_start();
  bp_language_start();
  /* Its numbers are pasted into --set, recipes and other programs, which know the point alone. */
  setlocale(LC_NUMERIC, "C");
  nn_data_register_kinds();
  int status = run(argc, argv);
  int reason = cli_flush();
  if (cli_signal() == SIGPIPE)
    return cli_signal_status();
  if (!reason || status != CLI_OK)
    return status;
  /* a full disk behind a redirection */
  fprintf(stderr, _("backprop-cli: Standard output could not be written: %s.\n"), strerror(reason));
  return CLI_FAILED;
}
