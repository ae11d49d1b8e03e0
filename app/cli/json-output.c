/* json-output.c: see json-output.h. */
#include "json-output.h"
#include "engine/mem.h"
#include "engine/recipe/json-text.h"
#include <stdio.h>

bool cli_json_print(const json_t *value, NnError *err)
{
  NnJsonText text = {0};
  nn_json_add_value(&text, value, 0);
  if (!text.failed)
    puts(text.data);
  nn_free(text.data);
  return !text.failed || nn_fail_nomem(err, "what is to be printed");
}
