/* fused-plan.c: which plans the fused step takes, and where everything lies. */
#include "fused.h"
#include "engine/machine.h"
#include "engine/mem.h"

/* Lists of a batch have room for all of its values; and what is multiplied here rather than by
 * OpenBLAS, whose kernels are better the larger the matrices are. CHUNK: samples whose dz, to a
 * block of outputs, is half of the first-level cache. */
enum { MOST_INPUTS = 1 << 22, MOST_DENSE = 1 << 25, CHUNK = 64 };

/* ---- which plans ---- */

/* Each value, or each of a Linear's outputs, by itself. */
static bool is_norm(const NnStepLayer *l)
{
  return (l->op == NN_STEP_BATCH_NORM || (l->op == NN_STEP_GROUP_NORM && l->norm.groups == 1)) &&
         l->norm.C == l->in && l->norm.S == 1;
}

static bool is_op(const NnStepLayer *l)
{
  return l->op == NN_STEP_ACTIVATION || (l->op == NN_STEP_DROPOUT && l->dropout.draws == l->in) ||
         is_norm(l);
}

/* The last layer is computed sample by sample. */
static bool ends_with_norm(const NnStepPlan *p)
{
  int i = p->n_layers - 1;
  while (i > 0 && p->layers[i].op != NN_STEP_LINEAR && !is_norm(&p->layers[i]))
    i--;
  return is_norm(&p->layers[i]);
}

static bool is_known(const NnStepPlan *p)
{
  if (p->n_layers == 0 || p->layers[0].op != NN_STEP_LINEAR || p->loss != NN_STEP_CROSS_ENTROPY ||
      p->N * p->C * p->S > MOST_INPUTS || p->layers[p->n_layers - 1].out != p->n_classes ||
      ends_with_norm(p))
    return false;
  for (int i = 0; i < p->n_layers; i++) {
    const NnStepLayer *l = &p->layers[i];
    bool linear = l->op == NN_STEP_LINEAR && !l->weight_norm && l->in < UINT32_MAX;
    if (!(linear && (i == 0 || p->N * l->in * l->out <= MOST_DENSE)) && !is_op(l))
      return false;
  }
  return true;
}

/* ---- the data ---- */

/* The byte that is 0 in each channel. */
static void find_zeros(const NnStepPlan *p, int *zero)
{
  for (size_t c = 0; c < p->C; c++) {
    zero[c] = -1;
    for (int byte = 255; byte >= 0; byte--)
      if (p->table[c * 256 + (size_t)byte] == 0)
        zero[c] = byte;
  }
}

/* Whether most values are 0, going by some samples from all over the data. */
static bool is_mostly_zero(const NnStepPlan *p)
{
  enum { LOOKS = 64 };
  size_t step = p->n_samples > LOOKS ? p->n_samples / LOOKS : 1, n = 0, all = 0;
  for (size_t i = 0; i < p->n_samples; i += step)
    for (size_t k = 0; k < p->C * p->S; k++, all++)
      n += p->table[k / p->S * 256 + p->pixels[i * p->C * p->S + k]] != 0;
  return n <= all / 2;
}

/* ---- memory ---- */

/* Hands out aligned pieces of one block; without a block it only counts. */
typedef struct {
  char *memory;
  size_t used;
} Carver;

static void *carve(Carver *c, size_t count, size_t size)
{
  void *piece = c->memory ? c->memory + c->used : NULL;
  c->used += (count * size + 63) / 64 * 64;
  return piece;
}

static void carve_lists(Carver *c, NnFusedLists *lists, size_t rows, size_t most)
{
  lists->slot = (most + 7) / 8 * 8;
  /* Rows that are a page apart would share few places of the cache. */
  if (lists->slot % 64 == 0)
    lists->slot += 8;
  lists->counts = carve(c, rows, sizeof *lists->counts);
  lists->entries = carve(c, rows * lists->slot, sizeof *lists->entries);
}

static void carve_weights(Carver *c, NnFusedWeights *w, bool stores, float **gradient)
{
  w->rows = carve(c, (w->K + 1) * w->row, sizeof *w->rows);
  *gradient = stores ? carve(c, (w->K + 1) * w->Jp, sizeof **gradient) : NULL;
}

static void carve_norm(Carver *c, const NnStepPlan *p, NnFusedOp *op)
{
  size_t n = op->plan->op == NN_STEP_BATCH_NORM ? op->weights.Jp : p->N;
  carve_weights(c, &op->weights, true, &op->gradient);
  op->mean = carve(c, n, sizeof *op->mean);
  op->rstd = carve(c, n, sizeof *op->rstd);
}

static void carve_layer(Carver *c, const NnFused *f, NnFusedLayer *l)
{
  const NnStepPlan *p = &f->plan;
  size_t values = p->N * l->weights.Jp;
  bool in_chunks = l == f->layers && f->lists && f->chunk < p->N;
  carve_weights(c, &l->weights, p->clip_norm > 0 || in_chunks, &l->gradient);
  l->z = carve(c, values, sizeof *l->z);
  l->d[0] = carve(c, values, sizeof *l->z);
  l->d[1] = l->n_ops > 0 ? carve(c, values, sizeof *l->z) : l->d[0];
  for (int i = 0; i < l->n_ops; i++) {
    l->ops[i].y = carve(c, values, sizeof *l->z);
    l->ops[i].mask = l->ops[i].plan->op == NN_STEP_DROPOUT ? carve(c, values, sizeof *l->z) : NULL;
    if (is_norm(l->ops[i].plan))
      carve_norm(c, p, &l->ops[i]);
  }
}

/* In a large batch, most inputs are not 0 in some sample. */
static bool is_lazy(const NnFused *f)
{
  return f->lists && f->chunk == f->plan.N && f->n_layers > 1 && f->plan.l1 == 0 &&
         f->plan.l2 == 0 && nn_fused_may_be_lazy(f->plan.optimizer, f->plan.n_state);
}

/* One for each thread, and what goes with it. */
static void carve_lazy(Carver *c, NnFused *f, int n_threads)
{
  size_t K = f->layers[0].weights.K;
  if (!is_lazy(f))
    return;
  f->row = carve(c, f->layers[0].weights.row, sizeof *f->row);
  f->lazy = carve(c, (size_t)n_threads, sizeof *f->lazy);
  for (int i = 0; i < n_threads; i++) {
    uint8_t *level = carve(c, K, sizeof *level);
    uint32_t *touched = carve(c, K, sizeof *touched), *late = carve(c, K, sizeof *late);
    if (f->lazy)
      f->lazy[i] = (NnFusedLazy){.level = level, .touched = touched, .late = late};
  }
  f->rest = carve(c, nn_fused_rest_size(f), 1);
}

static void carve_batch(Carver *c, NnFused *f)
{
  const NnStepPlan *p = &f->plan;
  size_t K = p->C * p->S;
  f->zero = carve(c, p->C, sizeof *f->zero);
  if (f->lists) {
    carve_lists(c, &f->samples, p->N, K);
    f->samples.n_parts = nn_fused_n_parts(p->C, p->S);
    f->samples.ends = carve(c, p->N * f->samples.n_parts, sizeof *f->samples.ends);
    carve_lists(c, &f->inputs[0], K, f->chunk);
    if (f->chunk < p->N)
      carve_lists(c, &f->inputs[1], K, f->chunk);
  } else {
    f->x = carve(c, 2 * p->N * K, sizeof *f->x);
  }
  f->labels = carve(c, p->N, sizeof *f->labels);
  f->row_loss = carve(c, p->N, sizeof *f->row_loss);
  f->row_correct = carve(c, p->N, sizeof *f->row_correct);
  if (p->l1 != 0 || p->l2 != 0 || p->clip_norm > 0)
    f->sums = carve(c, nn_fused_n_sums(f), sizeof *f->sums);
}

static size_t carve_all(NnFused *f, int n_threads, char *memory)
{
  Carver c = {memory, 0};
  for (int i = 0; i < f->n_layers; i++)
    carve_layer(&c, f, &f->layers[i]);
  carve_batch(&c, f);
  carve_lazy(&c, f, n_threads);
  return c.used;
}

/* ---- the chain ---- */

static NnFusedWeights weights_of(const NnStepPlan *p, size_t K, size_t J)
{
  size_t Jp = (J + NN_FUSED_UNIT - 1) / NN_FUSED_UNIT * NN_FUSED_UNIT;
  return (NnFusedWeights){.K = K, .J = J, .Jp = Jp, .row = (1 + (size_t)p->n_state) * Jp};
}

static void add_linear(NnFused *f, const NnStepLayer *plan)
{
  NnFusedLayer *l = &f->layers[f->n_layers++];
  l->plan = plan;
  l->ops = f->ops + f->n_ops;
  l->weights = weights_of(&f->plan, plan->in, plan->out);
  f->params[f->n_params++] = (NnFusedParams){plan, &l->weights, &l->gradient};
}

static void add_op(NnFused *f, const NnStepLayer *plan)
{
  NnFusedOp *op = &f->ops[f->n_ops++];
  f->layers[f->n_layers - 1].n_ops++;
  op->plan = plan;
  if (!is_norm(plan))
    return;
  op->weights = weights_of(&f->plan, plan->has_weight, plan->in);
  f->params[f->n_params++] = (NnFusedParams){plan, &op->weights, &op->gradient};
}

static void read_layers(NnFused *f)
{
  for (int i = 0; i < f->plan.n_layers; i++)
    if (f->plan.layers[i].op == NN_STEP_LINEAR)
      add_linear(f, &f->plan.layers[i]);
    else
      add_op(f, &f->plan.layers[i]);
}

NnFused *nn_fused_new(const NnCpu *cpu, int n_threads, const NnStepPlan *plan)
{
  NnFused *self = is_known(plan) ? nn_alloc(sizeof *self) : NULL;
  if (!self)
    return NULL;
  self->plan = *plan;
  self->kernels = cpu->kernels;
  self->fused = cpu->kernels->fused;
  self->pool = cpu->pool;
  self->lists = !plan->pixels || is_mostly_zero(plan);
  self->chunk = plan->N < CHUNK ? plan->N : CHUNK;
  read_layers(self);
  size_t bytes = carve_all(self, n_threads, NULL);
  self->memory = nn_machine_has(bytes) ? nn_alloc(bytes) : NULL;
  if (!self->memory) {
    nn_free(self);
    return NULL;
  }
  carve_all(self, n_threads, self->memory);
  if (plan->pixels)
    find_zeros(plan, self->zero);
  return self;
}

void nn_fused_free(NnFused *fused)
{
  nn_free(fused->memory);
  nn_free(fused);
}
