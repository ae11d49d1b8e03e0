/* json-text.c: see json-text.h. */
#include "json-text.h"
#include "engine/mem.h"
#include "param.h"
#include <math.h>
#include <string.h>

enum { FIRST_SIZE = 1024 };

bool nn_json_reserve(NnJsonText *text, size_t more)
{
  if (text->failed || text->length + more < text->size)
    return !text->failed;
  size_t size = text->size ? text->size : FIRST_SIZE;
  while (size <= text->length + more)
    size *= 2;
  char *data = nn_alloc(size);
  if (data && text->data)
    memcpy(data, text->data, text->length + 1);
  nn_free(text->data);
  text->data = data;
  text->size = data ? size : 0;
  text->failed = !data;
  return data;
}

static int add_bytes(const char *bytes, size_t n, void *user)
{
  NnJsonText *text = user;
  if (!nn_json_reserve(text, n))
    return -1;
  memcpy(text->data + text->length, bytes, n);
  text->length += n;
  text->data[text->length] = '\0';
  return 0;
}

void nn_json_add(NnJsonText *text, const char *string)
{
  add_bytes(string, strlen(string), text);
}

void nn_json_add_name(NnJsonText *text, const char *name)
{
  nn_json_add(text, "\"");
  nn_json_add(text, name);
  nn_json_add(text, "\"");
}

void nn_json_add_number(NnJsonText *text, double number)
{
  char digits[NN_NUMBER_TEXT];
  nn_json_add(text, isnan(number) ? "null" : nn_number_text(number, digits));
}

void nn_json_end_line(NnJsonText *text, int indent)
{
  if (indent < 0)
    return;
  nn_json_add(text, "\n");
  text->line = text->length;
  for (int i = 0; i < indent; i++)
    nn_json_add(text, "  ");
}

void nn_json_separate(NnJsonText *text, bool first, int indent)
{
  if (!first)
    nn_json_add(text, indent < 0 ? ", " : ",");
  nn_json_end_line(text, indent);
}

/* ---- a whole value ---- */

static void add_real(NnJsonText *text, double number)
{
  size_t before = text->length;
  nn_json_add_number(text, number);
  if (!text->failed && !strpbrk(text->data + before, ".eE"))
    nn_json_add(text, ".0");
}

/* jansson knows what to escape. */
static void add_other(NnJsonText *text, const json_t *value)
{
  if (json_dump_callback(value, add_bytes, text, JSON_ENCODE_ANY) != 0)
    text->failed = true;
}

static void add_object(NnJsonText *text, const json_t *object, int indent)
{
  const char *key;
  json_t *member;
  bool first = true;
  nn_json_add(text, "{");
  json_object_foreach((json_t *)object, key, member)
  {
    json_t *name = json_string(key);
    nn_json_separate(text, first, indent + 1);
    add_other(text, name);
    json_decref(name);
    nn_json_add(text, ": ");
    nn_json_add_value(text, member, indent + 1);
    first = false;
  }
  if (!first)
    nn_json_end_line(text, indent);
  nn_json_add(text, "}");
}

static void add_array(NnJsonText *text, const json_t *array, int indent)
{
  size_t n = json_array_size(array);
  nn_json_add(text, "[");
  for (size_t i = 0; i < n; i++) {
    nn_json_separate(text, i == 0, indent + 1);
    nn_json_add_value(text, json_array_get(array, i), indent + 1);
  }
  if (n > 0)
    nn_json_end_line(text, indent);
  nn_json_add(text, "]");
}

void nn_json_add_value(NnJsonText *text, const json_t *value, int indent)
{
  if (json_is_object(value))
    add_object(text, value, indent);
  else if (json_is_array(value))
    add_array(text, value, indent);
  else if (json_is_real(value))
    add_real(text, json_real_value(value));
  else
    add_other(text, value);
}
