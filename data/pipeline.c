/* pipeline.c: see pipeline.h. ToTensor becomes a table of 256 values for each channel, into which
 * what treats every pixel alike behind it (Normalize) is folded. Where nothing comes after it, the
 * table is the pipeline's own and no step: delivering looks pixels up in it. */
#include "pipeline.h"
#include "engine/mem.h"
#include "transform-list.h"
#include <stdio.h>
#include <string.h>

enum { VALUES = 256 };

static size_t round_up(size_t bytes)
{
  return (bytes + 63) / 64 * 64;
}

static bool is_holder(const NnKind *kind)
{
  return kind == &nn_transform_random_apply.kind;
}

/* ---- planning ---- */

static int count_steps(NnConfig *const *configs, int n)
{
  int steps = 0;
  for (int i = 0; i < n; i++) {
    steps++;
    if (is_holder(configs[i]->kind)) {
      const NnValue *held = nn_config_value(configs[i], "transforms");
      steps += count_steps(held->configs, held->n);
    }
  }
  return steps;
}

/* A list of a recipe that is being planned. */
typedef struct {
  NnConfig *const *configs;
  int n;
  const char *path; /* "data.transforms" */
  bool held;        /* in a RandomApply */
  bool chance;
} List;

static bool plan_list(NnPipeline *p, const List *list, NnForm *form, NnError *err);

static bool plan_held(NnPipeline *p, int at, const List *outer, NnForm *form, NnError *err)
{
  NnStep *step = &p->steps[at];
  char path[NN_PATH];
  const NnValue *held = nn_config_value(step->config, "transforms");
  nn_path_key(path, step->path, "transforms");
  bool always = !step->left_out && !step->drawn, never = step->left_out && !step->drawn;
  if (never)
    return true;
  List list = {held->configs, held->n, path, !always, outer->chance};
  if (!plan_list(p, &list, form, err))
    return false;
  step->n_held = p->n - at - 1;
  for (int i = at + 1; i < p->n && step->left_out; i++)
    p->steps[i].left_out = true;
  step->left_out |= always; /* it is as if its own stood in the list */
  return true;
}

static bool same_form(const NnForm *a, const NnForm *b)
{
  return a->C == b->C && a->H == b->H && a->W == b->W && a->tensor == b->tensor;
}

/* What a RandomApply holds may happen or not, so that it must leave the form alone; at p = 1 it
 * always happens. */
static bool check_held(const NnStep *step, NnError *err)
{
  if (same_form(&step->in, &step->out))
    return true;
  if (step->in.tensor != step->out.tensor)
    return nn_step_fail(
        step, NULL, err,
        "inside RandomApply it would convert only some images to tensors; move it out.");
  return nn_step_fail(step, NULL, err,
                      "inside RandomApply some images would become %zu × %zu pixels and others "
                      "would stay %zu × %zu; move it out.",
                      step->out.H, step->out.W, step->in.H, step->in.W);
}

static bool plan_step(NnPipeline *p, const List *list, int i, NnForm *form, NnError *err)
{
  const NnConfig *config = list->configs[i];
  int at = p->n++;
  NnStep *step = &p->steps[at];
  *step = (NnStep){.kind = (const NnTransformKind *)config->kind,
                   .config = config,
                   .in = *form,
                   .out = *form,
                   .chance = list->chance};
  nn_path_index(step->path, list->path, i);
  if (config->kind->klass != NN_CLASS_TRANSFORM)
    return nn_fail(err, NN_ERR_ARG, step->path,
                   "%s is %s, which is not a transform; give ToTensor or another one.", step->path,
                   config->kind->name);
  if (config->kind->check && !config->kind->check(config, step->path, err))
    return false;
  if (step->kind->plan && !step->kind->plan(step, err))
    return false;
  step->left_out |= step->drawn && !step->chance;
  if (list->held && !check_held(step, err))
    return false;
  *form = step->out;
  return !is_holder(config->kind) || plan_held(p, at, list, form, err);
}

static bool plan_list(NnPipeline *p, const List *list, NnForm *form, NnError *err)
{
  for (int i = 0; i < list->n; i++)
    if (!plan_step(p, list, i, form, err))
      return false;
  return true;
}

/* ---- in words ---- */

static bool spell_step(const NnStep *step, NnConfig **list, int *n, NnError *err)
{
  if (step->left_out || is_holder(&step->kind->kind))
    return true;
  if (step->kind->spell_out)
    return step->kind->spell_out(step, list, n, err);
  list[*n] = nn_config_copy(step->config, err);
  return list[(*n)++] != NULL;
}

bool nn_pipeline_spell_out(const NnPipelineSpec *spec, NnConfig ***list, int *n, NnError *err)
{
  const size_t *dims = spec->shape.dims;
  NnForm form = {dims[0], dims[1], dims[2], false};
  List all = {spec->transforms, spec->n_transforms, spec->path, false, false};
  size_t most = (size_t)count_steps(spec->transforms, spec->n_transforms);
  NnPipeline p = {.steps = nn_alloc_array(most, sizeof *p.steps)};
  *list = nn_alloc_array(most * NN_SPELLED, sizeof **list);
  *n = 0;
  bool ok = (p.steps && *list) || nn_fail_nomem(err, "the transforms");
  ok = ok && plan_list(&p, &all, &form, err);
  for (int i = 0; ok && i < p.n; i++)
    ok = spell_step(&p.steps[i], *list, n, err);
  nn_pipeline_clear(&p);
  return ok;
}

/* ---- tables ---- */

/* Takes the steps behind ToTensor that treat every pixel alike into its table. A RandomApply ends
 * them. */
static bool fold(NnPipeline *p, int at, NnError *err)
{
  NnStep *step = &p->steps[at];
  size_t C = step->in.C;
  nn_real *table = nn_alloc_array(C * VALUES, sizeof *table);
  if (!table)
    return nn_fail_nomem(err, "the transforms");
  for (size_t i = 0; i < C * VALUES; i++)
    table[i] = step->kind->pixel(step->numbers, i / VALUES, (nn_real)(i % VALUES));
  step->memory = table;
  for (int next = at + 1; next < p->n && p->steps[next].kind->pixel; next++) {
    NnStep *more = &p->steps[next];
    for (size_t i = 0; i < C * VALUES; i++)
      table[i] = more->kind->pixel(more->numbers, i / VALUES, table[i]);
    more->left_out = true;
  }
  return true;
}

static bool is_table(const NnStep *step)
{
  return !step->in.tensor && step->out.tensor;
}

static bool make_tables(NnPipeline *p, NnError *err)
{
  int last = -1;
  for (int i = 0; i < p->n; i++) {
    NnStep *step = &p->steps[i];
    step->config = NULL;
    if (is_table(step) && !fold(p, i, err))
      return false;
    last = step->left_out ? last : i;
  }
  if (last >= 0 && is_table(&p->steps[last])) {
    p->table = p->steps[last].memory;
    p->steps[last].left_out = true;
  }
  return true;
}

/* How far the fixed steps reach, as bytes, and whether anything is drawn after them. */
static void divide(NnPipeline *p)
{
  bool fixed = true;
  p->fixed = p->drawn = p->in;
  for (int i = 0; i < p->n; i++) {
    const NnStep *step = &p->steps[i];
    if (step->left_out)
      continue;
    fixed = fixed && !step->drawn && !step->out.tensor;
    p->drawn_anew |= step->drawn;
    p->drawn = step->out;
    if (fixed) {
      p->n_fixed = i + 1;
      p->fixed = step->out;
    }
    p->draws |= !fixed;
  }
}

static void measure(NnPipeline *p)
{
  for (int i = 0; i < p->n; i++) {
    const NnStep *step = &p->steps[i];
    if (step->left_out)
      continue;
    size_t bytes = round_up(nn_form_bytes(&step->out)), scratch = round_up(step->scratch);
    p->buffer = bytes > p->buffer ? bytes : p->buffer;
    p->scratch = scratch > p->scratch ? scratch : p->scratch;
  }
}

bool nn_pipeline_init(NnPipeline *pipeline, const NnPipelineSpec *spec, NnError *err)
{
  const size_t *dims = spec->shape.dims;
  NnForm form = {dims[0], dims[1], dims[2], false};
  List list = {spec->transforms, spec->n_transforms, spec->path, false, spec->chance};
  *pipeline = (NnPipeline){.in = form};
  size_t n = (size_t)count_steps(spec->transforms, spec->n_transforms);
  pipeline->steps = nn_alloc_array(n, sizeof *pipeline->steps);
  bool ok = pipeline->steps || nn_fail_nomem(err, "the transforms");
  ok = ok && plan_list(pipeline, &list, &form, err) && make_tables(pipeline, err);
  if (!ok) {
    nn_pipeline_clear(pipeline);
    return false;
  }
  pipeline->out = form;
  divide(pipeline);
  measure(pipeline);
  return true;
}

void nn_pipeline_clear(NnPipeline *pipeline)
{
  for (int i = 0; i < pipeline->n; i++)
    nn_free(pipeline->steps[i].memory);
  nn_free(pipeline->steps);
  *pipeline = (NnPipeline){0};
}

NnShape nn_pipeline_shape(const NnPipeline *pipeline)
{
  return nn_shape_3d(pipeline->out.C, pipeline->out.H, pipeline->out.W);
}

size_t nn_pipeline_memory(const NnPipeline *pipeline)
{
  return 2 * pipeline->buffer + pipeline->scratch;
}

/* ---- running ---- */

static void look_up(const NnForm *form, const nn_real *table, const uint8_t *in, nn_real *out)
{
  size_t plane = form->H * form->W;
  for (size_t c = 0; c < form->C; c++, in += plane, out += plane, table += VALUES)
    for (size_t p = 0; p < plane; p++)
      out[p] = table[in[p]];
}

static void each_pixel(const NnStep *step, const nn_real *in, nn_real *out)
{
  size_t plane = step->in.H * step->in.W;
  for (size_t c = 0; c < step->in.C; c++, in += plane, out += plane)
    for (size_t p = 0; p < plane; p++)
      out[p] = step->kind->pixel(step->numbers, c, in[p]);
}

static bool run_step(const NnStepCall *call)
{
  const NnStep *step = call->step;
  if (is_table(step))
    look_up(&step->in, step->memory, call->in, call->out);
  else if (step->kind->pixel)
    each_pixel(step, call->in, call->out);
  else
    return step->kind->apply(call);
  return true;
}

/* Steps from … to − 1, each into the buffer that the one before did not use. Returns where the
 * picture is then: in one of the two, or still where it came from. */
static const void *run_steps(const NnPipeline *p, int from, int to, NnStepCall *call, char *memory)
{
  char *buffers[2] = {memory, memory + p->buffer};
  call->scratch = buffers[1] + p->buffer;
  for (int i = from; i < to; i++) {
    const NnStep *step = call->step = &p->steps[i];
    if (step->left_out)
      continue;
    if (is_holder(&step->kind->kind)) {
      i += step->kind->apply(call) ? 0 : step->n_held;
      continue;
    }
    call->out = call->in == buffers[0] ? buffers[1] : buffers[0];
    if (run_step(call))
      call->in = call->out;
  }
  return call->in;
}

const uint8_t *nn_pipeline_fix(const NnPipeline *pipeline, void *memory, const uint8_t *in)
{
  NnStepCall call = {.in = in};
  return run_steps(pipeline, 0, pipeline->n_fixed, &call, memory);
}

const void *nn_pipeline_draw(const NnPipeline *pipeline, NnKeyedRng *rng, void *memory,
                             const uint8_t *in)
{
  NnStepCall call = {.rng = rng, .in = in};
  return run_steps(pipeline, pipeline->n_fixed, pipeline->n, &call, memory);
}

void nn_pipeline_deliver(const NnPipeline *pipeline, const void *in, nn_real *x)
{
  const NnForm *form = &pipeline->drawn;
  size_t n = nn_form_count(form);
  const uint8_t *bytes = in;
  if (pipeline->table)
    look_up(form, pipeline->table, in, x);
  else if (form->tensor)
    memcpy(x, in, n * sizeof *x);
  else
    for (size_t i = 0; i < n; i++)
      x[i] = bytes[i];
}

void nn_pipeline_run(const NnPipeline *pipeline, NnKeyedRng *rng, void *memory, const uint8_t *in,
                     nn_real *x)
{
  in = nn_pipeline_fix(pipeline, memory, in);
  nn_pipeline_deliver(pipeline, nn_pipeline_draw(pipeline, rng, memory, in), x);
}
