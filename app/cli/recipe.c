/* recipe.c: backprop-cli recipe: a recipe in full, and as a PyTorch program. */
#include "options.h"
#include "cli.h"
#include "app/datasets/open-data.h"
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

static int print_pytorch(const CliOptions *options)
{
  NnError err;
  NnConfig *recipe = NULL;
  char *text = NULL;
  bool ok = cli_options_recipe(options, NULL, &recipe, &err);
  if (ok) { /* pictures as the recipe asks for them: none need be there */
    BpDataRequest request = bp_data_request(recipe, NULL);
    NnShape pictures = nn_shape_3d(1, (size_t)request.rows, (size_t)request.columns);
    ok = bp_program_write(recipe, pictures, options->notebook, &text, NULL, &err);
  }
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
