/* step.cu: training steps as graphs; see context.h.
 *
 * A step that was listed waits until SEND_AFTER of its kind are there or a result is wanted. Then
 * the live values of all of them travel in one copy, and the graph is launched once for each. The
 * device counts the steps itself (`step`), so that the kernels of step k find slot k and leave
 * their loss at place k, without a word from the host. */
#include "context.h"
#include <new>

enum {
  N_SLOTS = 128, /* a power of two: steps whose live values are on their way */
  HALF = N_SLOTS / 2,
  N_RESULTS = 4096, /* a power of two: steps whose results may wait */
  SEND_AFTER = 16,
  MOST_GRAPHS = 4,
  LEAST_SLOT = 4096
};

struct StepGraph {
  std::vector<NnNode> nodes;
  cudaGraphExec_t exec;
};

struct NnStepQueue {
  bool listing, in_step;     /* in_step: between begin and end */
  bool open;                 /* a result made outside a step has not been counted yet */
  std::vector<NnNode> nodes; /* of the step being listed */
  StepGraph graphs[MOST_GRAPHS];
  int n_graphs, next_graph;  /* next_graph: which one is given up for a new one */
  int waiting_graph;         /* index of the graph of the waiting steps; −1: none wait */
  uint32_t n_begun, n_sent;  /* steps listed, and handed to the device */
  uint32_t half;             /* n_begun / HALF when the ring was last looked after */
  cudaEvent_t left[2];       /* all copies out of that half of the ring have been made */
  uint32_t slot_bytes;       /* of one step's live values */
  uint32_t n_live;           /* of the step being listed */
  unsigned char *host_slots; /* pinned, N_SLOTS · slot_bytes */
  unsigned char *slots;      /* device, the same */
  unsigned char *live_now;   /* device: live values of a node that runs at once */
  size_t live_now_bytes;
  uint32_t *step, *zero;    /* device: steps done; a counter that stays 0 */
  NnStepCell *results;      /* device, N_RESULTS */
  NnStepCell *host_results; /* pinned, N_RESULTS */
};

static __global__ void count_step(uint32_t *step)
{
  *step += 1;
}

/* ---- memory ---- */

static bool device_memory(void *where, size_t bytes)
{
  return cudaMalloc((void **)where, bytes) == cudaSuccess;
}

static bool pinned_memory(void *where, size_t bytes)
{
  return cudaMallocHost((void **)where, bytes) == cudaSuccess;
}

bool nn_steps_new(NnContext *context)
{
  NnStepQueue *q = context->steps = new (std::nothrow) NnStepQueue();
  if (!q)
    return false;
  q->waiting_graph = -1;
  q->slot_bytes = LEAST_SLOT;
  if (!device_memory(&q->slots, (size_t)N_SLOTS * q->slot_bytes) ||
      !pinned_memory(&q->host_slots, (size_t)N_SLOTS * q->slot_bytes) ||
      !device_memory(&q->step, sizeof *q->step) || !device_memory(&q->zero, sizeof *q->zero) ||
      !device_memory(&q->results, N_RESULTS * sizeof *q->results) ||
      !pinned_memory(&q->host_results, N_RESULTS * sizeof *q->host_results))
    return nn_cuda_ok(context, cudaErrorMemoryAllocation, "starting");
  for (cudaEvent_t &event : q->left)
    if (!nn_cuda_ok(context, cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "starting"))
      return false;
  return nn_cuda_ok(context, cudaMemsetAsync(q->step, 0, sizeof *q->step, context->stream),
                    "starting") &&
         nn_cuda_ok(context, cudaMemsetAsync(q->zero, 0, sizeof *q->zero, context->stream),
                    "starting");
}

static void forget_graphs(NnStepQueue *q)
{
  for (int i = 0; i < q->n_graphs; i++)
    if (q->graphs[i].exec)
      cudaGraphExecDestroy(q->graphs[i].exec);
  q->n_graphs = q->next_graph = 0;
  q->waiting_graph = -1;
}

void nn_steps_free(NnContext *context)
{
  NnStepQueue *q = context->steps;
  if (!q)
    return;
  forget_graphs(q);
  void *on_device[] = {q->slots, q->live_now, q->step, q->zero, q->results};
  for (void *memory : on_device)
    cudaFree(memory);
  cudaFreeHost(q->host_slots);
  cudaFreeHost(q->host_results);
  for (cudaEvent_t event : q->left)
    if (event)
      cudaEventDestroy(event);
  delete q;
}

/* ---- live values ---- */

NnLive nn_steps_live_now(NnContext *context, const void *live, size_t n_live)
{
  NnStepQueue *q = context->steps;
  if (n_live > q->live_now_bytes && context->error == cudaSuccess) {
    cudaStreamSynchronize(context->stream);
    cudaFree(q->live_now);
    q->live_now = NULL;
    q->live_now_bytes = 0;
    if (nn_cuda_ok(context, cudaMalloc((void **)&q->live_now, 2 * n_live), "finding memory"))
      q->live_now_bytes = 2 * n_live;
  }
  if (n_live > 0 && context->error == cudaSuccess)
    nn_cuda_ok(context,
               cudaMemcpyAsync(q->live_now, live, n_live, cudaMemcpyHostToDevice, context->stream),
               "copying to the GPU");
  NnLive place = {q->live_now, q->zero, 0, 0};
  return place;
}

static NnLive live_of(const NnStepQueue *q, const NnNode *node)
{
  NnLive place = {q->slots + node->live_offset, q->step, q->slot_bytes, N_SLOTS - 1};
  return place;
}

static unsigned char *host_slot(const NnStepQueue *q, uint32_t step)
{
  return q->host_slots + (size_t)(step % N_SLOTS) * q->slot_bytes;
}

/* ---- sending ---- */

/* Live values of steps n_sent … n_begun − 1, in at most two pieces of the ring. */
static bool send_slots(NnContext *context, uint32_t first, uint32_t n)
{
  NnStepQueue *q = context->steps;
  while (n > 0) {
    uint32_t at = first % N_SLOTS, run = n < N_SLOTS - at ? n : N_SLOTS - at;
    size_t offset = (size_t)at * q->slot_bytes;
    if (!nn_cuda_ok(context,
                    cudaMemcpyAsync(q->slots + offset, q->host_slots + offset,
                                    (size_t)run * q->slot_bytes, cudaMemcpyHostToDevice,
                                    context->stream),
                    "copying to the GPU"))
      return false;
    first += run;
    n -= run;
  }
  return true;
}

static void send_waiting(NnContext *context)
{
  NnStepQueue *q = context->steps;
  if (q->waiting_graph < 0)
    return;
  uint32_t n = q->n_begun - q->n_sent;
  cudaGraphExec_t exec = q->graphs[q->waiting_graph].exec;
  q->waiting_graph = -1;
  if (context->error != cudaSuccess || !send_slots(context, q->n_sent, n))
    return;
  for (uint32_t i = 0; i < n; i++)
    if (!nn_cuda_ok(context, cudaGraphLaunch(exec, context->stream), "starting a step"))
      return;
  q->n_sent = q->n_begun;
}

/* ---- listing ---- */

bool nn_steps_listing(const NnContext *context)
{
  return context->steps && context->steps->listing;
}

/* A slot that is too small for this step's live values: nothing may be under way while it grows. */
static bool grow_slots(NnContext *context, uint32_t wanted)
{
  NnStepQueue *q = context->steps;
  unsigned char *host = NULL, *device = NULL;
  uint32_t bytes = q->slot_bytes;
  while (bytes < wanted)
    bytes *= 2;
  send_waiting(context);
  if (!nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "waiting for the GPU") ||
      !nn_cuda_ok(context, cudaMallocHost((void **)&host, (size_t)N_SLOTS * bytes),
                  "finding memory") ||
      !nn_cuda_ok(context, cudaMalloc((void **)&device, (size_t)N_SLOTS * bytes),
                  "finding memory")) {
    cudaFreeHost(host);
    return false;
  }
  memcpy(host + (size_t)(q->n_begun % N_SLOTS) * bytes, host_slot(q, q->n_begun), q->slot_bytes);
  cudaFreeHost(q->host_slots);
  cudaFree(q->slots);
  forget_graphs(q);
  q->host_slots = host;
  q->slots = device;
  q->slot_bytes = bytes;
  return true;
}

bool nn_steps_list(NnContext *context, NnNodeRun run, const void *values, size_t n_bytes,
                   const void *live, size_t n_live)
{
  NnStepQueue *q = context->steps;
  if (!q || !q->listing)
    return false;
  uint32_t needed = (uint32_t)(q->n_live + (n_live + 15) / 16 * 16);
  if (needed > q->slot_bytes && !grow_slots(context, needed))
    return true;
  NnNode node = nn_zeroed<NnNode>();
  node.run = run;
  node.n_bytes = (uint32_t)n_bytes;
  node.live_offset = q->n_live;
  node.n_live = (uint32_t)n_live;
  memcpy(node.values, values, n_bytes);
  if (n_live > 0)
    memcpy(host_slot(q, q->n_begun) + q->n_live, live, n_live);
  q->n_live = needed;
  q->nodes.push_back(node);
  return true;
}

/* A result is wanted in the middle of a step: what is listed runs at once, the rest of the step
 * too, one by one. */
static void run_listed(NnContext *context)
{
  NnStepQueue *q = context->steps;
  send_waiting(context);
  for (const NnNode &node : q->nodes)
    node.run(context, node.values,
             nn_steps_live_now(context, host_slot(q, q->n_begun) + node.live_offset, node.n_live));
  q->nodes.clear();
  q->listing = false;
}

void nn_steps_flush(NnContext *context)
{
  NnStepQueue *q = context->steps;
  if (!q)
    return;
  if (q->listing && !q->nodes.empty())
    run_listed(context);
  send_waiting(context);
}

/* ---- graphs ---- */

static bool same_node(const NnNode &a, const NnNode &b)
{
  return a.run == b.run && a.n_bytes == b.n_bytes && a.live_offset == b.live_offset &&
         a.n_live == b.n_live && memcmp(a.values, b.values, a.n_bytes) == 0;
}

static bool same_nodes(const std::vector<NnNode> &a, const std::vector<NnNode> &b)
{
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); i++)
    if (!same_node(a[i], b[i]))
      return false;
  return true;
}

static int find_graph(const NnStepQueue *q)
{
  for (int i = 0; i < q->n_graphs; i++)
    if (q->graphs[i].exec && same_nodes(q->graphs[i].nodes, q->nodes))
      return i;
  return -1;
}

static bool capture(NnContext *context, cudaGraph_t *graph)
{
  NnStepQueue *q = context->steps;
  if (!nn_cuda_ok(context,
                  cudaStreamBeginCapture(context->stream, cudaStreamCaptureModeThreadLocal),
                  "recording a step"))
    return false;
  for (const NnNode &node : q->nodes)
    node.run(context, node.values, live_of(q, &node));
  nn_run(context, nn_grid(context, dim3(1), dim3(1)), count_step, q->step);
  return nn_cuda_ok(context, cudaStreamEndCapture(context->stream, graph), "recording a step");
}

/* A place for a new graph: an unused one, or the one that was made longest ago. */
static int free_place(NnContext *context)
{
  NnStepQueue *q = context->steps;
  if (q->n_graphs < MOST_GRAPHS)
    return q->n_graphs++;
  int place = q->next_graph;
  q->next_graph = (place + 1) % MOST_GRAPHS;
  send_waiting(context);
  cudaStreamSynchronize(context->stream);
  if (q->graphs[place].exec)
    cudaGraphExecDestroy(q->graphs[place].exec);
  q->graphs[place].exec = NULL;
  return place;
}

/* −1: the device failed. */
static int make_graph(NnContext *context)
{
  NnStepQueue *q = context->steps;
  cudaGraph_t graph;
  int place = free_place(context);
  q->graphs[place].exec = NULL;
  if (!capture(context, &graph))
    return -1;
  bool ok = nn_cuda_ok(context, cudaGraphInstantiate(&q->graphs[place].exec, graph, 0),
                       "preparing a step");
  cudaGraphDestroy(graph);
  q->graphs[place].nodes = q->nodes;
  return ok ? place : -1;
}

/* The slot of a new step was last used N_SLOTS steps ago. Before the host writes into a half of the
 * ring again, the copies out of it must have been made. */
static void look_after_ring(NnContext *context)
{
  NnStepQueue *q = context->steps;
  uint32_t half = q->n_begun / HALF;
  if (half == q->half || context->error != cudaSuccess)
    return;
  send_waiting(context);
  if (half == q->half + 1) {
    nn_cuda_ok(context, cudaEventRecord(q->left[q->half & 1], context->stream), "training");
    nn_cuda_ok(context, cudaEventSynchronize(q->left[half & 1]), "training");
  } else { /* a fused launch counted many */
    nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "training");
  }
  q->half = half;
}

/* A step that ran at once still counts, so that its slot and its place for results are its own. */
static void end_unlisted(NnContext *context)
{
  NnStepQueue *q = context->steps;
  q->open = false;
  nn_run(context, nn_grid(context, dim3(1), dim3(1)), count_step, q->step);
  q->n_sent = ++q->n_begun;
}

void nn_steps_close_loss(NnContext *context)
{
  if (context->steps->open)
    end_unlisted(context);
}

void nn_steps_new_loss(NnContext *context)
{
  NnStepQueue *q = context->steps;
  if (q->in_step)
    return;
  send_waiting(context);
  nn_steps_close_loss(context);
  q->open = true;
}

static void cuda_step_begin(const NnBackend *backend)
{
  NnContext *context = nn_context(backend);
  NnStepQueue *q = context->steps;
  nn_steps_close_loss(context);
  look_after_ring(context);
  q->nodes.clear();
  q->n_live = 0;
  q->listing = q->in_step = true;
}

static void cuda_step_end(const NnBackend *backend)
{
  NnContext *context = nn_context(backend);
  NnStepQueue *q = context->steps;
  q->in_step = false;
  if (!q->listing) {
    end_unlisted(context);
    return;
  }
  int graph = context->error == cudaSuccess ? find_graph(q) : -1;
  if (graph != q->waiting_graph)
    send_waiting(context);
  if (graph < 0 && context->error == cudaSuccess)
    graph = make_graph(context);
  q->listing = false;
  q->n_begun++;
  q->waiting_graph = graph;
  if (q->n_begun - q->n_sent >= SEND_AFTER)
    send_waiting(context);
}

/* ---- results ---- */

NnStepPlace nn_steps_place(const NnContext *context)
{
  NnStepQueue *q = context->steps;
  NnStepPlace place = {q->results, q->step, N_RESULTS - 1};
  return place;
}

void nn_steps_count(NnContext *context, size_t n)
{
  NnStepQueue *q = context->steps;
  q->n_begun += (uint32_t)n;
  q->n_sent = q->n_begun;
}

/* The cells of n steps from `first` on, in at most two pieces of their ring, and waits. */
static bool fetch_results(NnContext *context, uint32_t first, size_t n)
{
  NnStepQueue *q = context->steps;
  for (size_t done = 0; done < n;) {
    size_t at = (first + done) % N_RESULTS, run = n - done;
    run = run < N_RESULTS - at ? run : N_RESULTS - at;
    if (!nn_cuda_ok(context,
                    cudaMemcpyAsync(q->host_results + done, q->results + at,
                                    run * sizeof *q->results, cudaMemcpyDeviceToHost,
                                    context->stream),
                    "reading the loss"))
      return false;
    done += run;
  }
  return nn_cuda_ok(context,
                    cudaMemsetAsync(context->halted, 0, sizeof *context->halted, context->stream),
                    "training") &&
         nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "training");
}

static bool cuda_step_results(const NnBackend *backend, NnStepResult *results, size_t n,
                              NnError *err)
{
  NnContext *context = nn_context(backend);
  NnStepQueue *q = context->steps;
  nn_flush(context);
  nn_steps_close_loss(context);
  if (context->error != cudaSuccess || !fetch_results(context, q->n_begun - (uint32_t)n, n))
    return nn_cuda_report(context, err);
  for (size_t i = 0; i < n; i++) {
    results[i].loss = q->host_results[i].loss;
    results[i].correct = (size_t)q->host_results[i].correct;
  }
  return true;
}

void nn_cuda_add_steps(NnBackendOps *ops)
{
  ops->step_begin = cuda_step_begin;
  ops->step_end = cuda_step_end;
  ops->step_results = cuda_step_results;
}
