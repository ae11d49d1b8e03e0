/* trainer-save.h: saving inside the loop, which allocates nothing. Private to the trainer. */
#pragma once
#include "trainer-state.h"

/* Most bytes that a checkpoint of this trainer has. */
size_t nn_trainer_most_bytes(NnTrainer *trainer);
/* Writes what checkpoint.h describes; `bytes` has room for that many. Nothing is in flight. Returns
 * how many it took. */
size_t nn_trainer_write(NnTrainer *trainer, unsigned char *bytes);
