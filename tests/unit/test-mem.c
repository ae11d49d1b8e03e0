/* test-mem.c: zeroed, aligned, overflow refused, and the allocator can be replaced. */
#include "tests/check.h"
#include "counting.h"
#include <stdint.h>
#include <string.h>

static bool is_zero(const unsigned char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (bytes[i])
      return false;
  return true;
}

/* Dirty memory comes back from the C library, so zeroing has something to do. */
static void test_zeroed(void)
{
  for (size_t n = 0; n < 5000; n = n * 2 + 1) {
    unsigned char *memory = nn_alloc(n);
    nn_check(memory != NULL);
    nn_check_int((uintptr_t)memory % 64, 0);
    nn_check(is_zero(memory, n));
    memset(memory, 0xa5, n ? n : 1);
    nn_free(memory);
    memory = nn_alloc(n);
    nn_check(is_zero(memory, n ? n : 1));
    nn_free(memory);
  }
}

static void test_overflow(void)
{
  nn_check(nn_alloc_array(SIZE_MAX / 2, 3) == NULL);
  nn_check(nn_alloc_array(3, SIZE_MAX / 2) == NULL);
  nn_check(nn_alloc_array(SIZE_MAX / 2 + 2, 2) == NULL); /* 2 bytes, if it were to wrap */
  nn_check(nn_alloc(SIZE_MAX) == NULL);
  nn_check(nn_alloc(SIZE_MAX - 62) == NULL);
  void *empty = nn_alloc_array(0, 8);
  nn_check(empty != NULL);
  nn_free(empty);
  nn_free(NULL);
}

static void test_strdup(void)
{
  char text[] = "digits";
  char *copy = nn_strdup(text);
  text[0] = 'D';
  nn_check_str(copy, "digits");
  nn_free(copy);
}

static void test_allocator(void)
{
  counting_start(3);
  void *a = nn_alloc(10), *b = nn_alloc_array(2, 5), *c = nn_alloc(1);
  nn_check(a && b && !c);
  char *d = nn_strdup("x");
  nn_check(d != NULL); /* the fourth works again */
  nn_check_int(counting_calls, 4);
  nn_free(a);
  nn_free(b);
  nn_check_int(counting_alive, 1);
  nn_free(d);
  nn_check_int(counting_stop(), 0);
  counting_start(1);
  nn_check(nn_strdup("x") == NULL);
  nn_check_int(counting_stop(), 0);
  size_t calls = counting_calls;
  nn_free(nn_alloc(1)); /* the default one is back */
  nn_check_int(counting_calls, calls);
}

int main(void)
{
  nn_test("memory is zeroed and aligned", test_zeroed);
  nn_test("impossible sizes are refused", test_overflow);
  nn_test("a text is copied", test_strdup);
  nn_test("the allocator can be replaced, counted and made to fail", test_allocator);
  return nn_test_done();
}
