/* main.c: the window program. Without a display it says so and ends. */
#include "application.h"
#include "engine/backend/backend.h"
#include "engine/mem.h"
#include "language.h"
#include "ui/i18n.h"
#include <stdio.h>
#include <string.h>

/* These answer without a window. */
static bool needs_no_display(int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (!strcmp(argv[i], "--version") || !strcmp(argv[i], "--help") || !strcmp(argv[i], "-h") ||
        !strncmp(argv[i], "--help-", 7))
      return true;
  return false;
}

int main(int argc, char **argv)
{
  nn_mem_start();
  nn_backends_start();
  bp_language_start();
  g_set_prgname("backprop");
  if (!needs_no_display(argc, argv) && !gtk_init_check()) {
    fprintf(stderr,
            _("backprop: there is no display to open a window on; backprop-cli trains in the "
              "terminal.\n"));
    return 1;
  }
  g_autoptr(BpApplication) app = bp_application_new();
  return g_application_run(G_APPLICATION(app), argc, argv);
}
