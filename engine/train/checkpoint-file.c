/* checkpoint-file.c: see checkpoint-file.h. */
#include "checkpoint-file.h"
#include <stdio.h>
#include <string.h>

/* The checksum covers all that follows it, so it comes first, and always has 16 digits. */
enum { DIGITS = 16, LENGTH = 8 };
static const char begins[] = "{\"__metadata__\":{\"checksum\":\"";
static const size_t covered = LENGTH + sizeof begins - 1 + DIGITS;

static void checksum(const unsigned char *bytes, size_t size, char digits[DIGITS + 1])
{
  snprintf(digits, DIGITS + 1, "%016llx",
           (unsigned long long)nn_tensors_checksum(bytes + covered, size - covered));
}

void nn_checkpoint_seal(unsigned char *bytes, size_t size)
{
  char digits[DIGITS + 1];
  checksum(bytes, size, digits);
  memcpy(bytes + covered - DIGITS, digits, DIGITS);
}

bool nn_checkpoint_fail_damaged(NnError *err)
{
  return nn_fail(err, NN_ERR_FORMAT, "checkpoint",
                 "The checkpoint is damaged; only one as this program wrote it can be continued.");
}

static bool is_sealed(const unsigned char *bytes, size_t size)
{
  char digits[DIGITS + 1];
  if (size < covered || memcmp(bytes + LENGTH, begins, sizeof begins - 1) != 0)
    return false;
  checksum(bytes, size, digits);
  return memcmp(bytes + covered - DIGITS, digits, DIGITS) == 0;
}

static bool check_texts(const NnTensorReader *reader, const unsigned char *bytes, size_t size,
                        NnError *err)
{
  const char *format = nn_tensors_get_text(reader, "format");
  const char *version = nn_tensors_get_text(reader, "version");
  if (!format || strcmp(format, NN_CHECKPOINT_FORMAT) != 0)
    return nn_fail(err, NN_ERR_FORMAT, "checkpoint",
                   "This is a file of tensors, but no checkpoint of a run.");
  if (version && strcmp(version, NN_CHECKPOINT_VERSION) != 0)
    return nn_fail(err, NN_ERR_UNSUPPORTED, "checkpoint",
                   "The checkpoint has version %s; this program reads version %s, so a newer one "
                   "must have written it.",
                   version, NN_CHECKPOINT_VERSION);
  return (version && is_sealed(bytes, size)) || nn_checkpoint_fail_damaged(err);
}

bool nn_checkpoint_open(NnTensorReader *reader, const void *bytes, size_t size, NnError *err)
{
  if (!nn_tensors_open(reader, bytes, size, err))
    return false;
  if (check_texts(reader, bytes, size, err))
    return true;
  nn_tensors_close(reader);
  return false;
}
