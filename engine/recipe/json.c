/* json.c: see json.h. Parsing with jansson, which forgets on which line a value stood; so the line
 * of a value is looked up in the text again when a sentence needs it. */
#include "json.h"
#include <stdio.h>
#include <string.h>

static const char *skip_space(const char *p)
{
  return p + strspn(p, " \t\r\n");
}

/* In our words, as jansson's name a flag of its own. */
static const char *reason(const json_error_t *error)
{
  enum json_error_code code = json_error_code(error);
  return code == json_error_null_character || code == json_error_null_byte_in_key
             ? nn_text(N_("the character \\u0000 is not allowed in a text"))
             : error->text;
}

json_t *nn_json_parse(const char *text, const char *name, NnError *err)
{
  json_error_t error;
  size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY;
  json_t *root = json_loads(text, flags, &error);
  if (root)
    return root;
  if (json_error_code(&error) == json_error_out_of_memory)
    nn_fail_nomem(err, "reading JSON");
  else if (name && !*skip_space(text))
    nn_fail(err, NN_ERR_FORMAT, name, "%s is empty; a recipe is a JSON object, {…}.", name);
  else if (name)
    nn_fail(err, NN_ERR_FORMAT, name, "%s, line %d, column %d: this is not valid JSON: %s.", name,
            error.line, error.column, reason(&error));
  else
    nn_fail(err, NN_ERR_FORMAT, "", "This is not valid JSON: %s.", reason(&error));
  return NULL;
}

const char *nn_json_found(const json_t *value, char text[NN_FOUND_TEXT])
{
  const char *string = json_string_value(value);
  char number[NN_NUMBER_TEXT], quoted[NN_FOUND_TEXT - 2];
  switch (json_typeof(value)) {
  case JSON_STRING:
    snprintf(text, NN_FOUND_TEXT, "\"%s\"", nn_elide(string, quoted, sizeof quoted));
    break;
  case JSON_REAL:
  case JSON_INTEGER:
    snprintf(text, NN_FOUND_TEXT, "%s", nn_number_text(json_number_value(value), number));
    break;
  case JSON_ARRAY:
    snprintf(text, NN_FOUND_TEXT, nn_text(N_("a list of length %zu")), json_array_size(value));
    break;
  case JSON_OBJECT:
    snprintf(text, NN_FOUND_TEXT, "%s", nn_text(N_("an object")));
    break;
  default:
    snprintf(text, NN_FOUND_TEXT, "%s",
             json_is_true(value)    ? "true"
             : json_is_false(value) ? "false"
                                    : "null");
  }
  return text;
}

/* ---- the line of a path: a walk through a text that is known to be valid ---- */

/* p at the opening quote → behind the closing one */
static const char *skip_string(const char *p)
{
  for (p++; *p && *p != '"'; p++)
    if (*p == '\\' && p[1])
      p++;
  return *p ? p + 1 : p;
}

/* p at a value → behind it */
static const char *skip_value(const char *p)
{
  int depth = 0;
  do {
    if (*p == '"') {
      p = skip_string(p);
      continue;
    }
    if (*p == '{' || *p == '[')
      depth++;
    else if (*p == '}' || *p == ']')
      depth--;
    p++;
  } while (*p && (depth > 0 || !strchr(",]} \t\r\n", *p)));
  return p;
}

/* The rest of `path` behind its first component if that is the n bytes at `name`, else NULL. */
static const char *follow(const char *path, const char *name, size_t n)
{
  if (strncmp(path, name, n) != 0 || (path[n] != '.' && path[n] != '\0'))
    return NULL;
  return path[n] ? path + n + 1 : path + n;
}

/* One step into the object or list at p: the member that *path starts with (*path is shortened by
 * it), or NULL. Of the last part *key is the key itself rather than its value. */
static const char *step_into(const char *p, const char **path, const char **key)
{
  bool object = *p == '{';
  if (!object && *p != '[')
    return NULL;
  p = skip_space(p + 1);
  for (int i = 0; *p && *p != '}' && *p != ']'; i++) {
    char number[16];
    const char *start = p, *rest;
    if (object) {
      const char *end = skip_string(p);
      rest = follow(*path, p + 1, (size_t)(end - p - 2));
      p = skip_space(skip_space(end) + 1); /* behind the colon */
    } else {
      rest = follow(*path, number, (size_t)snprintf(number, sizeof number, "%d", i));
    }
    if (rest) {
      *path = rest;
      *key = *rest ? p : start;
      return p;
    }
    p = skip_space(skip_value(p));
    p = skip_space(*p == ',' ? p + 1 : p);
  }
  return NULL;
}

int nn_json_line(const char *text, const char *path)
{
  const char *place = skip_space(text), *key = place;
  for (const char *p = place; *path && (p = step_into(p, &path, &key));)
    place = key;
  int line = 1;
  for (const char *p = text; p < place; p++)
    line += *p == '\n';
  return line;
}

bool nn_json_keep_digits(json_t *object, const char *key, const char *text, NnError *err)
{
  const char *path = key, *where;
  const char *value = step_into(skip_space(text), &path, &where);
  size_t n = value ? strspn(value, "-0123456789") : 0;
  if (n < 16 || strchr(".eE", value[n]) || !json_is_number(json_object_get(object, key)))
    return true;
  return json_object_set_new(object, key, json_stringn(value, n)) == 0 ||
         nn_fail_nomem(err, "reading JSON");
}
