/* checkpoint-file.h: a checkpoint as a file: its seal, and opening one. Private. */
#pragma once
#include "safetensors.h"

#define NN_CHECKPOINT_FORMAT  "backprop checkpoint"
#define NN_CHECKPOINT_VERSION "1"

/* Puts the checksum into the first text, "checksum", which has room for its 16 digits. */
void nn_checkpoint_seal(unsigned char *bytes, size_t size);
/* nn_tensors_open(), and whether it is a checkpoint of ours as it was written. NN_ERR_FORMAT,
 * NN_ERR_UNSUPPORTED for one of a newer program. */
bool nn_checkpoint_open(NnTensorReader *reader, const void *bytes, size_t size, NnError *err);
/* The sentence for what cannot have been written by this program. Returns false. */
bool nn_checkpoint_fail_damaged(NnError *err);
