/* test-check.c: the test of the tests: every comparison refuses what it must refuse. */
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 1000000 };
static nn_real wanted[N], found[N];

static void reset(void)
{
  for (size_t i = 0; i < N; i++)
    found[i] = wanted[i] = (nn_real)(1 + (double)(i % 7)) * (i % 2 ? 1 : -1);
}

static size_t worst(void)
{
  return nn_worst(found, wanted, N, 1e-6, 1e-6);
}

static void test_equal(void)
{
  reset();
  nn_check(worst() == SIZE_MAX);
  found[3] += (nn_real)5e-7; /* inside the tolerance */
  nn_check(worst() == SIZE_MAX);
}

static void test_one_bad(void)
{
  reset();
  found[N - 1] += (nn_real)1e-4;
  nn_check(worst() == N - 1);
  found[N / 2] += (nn_real)1e-3; /* the worse of two */
  nn_check(worst() == N / 2);
}

static void test_sign(void)
{
  reset();
  found[12345] = -found[12345];
  nn_check(worst() == 12345);
  for (size_t i = 0; i < N; i++)
    found[i] = -wanted[i];
  nn_check(worst() != SIZE_MAX);
}

static void test_factor(void)
{
  reset();
  found[77] *= 2;
  nn_check(worst() == 77);
  for (size_t i = 0; i < N; i++)
    found[i] = 2 * wanted[i];
  nn_check(worst() != SIZE_MAX);
}

static void test_not_finite(void)
{
  nn_real bad[] = {(nn_real)NAN, (nn_real)INFINITY, (nn_real)-INFINITY};
  for (int i = 0; i < 3; i++) {
    reset();
    found[500] = bad[i];
    nn_check(worst() == 500);
    reset();
    wanted[500] = bad[i];
    nn_check(worst() == 500);
    found[500] = bad[i]; /* NaN is no NaN's equal; two infinities prove nothing either */
    nn_check(worst() == 500);
  }
}

/* ---- a program whose only check fails ---- */

static double a = 1, b = 2;
static void fail_check(void)
{
  nn_check(a > b);
}
static void fail_int(void)
{
  nn_check_int(1, 2);
}
static void fail_str(void)
{
  nn_check_str("a", "b");
}
static void fail_null(void)
{
  nn_check_str(NULL, "b");
}
static void fail_has(void)
{
  nn_check_has("abc", "bd");
}
static void fail_near(void)
{
  nn_check_near(1, 1.1, 1e-3, 1e-3);
}
static void fail_nan(void)
{
  nn_check_near(NAN, NAN, 1, 1);
}
static void fail_infinite(void)
{
  nn_check_near(5, INFINITY, 1e-3, 1e-3);
}
static void fail_close(void)
{
  nn_check_close(found, wanted, 1, 0, 0);
}
static void fail_skipped(void)
{
  nn_skip("a skip hides no failure");
  nn_check(a > b);
}
static void pass(void)
{
  nn_check(a < b && wanted[0] < found[0]);
}
static void pass_infinite(void)
{
  nn_check_near(INFINITY, INFINITY, 0, 0);
}

/* Exit status of a test program with that one test; NULL for none at all. */
static int status_of(void (*function)(void))
{
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stdout))
      _exit(99);
    nn_test_reset();
    if (function)
      nn_test("inner", function);
    _exit(nn_test_done());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
    return 98;
  return WEXITSTATUS(status);
}

static void test_failing_programs(void)
{
  void (*failing[])(void) = {fail_check, fail_int, fail_str,      fail_null,  fail_has,
                             fail_near,  fail_nan, fail_infinite, fail_close, fail_skipped};
  reset();
  found[0] = wanted[0] + 1;
  for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++)
    nn_check_int(status_of(failing[i]), 1);
  nn_check_int(status_of(NULL), 1); /* no test ran: that is no success */
  nn_check_int(status_of(pass), 0);
  nn_check_int(status_of(pass_infinite), 0);
}

int main(void)
{
  nn_test("equal within the tolerance is close", test_equal);
  nn_test("one bad element in a million is found", test_one_bad);
  nn_test("a flipped sign is found", test_sign);
  nn_test("a factor of two is found", test_factor);
  nn_test("NaN and infinity are never close", test_not_finite);
  nn_test("a failed check fails its program", test_failing_programs);
  return nn_test_done();
}
