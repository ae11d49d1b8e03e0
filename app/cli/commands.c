/* commands.c: see commands.h. */
#include "commands.h"
#include "ui/i18n.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { COLUMN = 32, MOST_OPTIONS = 24 };

/* ---- the tables ---- */

#define HELP                                                             \
  {                                                                      \
    "help", NULL, CLI_OFFERS_NOTHING, N_("what the command takes"), NULL \
  }
#define SET                                                           \
  {                                                                   \
    "set", "KEY=VALUE", CLI_OFFERS_SETTINGS, N_("change the recipe"), \
        N_("change the recipe: optimizer.kind=SGD, loop.epochs=1,\n"  \
           "network.1.out_features=128, …; may be repeated")          \
  }
#define WEIGHTS                                                                 \
  {                                                                             \
    "weights", "FILE", CLI_OFFERS_FILES, N_("the weights, a safetensors file"), \
        N_("the weights: a safetensors file of this program or\n"               \
           "PyTorch's")                                                         \
  }
#define JSON                                                       \
  {                                                                \
    "json", NULL, CLI_OFFERS_NOTHING, N_("print one JSON object"), \
        N_("print one JSON object instead of text")                \
  }

/* Translators, for all texts of this file: a line feed begins a new line of the help, which has
 * room for 48 columns; commands, options and kinds stay as they are. */
static const CliOption train_options[] = {
    {"data", "DIR|practice", CLI_OFFERS_DATA, N_("a data directory, or practice"),
     N_("a folder with the MNIST files, or with images in one\n"
        "folder per class; or the practice digits")},
    SET,
    {"device", "auto|cpu|ref|cuda", CLI_OFFERS_DEVICES, N_("the device to train on"),
     N_("the device to train on (ref: plain loops)")},
    {"threads", "N", CLI_OFFERS_NOTHING, N_("the number of threads; 0 means all cores"),
     N_("number of threads; 0 means all cores")},
    {"oversubscribe", NULL, CLI_OFFERS_NOTHING, N_("more threads than cores"),
     N_("use N threads even if there are fewer cores")},
    {"seed", "N", CLI_OFFERS_NOTHING, N_("the seed of the random numbers"),
     N_("the same as --set seed=N")},
    {"steps", "N", CLI_OFFERS_NOTHING, N_("stop after so many steps"),
     N_("stop after N optimizer steps")},
    {"log", "FILE.csv", CLI_OFFERS_FILES, N_("write every step to a CSV file"),
     N_("write step,epoch,loss,lr of every step")},
    {"out", "FILE.bprun", CLI_OFFERS_FILES, N_("keep the run in a file"),
     N_("keep the run in a file: curves, figures, checkpoints")},
    {"resume", "FILE.bprun", CLI_OFFERS_FILES, N_("go on with a kept run"),
     N_("go on with a kept run; --steps counts from its beginning")},
    {"weights", "FILE", CLI_OFFERS_FILES, N_("begin with these weights"),
     N_("begin with the weights of a safetensors file")},
    {"save", "FILE", CLI_OFFERS_FILES, N_("write the weights at the end"),
     N_("write the weights at the end: FILE.safetensors for\n"
        "PyTorch, FILE.npz for NumPy, FILE.onnx: the network")},
    JSON,
    HELP,
    {NULL}};
static const CliOption eval_options[] = {WEIGHTS,
                                         {"data", "DIR|practice", CLI_OFFERS_DATA,
                                          N_("a data directory, or practice"),
                                          N_("the data whose test images are classified")},
                                         SET,
                                         JSON,
                                         HELP,
                                         {NULL}};
static const CliOption predict_options[] = {
    WEIGHTS,
    {"recipe", "RECIPE", CLI_OFFERS_FILES, N_("the recipe, if the file does not hold it"),
     N_("the recipe, if the file does not hold it")},
    {"as-is", NULL, CLI_OFFERS_NOTHING, N_("do not center the digits"),
     N_("scale the pictures only; without it digits are\n"
        "brought to size and center as those of MNIST were")},
    JSON,
    HELP,
    {NULL}};
static const CliOption recipe_options[] = {SET, HELP, {NULL}};
static const CliOption pytorch_options[] = {SET,
                                            {"notebook", NULL, CLI_OFFERS_NOTHING,
                                             N_("as a Jupyter notebook"),
                                             N_("as a Jupyter notebook instead of a script")},
                                            HELP,
                                            {NULL}};
static const CliOption json_options[] = {JSON, HELP, {NULL}};
static const CliOption csv_options[] = {
    {"csv", NULL, CLI_OFFERS_NOTHING, N_("as comma-separated values"), NULL}, HELP, {NULL}};
static const CliOption get_options[] = {
    {"from", "URL", CLI_OFFERS_NOTHING, N_("the address to download from"), NULL},
    {"to", "DIR", CLI_OFFERS_FOLDERS, N_("the directory to download to"), NULL},
    HELP,
    {NULL}};
static const CliOption bench_options[] = {
    {"data", "DIR|practice", CLI_OFFERS_DATA, N_("a data directory, or practice"),
     N_("the data that is trained on; MNIST, if it is found")},
    {"quick", NULL, CLI_OFFERS_NOTHING, N_("the main cases, in half a minute"),
     N_("the main cases alone, in half a minute")},
    {"python", "PROGRAM", CLI_OFFERS_FILES, N_("the Python that has PyTorch or JAX"),
     N_("the Python that has PyTorch or JAX; python3 unless\n"
        "given; what it lacks is left out")},
    JSON,
    HELP,
    {NULL}};
static const CliOption help_options[] = {HELP, {NULL}};

const CliCommand cli_commands[] = {
    {"train", NULL, "[RECIPE] [OPTIONS]",
     N_("train a network; RECIPE is a file or a shipped name:\n"
        "tutorial (the default), exercise2, mlp-best, softmax,\n"
        "regularized"),
     train_options},
    {"eval", NULL, "[RECIPE] [OPTIONS]",
     N_("how good weights are on the test images; RECIPE, if the\n"
        "file does not hold it"),
     eval_options},
    {"predict", NULL, "PICTURE… [OPTIONS]",
     N_("which class pictures (PNG, JPEG, …) have, by the weights\n"
        "of a file"),
     predict_options},
    {"kinds", NULL, "[--json]", N_("list every layer, optimizer, … with parameters and ranges"),
     json_options},
    {"recipe", "show", "[RECIPE] [--set KEY=VALUE]…",
     N_("show the complete recipe, defaults filled in"), recipe_options},
    {"recipe", "pytorch", "[RECIPE] [OPTIONS]", N_("print the same as a PyTorch program"),
     pytorch_options},
    {"data", "info", "DIR|SET",
     N_("describe a data directory; SET is mnist, fashion-mnist,\n"
        "kmnist or practice"),
     help_options},
    {"data", "get", "mnist|fashion-mnist|kmnist [--from URL] [--to DIR]",
     N_("download a dataset, from URL instead of its mirrors, to DIR\n"
        "instead of the user's data directory"),
     get_options},
    {"runs", "list", "[DIR] [--json]", N_("list the runs of a folder, or those of the window"),
     json_options},
    {"runs", "show", "FILE [--json]", N_("describe a run"), json_options},
    {"runs", "rename", "FILE NAME", N_("give a run another title"), help_options},
    {"runs", "delete", "FILE", N_("put a run aside, to be removed after a month"), help_options},
    {"runs", "export", "FILE --csv", N_("print step,epoch,loss,accuracy,lr,seconds of every step"),
     csv_options},
    {"bench", NULL, "[OPTIONS]",
     N_("measure the speed of training on this computer, beside\n"
        "PyTorch and JAX where Python has them"),
     bench_options},
    {NULL}};

const CliCommand *cli_command_find(const char *name, const char *second)
{
  for (const CliCommand *c = cli_commands; c->name; c++)
    if (strcmp(c->name, name) == 0 && (!second || (c->second && strcmp(c->second, second) == 0)))
      return c;
  return NULL;
}

/* ---- parsing ---- */

static int take_option(const CliOption *option, CliTake take, void *user, const char *text)
{
  if (text && !text[0])
    return cli_usage("--%s is empty; it needs a value", option->name);
  return take(user, option->name, text);
}

/* "recipe show", for what is wrong with its words. */
static const char *title_of(const CliCommand *command, char title[64])
{
  snprintf(title, 64, "%s%s%s", command->name, command->second ? " " : "",
           command->second ? command->second : "");
  return title;
}

/* --help is answered before anything is parsed. */
int cli_parse(const CliCommand *command, CliTake take, void *user, int argc, char **argv)
{
  struct option options[MOST_OPTIONS] = {{0}};
  char title[64];
  int n = 0, at, found;
  for (const CliOption *o = command->options; o->name; o++)
    if (strcmp(o->name, "help") != 0)
      options[n++] =
          (struct option){o->name, o->argument ? required_argument : no_argument, NULL, 1};
  opterr = 0;
  optind = 1;
  while ((found = getopt_long(argc, argv, ":", options, &at)) != -1) {
    if (found == ':')
      return cli_usage("%s needs a value", argv[optind - 1]);
    if (found == '?')
      return cli_bad_option(title_of(command, title), argc, argv);
    int status = take_option(&command->options[at], take, user, optarg);
    if (status != CLI_OK)
      return status;
  }
  return CLI_OK;
}

/* ---- help ---- */

/* `start` in the first columns, each line of the text in those after them. */
static void print_lines(const char *start, const char *text)
{
  int n = (int)strlen(start);
  if (n >= COLUMN)
    printf("%s\n%*s", start, COLUMN, "");
  else
    printf("%-*s", COLUMN, start);
  for (const char *end; (end = strchr(text, '\n')); text = end + 1)
    printf("%.*s\n%*s", (int)(end - text), text, COLUMN, "");
  puts(text);
}

void cli_command_print(const CliCommand *command)
{
  char start[128], title[64];
  snprintf(start, sizeof start, "  %s %s", title_of(command, title), command->argument);
  print_lines(start, nn_text(command->text));
  if (!strstr(command->argument, "[OPTIONS]"))
    return; /* the line has named them */
  for (const CliOption *o = command->options; o->name; o++) {
    snprintf(start, sizeof start, "    --%s%s%s", o->name, o->argument ? " " : "",
             o->argument ? o->argument : "");
    if (o->text)
      print_lines(start, nn_text(o->text));
  }
}
