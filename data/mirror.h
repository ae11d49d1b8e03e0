/* mirror.h: pictures in a mirror. */
#pragma once
#include "transform.h"

/* left for right */
void nn_mirror_columns(const NnForm *form, const void *in, void *out);
/* top for bottom */
void nn_mirror_rows(const NnForm *form, const void *in, void *out);
