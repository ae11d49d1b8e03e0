/* prelu.cu: PReLU, whose slope is learned: for each channel, or one for all. */
#include "channels.h"

struct PreluNode {
  NnPrelu p;
};

static PreluNode prelu_of(const NnPrelu *from)
{
  PreluNode k = nn_zeroed<PreluNode>();
  k.p.N = from->N;
  k.p.C = from->C;
  k.p.S = from->S;
  k.p.per_channel = from->per_channel;
  k.p.accumulate = from->accumulate;
  k.p.x = from->x;
  k.p.a = from->a;
  k.p.dy = from->dy;
  k.p.y = from->y;
  k.p.dx = from->dx;
  k.p.da = from->da;
  return k;
}

__device__ static inline nn_real slope_of(const NnPrelu &p, size_t c)
{
  return p.a[p.per_channel ? c : 0];
}

static __global__ void prelu_forward_kernel(NnPrelu p, NnChannels k)
{
  size_t c = nn_channel(k);
  nn_real a = c < k.c1 ? slope_of(p, c) : (nn_real)0;
  nn_visit_channel(k, [&](size_t, size_t i) { p.y[i] = p.x[i] > 0 ? p.x[i] : a * p.x[i]; });
}

static void run_forward(NnContext *context, const void *values, const NnLive &)
{
  const NnPrelu *p = &((const PreluNode *)values)->p;
  NnChannels k = nn_channels(context, p->N, p->C, p->S);
  while (nn_next_channels(&k))
    nn_run(context, nn_on_channels(context, k), prelu_forward_kernel, *p, k);
}

/* dx, and what this part of the channel adds to da. */
static __global__ void prelu_backward_kernel(NnPrelu p, NnChannels k)
{
  size_t c = nn_channel(k);
  nn_real a = c < k.c1 ? slope_of(p, c) : (nn_real)0;
  double sum = 0;
  nn_visit_channel(k, [&](size_t, size_t i) {
    nn_real x = p.x[i], dy = p.dy[i];
    if (x <= 0)
      sum += (double)dy * (double)x;
    if (p.dx)
      p.dx[i] = x > 0 ? dy : a * dy;
  });
  nn_keep_channel(k, nn_channel_sum(k, sum), 0);
}

static __global__ void channel_slopes_kernel(NnPrelu p, NnChannels k)
{
  size_t c = k.c0 + nn_index();
  double sum, none;
  if (c >= k.c1)
    return;
  nn_all_parts(k, c, &sum, &none);
  p.da[c] = (nn_real)((p.accumulate ? (double)p.da[c] : 0) + sum);
}

/* One slope for all: one block adds up what all parts of all channels left. */
static __global__ void shared_slope_kernel(NnPrelu p, NnChannels k, bool accumulate)
{
  double sum = nn_block_total(k.cells, 2 * k.parts * (k.c1 - k.c0)); /* every second one is 0 */
  if (threadIdx.x == 0)
    p.da[0] = (nn_real)((accumulate ? (double)p.da[0] : 0) + sum);
}

static void run_backward(NnContext *context, const void *values, const NnLive &)
{
  const NnPrelu *p = &((const PreluNode *)values)->p;
  NnChannels k = nn_channels(context, p->N, p->C, p->S);
  while (nn_next_channels(&k)) {
    nn_run(context, nn_on_channels(context, k), prelu_backward_kernel, *p, k);
    if (p->per_channel)
      nn_run(context, nn_each(context, k.c1 - k.c0), channel_slopes_kernel, *p, k);
    else
      nn_run(context, nn_grid(context, dim3(1), dim3(NN_BLOCK)), shared_slope_kernel, *p, k,
             p->accumulate || k.c0 > 0);
  }
}

static void prelu_forward(const NnBackend *backend, const NnPrelu *p)
{
  nn_submit(backend, run_forward, prelu_of(p));
}

static void prelu_backward(const NnBackend *backend, const NnPrelu *p)
{
  nn_submit(backend, run_backward, prelu_of(p));
}

void nn_cuda_add_prelu(NnBackendOps *ops)
{
  ops->prelu_forward = prelu_forward;
  ops->prelu_backward = prelu_backward;
}
