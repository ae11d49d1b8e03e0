/* json-output.c: see json-output.h. */
#include "json-output.h"
#include "engine/recipe/param.h"
#include <stdlib.h>
#include <string.h>

static void new_line(FILE *file, int depth)
{
  fprintf(file, "\n%*s", 2 * depth, "");
}

/* What is not whole by nature stays so: 1.0. */
static void print_real(double number, FILE *file)
{
  char text[NN_NUMBER_TEXT];
  nn_number_text(number, text);
  fputs(text, file);
  if (!strpbrk(text, ".eE"))
    fputs(".0", file);
}

/* jansson knows what to escape. */
static void print_other(const json_t *value, FILE *file)
{
  char *text = json_dumps(value, JSON_ENCODE_ANY);
  fputs(text ? text : "null", file);
  free(text);
}

static void print(const json_t *value, FILE *file, int depth);

static void print_object(const json_t *object, FILE *file, int depth)
{
  const char *key, *gap = "";
  json_t *member;
  fputc('{', file);
  json_object_foreach((json_t *)object, key, member)
  {
    json_t *name = json_string(key);
    fputs(gap, file);
    new_line(file, depth + 1);
    print_other(name, file);
    json_decref(name);
    fputs(": ", file);
    print(member, file, depth + 1);
    gap = ",";
  }
  if (*gap)
    new_line(file, depth);
  fputc('}', file);
}

static void print_array(const json_t *array, FILE *file, int depth)
{
  size_t n = json_array_size(array);
  fputc('[', file);
  for (size_t i = 0; i < n; i++) {
    if (i > 0)
      fputc(',', file);
    new_line(file, depth + 1);
    print(json_array_get(array, i), file, depth + 1);
  }
  if (n > 0)
    new_line(file, depth);
  fputc(']', file);
}

static void print(const json_t *value, FILE *file, int depth)
{
  if (json_is_object(value))
    print_object(value, file, depth);
  else if (json_is_array(value))
    print_array(value, file, depth);
  else if (json_is_real(value))
    print_real(json_real_value(value), file);
  else
    print_other(value, file);
}

void cli_json_print(const json_t *value, FILE *file)
{
  print(value, file, 0);
  fputc('\n', file);
}
