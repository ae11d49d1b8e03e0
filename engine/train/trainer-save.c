/* trainer-save.c: see checkpoint.h and trainer-save.h. One walk over everything that a run depends
 * on serves all: it lists, writes, compares and reads, so that nothing can be saved and then be
 * forgotten when it is restored.
 *
 * What else a trainer holds follows from the recipe, is scratch, or is written anew by every step:
 * the optimizer's learning rate and momentum come from the schedule, the generator's second normal
 * number matters to first weights alone, dropout and transforms have keys instead of a state. */
#include "trainer-save.h"
#include "checkpoint-file.h"
#include "checkpoint.h"
#include "engine/mem.h"
#include <stdio.h>
#include <string.h>

enum { NAME = 2048 };

typedef enum {
  LIST,  /* into the header, or only to measure it */
  WRITE, /* values behind the header */
  CHECK, /* is all of it there? What the host holds is read, so that it can be looked at */
  READ
} Pass;

typedef struct {
  Pass pass;
  NnTrainer *t;
  /* copies of the trainer's while a checkpoint is only checked; else the trainer's own */
  NnCursor *cursor;
  NnMt19937 *mt;
  NnOptimizer *optimizer;
  bool with_order; /* an epoch has begun, so its order is there */
  NnTensorWriter writer;
  unsigned char *to; /* WRITE: where the next values go */
  const NnTensorReader *reader;
  int n; /* tensors so far */
  bool ok;
  NnError *err;
} Walk;

/* ---- one tensor ---- */

static const NnBackend *backend_of(const Walk *w)
{
  return w->t->stepper.backend;
}

static void write_values(Walk *w, const void *values, size_t bytes, bool on_device)
{
  if (on_device)
    backend_of(w)->ops->download(backend_of(w), w->to, values, bytes);
  else
    memcpy(w->to, values, bytes);
  w->to += bytes;
}

static void visit(Walk *w, const char *name, NnDtype dtype, NnShape shape, void *values,
                  bool on_device)
{
  size_t bytes = nn_shape_size(shape) * nn_dtype_size(dtype);
  w->n++;
  if (w->pass == LIST)
    nn_tensors_add(&w->writer, name, dtype, shape);
  else if (w->pass == WRITE)
    write_values(w, values, bytes, on_device);
  if (w->pass == LIST || w->pass == WRITE || !w->ok)
    return;
  const void *saved = nn_tensors_get(w->reader, name, dtype, shape, w->err);
  w->ok = saved != NULL;
  if (!saved || !values)
    return;
  if (!on_device)
    memcpy(values, saved, bytes);
  else if (w->pass == READ)
    backend_of(w)->ops->upload(backend_of(w), values, saved, bytes);
}

static void visit_reals(Walk *w, const char *name, NnShape shape, nn_real *values)
{
  visit(w, name, NN_DTYPE_REAL, shape, values, true);
}

static const NnShape scalar = {.n_dims = 0};

static void visit_doubles(Walk *w, const char *name, size_t n, double *values)
{
  visit(w, name, NN_F64, n == 1 ? scalar : nn_shape_1d(n), values, false);
}

static void visit_whole(Walk *w, const char *name, uint64_t *value)
{
  visit(w, name, NN_I64, scalar, value, false);
}

/* ---- everything ---- */

static void walk_model(Walk *w)
{
  NnModel *model = w->t->stepper.model;
  const NnStateDict *dict = nn_model_state_dict(model);
  for (int i = 0; i < dict->n; i++) {
    const NnNamedTensor *t = &dict->tensors[i];
    if (t->role == NN_TENSOR_COUNTER)
      visit(w, t->name, NN_I64, t->shape, w->pass == CHECK ? NULL : nn_model_counter(model, t),
            false);
    else
      visit_reals(w, t->name, t->shape,
                  (t->role == NN_TENSOR_PARAM ? nn_model_params(model) : nn_model_buffers(model)) +
                      t->offset);
  }
}

/* The name of a parameter by its place in nn_model_tensors(), whose order is another. */
static const char *param_name(const NnTrainer *t, int param)
{
  const NnStateDict *dict = nn_model_state_dict(t->stepper.model);
  size_t offset = t->stepper.target.tensors[param].offset;
  for (int i = 0; i < dict->n; i++)
    if (dict->tensors[i].role == NN_TENSOR_PARAM && dict->tensors[i].offset == offset)
      return dict->tensors[i].name;
  return "";
}

static void visit_state(void *user, const NnOptimizerTensor *tensor)
{
  Walk *w = user;
  char name[NAME];
  snprintf(name, sizeof name, "optimizer.state.%s%s%s",
           tensor->param < 0 ? "" : param_name(w->t, tensor->param), tensor->param < 0 ? "" : ".",
           tensor->name);
  visit_reals(w, name, tensor->shape, tensor->values);
}

static void walk_optimizer(Walk *w)
{
  visit_whole(w, "optimizer.step", &w->optimizer->t);
  visit_doubles(w, "optimizer.memory", NN_OPTIMIZER_MEMORY, w->optimizer->memory);
  nn_optimizer_each_state(w->optimizer, &w->t->stepper.target, visit_state, w);
}

/* What a damaged file may not make of a schedule: a momentum where the optimizer has none, a number
 * of steps that cannot be counted on. */
static bool is_schedule(const NnScheduler *now, const NnScheduler *saved)
{
  const int64_t most = (int64_t)1 << 53;
  return isnan(now->momentum) == isnan(saved->momentum) && saved->last_epoch >= -1 &&
         saved->last_epoch < most;
}

static void visit_number(Walk *w, const char *place, const char *key, double *value)
{
  char name[NAME];
  snprintf(name, sizeof name, "%s.%s", place, key);
  visit_doubles(w, name, 1, value);
}

static void visit_scheduler(Walk *w, NnScheduler *s, const char *place)
{
  char name[NAME];
  visit_number(w, place, "lr", &s->lr);
  visit_number(w, place, "momentum", &s->momentum);
  visit_number(w, place, "base_lr", &s->base_lr);
  visit_number(w, place, "initial_lr", &s->shared.initial_lr);
  visit_number(w, place, "max_lr", &s->shared.max_lr);
  visit_number(w, place, "min_lr", &s->shared.min_lr);
  visit_number(w, place, "base_momentum", &s->shared.base_momentum);
  visit_number(w, place, "max_momentum", &s->shared.max_momentum);
  snprintf(name, sizeof name, "%s.last_epoch", place);
  visit(w, name, NN_I64, scalar, &s->last_epoch, false);
  snprintf(name, sizeof name, "%s.state", place);
  visit_doubles(w, name, sizeof s->state / sizeof *s->state, s->state);
}

static void walk_schedule(Walk *w, NnScheduler *s, const char *place)
{
  char name[NAME];
  NnScheduler copy = *s;
  visit_scheduler(w, w->pass == CHECK ? &copy : s, place);
  if (w->pass == CHECK && w->ok && !is_schedule(s, &copy))
    w->ok = nn_checkpoint_fail_damaged(w->err);
  for (int i = 0; i < s->n_children; i++) {
    snprintf(name, sizeof name, "%.*s.schedulers.%d", NAME - 64, place, i);
    walk_schedule(w, &s->children[i], name);
  }
}

static void walk_place(Walk *w)
{
  NnCursor *cursor = w->cursor;
  visit_whole(w, "trainer.step", &cursor->step);
  visit_whole(w, "trainer.epoch", &cursor->epoch);
  visit_whole(w, "trainer.batch", &cursor->batch);
  visit_doubles(w, "trainer.loss_sum", 1, &cursor->loss_sum);
  visit_doubles(w, "trainer.lr", 1, &cursor->lr);
  visit_doubles(w, "trainer.seconds", 1, &cursor->seconds);
  visit_doubles(w, "trainer.epoch_seconds", 1, &cursor->epoch_seconds);
  visit(w, "generator.mt19937", NN_U32, nn_shape_1d(624), w->mt->state, false);
  visit(w, "generator.next", NN_I32, scalar, &w->mt->next, false);
  NnSampleOrder order = nn_sampler_order(w->t->sampler);
  bool reads = w->pass == CHECK || w->pass == READ; /* which nn_sampler_set_order() does */
  if (w->with_order)
    visit(w, "trainer.order", NN_U32, nn_shape_1d(order.n), reads ? NULL : (void *)order.indices,
          false);
}

/* In the middle of an epoch there may be more to a compiled step than its weights. Where they are
 * read, restore() has taken it. */
static void walk_rest(Walk *w)
{
  size_t size = 0;
  const void *rest = NULL;
  if (w->with_order && (w->pass == LIST || w->pass == WRITE))
    rest = nn_stepper_rest(&w->t->stepper, &size);
  if (w->reader)
    rest = nn_tensors_get_list(w->reader, "trainer.rest", NN_U32, &size);
  if (!w->reader && size > 0)
    visit(w, "trainer.rest", NN_U32, nn_shape_1d(size / 4), (void *)rest, false);
  else
    w->n += rest != NULL;
}

static void walk(Walk *w)
{
  w->n = 0;
  walk_model(w);
  walk_place(w);
  walk_optimizer(w);
  walk_schedule(w, &w->t->scheduler, "scheduler");
  walk_rest(w);
}

static Walk walk_of(NnTrainer *t, Pass pass)
{
  return (Walk){.pass = pass,
                .t = t,
                .cursor = &t->cursor,
                .mt = &t->mt,
                .optimizer = &t->stepper.optimizer,
                .with_order = t->cursor.batch > 0,
                .ok = true};
}

/* ---- whose it is ---- */

static void text_of_schedule(NnTensorWriter *writer, const NnScheduler *s, const char *place)
{
  char name[NAME];
  nn_tensors_text(writer, place, s->kind->kind.name);
  for (int i = 0; i < s->n_children; i++) {
    snprintf(name, sizeof name, "%.*s.schedulers.%d", NAME - 64, place, i);
    text_of_schedule(writer, &s->children[i], name);
  }
}

static void number_text(NnTensorWriter *writer, const char *key, uint64_t number)
{
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  nn_tensors_text(writer, key, text);
}

/* Of the kinds of layers in their order, which names and shapes alone do not tell. */
static uint64_t network_hash(const NnModel *model)
{
  uint64_t hash = 0;
  for (int i = 0; i < nn_model_n_layers(model); i++) {
    const char *name = nn_model_layer(model, i)->kind->kind.name;
    hash = hash * 31 + nn_tensors_checksum((const unsigned char *)name, strlen(name));
  }
  return hash;
}

static void list_texts(NnTrainer *t, NnTensorWriter *writer)
{
  NnModel *model = t->stepper.model;
  nn_tensors_text(writer, "checksum", "0000000000000000");
  nn_tensors_text(writer, "format", NN_CHECKPOINT_FORMAT);
  nn_tensors_text(writer, "version", NN_CHECKPOINT_VERSION);
  number_text(writer, "network", network_hash(model));
  number_text(writer, "n_params", nn_model_n_params(model));
  number_text(writer, "n_buffers", nn_model_n_buffers(model));
  number_text(writer, "n_samples", t->train->n_samples);
  nn_tensors_text(writer, "optimizer", t->stepper.optimizer.kind->kind.name);
  text_of_schedule(writer, &t->scheduler, "scheduler");
}

/* Every text but the checksum has to be the same: writes what this trainer would, and looks. */
static bool same_texts(NnTrainer *t, const NnTensorReader *reader, NnError *err)
{
  static const char *const keys[] = {"network", "n_params", "n_samples", "optimizer"};
  char text[24];
  uint64_t numbers[] = {network_hash(t->stepper.model), nn_model_n_params(t->stepper.model),
                        t->train->n_samples};
  for (int i = 0; i < 4; i++) {
    const char *wanted = t->stepper.optimizer.kind->kind.name;
    const char *found = nn_tensors_get_text(reader, keys[i]);
    if (i < 3) {
      snprintf(text, sizeof text, "%llu", (unsigned long long)numbers[i]);
      wanted = text;
    }
    if (!found || strcmp(found, wanted) != 0)
      return nn_fail(
          err, NN_ERR_SHAPE, "checkpoint",
          "The checkpoint is of another recipe or other data: its \"%s\" is %s, but here "
          "it is %s.",
          keys[i], found ? found : "-", wanted);
  }
  return true;
}

static bool same_schedule(const NnScheduler *s, const char *place, const NnTensorReader *reader,
                          NnError *err)
{
  const char *found = nn_tensors_get_text(reader, place);
  if (!found || strcmp(found, s->kind->kind.name) != 0)
    return nn_fail(err, NN_ERR_SHAPE, "checkpoint",
                   "The checkpoint is of another recipe or other data: its \"%s\" is %s, but here "
                   "it is %s.",
                   place, found ? found : "-", s->kind->kind.name);
  char name[NAME];
  for (int i = 0; i < s->n_children; i++) {
    snprintf(name, sizeof name, "%.*s.schedulers.%d", NAME - 64, place, i);
    if (!same_schedule(&s->children[i], name, reader, err))
      return false;
  }
  return true;
}

/* ---- writing ---- */

static size_t list(Walk *w)
{
  nn_tensors_begin(&w->writer);
  list_texts(w->t, &w->writer);
  nn_tensors_end_texts(&w->writer);
  walk(w);
  return nn_tensors_end(&w->writer);
}

size_t nn_trainer_most_bytes(NnTrainer *trainer)
{
  enum { GROWTH = 1024 }; /* of numbers in the header, which get longer */
  Walk w = walk_of(trainer, LIST);
  w.with_order = true;
  return list(&w) + GROWTH + nn_stepper_most_rest(&trainer->stepper);
}

size_t nn_trainer_write(NnTrainer *trainer, unsigned char *bytes)
{
  Walk w = walk_of(trainer, LIST);
  nn_stepper_sync(&trainer->stepper);
  w.writer.bytes = bytes;
  size_t size = list(&w);
  w.pass = WRITE;
  w.to = bytes + size - w.writer.data;
  walk(&w);
  nn_checkpoint_seal(bytes, size);
  return size;
}

bool nn_trainer_save(NnTrainer *trainer, NnCheckpoint *checkpoint, NnError *err)
{
  unsigned char *bytes = nn_alloc(nn_trainer_most_bytes(trainer));
  if (!bytes)
    return nn_fail_nomem(err, "the checkpoint");
  size_t size = nn_trainer_write(trainer, bytes);
  if (!trainer->stepper.backend->ops->sync(trainer->stepper.backend, err)) {
    nn_free(bytes);
    return false;
  }
  *checkpoint = (NnCheckpoint){.bytes = bytes, .size = size};
  return true;
}

/* ---- restoring ---- */

/* Whether the host's part, which a walk has read into copies, can be what a run left. */
static bool is_plausible(const Walk *w)
{
  const NnTrainer *t = w->t;
  const NnCursor *c = w->cursor;
  const NnOptimizer *o = w->optimizer;
  bool place = c->epoch <= t->n_epochs && c->batch <= t->steps_per_epoch &&
               c->step == c->epoch * t->steps_per_epoch + c->batch &&
               (c->epoch < t->n_epochs || c->batch == 0);
  return place && w->mt->next >= 0 && w->mt->next <= 624 && o->t == c->step &&
         (!o->kind->is_memory || o->kind->is_memory(o->numbers, o->memory));
}

static bool restore(NnTrainer *t, const NnTensorReader *reader, NnError *err)
{
  NnCursor cursor;
  NnMt19937 mt = t->mt;
  NnOptimizer optimizer = t->stepper.optimizer;
  const void *batch = nn_tensors_get(reader, "trainer.batch", NN_I64, scalar, err), *order = NULL;
  Walk w = walk_of(t, CHECK);
  if (!batch || !same_texts(t, reader, err) ||
      !same_schedule(&t->scheduler, "scheduler", reader, err))
    return false;
  w.reader = reader;
  w.err = err;
  w.cursor = &cursor;
  w.mt = &mt;
  w.optimizer = &optimizer;
  memcpy(&cursor.batch, batch, sizeof cursor.batch);
  w.with_order = cursor.batch > 0;
  walk(&w);
  if (!w.ok)
    return false;
  if (w.n != nn_tensors_count(reader))
    return nn_fail(err, NN_ERR_SHAPE, "checkpoint",
                   "The checkpoint has %d tensors, but this recipe makes %d; it is of another one.",
                   nn_tensors_count(reader), w.n);
  if (w.with_order)
    order = nn_tensors_get(reader, "trainer.order", NN_U32, nn_shape_1d(t->train->n_samples), err);
  size_t n_rest;
  const void *rest = nn_tensors_get_list(reader, "trainer.rest", NN_U32, &n_rest);
  if (!nn_stepper_set_rest(&t->stepper, rest, n_rest, err))
    return false;
  if (!is_plausible(&w) || (order && !nn_sampler_set_order(t->sampler, order)))
    return nn_checkpoint_fail_damaged(err);
  w = walk_of(t, READ);
  w.reader = reader;
  w.with_order = order != NULL;
  walk(&w);
  return true;
}

bool nn_trainer_restore(NnTrainer *trainer, const void *bytes, size_t size, NnError *err)
{
  NnTensorReader reader;
  if (!nn_checkpoint_open(&reader, bytes, size, err))
    return false;
  nn_stepper_sync(&trainer->stepper);
  bool ok = restore(trainer, &reader, err) &&
            trainer->stepper.backend->ops->sync(trainer->stepper.backend, err);
  nn_tensors_close(&reader);
  if (ok)
    nn_scheduler_resume(&trainer->scheduler);
  return ok;
}
