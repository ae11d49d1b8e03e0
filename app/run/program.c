/* program.c: see program.h. */
#include "program.h"
#include "data/loaders.h"
#include "engine/export/python.h"

bool bp_program_write(const NnConfig *recipe, NnShape pictures, bool notebook, char **text,
                      NnPythonMap *map, NnError *err)
{
  NnConfig *spelled = NULL;
  NnPythonOptions options = {.notebook = notebook};
  bool ok = nn_transforms_check(recipe, pictures, &options.input, err) &&
            nn_transforms_spell_out(recipe, pictures, &spelled, err);
  options.recipe = spelled;
  ok = ok && nn_python_write(&options, text, map, err);
  nn_config_free(spelled);
  return ok;
}
