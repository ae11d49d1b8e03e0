/* gerror.h: an NnError as a GError, for GTask and friends. */
#pragma once
#include <glib.h>
#include "engine/error.h"

G_BEGIN_DECLS

#define BP_ERROR (bp_error_quark())
GQuark bp_error_quark(void);

/* A new GError with the same sentence; its code is the NnStatus. */
GError *bp_error_new(const NnError *error);

G_END_DECLS
