/* What stands first when a kind is searched for. The order is what a person expects: the very name,
 * what begins with it, a word of a name, any part of one, its family, its explanation. */
#include "../check.h"
#include "ui/recipe/kind-search.h"
#include <stdlib.h>
#include <string.h>

static const NnKind *of(const char *name)
{
  return nn_kind_find(NN_CLASS_LAYER, name);
}

static int rank(const char *name, const char *text)
{
  return bp_kind_search_rank(of(name), "Normalization", text);
}

/* Each fits better than the next; the last does not fit at all. */
static void check_order(const char *text, const char *const *names)
{
  for (int i = 0; names[i + 1]; i++) {
    int better = rank(names[i], text), worse = rank(names[i + 1], text);
    nn_check(better >= 0);
    nn_check(worse < 0 ? !names[i + 2] : better < worse);
  }
}

static void test_order(void)
{
  check_order("relu", (const char *[]){"ReLU", "ReLU6", "PReLU", "Conv2d", NULL});
  check_order("RELU", (const char *[]){"ReLU", "ReLU6", "LeakyReLU", "Conv2d", NULL});
  check_order("sigmoid", (const char *[]){"Sigmoid", "LogSigmoid", "Hardsigmoid", "ELU", NULL});
  check_order("tanh", (const char *[]){"Tanh", "Tanhshrink", "Hardtanh", "Linear", NULL});
  check_order("elu", (const char *[]){"ELU", "CELU", "Linear", NULL});
  check_order("norm", (const char *[]){"BatchNorm1d", "Linear", NULL});
}

static void test_blanks(void)
{
  nn_check_int(rank("LeakyReLU", " leaky relu "), 0);
  nn_check_int(rank("MaxPool2d", "max-pool 2d"), 0);
  nn_check_int(rank("BatchNorm1d", "batch_norm1d"), 0);
  nn_check_int(rank("Linear", ""), 0);
  nn_check_int(rank("Linear", "  "), 0);
  nn_check_int(rank("Linear", "?"), -1);
  nn_check_int(rank("Linear", "zzz"), -1);
}

static void test_family_and_doc(void)
{
  int family = rank("LayerNorm", "normalization");
  nn_check(family > rank("LayerNorm", "norm"));
  static const NnKind made = {
      .klass = NN_CLASS_LAYER, .name = "Thing", .doc = "Rests now and then."};
  nn_check(bp_kind_search_rank(&made, NULL, "rest") > family); /* the beginning of a word */
  nn_check_int(bp_kind_search_rank(&made, NULL, "ow"), -1);    /* its middle is chance */
  nn_check_int(bp_kind_search_rank(&made, NULL, "now and"),
               bp_kind_search_rank(&made, NULL, "rest"));
}

int main(void)
{
  nn_test("order", test_order);
  nn_test("blanks and signs", test_blanks);
  nn_test("family and explanation", test_family_and_doc);
  return nn_test_done();
}
