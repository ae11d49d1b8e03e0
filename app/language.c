/* language.c: see language.h. */
#include "language.h"
#include "config.h"
#include "engine/text.h"
#include <locale.h>
#include <stdlib.h>

void bp_language_start(void)
{
  const char *named = getenv("BACKPROP_LOCALEDIR");
  setlocale(LC_ALL, "");
  bindtextdomain(NN_TEXT_DOMAIN, named && *named ? named : BP_LOCALEDIR);
  /* Errors and widgets are UTF-8 whatever the terminal's own encoding is. */
  bind_textdomain_codeset(NN_TEXT_DOMAIN, "UTF-8");
  textdomain(NN_TEXT_DOMAIN);
}
