/* options.c: see options.h. */
#include "options.h"
#include "cli.h"
#include "engine/mem.h"
#include "recipes.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  DATA = 'd',
  SET = 's',
  DEVICE = 'v',
  THREADS = 't',
  SEED = 'e',
  STEPS = 'n',
  LOG = 'l',
  OUT = 'f',
  RESUME = 'r',
  OVERSUBSCRIBE = 'o',
  JSON = 'j'
};

static const struct option long_options[] = {{"set", required_argument, NULL, SET},
                                             {"data", required_argument, NULL, DATA},
                                             {"device", required_argument, NULL, DEVICE},
                                             {"threads", required_argument, NULL, THREADS},
                                             {"oversubscribe", no_argument, NULL, OVERSUBSCRIBE},
                                             {"seed", required_argument, NULL, SEED},
                                             {"steps", required_argument, NULL, STEPS},
                                             {"log", required_argument, NULL, LOG},
                                             {"out", required_argument, NULL, OUT},
                                             {"resume", required_argument, NULL, RESUME},
                                             {"json", no_argument, NULL, JSON},
                                             {NULL, 0, NULL, 0}};

static bool parse_count(const char *text, long max, long *number)
{
  char *end;
  errno = 0;
  *number = strtol(text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && *number >= 0 && *number <= max;
}

static int add_set(CliOptions *options, const char *text)
{
  const char *equals = strchr(text, '=');
  if (!equals || equals == text)
    return cli_usage("--set takes KEY=VALUE, not \"%s\"", text);
  options->sets[options->n_sets++] = text;
  return CLI_OK;
}

/* --seed N is --set seed=N; the text lives as long as the program. */
static int add_seed(CliOptions *options, const char *text)
{
  static char set[64];
  char digits[NN_NUMBER_TEXT];
  NnValue seed;
  if (!nn_seed_parse(text, "seed", &seed, NULL))
    return cli_usage("--seed takes a whole number from -9223372036854775808 to "
                     "18446744073709551615, not \"%s\"",
                     text);
  snprintf(set, sizeof set, "seed=%s", nn_seed_text(&seed, digits));
  return add_set(options, set);
}

static const char *name_of(int option)
{
  const struct option *at = long_options;
  while (at->val != option)
    at++;
  return at->name;
}

static int set_option(CliOptions *options, int option, const char *text)
{
  long number;
  if (text && !text[0])
    return cli_usage("--%s is empty; it needs a value", name_of(option));
  switch (option) {
  case SET:
    return add_set(options, text);
  case SEED:
    return add_seed(options, text);
  case DATA:
    options->data = text;
    return CLI_OK;
  case DEVICE:
    options->device = text;
    return CLI_OK;
  case LOG:
    if (strcmp(text, "-") == 0)
      return cli_usage("--log takes the name of a file; /dev/stdout is standard output");
    options->log = text;
    return CLI_OK;
  case OUT:
    options->out = text;
    return CLI_OK;
  case RESUME:
    options->resume = text;
    return CLI_OK;
  case JSON:
    options->json = true;
    return CLI_OK;
  case OVERSUBSCRIBE:
    options->oversubscribe = true;
    return CLI_OK;
  case THREADS:
    if (!parse_count(text, 1024, &number))
      return cli_usage("--threads takes a whole number from 0 (all cores) to 1024, not \"%s\"",
                       text);
    options->threads = (int)number;
    return CLI_OK;
  case STEPS:
    if (!parse_count(text, 1000000000000L, &number) || number == 0)
      return cli_usage("--steps takes a whole number from 1 to 1000000000000, not \"%s\"", text);
    options->steps = (uint64_t)number;
    return CLI_OK;
  default:
    return CLI_USAGE;
  }
}

/* A run that goes on has its recipe, and its file. */
static int check_resume(const CliOptions *options)
{
  if (!options->resume)
    return CLI_OK;
  if (options->recipe)
    return cli_usage("--resume takes the recipe from its file, so \"%s\" cannot be one",
                     options->recipe);
  if (options->n_sets)
    return cli_usage("--resume takes the recipe from its file, so --set %s cannot change it",
                     options->sets[0]);
  if (options->out)
    return cli_usage("--resume goes on in its own file, so --out has no meaning");
  return CLI_OK;
}

int cli_options_parse(CliOptions *options, bool training, int argc, char **argv)
{
  *options = (CliOptions){.device = "auto"};
  options->sets = nn_alloc_array((size_t)argc + 1, sizeof *options->sets);
  if (!options->sets)
    return cli_usage("there is not enough memory for the options");
  const char *command = training ? "train" : "recipe show";
  opterr = 0;
  optind = 1;
  for (;;) {
    int option = getopt_long(argc, argv, ":", long_options, NULL);
    if (option == -1)
      break;
    if (option == ':')
      return cli_usage("%s needs a value", argv[optind - 1]);
    if (option == '?')
      return cli_bad_option(command, argc, argv);
    if (!training && option != SET)
      return cli_usage("%s has no option \"--%s\"", command, name_of(option));
    int status = set_option(options, option, optarg);
    if (status != CLI_OK)
      return status;
  }
  if (argc - optind > 1)
    return cli_usage("only one recipe can be given, but \"%s\" follows \"%s\"", argv[optind + 1],
                     argv[optind]);
  options->recipe = argv[optind];
  return check_resume(options);
}

void cli_options_clear(CliOptions *options)
{
  nn_free(options->sets);
  options->sets = NULL;
}

static bool apply_set(NnConfig *recipe, const char *set, NnError *err)
{
  const char *equals = strchr(set, '=');
  size_t n = (size_t)(equals - set);
  char *key = nn_alloc(n + 1);
  if (!key)
    return nn_fail_nomem(err, "the settings");
  memcpy(key, set, n);
  bool ok = nn_config_set_path(recipe, key, equals + 1, err);
  nn_free(key);
  return ok;
}

bool cli_options_recipe(const CliOptions *options, NnConfig **recipe, NnError *err)
{
  NnConfig *self;
  if (!bp_recipe_open(options->recipe, &self, err))
    return false;
  bool ok = true;
  for (int i = 0; ok && i < options->n_sets; i++)
    ok = apply_set(self, options->sets[i], err);
  if (!ok || !nn_recipe_check(self, err)) {
    nn_config_free(self);
    return false;
  }
  *recipe = self;
  return true;
}
