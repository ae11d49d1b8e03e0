/* test-nonfinite.c: a loss that is not finite names the first tensor that is not, and the cause.
 * That PyTorch 2.15 computes such numbers in the same step was seen by running the same networks on
 * the same samples: NaN out of weight_norm(Linear) with zeros_, out of LayerNorm with eps 0 on a
 * constant input, and as the loss of a batch whose class weights add up to 0; NaN in the weights
 * of a feature that is always 0 after one step of Adam, RMSprop or Adagrad with eps 0; inf out of
 * the second Linear after one step of SGD with lr 1e30. */
#include "data-kinds.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/trainer-observer.h"
#include "sentence.h"
#include <math.h>

enum { F = 4, CLASSES = 3 };

static float first_value;   /* of every sample */
static uint64_t most_steps; /* 0: all of them */

/* Feature 0 is constant, feature 1 is 0, the others differ; sample i has the label i mod 3. */
static void gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                   nn_real *x, int32_t *labels)
{
  (void)source, (void)epoch;
  for (size_t i = 0; i < n; i++) {
    uint32_t k = indices[i];
    const nn_real row[F] = {first_value, 0, (nn_real)(k % 5) - 2, (nn_real)(k % 7) / 7};
    memcpy(x + i * F, row, sizeof row);
    labels[i] = (int32_t)(k % CLASSES);
  }
}

static const NnSource source = {
    .n_samples = 60, .shape = {.n_dims = 1, .dims = {F}}, .n_classes = CLASSES, .gather = gather};

#define LINEAR(more) "{\"kind\": \"Linear\", \"out_features\": 3" more "}"
#define HIDDEN       "{\"kind\": \"Linear\", \"out_features\": 5}"
#define LR_30        "{\"kind\": \"SGD\", \"lr\": 1e30}"

typedef struct {
  const char *network, *rest; /* of the recipe */
  unsigned step;              /* NOT_SAID: not looked at */
  const char *where, *tensor, *cause;
} Case;

enum { NOT_SAID = 99 };

static const Case cases[] = {
    {LINEAR(", \"weight_init\": \"zeros_\", \"weight_norm\": true"), "", 0, "network.0",
     "not numbers is the output of network.0 (weight_norm(Linear 4 → 3)).",
     "norm of row 0 of the weight, which is 0 (0/0): choose a weight_init"},
    {LINEAR(""), ", \"loss\": {\"weight\": [1, 1, 0]}", 2, "loss.weight",
     "Everything before the loss is finite.", "the sum of loss.weight over the labels"},
    {LINEAR(
         ", \"weight_init\": \"zeros_\", \"bias_init\": \"zeros_\"") ", {\"kind\": \"LayerNorm\", "
                                                                     "\"eps\": 0}",
     "", 0, "network.1", "not numbers is the output of network.1 (LayerNorm 3 → 3).",
     "with eps at 0 it cannot"},
    {HIDDEN ", {\"kind\": \"LayerNorm\", \"eps\": -100}, " LINEAR(""), "", 0, "network.1",
     "not numbers is the output of network.1 (LayerNorm 5 → 5).", "with eps at -100 it cannot"},
    {LINEAR(""), ", \"optimizer\": {\"kind\": \"Adam\", \"eps\": 0}", 1, "optimizer.eps",
     "not numbers is the weight of network.0 (Linear 4 → 3), since the update of step 0.",
     "Adam divides by 0 where there was no gradient, because optimizer.eps is 0"},
    {LINEAR(""), ", \"optimizer\": {\"kind\": \"RMSprop\", \"eps\": 0}", 1, "optimizer.eps",
     "since the update of step 0.", "RMSprop divides by 0"},
    {LINEAR(""), ", \"optimizer\": {\"kind\": \"Adagrad\", \"eps\": 0}", 1, "optimizer.eps",
     "since the update of step 0.", "Adagrad divides by 0"},
    {HIDDEN ", " LINEAR(""), ", \"optimizer\": " LR_30, 1, "network.1",
     "infinite values is the output of network.1 (Linear 5 → 3).",
     "training has diverged. A smaller learning rate usually helps."},
    {LINEAR(", \"weight_init\": {\"kind\": \"constant_\", \"val\": 1e30}"),
     ", \"regularization\": {\"l2\": 1}", 0, "regularization",
     "Everything before the penalties of regularization is finite.",
     "before anything is learned: choose an initialization with smaller weights."},
    {HIDDEN ", " LINEAR(", \"weight_init\": {\"kind\": \"constant_\", \"val\": 3e38}"), "", 0,
     "network.1", "infinite values is the output of network.1 (Linear 5 → 3).",
     "before anything is learned"},
    {LINEAR(""),
     ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 1}, \"scheduler\": {\"kind\": "
     "\"MultiplicativeLR\", \"factor\": 1e30, \"interval\": \"batch\"}",
     NOT_SAID, "network.0.weight", "the weight of network.0 (Linear 4 → 3), since the update of",
     "schedule has taken the learning rate beyond"}};

typedef struct {
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  NnResult result;
  NnError err;
} Setup;

/* Trains until it fails. */
static bool train(Setup *s, const char *network, const char *rest, const char *device)
{
  static char json[2000];
  NnConfig *recipe = NULL;
  static const char data[] = ", \"data\": {\"batch_size\": 1, \"shuffle\": false}";
  *s = (Setup){0};
  snprintf(json, sizeof json, "{\"version\": 1, \"network\": [%s]%s%s, \"loop\": {\"epochs\": 2}}",
           network, rest, strstr(rest, "\"data\"") ? "" : data);
  bool ok = nn_check(nn_recipe_parse(json, "test", &recipe, &s->err)) &&
            nn_check(nn_backend_open(device, 1, &s->backend, &s->err));
  NnTrainerOptions options = {
      .recipe = recipe, .train = &source, .backend = s->backend, .max_steps = most_steps};
  ok = ok && nn_check(nn_trainer_new(&options, &s->trainer, &s->err)) &&
       nn_check(observe(s->trainer, false, &s->observer, &s->err));
  if (!ok)
    nn_check_str(s->err.text, "");
  nn_config_free(recipe);
  poison(&s->err);
  return ok && nn_check(!nn_trainer_run(s->trainer, s->observer, NULL, &s->result, &s->err)) &&
         check_sentence(&s->err, network);
}

static void tear_down(Setup *s)
{
  nn_observer_free(s->observer);
  nn_trainer_free(s->trainer);
  nn_backend_close(s->backend);
}

static void check_case(const Case *c, const char *device)
{
  Setup s;
  char step[64];
  first_value = 1;
  if (train(&s, c->network, c->rest, device)) {
    snprintf(step, sizeof step, "at step %u (epoch 1).", c->step);
    nn_check_int(s.err.status, NN_ERR_NONFINITE);
    nn_check_str(s.err.where, c->where);
    nn_check_has(s.err.text, c->step == NOT_SAID ? "at step " : step);
    nn_check_has(s.err.text, c->tensor);
    nn_check_has(s.err.text, c->cause);
    nn_check(c->step == NOT_SAID || s.result.steps == c->step);
  }
  tear_down(&s);
}

static void test_ref(void)
{
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_case(&cases[i], "ref");
}

static void test_cpu(void)
{
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_case(&cases[i], "cpu");
}

static void test_input(void)
{
  static const float values[] = {INFINITY, -INFINITY, NAN};
  for (int i = 0; i < 3; i++) {
    Setup s;
    first_value = values[i];
    if (train(&s, LINEAR(""), "", "ref")) {
      nn_check_has(s.err.text,
                   "at step 0 (epoch 1). The first tensor that is not finite is the input.");
      nn_check_str(s.err.where, "data.transforms");
    }
    tear_down(&s);
  }
}

/* No step follows that would see it. PyTorch's loss over the samples after this one step is nan. */
static void test_last_update(void)
{
  static const Case ends[] = {
      {LINEAR(""), ", \"optimizer\": {\"kind\": \"Adam\", \"eps\": 0}", 1, "optimizer.eps",
       "not numbers is the weight of network.0 (Linear 4 → 3), since the update of step 0.",
       "Adam divides by 0"},
      {HIDDEN ", " LINEAR(""), ", \"optimizer\": " LR_30, 1, "loss", "The weights are finite",
       "training has diverged."}};
  most_steps = 1;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    check_case(&ends[i], "ref");
    check_case(&ends[i], "cpu");
  }
  most_steps = 0;
}

/* Finding the cause trains nothing: the running mean has moved once, by momentum 0.1, toward the
 * mean of the one batch, as PyTorch's has before its loss is known. */
static void test_leaves_statistics(void)
{
  Setup s;
  first_value = 1;
  if (train(&s, "{\"kind\": \"BatchNorm1d\"}, " LINEAR(""),
            ", \"loss\": {\"weight\": [0, 0, 0]}, \"data\": {\"batch_size\": 4, \"shuffle\": "
            "false}",
            "ref")) {
    const NnSnapshot *snapshot = nn_observer_take_snapshot(s.observer);
    nn_check_has(s.err.text, "the sum of loss.weight");
    if (nn_check(snapshot != NULL)) {
      nn_check_near(snapshot->buffers[0], 0.1, 0, 1e-6);
      nn_check_near(snapshot->buffers[2], 0.1 * (-2 - 1 + 0 + 1) / 4, 0, 1e-6);
    }
  }
  tear_down(&s);
}

int main(void)
{
  add_data_kinds();
  nn_test("the first tensor and the cause, on ref", test_ref);
  nn_test("the first tensor and the cause, on cpu", test_cpu);
  nn_test("samples that are not finite", test_input);
  nn_test("what the last update has made", test_last_update);
  nn_test("running statistics stay what they were", test_leaves_statistics);
  return nn_test_done();
}
