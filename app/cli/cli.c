/* cli.c: backprop-cli, the engine without a display. Subcommands are in cli-*.c. */
#include "cli.h"
#include "signals.h"
#include "app/config.h"
#include "data/data.h"
#include "engine/backend/backend.h"
#include "app/language.h"
#include "ui/i18n.h"
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text for each command, as it is laid out on the terminal. */
static const char *const help[] = {
    N_("Usage: backprop-cli COMMAND …\n"
       "\n"),
    /* Translators: keep the columns; commands, options and kinds stay as they are. */
    N_("  train [RECIPE] [OPTIONS]      train a network; RECIPE is a file or a shipped name:\n"
       "                                tutorial (the default), softmax, regularized\n"
       "    --data DIR|practice         a folder with the MNIST files, or with images in one\n"
       "                                folder per class; or the practice digits\n"
       "    --set KEY=VALUE             change the recipe: optimizer.kind=SGD, loop.epochs=1,\n"
       "                                network.1.out_features=128, …; may be repeated\n"
       "    --device auto|cpu|ref|cuda  the device to train on (ref: plain loops)\n"
       "    --threads N                 number of threads; 0 means all cores\n"
       "    --oversubscribe             use N threads even if there are fewer cores\n"
       "    --seed N                    the same as --set seed=N\n"
       "    --steps N                   stop after N optimizer steps\n"
       "    --log FILE.csv              write step,epoch,loss,lr of every step\n"
       "    --out FILE.bprun            keep the run in a file: curves, figures, checkpoints\n"
       "    --resume FILE.bprun         go on with a kept run; --steps counts from its beginning\n"
       "    --json                      print one JSON object instead of text\n"),
    N_("  kinds [--json]                list every layer, optimizer, … with parameters and "
       "ranges\n"),
    N_("  recipe show [RECIPE] [--set KEY=VALUE]…\n"
       "                                show the complete recipe, defaults filled in\n"),
    N_("  data info DIR|SET             describe a data directory; SET is mnist, fashion-mnist,\n"
       "                                kmnist or practice\n"
       "  data get mnist|fashion-mnist|kmnist [--from URL] [--to DIR]\n"
       "                                download a dataset, from URL instead of its mirrors, to "
       "DIR\n"
       "                                instead of the user's data directory\n"),
    N_("  runs list [DIR] [--json]      list the runs of a folder, or those of the window\n"
       "  runs show FILE [--json]       describe a run\n"
       "  runs rename FILE NAME         give a run another title\n"
       "  runs delete FILE              put a run aside, to be removed after a month\n"
       "  runs export FILE --csv        print "
       "step,epoch,loss,accuracy,lr,seconds of every step\n"),
    "\n"
    "  --help, --version\n"
    "\n",
    N_("Exit status: 0, 1 (it failed: the reason on standard error), 2 (wrong usage), 128 + n\n"
       "(signal n ended it; the log is kept).\n")};

static void print_help(void)
{
  for (size_t i = 0; i < sizeof help / sizeof *help; i++)
    fputs(nn_text(help[i]), stdout);
}

/* What the whole help says of one command. */
static void print_help_of(size_t part)
{
  printf("%s%s", nn_text(help[0]), nn_text(help[part]));
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
    size_t help; /* its part of it; 0: none */
  } commands[] = {{"train", cli_train, 1}, {"kinds", cli_kinds, 2}, {"recipe", cli_recipe, 3},
                  {"data", cli_data, 4},   {"runs", cli_runs, 5},   {"complete", cli_complete, 0}};
  if (argc < 2)
    return cli_usage("a command is missing: train, kinds, recipe, data or runs");
  if (asks_for_help(2, argv))
    return print_help(), CLI_OK;
  if (strcmp(argv[1], "--version") == 0)
    return printf("backprop-cli %s\n", BP_VERSION), CLI_OK;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(argv[1], commands[i].name) != 0)
      continue;
    if (!commands[i].help || !asks_for_help(argc, argv))
      return commands[i].function(argc - 1, argv + 1);
    return print_help_of(commands[i].help), CLI_OK;
  }
  return cli_usage("there is no command \"%s\"; allowed are train, kinds, recipe, data and runs",
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
