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

/* ü has two bytes: an odd and an even start let the middle fall on either of them. What is quoted
 * loses its middle, the sentence around it nothing. */
static void test_long(void)
{
  for (int shift = 0; shift < 2; shift++) {
    char longer[2 * NN_SENTENCE + 4] = "a";
    for (int i = 0; i < NN_SENTENCE; i++)
      memcpy(longer + shift + 2 * i, "ü", 3);
    NnError err;
    nn_fail(&err, NN_ERR_ARG, longer, "%s is not %d, but %s.", longer, 7, "short");
    size_t n = strlen(err.text);
    nn_check(n < sizeof err.text && n > sizeof err.text / 2);
    nn_check_has(err.text, "ü…ü");
    nn_check_has(err.text, "ü is not 7, but short.");
    nn_check(!strchr(err.text, '?'));
    nn_check_has(err.where, "ü…ü");
    nn_check(!strchr(err.where, '?'));
    nn_fail(&err, NN_ERR_ARG, longer, "\"%.9s\" and \"%.10s\".", longer, longer);
    nn_check_str(err.text, shift ? "\"aü…ü\" and \"aü…ü\"." : "\"ü…ü\" and \"üü…ü\".");
  }
}

/* What printf() writes, in the order that a translation may have changed. */
static void test_format(void)
{
  NnError err;
  nn_fail(&err, NN_ERR_ARG, "", "%d %u %lld %llu %zu %02x %g %.0f %s 100 %%", -3, 4000000000u,
          -5000000000000ll, 18000000000000000000ull, (size_t)7, 10, 0.5, 2.25, "ß");
  nn_check_str(err.text, "-3 4000000000 -5000000000000 18000000000000000000 7 0a 0.5 2 ß 100 %");
  const char *turned = "%3$s of %1$d, %2$zu";
  nn_fail(&err, NN_ERR_ARG, "", turned, 1, (size_t)2, "three");
  nn_check_str(err.text, "three of 1, 2");
}

static void test_elide(void)
{
  static const struct {
    const char *text;
    size_t size;
    const char *shown;
  } cases[] = {{"", 4, ""},
               {"abc", 4, "abc"},
               {"abcd", 4, "…"},
               {"abcdefgh", 8, "ab…gh"},
               {"abcdefg", 8, "abcdefg"},
               {"äöüäöü", 10, "ä…ü"},
               {"€€€€", 12, "€…€"},
               {"😀😀😀", 12, "😀…😀"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char to[16];
    nn_check_str(nn_elide(cases[i].text, to, cases[i].size), cases[i].shown);
  }
}

static void test_paths(void)
{
  char path[NN_PATH] = "network", longer[2 * NN_PATH];
  nn_path_index(path, path, 1);
  nn_path_key(path, path, "weight_init");
  nn_check_str(path, "network.1.weight_init");
  nn_path_key(path, "", "seed");
  nn_check_str(path, "seed");
  memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  nn_path_key(path, "data", longer);
  nn_check_int(strlen(path), NN_PATH - 1);
  nn_check_has(path, "data.x");
  nn_check_has(path, "x…x");
}

static void test_clean(void)
{
  static const struct {
    const char *quoted, *shown;
  } cases[] = {{"a\nb\tc\x7f", "a?b?c?"},
               {"\xff\xfe", "??"},
               {"\xc3(", "?("},
               {"\xc0\x80", "??"},
               {"\xed\xa0\x80", "???"},
               {"\xf4\x90\x80\x80", "????"},
               {"é→😀", "é→😀"},
               {"", ""},
               {"a\xc2\x9b"
                "31m",
                "a??31m"},
               {"\xc2\xa0|\xc2\x85", "\xc2\xa0|??"}, /* CSI; no-break space; NEL */
               {"x\xe2\x80\xaegnp.", "x???gnp."},
               {"\xe2\x81\xa6\xe2\x81\xa9", "??????"}, /* U+202E, U+2066, U+2069 */
               {"\xe2\x80\x8f\xe2\x80\xaf", "\xe2\x80\x8f\xe2\x80\xaf"}};
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
  nn_test("a long text loses its middle between characters", test_long);
  nn_test("what printf() writes, also in another order", test_format);
  nn_test("the middle of a text left out", test_elide);
  nn_test("dotted keys", test_paths);
  nn_test("control characters and broken UTF-8 are shown as ?", test_clean);
  return nn_test_done();
}
