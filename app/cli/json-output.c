/* json-output.c: see json-output.h. */
#include "json-output.h"
#include "engine/mem.h"
#include "engine/recipe/json-text.h"
#include "engine/utf8.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

json_t *cli_json_path(const char *path)
{
  json_t *string = json_string(path);
  char clean[PATH_MAX];
  if (string)
    return string;
  nn_utf8_copy(clean, sizeof clean, path, strlen(path));
  return json_string(clean);
}

bool cli_json_print(const json_t *value, NnError *err)
{
  NnJsonText text = {0};
  nn_json_add_value(&text, value, 0);
  if (!text.failed)
    puts(text.data);
  nn_free(text.data);
  return !text.failed || nn_fail_nomem(err, "what is to be printed");
}
