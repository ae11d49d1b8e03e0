/* typed-value.h: values as people type them, made JSON of. Private to the engine. */
#pragma once

/* A copy in which numbers that JSON does not know (.1, +1, 1., 007) are written as it does, and
 * Python's True, False, None and tuples as well; everything else, and all that stands in quotes, is
 * as it was. Hexadecimal numbers, infinities and NaN stay what they are, and JSON refuses them.
 * Freed with nn_free(); NULL when out of memory. */
char *nn_typed_json(const char *text);
