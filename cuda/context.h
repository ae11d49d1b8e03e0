/* context.h: one open GPU, and how operations reach it.
 *
 * Every operation of the table is a node: a function that launches kernels, its arguments, and
 * perhaps a few live values, those that change from step to step (samples' numbers, learning rate).
 * Outside a training step a node runs at once. Between step_begin() and step_end() the nodes are
 * only listed; the list is turned into one CUDA graph the first time, and when a later step lists
 * the same nodes again, which it does unless its batch has another size, that graph runs once more.
 * Only live values travel then: they wait in a ring of slots, one a step, and the kernels read the
 * slot of the step that is running, which the device counts itself. Several steps are sent together
 * (step.cu).
 *
 * A failed call of CUDA is kept in `error`; nothing is launched after it, and sync() and
 * step_results() say it in one sentence. Thread: one at a time. */
#pragma once
#include "device.h"
#include <vector>

/* Live values in device memory, at a kernel's hand: nn_live<T>(live) gives their place. */
struct NnLive {
  const unsigned char *slots; /* first slot, at this node's offset */
  const uint32_t *step;       /* device's own counter of steps */
  uint32_t stride, mask;      /* bytes of a slot; number of slots − 1 */
};

template <typename T> __device__ static inline const T *nn_live(const NnLive &live)
{
  return (const T *)(live.slots + (size_t)(*live.step & live.mask) * live.stride);
}

/* Where the kernels of a step leave its numbers: cells[*step & mask]. */
struct NnStepCell {
  double loss, correct;
};
struct NnStepPlace {
  NnStepCell *cells;
  uint32_t *step; /* device's own counter of steps done */
  uint32_t mask;
};

struct NnContext;
typedef void (*NnNodeRun)(NnContext *context, const void *values, const NnLive &live);

enum { NN_NODE_BYTES = 256 };
struct NnNode {
  NnNodeRun run;
  uint32_t n_bytes, live_offset, n_live; /* sizes in bytes */
  alignas(16) unsigned char values[NN_NODE_BYTES];
};

struct NnStepQueue; /* step.cu */

struct NnContext {
  NnBackend backend; /* what the program sees; backend.context points here */
  int device;
  cudaDeviceProp properties;
  cudaStream_t stream;
  cudaError_t error;      /* first failure, or cudaSuccess */
  const char *error_what; /* what was being done then */
  int *halted;            /* device: 1 after a loss that is not finite, see step_loss() */
  double *cells;          /* device: NN_CELLS numbers for reductions */
  double *host_cells;     /* pinned: their way to the host */
  float *parts;           /* device: sums of cut products, NN_PARTS numbers; gemm.h */
  bool pinned;            /* alloc() gives memory that host and GPU both read, see context.cu */
  std::vector<uint32_t> words; /* host: live values while they are put together */
  NnStepQueue *steps;
};

enum {
  NN_CELLS = 1 << 16,
  NN_STEPS_AHEAD = 1024 /* a quarter of the ring of results; some 10 ms of small steps */
};

static inline NnContext *nn_context(const NnBackend *backend)
{
  return (NnContext *)backend->context;
}

/* Keeps the first failure; true when all is well. Forgets nothing. */
bool nn_cuda_ok(NnContext *context, cudaError_t code, const char *what);

/* Runs the node, or lists it (see above). `live`: host memory, copied; may be NULL. */
void nn_submit(const NnBackend *backend, NnNodeRun run, const void *values, size_t n_bytes,
               const void *live, size_t n_live);

/* The same for a struct of values. Its padding must be zero, or steps are never found equal: start
 * from nn_zeroed<T>(). */
template <typename T> static inline T nn_zeroed()
{
  T value;
  memset((void *)&value, 0, sizeof value);
  return value;
}

template <typename T>
static inline void nn_submit(const NnBackend *backend, NnNodeRun run, const T &values,
                             const void *live = NULL, size_t n_live = 0)
{
  static_assert(sizeof(T) <= NN_NODE_BYTES, "a node's values are too large");
  nn_submit(backend, run, &values, sizeof values, live, n_live);
}

/* For a node's run function: a launch. Nothing happens when the device has failed, or for a grid
 * without blocks: there is nothing to compute. */
template <typename... P, typename... A>
static inline void nn_run(NnContext *context, const NnLaunch &where, void (*kernel)(P...),
                          A... values)
{
  if (context->error == cudaSuccess && where.grid.x > 0 && where.grid.y > 0)
    nn_cuda_ok(context, nn_launch(where, kernel, values...), "starting a computation");
}

static inline NnLaunch nn_grid(const NnContext *context, dim3 grid, dim3 block, size_t shared = 0)
{
  NnLaunch launch;
  launch.grid = grid;
  launch.block = block;
  launch.shared = shared;
  launch.stream = context->stream;
  return launch;
}

/* One thread for each of n elements; a grid has at most 2³¹ − 1 blocks, more than memory holds. */
static inline NnLaunch nn_each(const NnContext *context, size_t n)
{
  return nn_grid(context, dim3((unsigned)((n + NN_BLOCK - 1) / NN_BLOCK)), dim3(NN_BLOCK));
}

/* Runs what is listed and waiting now; before a result can be read on the host. */
void nn_flush(NnContext *context);
/* Brings n ≤ NN_CELLS of context->cells to context->host_cells, and waits for them. False: the
 * device failed, host_cells are then NaN. */
bool nn_read_cells(NnContext *context, size_t n);

/* Fills *err with status, "device" and the sentence, and returns false. */
bool nn_cuda_fail(NnError *err, NnStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* True when all is well, else false with the sentence about the first failure. */
bool nn_cuda_report(NnContext *context, NnError *err);
void nn_context_free(NnContext *context); /* also a half-made one */

/* step.cu */
bool nn_steps_new(NnContext *context);
void nn_steps_free(NnContext *context);
bool nn_steps_list(NnContext *context, NnNodeRun run, const void *values, size_t n_bytes,
                   const void *live, size_t n_live); /* false: no step is being listed */
bool nn_steps_listing(const NnContext *context);
void nn_steps_flush(NnContext *context);
NnLive nn_steps_live_now(NnContext *context, const void *live, size_t n_live);
NnStepPlace nn_steps_place(const NnContext *context);
/* Before each step_loss(): outside a step its result takes a place of its own. */
void nn_steps_new_loss(NnContext *context);
void nn_steps_close_loss(NnContext *context); /* it is complete, what comes next is another's */
/* After a launch that counted n steps by itself. */
void nn_steps_count(NnContext *context, size_t n);

/* Which operations stand in which file: each fills its part of the table. */
void nn_cuda_add_memory(NnBackendOps *ops);      /* context.cu */
void nn_cuda_add_steps(NnBackendOps *ops);       /* step.cu */
void nn_cuda_add_elementwise(NnBackendOps *ops); /* elementwise.cu */
void nn_cuda_add_gemm(NnBackendOps *ops);        /* gemm.cu */
void nn_cuda_add_conv(NnBackendOps *ops);        /* conv.cu */
void nn_cuda_add_pools(NnBackendOps *ops);       /* pools.cu */
void nn_cuda_add_fused(NnBackendOps *ops);       /* fused.cu: compile_step */
void nn_cuda_add_vector(NnBackendOps *ops);      /* vector.cu */
void nn_cuda_add_reductions(NnBackendOps *ops);  /* reductions.cu */
void nn_cuda_add_rows(NnBackendOps *ops);        /* rows.cu */
void nn_cuda_add_norms(NnBackendOps *ops);       /* norms.cu */
void nn_cuda_add_prelu(NnBackendOps *ops);       /* prelu.cu */
void nn_cuda_add_loss(NnBackendOps *ops);        /* loss.cu */
void nn_cuda_add_objective(NnBackendOps *ops);   /* objective.cu */
void nn_cuda_add_random(NnBackendOps *ops);      /* random.cu */
void nn_cuda_add_optimizers(NnBackendOps *ops);  /* optimizers.cu */
void nn_cuda_add_adafactor(NnBackendOps *ops);   /* adafactor.cu */
