/* optimizers.cu: the element-wise optimizers, one thread for each weight, with the formulas of
 * engine/elem/. Their scalars are live values: they follow the schedule and count the steps. */
#include "context.h"
#include "engine/elem/list.h"
#include "engine/kind-elements.h"

struct OptimizerNode {
  int elem, n_state;
  size_t n;
  const nn_real *dw;
  nn_real *state[NN_MAX_STATE], *w;
};

/* A kernel for each optimizer and number of its state tensors, which is a constant so that the
 * states stay in registers. Weights stay what they are after a loss that is not finite. */
#define NN_X(name)                                                                              \
  template <int count>                                                                          \
  static __global__ void name##_kernel(OptimizerNode o, const int *halted, NnLive live)         \
  {                                                                                             \
    size_t i = nn_index();                                                                      \
    if (i >= o.n || *halted)                                                                    \
      return;                                                                                   \
    nn_real s[NN_MAX_STATE] = {0};                                                              \
    if (count > 0)                                                                              \
      s[0] = o.state[0][i];                                                                     \
    if (count > 1)                                                                              \
      s[1] = o.state[1][i];                                                                     \
    if (count > 2)                                                                              \
      s[2] = o.state[2][i];                                                                     \
    if (count > 3)                                                                              \
      s[3] = o.state[3][i];                                                                     \
    o.w[i] = nn_##name##_update(o.w[i], o.dw[i], s, nn_live<nn_real>(live));                    \
    if (count > 0)                                                                              \
      o.state[0][i] = s[0];                                                                     \
    if (count > 1)                                                                              \
      o.state[1][i] = s[1];                                                                     \
    if (count > 2)                                                                              \
      o.state[2][i] = s[2];                                                                     \
    if (count > 3)                                                                              \
      o.state[3][i] = s[3];                                                                     \
  }                                                                                             \
  template <int count>                                                                          \
  static void name##_run(NnContext *context, const OptimizerNode &o, const NnLive &live)        \
  {                                                                                             \
    if constexpr (count <= NN_N_STATE_##name) {                                                 \
      if (o.n_state == count)                                                                   \
        nn_run(context, nn_each(context, o.n), name##_kernel<count>, o, context->halted, live); \
      else                                                                                      \
        name##_run<count + 1>(context, o, live);                                                \
    }                                                                                           \
  }
NN_OPTIMIZERS(NN_X)
#undef NN_X

#define NN_X(name) name##_run<0>,
static void (*const runs[])(NnContext *, const OptimizerNode &,
                            const NnLive &) = {NN_OPTIMIZERS(NN_X)};
#undef NN_X

static void run_optimizer(NnContext *context, const void *values, const NnLive &live)
{
  const OptimizerNode *o = (const OptimizerNode *)values;
  runs[o->elem](context, *o, live);
}

static void optimizer_step(const NnBackend *backend, int elem, int n_state, const double *scalars,
                           size_t n, const nn_real *dw, nn_real *const *state, nn_real *w)
{
  OptimizerNode o = nn_zeroed<OptimizerNode>();
  nn_real k[NN_MAX_SCALARS];
  o.elem = elem;
  o.n_state = n_state;
  o.n = n;
  o.dw = dw;
  o.w = w;
  for (int i = 0; i < n_state; i++)
    o.state[i] = state[i];
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    k[i] = (nn_real)scalars[i];
  nn_submit(backend, run_optimizer, o, k, sizeof k);
}

void nn_cuda_add_optimizers(NnBackendOps *ops)
{
  ops->optimizer_step = optimizer_step;
}
