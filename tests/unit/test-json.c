/* test-json.c: the line of a path, values in words, and dotted keys. */
#include "tests/check.h"
#include "engine/recipe/json.h"
#include <string.h>

static const char text[] = "\n"
                           "{ \"version\": 1,\n"                                   /* 2 */
                           "  \"data\": {\"batch_size\":\n"                        /* 3 */
                           "     8, \"shuffle\" : true},\n"                        /* 4 */
                           "  \"network\": [ {\"kind\": \"Fl]}at\\\"ten\\\\\"},\n" /* 5 */
                           "    { \"kin\": 0,\n"                                   /* 6 */
                           "      \"kind\": \"Linear\",\n"                         /* 7 */
                           "      \"weight_init\": {\n"                            /* 8 */
                           "        \"gain\": [1, 2,\n"                            /* 9 */
                           "   3]}, \"weight\": {\"gain\": 1}},\n"                 /* 10 */
                           "    [[{}], {\"a.b\": -1.5e3}],\n"                      /* 11 */
                           "    null ],\n"                                         /* 12 */
                           "  \"seed\": false }\n";                                /* 13 */

static void test_line(void)
{
  static const struct {
    const char *path;
    int line;
  } cases[] = {{"", 2},
               {"version", 2},
               {"data", 3},
               {"data.batch_size", 3},
               {"data.shuffle", 4},
               {"network", 5},
               {"network.0", 5},
               {"network.0.kind", 5},
               {"network.1", 6},
               {"network.1.kind", 7},
               {"network.1.weight_init", 8},
               {"network.1.weight_init.gain", 9},
               {"network.1.weight_init.gain.2", 10},
               {"network.1.weight", 10},
               {"network.1.weight.gain", 10},
               {"network.2.1.a.b", 11},
               {"network.2.0.0", 11},
               {"network.3", 12},
               {"seed", 13},
               /* as near as it gets */
               {"nothing", 2},
               {"network.9", 5},
               {"network.1.nothing", 6},
               {"network.1.weight_init.gain.2.x", 10},
               {"seed.x", 13}};
  NnError err = {0};
  json_t *json = nn_json_parse(text, "text", &err);
  nn_check_str(err.text, "");
  json_decref(json);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (!nn_check_int(nn_json_line(text, cases[i].path), cases[i].line))
      nn_check_str(cases[i].path, "the line above");
}

static void test_empty_containers(void)
{
  nn_check_int(nn_json_line("{}", "a"), 1);
  nn_check_int(nn_json_line("[ ]", "0"), 1);
  nn_check_int(nn_json_line("\n3", "0"), 2);
  nn_check_int(nn_json_line("{\"a\": {},\n\"b\": [],\n\"c\": 1}", "c"), 3);
}

static void test_broken(void)
{
  static const struct {
    const char *text, *says;
  } cases[] = {{"", "r.json is empty; a recipe is a JSON object"},
               {" \n", "r.json is empty"},
               {"{", "r.json, line 1, column 1: this is not valid JSON: "},
               {"{\n\n \"a\" 1}", "r.json, line 3, column 6: this is not valid JSON: "},
               {"{\"a\": 1,\n\"a\": 2}", "r.json, line 2, column 3: this is not valid JSON: dupl"},
               {"{\"a\": 1e999}", "real number overflow"},
               {"{\"a\": NaN}", "this is not valid JSON"},
               {"{\"a\": 01}", "this is not valid JSON"},
               {"{\"a\": \"\xff\"}", "unable to decode byte 0xff"},
               {"{\"a\": \"\\u0000\"}", "this is not valid JSON"},
               {"{} x", "this is not valid JSON"},
               {"{'a': 1}", "this is not valid JSON"},
               {"{\"a\": 1,}", "this is not valid JSON"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnError err = {0};
    nn_check(nn_json_parse(cases[i].text, "r.json", &err) == NULL);
    nn_check_int(err.status, NN_ERR_FORMAT);
    nn_check_has(err.text, cases[i].says);
    nn_check_int(err.text[strlen(err.text) - 1], '.');
  }
}

/* A bomb of brackets ends in an error, not in a full stack. */
static void test_deep(void)
{
  enum { N = 1000000 };
  static char bomb[N + 1];
  NnError err = {0};
  memset(bomb, '[', N);
  nn_check(nn_json_parse(bomb, "r.json", &err) == NULL);
  nn_check_has(err.text, "depth");
}

static void test_found(void)
{
  static const struct {
    const char *json, *found;
  } cases[] = {{"3", "3"},         {"0.5", "0.5"},
               {"true", "true"},   {"false", "false"},
               {"null", "null"},   {"\"relu\"", "\"relu\""},
               {"\"\"", "\"\""},   {"[1, 2]", "a list of length 2"},
               {"{}", "an object"}};
  char found[NN_FOUND_TEXT];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    json_t *json = nn_json_parse(cases[i].json, "x", NULL);
    nn_check_str(nn_json_found(json, found), cases[i].found);
    json_decref(json);
  }
}

/* A long text loses its middle, between two characters. */
static void test_found_long(void)
{
  char found[NN_FOUND_TEXT], longer[2000];
  for (int shift = 0; shift < 2; shift++) {
    longer[0] = 'a';
    for (int i = 0; i < 500; i++)
      memcpy(longer + shift + 2 * i, "ü", 3);
    json_t *json = json_string(longer);
    nn_json_found(json, found);
    nn_check(strlen(found) > 60 && strlen(found) < NN_FOUND_TEXT);
    nn_check_has(found, "ü…ü");
    json_decref(json);
  }
}

static void test_paths(void)
{
  char path[NN_PATH];
  nn_path_key(path, "", "network");
  nn_check_str(path, "network");
  nn_path_index(path, path, 12);
  nn_check_str(path, "network.12");
  nn_path_key(path, path, "p");
  nn_check_str(path, "network.12.p");
  for (int i = 0; i < 100; i++)
    nn_path_key(path, path, "weight_init");
  nn_check_int(strlen(path), NN_PATH - 1);
}

int main(void)
{
  nn_test("the line of every path", test_line);
  nn_test("the line in empty containers and bare values", test_empty_containers);
  nn_test("broken JSON: where and why", test_broken);
  nn_test("a million brackets", test_deep);
  nn_test("values in words", test_found);
  nn_test("long texts in words", test_found_long);
  nn_test("dotted keys", test_paths);
  return nn_test_done();
}
