/* options.c: see options.h. */
#include "options.h"
#include "engine/mem.h"
#include "recipes.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int take_threads(CliOptions *options, const char *text)
{
  long number;
  if (!parse_count(text, 1024, &number))
    return cli_usage("--threads takes a whole number from 0 (all cores) to 1024, not \"%s\"", text);
  options->threads = (int)number;
  return CLI_OK;
}

static int take_steps(CliOptions *options, const char *text)
{
  long number;
  if (!parse_count(text, 1000000000000L, &number) || number == 0)
    return cli_usage("--steps takes a whole number from 1 to 1000000000000, not \"%s\"", text);
  options->steps = (uint64_t)number;
  return CLI_OK;
}

static int take_log(CliOptions *options, const char *text)
{
  if (strcmp(text, "-") == 0)
    return cli_usage("--log takes the name of a file; /dev/stdout is standard output");
  options->log = text;
  return CLI_OK;
}

/* Those that are only remembered: a text, or that the option was given. */
static void remember(CliOptions *options, const char *option, const char *text)
{
  const struct {
    const char *name, **text;
    bool *given;
  } all[] = {
      {"data", &options->data, NULL},         {"device", &options->device, NULL},
      {"out", &options->out, NULL},           {"resume", &options->resume, NULL},
      {"json", NULL, &options->json},         {"oversubscribe", NULL, &options->oversubscribe},
      {"notebook", NULL, &options->notebook}, {"save", &options->save, NULL},
      {"weights", &options->weights, NULL},   {"as-is", NULL, &options->as_is},
      {"recipe", &options->recipe, NULL}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(option, all[i].name) == 0 && text)
      *all[i].text = text;
    else if (strcmp(option, all[i].name) == 0)
      *all[i].given = true;
}

static int take(void *user, const char *option, const char *text)
{
  static const struct {
    const char *name;
    int (*take)(CliOptions *options, const char *text);
  } checked[] = {{"set", add_set},
                 {"seed", add_seed},
                 {"threads", take_threads},
                 {"steps", take_steps},
                 {"log", take_log}};
  for (size_t i = 0; i < sizeof checked / sizeof *checked; i++)
    if (strcmp(option, checked[i].name) == 0)
      return checked[i].take(user, text);
  remember(user, option, text);
  return CLI_OK;
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
  if (options->weights)
    return cli_usage("--resume takes the weights from its file, so --weights has no meaning");
  if (options->out)
    return cli_usage("--resume goes on in its own file, so --out has no meaning");
  return CLI_OK;
}

int cli_options_parse(CliOptions *options, const CliCommand *command, int argc, char **argv)
{
  *options = (CliOptions){.device = "auto"};
  options->sets = nn_alloc_array((size_t)argc + 1, sizeof *options->sets);
  if (!options->sets)
    return cli_usage("there is not enough memory for the options");
  int status = cli_parse(command, take, options, argc, argv);
  if (status != CLI_OK)
    return status;
  options->words = argv + optind;
  options->n_words = argc - optind;
  if (strcmp(command->name, "predict") == 0)
    return CLI_OK; /* pictures */
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

bool cli_options_recipe(const CliOptions *options, const char *own, NnConfig **recipe, NnError *err)
{
  NnConfig *self;
  if (own && !options->recipe ? !nn_recipe_parse(own, options->weights, &self, err)
                              : !bp_recipe_open(options->recipe, &self, err))
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
