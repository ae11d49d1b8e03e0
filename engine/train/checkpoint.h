/* checkpoint.h: everything that the rest of a run depends on, as bytes: weights and buffers, the
 * optimizer's state, the tree of schedulers, the generator, the order of the samples of the epoch
 * and the place in it. A trainer that is restored goes on as if it had never stopped: the same
 * bits.
 *
 *   nn_trainer_save(trainer, &checkpoint, &err);       between two calls of nn_trainer_run()
 *   nn_checkpoint_clear(&checkpoint);
 *
 *   nn_trainer_new(&options, &trainer, &err);          the same recipe, the same data
 *   nn_trainer_restore(trainer, bytes, size, &err);
 *   nn_trainer_run(trainer, …);                        continues: step numbers, epochs, seconds
 *
 * While a trainer runs, its observer has one after each epoch (nn_observer_take_checkpoint()).
 *
 * The bytes are a file of safetensors (https://huggingface.co/docs/safetensors): weights and
 * buffers under their names in PyTorch's state_dict, optimizer.state.NAME.exp_avg and so on,
 * further tensors whose names begin with trainer., scheduler., generator. or optimizer.;
 * __metadata__ says whose they are, with a checksum. docs/architecture.md lists them. Numbers are
 * as they were in memory (doubles, too) and little-endian.
 *
 * Bytes that are damaged, cut off, something else or of another network are refused with one
 * sentence (NN_ERR_FORMAT; NN_ERR_SHAPE where they are whole, but do not fit), and nothing has been
 * changed then. Thread: the trainer's; what takes bytes alone, any. */
#pragma once
#include "trainer.h"

/* Frees what nn_trainer_save() has made; also of zeros. Not for one that an observer lends. */
void nn_checkpoint_clear(NnCheckpoint *checkpoint);

/* Not after a run that diverged or lost its device. Errors: NN_ERR_NOMEM, NN_ERR_DEVICE. */
bool nn_trainer_save(NnTrainer *trainer, NnCheckpoint *checkpoint, NnError *err);
/* Into a trainer of the same recipe and data that has not run yet; the recipe may have more epochs,
 * or fewer than planned, but not than were done. See nn_scheduler_resume(). */
bool nn_trainer_restore(NnTrainer *trainer, const void *bytes, size_t size, NnError *err);

typedef struct {
  uint64_t step;  /* updates done */
  uint32_t epoch; /* that the next step belongs to, from 0; the number of epochs when all is done */
  uint64_t batch; /* batches of that epoch done; 0: the epoch before has just ended */
  double seconds; /* of training so far */
  size_t n_params;    /* values of all parameters */
  size_t n_buffers;   /* values of all buffers, without the counters num_batches_tracked */
  char optimizer[64]; /* kind */
} NnCheckpointInfo;

bool nn_checkpoint_info(const void *bytes, size_t size, NnCheckpointInfo *info, NnError *err);
/* Weights and buffers alone, into a model of the same network: for an evaluation on any thread. */
bool nn_checkpoint_load_model(const void *bytes, size_t size, NnModel *model, NnError *err);
