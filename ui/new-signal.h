/* new-signal.h: a signal without a default handler, of at most two parameters. */
#pragma once
#include <glib-object.h>

/* Returns its id; of the types n_params count. In a class_init. */
static inline guint bp_signal_new(GType type, const char *name, guint n_params, GType first,
                                  GType second)
{
  return g_signal_new(name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_params,
                      first, second);
}
