/* complete.c: backprop-cli complete -- WORD…, which the shells ask what may stand at the last
 * word (app/cli/completion/). Everything comes from the kinds' tables and from the recipe that the
 * words before it describe, so that after --set optimizer.kind=SGD the parameters of SGD are
 * offered.
 *
 * One candidate per line, with a tab and a few words that explain it. A line ":files" or ":dirs"
 * says that these fit, too. */
#include "options.h"
#include "cli.h"
#include "data/data.h"
#include "recipes.h"
#include "ui/i18n.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name, *says;
} Word;

/* ---- offering ---- */

/* What is to be completed: of "--set=optimizer.l" the part before "optimizer.l" is offered with
 * each candidate. */
typedef struct {
  const char *head; /* may be empty; n_head characters of it count */
  size_t n_head;
  const char *part;
} Want;

static void offer(const Want *want, const char *text, const char *says)
{
  if (strncmp(text, want->part, strlen(want->part)) != 0)
    return;
  printf("%.*s%s", (int)want->n_head, want->head, text);
  if (says && says[0])
    printf("\t%s", nn_text(says));
  putchar('\n');
}

static void offer_words(const Want *want, const Word *words)
{
  for (; words->name; words++)
    offer(want, words->name, words->says);
}

static void offer_recipes(const Want *want)
{
  for (const BpShippedRecipe *r = bp_shipped_recipes; r->name; r++)
    offer(want, r->name, r->title);
  puts(":files");
}

static void offer_sets(const Want *want)
{
  for (int i = 0; nn_catalog[i]; i++)
    offer(want, nn_catalog[i]->name, nn_catalog[i]->title);
}

/* ---- keys of the recipe ---- */

/* Where a dotted path has led: to a config, or to a list of them. */
typedef struct {
  const NnConfig *config;
  const NnValue *list;     /* NULL: at the config itself */
  const NnParamSpec *spec; /* by which it was reached; NULL: the recipe */
} Place;

static bool step_into(Place *place, const char *key, size_t n)
{
  char name[64], *end;
  if (n >= sizeof name)
    return false;
  memcpy(name, key, n);
  name[n] = '\0';
  if (place->list) {
    long index = strtol(name, &end, 10);
    if (end == name || *end || index < 0 || index >= place->list->n)
      return false;
    place->config = place->list->configs[index];
    place->list = NULL;
    return true;
  }
  int i = nn_param_index(place->config->kind->params, name);
  place->spec = i < 0 ? NULL : &place->config->kind->params[i];
  if (!place->spec)
    return false;
  if (place->spec->type == NN_PARAM_KINDS)
    place->list = &place->config->values[i];
  else if (place->spec->type == NN_PARAM_KIND)
    place->config = place->config->values[i].configs[0];
  else
    return false;
  return true;
}

/* Follows every part of `path` that a dot ends; *rest is what comes after the last. */
static bool follow(const NnConfig *recipe, const char *path, Place *place, const char **rest)
{
  *place = (Place){.config = recipe};
  for (const char *dot; (dot = strchr(path, '.')); path = dot + 1)
    if (!step_into(place, path, (size_t)(dot - path)))
      return false;
  *rest = path;
  return true;
}

static bool has_kinds(const Place *place)
{
  return place->spec && !(place->spec->flags & NN_PARAM_SECTION);
}

static void offer_keys_of(const Want *want, const Place *place)
{
  char text[80];
  if (has_kinds(place))
    offer(want, "kind=", place->config->kind->doc);
  for (const NnParamSpec *spec = place->config->kind->params; spec && spec->key; spec++) {
    bool nested = spec->type == NN_PARAM_KIND || spec->type == NN_PARAM_KINDS;
    if (spec->flags & NN_PARAM_DERIVED)
      continue;
    snprintf(text, sizeof text, "%s%c", spec->key, nested ? '.' : '=');
    offer(want, text, spec->doc);
  }
}

static void offer_entries(const Want *want, const NnValue *list)
{
  char text[16];
  for (int i = 0; i < list->n; i++) {
    snprintf(text, sizeof text, "%d.", i);
    offer(want, text, list->configs[i]->kind->name);
  }
}

static void offer_keys(const NnConfig *recipe, const Want *want)
{
  Place place;
  Want deeper = *want;
  if (!follow(recipe, want->part, &place, &deeper.part))
    return;
  /* What was followed is in the head, which is the text right before the part. */
  char head[256];
  snprintf(head, sizeof head, "%.*s%.*s", (int)want->n_head, want->head,
           (int)(deeper.part - want->part), want->part);
  deeper.head = head;
  deeper.n_head = strlen(head);
  if (place.list)
    offer_entries(&deeper, place.list);
  else
    offer_keys_of(&deeper, &place);
}

/* ---- values ---- */

static void offer_kinds(const Want *want, NnKindClass klass)
{
  for (const NnKind *const *kind = nn_kinds(klass); *kind; kind++)
    offer(want, (*kind)->name, (*kind)->doc);
}

static void offer_values_of(const Want *want, const NnConfig *config, const NnParamSpec *spec)
{
  char text[NN_NUMBER_TEXT], range[NN_RANGE_TEXT];
  if (spec->type == NN_PARAM_BOOL)
    offer_words(want, (const Word[]){{"true", spec->doc}, {"false", spec->doc}, {NULL, NULL}});
  if (spec->type == NN_PARAM_CHOICE)
    for (int i = 0; spec->choices[i]; i++)
      offer(want, spec->choices[i], NULL);
  if (spec->type == NN_PARAM_KIND)
    offer_kinds(want, spec->klass);
  if (spec->type == NN_PARAM_FLOAT || spec->type == NN_PARAM_INT) {
    double now = nn_config_number(config, spec->key);
    if (now == now)
      offer(want, nn_number_text(now, text), nn_param_range_text(spec, range));
  }
  if (spec->type == NN_PARAM_SEED)
    offer(want, nn_seed_text(nn_config_value(config, spec->key), text),
          nn_param_range_text(spec, range));
  if (spec->flags & NN_PARAM_NULLABLE)
    offer(want, "null", NULL);
}

static void offer_values(const NnConfig *recipe, const Want *want, const char *equals)
{
  char path[256];
  const char *key;
  Place place;
  size_t n = (size_t)(equals - want->part);
  if (n >= sizeof path)
    return;
  memcpy(path, want->part, n);
  path[n] = '\0';
  if (!follow(recipe, path, &place, &key) || place.list)
    return;
  char head[512];
  snprintf(head, sizeof head, "%.*s%s=", (int)want->n_head, want->head, path);
  Want value = {.head = head, .n_head = strlen(head), .part = equals + 1};
  int i = nn_param_index(place.config->kind->params, key);
  if (strcmp(key, "kind") == 0 && has_kinds(&place))
    offer_kinds(&value, place.spec->klass);
  else if (i >= 0)
    offer_values_of(&value, place.config, &place.config->kind->params[i]);
}

/* ---- the recipe that the words before describe ---- */

/* An option whose next word belongs to it. */
static const CliOption *option_with_value(const CliCommand *command, const char *word)
{
  for (const CliOption *o = command->options; o->name; o++)
    if (o->argument && strncmp(word, "--", 2) == 0 && strcmp(word + 2, o->name) == 0)
      return o;
  return NULL;
}

/* What cannot be set is not: the person is still writing. */
static void apply(NnConfig *recipe, const char *set)
{
  const char *equals = strchr(set, '=');
  char key[256];
  if (!equals || (size_t)(equals - set) >= sizeof key)
    return;
  memcpy(key, set, (size_t)(equals - set));
  key[equals - set] = '\0';
  nn_config_set_path(recipe, key, equals + 1, NULL);
}

static NnConfig *recipe_of(int n, char **words)
{
  NnError err;
  NnConfig *recipe = NULL;
  const char *name = NULL;
  for (int i = 0; i < n; i++)
    if (option_with_value(cli_command_find("train", NULL), words[i]))
      i++;
    else if (words[i][0] != '-')
      name = words[i];
  if (!bp_recipe_open(name, &recipe, &err) && !bp_recipe_open(NULL, &recipe, &err))
    return NULL;
  for (int i = 0; i + 1 < n; i++)
    if (strcmp(words[i], "--set") == 0)
      apply(recipe, words[++i]);
    else if (strncmp(words[i], "--set=", 6) == 0)
      apply(recipe, words[i] + 6);
  return recipe;
}

/* ---- the commands ---- */

/* words[n] is to be completed; what stands before belongs to the command. */
static void offer_set(int n, char **words, const Want *want)
{
  const char *equals = strchr(want->part, '=');
  NnConfig *recipe = recipe_of(n, words);
  if (recipe && equals)
    offer_values(recipe, want, equals);
  else if (recipe)
    offer_keys(recipe, want);
  nn_config_free(recipe);
}

/* What may be the value of an option; words[0 … n − 1] stand before it. */
static void offer_value(int n, char **words, const CliOption *option, const Want *want)
{
  static const Word devices[] = {{"auto", N_("the fastest available")},
                                 {"cpu", N_("OpenBLAS and built-in kernels")},
                                 {"ref", N_("plain loops, for comparison")},
                                 {"cuda", N_("an NVIDIA GPU")},
                                 {NULL, NULL}};
  switch (option->offers) {
  case CLI_OFFERS_NOTHING:
    break;
  case CLI_OFFERS_SETTINGS:
    offer_set(n, words, want);
    break;
  case CLI_OFFERS_DEVICES:
    offer_words(want, devices);
    break;
  case CLI_OFFERS_DATA:
    offer(want, "practice", N_("digits drawn by the program"));
    puts(":dirs");
    break;
  case CLI_OFFERS_FILES:
    puts(":files");
    break;
  case CLI_OFFERS_FOLDERS:
    puts(":dirs");
    break;
  }
}

static void offer_options(const CliCommand *command, const Want *want)
{
  char word[32];
  for (const CliOption *o = command->options; o->name; o++) {
    snprintf(word, sizeof word, "--%s", o->name);
    offer(want, word, o->brief);
  }
}

/* What a command's words may be, where they are no options: its n-th. */
static void offer_operand(const CliCommand *command, int n, const Want *want)
{
  const char *second = command->second ? command->second : "";
  if (strcmp(command->name, "train") == 0 || strcmp(command->name, "recipe") == 0) {
    offer_recipes(want);
  } else if (strcmp(command->name, "data") == 0) {
    offer_sets(want);
    if (strcmp(second, "info") == 0) {
      offer(want, "practice", N_("digits drawn by the program"));
      puts(":dirs");
    }
  } else if (strcmp(command->name, "runs") == 0 && n == 0) {
    puts(strcmp(second, "list") == 0 ? ":dirs" : ":files");
  }
}

/* words[n] is to be completed; what stands before belongs to the command. */
static void complete_command(const CliCommand *command, int n, char **words)
{
  const char *word = words[n], *equals = strchr(word, '=');
  Want want = {.head = "", .part = word};
  const CliOption *option = n > 0 ? option_with_value(command, words[n - 1]) : NULL;
  if (option) {
    offer_value(n - 1, words, option, &want);
  } else if (strncmp(word, "--", 2) == 0 && equals) {
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    want = (Want){.head = word, .n_head = (size_t)(equals - word) + 1, .part = equals + 1};
    option = option_with_value(command, name);
    if (option)
      offer_value(n, words, option, &want);
  } else if (word[0] == '-') {
    offer_options(command, &want);
  } else {
    offer_operand(command, n, &want);
  }
}

/* The shells show a line of it. */
static const char *brief_of(const CliCommand *command, char text[256])
{
  snprintf(text, 256, "%s", nn_text(command->text));
  text[strcspn(text, "\n;")] = '\0';
  return text;
}

/* The commands' first words, each once, or the second words after one. */
static void offer_commands(const char *first, const Want *want)
{
  char text[256];
  for (const CliCommand *c = cli_commands; c->name; c++)
    if (first && strcmp(c->name, first) == 0)
      offer(want, c->second, brief_of(c, text));
    else if (!first && cli_command_find(c->name, NULL) == c)
      offer(want, c->name, brief_of(c, text));
}

int cli_complete(int argc, char **argv)
{
  int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1, n = argc - first;
  char **words = argv + first;
  if (n < 1)
    return cli_usage("complete is for shells: complete -- WORD…");
  Want want = {.head = "", .part = words[n - 1]};
  if (n == 1) {
    offer_commands(NULL, &want);
    offer(&want, "--help", NULL);
    offer(&want, "--version", NULL);
    return CLI_OK;
  }
  const CliCommand *command = cli_command_find(words[0], NULL);
  if (command && command->second && n == 2)
    return offer_commands(words[0], &want), CLI_OK;
  int skip = command && command->second ? 2 : 1;
  command = cli_command_find(words[0], skip == 2 ? words[1] : NULL);
  if (command)
    complete_command(command, n - skip - 1, words + skip);
  return CLI_OK;
}
