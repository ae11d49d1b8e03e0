/* gerror.c: see gerror.h. */
#include "gerror.h"
#include "ui/i18n.h"

/* clang-format off: the first argument is a name, not a subtraction */
G_DEFINE_QUARK(bp - error - quark, bp_error)
/* clang-format on */

GError *bp_error_new(const NnError *error)
{
  const char *text =
      error->text[0] ? error->text : _("The operation failed without giving a reason.");
  return g_error_new_literal(BP_ERROR, (int)error->status, text);
}
