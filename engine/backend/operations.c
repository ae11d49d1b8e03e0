/* operations.c: the operations of a backend's table by name, and whether a table has them. */
#include "backend.h"
#include <string.h>

#define OPERATION(name, need)                 \
  {                                           \
#name, offsetof(NnBackendOps, name), need \
  }

const NnOperation nn_operations[] = {
    OPERATION(close, NN_ALWAYS),
    OPERATION(alloc, NN_ALWAYS),
    OPERATION(free, NN_ALWAYS),
    OPERATION(upload, NN_ALWAYS),
    OPERATION(download, NN_ALWAYS),
    OPERATION(zero, NN_ALWAYS),
    OPERATION(copy, NN_ALWAYS),
    OPERATION(sync, NN_ALWAYS),
    OPERATION(gemm, NN_BY_KIND),
    OPERATION(add_bias, NN_BY_KIND),
    OPERATION(sum_rows, NN_BY_KIND),
    OPERATION(add, NN_BY_KIND),
    OPERATION(activation_forward, NN_BY_KIND),
    OPERATION(activation_backward, NN_BY_KIND),
    OPERATION(dropout_mask, NN_BY_KIND),
    OPERATION(multiply, NN_BY_KIND),
    OPERATION(divide, NN_BY_KIND),
    OPERATION(scale_rows, NN_BY_KIND),
    OPERATION(row_norms, NN_BY_KIND),
    OPERATION(weight_norm_backward, NN_BY_KIND),
    OPERATION(prelu_forward, NN_BY_KIND),
    OPERATION(prelu_backward, NN_BY_KIND),
    OPERATION(batchnorm_train, NN_BY_KIND),
    OPERATION(batchnorm_eval, NN_BY_KIND),
    OPERATION(batchnorm_backward, NN_BY_KIND),
    OPERATION(groupnorm_forward, NN_BY_KIND),
    OPERATION(groupnorm_backward, NN_BY_KIND),
    OPERATION(instancenorm_running, NN_BY_KIND),
    OPERATION(conv_forward, NN_BY_KIND),
    OPERATION(conv_backward, NN_BY_KIND),
    OPERATION(max_pool_forward, NN_BY_KIND),
    OPERATION(max_pool_backward, NN_BY_KIND),
    OPERATION(mean_pool_forward, NN_BY_KIND),
    OPERATION(mean_pool_backward, NN_BY_KIND),
    OPERATION(cross_entropy, NN_ALWAYS),
    OPERATION(softmax, NN_ALWAYS),
    OPERATION(softmax_backward, NN_BY_KIND),
    OPERATION(count_correct, NN_ALWAYS),
    OPERATION(norms, NN_ALWAYS),
    OPERATION(add_penalty, NN_ALWAYS),
    OPERATION(optimizer_step, NN_ALWAYS),
    OPERATION(dot, NN_BY_KIND),
    OPERATION(axpy, NN_BY_KIND),
    OPERATION(scale, NN_BY_KIND),
    OPERATION(clamp, NN_ALWAYS),
    OPERATION(max_abs, NN_BY_KIND),
    OPERATION(round_bf16, NN_BY_KIND),
    OPERATION(adafactor, NN_BY_KIND),
    OPERATION(sum, NN_ALWAYS),
    OPERATION(step_begin, NN_ALWAYS),
    OPERATION(step_end, NN_ALWAYS),
    OPERATION(step_loss, NN_ALWAYS),
    OPERATION(step_penalty, NN_ALWAYS),
    OPERATION(clip_norm, NN_ALWAYS),
    OPERATION(step_results, NN_ALWAYS),
    OPERATION(gather, NN_ALWAYS),
    OPERATION(compile_step, NN_OPTIONAL),
    OPERATION(run_steps, NN_OPTIONAL),
    OPERATION(free_step, NN_OPTIONAL),
    OPERATION(sync_step, NN_OPTIONAL),
    OPERATION(step_rest, NN_OPTIONAL),
    OPERATION(set_step_rest, NN_OPTIONAL),
};
enum { N_OPERATIONS = sizeof nn_operations / sizeof *nn_operations };
const int nn_n_operations = N_OPERATIONS;

/* A new entry of the table needs a line above. */
_Static_assert(sizeof(NnBackendOps) - offsetof(NnBackendOps, close) ==
                   N_OPERATIONS * sizeof(void (*)(void)),
               "an operation is missing in this list");

static bool is_there(const NnBackend *backend, const NnOperation *operation)
{
  void (*entry)(void);
  memcpy(&entry, (const char *)backend->ops + operation->offset, sizeof entry);
  return entry != NULL;
}

bool nn_backend_check(const NnBackend *backend, NnError *err)
{
  for (int i = 0; i < N_OPERATIONS; i++)
    if (nn_operations[i].need == NN_ALWAYS && !is_there(backend, &nn_operations[i]))
      return nn_fail(err, NN_ERR_UNSUPPORTED, "device",
                     "The device \"%s\" cannot be used: it lacks the operation %s, without which "
                     "nothing can be trained.",
                     backend->ops->name, nn_operations[i].name);
  return true;
}

bool nn_backend_has(const NnBackend *backend, const char *needs, const char *who, const char *where,
                    NnError *err)
{
  for (const char *from = needs; from && *from; from += strspn(from, " ")) {
    size_t n = strcspn(from, " ");
    for (int i = 0; i < N_OPERATIONS; i++) {
      const NnOperation *operation = &nn_operations[i];
      bool this_one = strlen(operation->name) == n && memcmp(operation->name, from, n) == 0;
      if (this_one && !is_there(backend, operation))
        return nn_fail(err, NN_ERR_UNSUPPORTED, where,
                       "%s: %s needs the operation %s, which the device \"%s\" lacks; choose "
                       "another device.",
                       where, who, operation->name, backend->ops->name);
    }
    from += n;
  }
  return true;
}
