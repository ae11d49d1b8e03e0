/* trainer-save.h: saving inside the loop, which allocates nothing. Private to the trainer. */
#pragma once
#include "trainer-state.h"

/* Writes the checkpoint that checkpoint.h describes; bytes has room for nn_trainer_most_bytes().
 * Nothing is in flight. Returns how many bytes it has. */
size_t nn_trainer_write(NnTrainer *trainer, unsigned char *bytes);
