/* deferred-private.h: what the files of the made-up device share. */
#pragma once
#include "deferred-device.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_AHEAD = 64, N_POINTERS = 6 };
static const uintptr_t TAG = (uintptr_t)1 << 52; /* of its addresses */

typedef struct Late Late;
typedef struct Command Command;
struct Command {
  void (*run)(Late *late, const Command *c);
  size_t s[4];
  double d[2];
  int i[2];
  bool b[2];
  void *p[N_POINTERS]; /* device addresses */
  void *host;          /* owned copy of a host array */
  NnNorm norm;
  Command *next;
};

struct Late {
  NnBackend backend; /* first */
  LateDevice *device;
  NnBackend *ref;
  Command *first, **last;
  bool open_step, pending, frozen, lost;
  size_t n_results;
  NnStepResult results[STEPS_AHEAD];
};

/* What its addresses carry. */
static inline uintptr_t late_tag(const Late *late)
{
  return late->device->in_host_memory ? 0 : TAG;
}

static inline Late *late_of(const NnBackend *backend)
{
  return (Late *)backend;
}

/* deferred-device.c */
void *late_here(const Late *late, const void *address);    /* where ref finds it */
void late_note(const NnBackend *backend, Command command); /* takes over its host array */
/* For what has a host result, which has no place in a step: everything noted has been done. */
const NnBackendOps *late_now(const NnBackend *backend);
void late_flush(Late *late);
void late_settle(Late *late); /* takes the step's loss off ref, once its penalties are added */
void *late_copy_host(const void *from, size_t bytes);
/* deferred-operations.c, deferred-compiled.c */
void late_add_operations(NnBackendOps *ops);
void late_add_whole_steps(NnBackendOps *ops);

#define RUN(name) static void run_##name(Late *late, const Command *c)
#define OPS       late->ref->ops
#define REF       late->ref
