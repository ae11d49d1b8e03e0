/* fuzz.h: the entry that libFuzzer calls, and that the plain test calls itself. */
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* How many inputs were accepted so far: a corpus that is always refused would test little. */
extern int fuzz_n_accepted;
