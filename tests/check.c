/* check.c: see check.h. TAP on standard output; "#" lines explain failures. */
#include "check.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int n_tests, n_failed;
static bool failing;
static const char *skip_reason;

void nn_test(const char *name, void (*function)(void))
{
  failing = false;
  skip_reason = NULL;
  function();
  n_tests++;
  if (failing)
    n_failed++;
  printf("%sok %d - %s", failing ? "not " : "", n_tests, name);
  if (!failing && skip_reason)
    printf(" # SKIP %s", skip_reason);
  printf("\n");
  fflush(stdout);
}

void nn_test_skip(const char *name, const char *reason)
{
  printf("ok %d - %s # SKIP %s\n", ++n_tests, name, reason);
}

void nn_skip(const char *reason)
{
  skip_reason = reason;
}

void nn_test_reset(void)
{
  n_tests = n_failed = 0;
}

int nn_test_done(void)
{
  printf("1..%d\n", n_tests);
  return n_failed > 0 || n_tests == 0;
}

bool nn_check_at(bool ok, const char *what, const char *file, int line)
{
  if (!ok) {
    failing = true;
    printf("# %s:%d: %s does not hold\n", file, line, what);
  }
  return ok;
}

bool nn_check_int_at(long long found, long long wanted, const char *what, const char *file,
                     int line)
{
  if (found != wanted) {
    failing = true;
    printf("# %s:%d: %s is %lld, wanted %lld\n", file, line, what, found, wanted);
  }
  return found == wanted;
}

bool nn_check_str_at(const char *found, const char *wanted, const char *what, const char *file,
                     int line)
{
  bool ok = found && strcmp(found, wanted) == 0;
  if (!ok) {
    failing = true;
    printf("# %s:%d: %s is \"%s\", wanted \"%s\"\n", file, line, what, found ? found : "(null)",
           wanted);
  }
  return ok;
}

bool nn_check_has_at(const char *text, const char *part, const char *what, const char *file,
                     int line)
{
  bool ok = text && strstr(text, part);
  if (!ok) {
    failing = true;
    printf("# %s:%d: %s is \"%s\", which lacks \"%s\"\n", file, line, what, text ? text : "(null)",
           part);
  }
  return ok;
}

bool nn_check_near_at(double found, double wanted, double atol, double rtol, const char *what,
                      const char *file, int line)
{
  /* False for any NaN; infinities have to be equal, for nothing is far from an infinite one. */
  bool ok = isinf(wanted) ? found == wanted : fabs(found - wanted) <= atol + rtol * fabs(wanted);
  if (!ok) {
    failing = true;
    printf("# %s:%d: %s is %.17g, wanted %.17g\n", file, line, what, found, wanted);
  }
  return ok;
}

size_t nn_worst(const nn_real *found, const nn_real *wanted, size_t n, double atol, double rtol)
{
  size_t worst = SIZE_MAX;
  double worst_excess = 0;
  for (size_t i = 0; i < n; i++) {
    double f = (double)found[i], w = (double)wanted[i];
    double excess = fabs(f - w) - (atol + rtol * fabs(w));
    if (excess <= 0)
      continue;
    if (isnan(excess)) /* a NaN on either side, or infinities that cancel */
      return i;
    if (worst == SIZE_MAX || excess > worst_excess) {
      worst = i;
      worst_excess = excess;
    }
  }
  return worst;
}

bool nn_check_close_at(const nn_real *found, const nn_real *wanted, size_t n, double atol,
                       double rtol, const char *what, const char *file, int line)
{
  size_t i = nn_worst(found, wanted, n, atol, rtol);
  if (i == SIZE_MAX)
    return true;
  failing = true;
  printf("# %s:%d: %s[%zu] is %.17g, wanted %.17g\n", file, line, what, i, (double)found[i],
         (double)wanted[i]);
  return false;
}
