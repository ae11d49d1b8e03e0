/* trainer-save.c: what a checkpoint holds. */
#include "trainer-save.h"

size_t nn_trainer_write(NnTrainer *trainer, unsigned char *bytes)
{
  (void)trainer, (void)bytes;
  return 0;
}
