/* recipe.c: backprop-cli recipe: a recipe in full, and as a PyTorch program. */
#include "options.h"
#include "cli.h"
#include "app/run/program.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include <stdio.h>
#include <string.h>

/* ---- recipe show ---- */

static int show_recipe(const CliOptions *options)
{
  NnError err;
  NnConfig *recipe;
  if (!cli_options_recipe(options, NULL, &recipe, &err))
    return cli_failed(&err);
  char *text = nn_recipe_text(recipe, &err);
  nn_config_free(recipe);
  if (!text)
    return cli_failed(&err);
  fputs(text, stdout);
  nn_free(text);
  return CLI_OK;
}

/* ---- recipe pytorch ---- */

/* Of the pictures as they lie in their files: without them, what their kind says. */
static NnShape shape_of(const NnConfig *recipe)
{
  const NnConfig *set = nn_config_child(nn_config_child(recipe, "data"), "dataset");
  int i = nn_param_index(set->kind->params, "image_size");
  const double *size = i >= 0 ? set->values[i].numbers : NULL;
  return size ? nn_shape_3d(1, (size_t)size[0], (size_t)size[1]) : nn_shape_3d(1, 28, 28);
}

static int print_pytorch(const CliOptions *options)
{
  NnError err;
  NnConfig *recipe = NULL;
  char *text = NULL;
  bool ok = cli_options_recipe(options, NULL, &recipe, &err) &&
            bp_program_write(recipe, shape_of(recipe), options->notebook, &text, &err);
  nn_config_free(recipe);
  if (!ok)
    return cli_failed(&err);
  fputs(text, stdout);
  nn_free(text);
  return CLI_OK;
}

int cli_recipe(int argc, char **argv)
{
  const CliCommand *command = argc > 1 ? cli_command_find("recipe", argv[1]) : NULL;
  if (!command)
    return cli_usage("recipe has two commands: recipe show and recipe pytorch, both with [RECIPE] "
                     "[--set KEY=VALUE]…");
  CliOptions options;
  int status = cli_options_parse(&options, command, argc - 1, argv + 1);
  if (status == CLI_OK)
    status = strcmp(argv[1], "show") == 0 ? show_recipe(&options) : print_pytorch(&options);
  cli_options_clear(&options);
  return status;
}
