/* test-error.c: error texts are one line of valid UTF-8, whatever they quote. */
#include "tests/check.h"
#include "engine/error.h"
#include <string.h>

static void test_fills(void)
{
  NnError err;
  bool result = nn_fail(&err, NN_ERR_ARG, "optimizer.lr", "%s is %d.", "lr", -1);
  nn_check(!result);
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_str(err.where, "optimizer.lr");
  nn_check_str(err.text, "lr is -1.");
}

static void test_null(void)
{
  NnError err;
  nn_check(!nn_fail(NULL, NN_ERR_IO, "x", "y"));
  nn_check(!nn_fail_nomem(NULL, "x"));
  nn_check(!nn_fail(&err, NN_ERR_IO, NULL, "y"));
  nn_check_str(err.where, "");
}

static void test_nomem(void)
{
  NnError err;
  nn_check(!nn_fail_nomem(&err, "the model"));
  nn_check_int(err.status, NN_ERR_NOMEM);
  nn_check_has(err.text, "the model");
}

static void test_own_text(void)
{
  NnError err;
  nn_fail(&err, NN_ERR_ARG, "network", "inner");
  nn_fail(&err, err.status, err.where, "%s, line 7: %s", "a.json", err.text);
  nn_check_str(err.text, "a.json, line 7: inner");
  nn_check_str(err.where, "network");
}

/* ü has two bytes: an odd and an even start let the buffer's end fall on either of them. */
static void test_cut(void)
{
  for (int shift = 0; shift < 2; shift++) {
    char longer[2001] = "";
    for (int i = 0; i < 1000; i++)
      memcpy(longer + 2 * i, "ü", 3);
    NnError err;
    nn_fail(&err, NN_ERR_ARG, longer, "%s%s", shift ? "a" : "", longer);
    size_t n = strlen(err.text);
    nn_check_int(n, sizeof err.text - 1);
    const char *last = err.text + n - 2;
    nn_check(strcmp(last, "ü") == 0 || last[1] == '?');
    nn_check_int(strlen(err.where), sizeof err.where - 1);
    nn_check_int(err.where[sizeof err.where - 2], '?');
  }
}

static void test_clean(void)
{
  static const struct {
    const char *quoted, *shown;
  } cases[] = {
      {"a\nb\tc\x7f", "a?b?c?"}, {"\xff\xfe", "??"},           {"\xc3(", "?("}, {"\xc0\x80", "??"},
      {"\xed\xa0\x80", "???"},   {"\xf4\x90\x80\x80", "????"}, {"é→😀", "é→😀"},  {"", ""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnError err;
    nn_fail(&err, NN_ERR_ARG, cases[i].quoted, "%s", cases[i].quoted);
    nn_check_str(err.text, cases[i].shown);
    nn_check_str(err.where, cases[i].shown);
  }
}

int main(void)
{
  nn_test("an error is filled and false returned", test_fills);
  nn_test("no error struct, no place", test_null);
  nn_test("out of memory names its purpose", test_nomem);
  nn_test("an error may quote itself", test_own_text);
  nn_test("long texts are cut between characters", test_cut);
  nn_test("control characters and broken UTF-8 are shown as ?", test_clean);
  return nn_test_done();
}
