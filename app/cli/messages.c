/* messages.c: see messages.h. */
#include "messages.h"
#include "engine/utf8.h"
#include "ui/i18n.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

int cli_failed(const NnError *err)
{
  fprintf(stderr, "backprop-cli: %s\n", err->text);
  return CLI_FAILED;
}

int cli_bad_option(const char *command, int argc, char **argv)
{
  const char *word = argv[optind - 1], *next = optind < argc ? argv[optind] : "";
  size_t n = strcspn(word, "=");
  if (optopt && word[0] == '-' && word[1] == '-' && word[n] == '=')
    return cli_usage("%.*s takes no value", (int)n, word);
  /* Of -xy getopt stays at the word until it is through with it. */
  bool inside = next[0] == '-' && next[1] && next[1] == optopt && next[2];
  return cli_usage("%s has no option \"%s\"", command, inside ? next : word);
}

int cli_usage(const char *format, ...)
{
  char text[4096]; /* it quotes what was typed, or pasted */
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, nn_text(format), args);
  va_end(args);
  nn_utf8_clean(text);
  fprintf(stderr, "backprop-cli: %s", text);
  fputs(_("; try backprop-cli --help.\n"), stderr);
  return CLI_USAGE;
}
