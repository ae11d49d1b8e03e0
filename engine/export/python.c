/* python.c: see python.h. The parts are written first; what they use is imported then. */
#include "python.h"
#include "python-cells.h"
#include "python-parts.h"
#include "engine/layers/layer.h"
#include "engine/mem.h"
#include "engine/model/model.h"
#include "engine/schedulers/scheduler.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { MAX_FLOWS = 256 };

/* ---- imports ---- */

/* A line that is there when the program uses it. */
static const struct {
  const char *line;
  const char *names; /* after "import", those that are used; NULL: `sign` decides */
  const char *sign;
} imports[] = {{"import argparse", NULL, "argparse"},
               {"import csv", NULL, "csv"},
               {"import gzip", NULL, "gzip"},
               {"import os", NULL, "os"},
               {"from glob", "glob", NULL},
               {"", NULL, "torch"},
               {"import numpy as np", NULL, "np"},
               {"import torch", NULL, "torch"},
               {"import torch.nn.functional as F", NULL, "F"},
               {"from PIL", "Image", NULL},
               {"from torch", "nn optim", NULL},
               {"from torch.optim", "lr_scheduler", NULL},
               {"from torch.utils.data", "DataLoader Dataset Subset random_split", NULL},
               {"from torchvision", "datasets transforms", NULL},
               {"from tqdm", "tqdm", NULL}};

static bool continues(char c)
{
  return isalnum((unsigned char)c) || c == '_';
}

/* Is that word in a cell, not as a member of something? */
static bool uses(const NnCells *cells, const char *word, size_t n)
{
  for (int i = 0; i < cells->n; i++) {
    const char *text = cells->cells[i].text ? cells->cells[i].text : "";
    for (const char *at = text; cells->cells[i].code && (at = strchr(at, word[0])); at++)
      if (strncmp(at, word, n) == 0 && !continues(at[n]) &&
          (at == text || (!continues(at[-1]) && at[-1] != '.')))
        return true;
  }
  return false;
}

static void add_names(NnPython *python, const char *line, const char *names, const NnCells *cells)
{
  bool first = true;
  for (const char *name = names; *name; name += strspn(name, " ")) {
    size_t n = strcspn(name, " ");
    if (uses(cells, name, n)) {
      nn_python_add(python, first ? line : ", ");
      nn_python_addf(python, "%s%.*s", first ? " import " : "", (int)n, name);
      first = false;
    }
    name += n;
  }
  if (!first)
    nn_python_line(python, 0);
}

static void add_imports(NnPython *python, const NnCells *cells)
{
  for (size_t i = 0; i < sizeof imports / sizeof *imports; i++)
    if (imports[i].names)
      add_names(python, imports[i].line, imports[i].names, cells);
    else if (uses(cells, imports[i].sign, strlen(imports[i].sign)))
      nn_python_addf(python, "%s\n", imports[i].line);
}

/* ---- beginning ---- */

static void add_options(NnPython *python, const NnProgram *program, bool notebook)
{
  char seed[NN_NUMBER_TEXT];
  if (notebook)
    nn_python_add(python, "data = \"data\"  # where the images are, or are downloaded to\n"
                          "log = None  # the name of a CSV file for step, epoch, loss, lr\n"
                          "steps = None  # after how many training stops early\n");
  else
    nn_python_add(
        python,
        "parser = argparse.ArgumentParser(description=__doc__)\n"
        "parser.add_argument(\"--data\", default=\"data\", help=\"folder of the images\")\n"
        "parser.add_argument(\"--log\", metavar=\"FILE.csv\", help=\"step,epoch,loss,lr\")\n"
        "parser.add_argument(\"--steps\", type=int, help=\"stop after so many steps\")\n"
        "args = parser.parse_args()\n");
  nn_python_line(python, 0);
  NnPythonMark mark = nn_python_mark(python);
  nn_python_addf(python, "torch.manual_seed(%s)\n",
                 nn_seed_text(nn_config_value(program->recipe, "seed"), seed));
  nn_python_about(python, mark, program->recipe, "seed", NULL);
}

/* Whoever may draw does so in torchvision, even where only one number can come out. */
static bool draws_pictures(const NnValue *list)
{
  for (int i = 0; i < list->n; i++)
    if (strcmp(list->configs[i]->kind->group, "augmentation") == 0)
      return true;
  return false;
}

/* Is there something that draws while it trains? */
static bool draws(const NnPython *python, const NnProgram *program)
{
  if (draws_pictures(nn_config_value(program->data, "transforms")))
    return true;
  for (int i = 0; i < python->n_flows; i++) {
    const NnLayerKind *kind = (const NnLayerKind *)python->flows[i].layer->kind;
    if (kind->needs && strstr(kind->needs, "dropout_mask"))
      return true;
  }
  return false;
}

static void add_introduction(NnPython *python, const NnProgram *program)
{
  nn_python_add(python, "A recipe of Backprop as a PyTorch program.\n\n");
  nn_python_add(
      python,
      draws(python, program)
          ? "Both start with the same weights and the same order of images, but dropout and\n"
            "random transforms draw other numbers here, so that losses differ.\n"
          : "The same seed gives the same losses in both, but for rounding.\n");
}

/* ---- all of it ---- */

static NnProgram program_of(const NnPythonOptions *options)
{
  const NnConfig *recipe = options->recipe, *data = nn_config_child(recipe, "data");
  const NnConfig *scheduler = nn_config_child(recipe, "scheduler");
  int metric = nn_param_index(scheduler->kind->params, "metric");
  NnProgram program = {.recipe = recipe,
                       .data = data,
                       .rules = nn_config_child(recipe, "regularization"),
                       .optimizer = nn_config_child(recipe, "optimizer"),
                       .scheduler = scheduler,
                       .arguments = options->notebook ? "" : "args.",
                       .validates = nn_config_number(data, "validation_fraction") > 0,
                       .own_test = nn_config_count(data, "test_transforms") > 0,
                       .scheduled = scheduler->kind->torch[0],
                       .per_batch = nn_config_int(scheduler, "interval") == NN_INTERVAL_BATCH};
  if (metric >= 0)
    program.metric = scheduler->kind->params[metric].choices[nn_config_int(scheduler, "metric")];
  return program;
}

static void write_cells(NnPython *python, const NnProgram *program, NnCells *cells, bool notebook)
{
  static const struct {
    const char *heading;
    void (*write)(NnPython *python, const NnProgram *program);
  } parts[] = {{"Data", nn_python_data},
               {"Network", nn_python_network},
               {"Loss and optimizer", nn_python_optimizer},
               {"Accuracy", nn_python_accuracy},
               {"Training", nn_python_loop}};
  enum { N_PARTS = sizeof parts / sizeof *parts };
  add_introduction(python, program);
  cells->cells[0] = nn_cell_take(python, NULL, false);
  cells->n = N_PARTS + 2;
  for (int i = 0; i < N_PARTS; i++) {
    parts[i].write(python, program);
    cells->cells[i + 2] = nn_cell_take(python, parts[i].heading, true);
  }
  add_options(python, program, notebook);
  cells->cells[1] = nn_cell_take(python, NULL, true);
  add_imports(python, cells); /* of what all cells use, before the options */
  nn_python_line(python, 0);
  nn_cell_free(&cells->cells[1]);
  add_options(python, program, notebook);
  cells->cells[1] = nn_cell_take(python, NULL, true);
}

static bool resolve(const NnCells *cells, const NnConfig *recipe, const char *script,
                    NnPythonMap *map)
{
  bool ok = true;
  for (int i = 0; i < cells->n; i++)
    ok = ok && nn_notes_resolve(&cells->cells[i].notes, recipe, script, cells->cells[i].at, map);
  return ok;
}

bool nn_python_write(const NnPythonOptions *options, char **text, NnPythonMap *map, NnError *err)
{
  NnLayerFlow flows[MAX_FLOWS];
  NnCells cells = {0};
  char steps[64];
  NnProgram program = program_of(options);
  int epochs = nn_config_int(nn_config_child(options->recipe, "loop"), "epochs");
  if (!nn_model_check(options->recipe, options->input, 0, NULL, NULL, NULL, err))
    return false;
  snprintf(steps, sizeof steps, program.per_batch ? "%d * len(train_loader)" : "%d", epochs);
  NnPython python = {.flows = flows,
                     .n_flows = nn_model_flows(options->recipe, options->input, flows, MAX_FLOWS),
                     .steps = steps};
  write_cells(&python, &program, &cells, options->notebook);
  *text = options->notebook ? nn_cells_notebook(&cells) : nn_cells_script(&cells);
  bool ok = !python.text.failed && *text &&
            (!map || options->notebook || resolve(&cells, options->recipe, *text, map));
  if (!ok) {
    nn_free(*text);
    nn_fail_nomem(err, "the program");
  }
  nn_free(python.text.data);
  nn_notes_clear(&python.notes);
  nn_cells_clear(&cells);
  return ok;
}
