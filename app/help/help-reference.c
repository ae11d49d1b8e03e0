/* help-reference.c: see help-reference.h. */
#include "help-reference.h"
#include "ui/i18n.h"

const NnClass *bp_help_reference_class(int place)
{
  for (int c = 0; c < nn_class_count(); c++)
    if (nn_class((NnKindClass)c)->help_page == place)
      return nn_class((NnKindClass)c);
  return NULL;
}

/* Names from the tables stand between marks of code, in which nothing else is a mark. */
static void add_param(GString *page, const NnParamSpec *spec)
{
  char range[NN_RANGE_TEXT];
  if (spec->flags & NN_PARAM_DERIVED)
    return;
  g_string_append_printf(page, "- **%s** `%s`: %s", nn_text(spec->label ? spec->label : spec->key),
                         spec->key, nn_text(spec->doc));
  if (spec->type != NN_PARAM_KIND && spec->type != NN_PARAM_KINDS && spec->type != NN_PARAM_BOOL)
    g_string_append_printf(page, " (%s)", nn_param_range_text(spec, range));
  g_string_append_c(page, '\n');
}

static void add_kind(GString *page, const NnKind *kind)
{
  g_string_append_printf(page, "\n## %s\n\n%s\n\n", nn_text(kind->label ? kind->label : kind->name),
                         nn_text(kind->doc));
  for (int i = 0; i < nn_param_count(kind->params); i++)
    add_param(page, &kind->params[i]);
  if (kind->source)
    g_string_append_printf(page, "\n*%s*\n", kind->source);
}

char *bp_help_reference_page(const NnClass *klass)
{
  GString *page = g_string_new(NULL);
  g_string_append_printf(page, "# %s\n", nn_text(klass->plural));
  for (const NnKind *const *kind = klass->kinds; *kind; kind++)
    add_kind(page, *kind);
  return g_string_free(page, FALSE);
}
