/* check.h: a small TAP harness. A test program registers functions and returns nn_test_done():
 *
 *   static void test_zero(void) { nn_check(1 + 1 == 2); }
 *   int main(void) { nn_test("adds", test_zero); return nn_test_done(); }
 *
 * Every check counts: a failed one prints file, line and values and fails its test, which goes on.
 * NaN is never close to anything but, explicitly, nothing: nn_check_close() fails on any NaN. */
#pragma once
#include "engine/tensor.h"

void nn_test(const char *name, void (*function)(void));
void nn_test_skip(const char *name, const char *reason); /* registers a skipped test */
void nn_skip(const char *reason);                        /* inside a test: marks it skipped */
void nn_test_reset(void); /* forgets all results; for the test of this harness, in its child */
int nn_test_done(void);   /* prints the plan; 0 if no test failed, 1 otherwise (or if none ran) */

#define nn_check(condition) nn_check_at((condition), #condition, __FILE__, __LINE__)
#define nn_check_int(found, wanted) \
  nn_check_int_at((long long)(found), (long long)(wanted), #found, __FILE__, __LINE__)
#define nn_check_str(found, wanted) nn_check_str_at((found), (wanted), #found, __FILE__, __LINE__)
/* true if `text` contains `part` */
#define nn_check_has(text, part) nn_check_has_at((text), (part), #text, __FILE__, __LINE__)
/* |found − wanted| ≤ atol + rtol·|wanted| */
#define nn_check_near(found, wanted, atol, rtol) \
  nn_check_near_at((found), (wanted), (atol), (rtol), #found, __FILE__, __LINE__)
/* the same for n values; prints the worst index */
#define nn_check_close(found, wanted, n, atol, rtol) \
  nn_check_close_at((found), (wanted), (n), (atol), (rtol), #found, __FILE__, __LINE__)

bool nn_check_at(bool ok, const char *what, const char *file, int line);
bool nn_check_int_at(long long found, long long wanted, const char *what, const char *file,
                     int line);
bool nn_check_str_at(const char *found, const char *wanted, const char *what, const char *file,
                     int line);
bool nn_check_has_at(const char *text, const char *part, const char *what, const char *file,
                     int line);
bool nn_check_near_at(double found, double wanted, double atol, double rtol, const char *what,
                      const char *file, int line);
bool nn_check_close_at(const nn_real *found, const nn_real *wanted, size_t n, double atol,
                       double rtol, const char *what, const char *file, int line);
/* The bare comparison behind nn_check_close(), for the test of the tests: index of the worst
 * violation or SIZE_MAX if all are close. */
size_t nn_worst(const nn_real *found, const nn_real *wanted, size_t n, double atol, double rtol);
