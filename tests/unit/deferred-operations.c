/* deferred-operations.c: the operations of the made-up device, noted and done later. */
#include "deferred-private.h"

RUN(zero)
{
  OPS->zero(REF, c->p[0], c->s[0]);
}

static void late_zero(const NnBackend *backend, nn_real *x, size_t n)
{
  late_note(backend, (Command){.run = run_zero, .p = {x}, .s = {n}});
}

RUN(copy)
{
  OPS->copy(REF, c->p[0], c->p[1], c->s[0]);
}

static void late_copy(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  late_note(backend, (Command){.run = run_copy, .p = {(void *)x, y}, .s = {n}});
}

RUN(gemm)
{
  OPS->gemm(REF, c->b[0], c->b[1], c->s[0], c->s[1], c->s[2], c->d[0], c->p[0], c->p[1], c->d[1],
            c->p[2]);
}

static void late_gemm(const NnBackend *backend, bool trans_a, bool trans_b, size_t M, size_t N,
                      size_t K, double alpha, const nn_real *A, const nn_real *B, double beta,
                      nn_real *C)
{
  late_note(backend, (Command){.run = run_gemm,
                               .b = {trans_a, trans_b},
                               .s = {M, N, K},
                               .d = {alpha, beta},
                               .p = {(void *)A, (void *)B, C}});
}

RUN(add_bias)
{
  OPS->add_bias(REF, c->s[0], c->s[1], c->p[0], c->p[1]);
}

static void late_add_bias(const NnBackend *backend, size_t N, size_t F, const nn_real *b,
                          nn_real *y)
{
  late_note(backend, (Command){.run = run_add_bias, .s = {N, F}, .p = {(void *)b, y}});
}

RUN(sum_rows)
{
  OPS->sum_rows(REF, c->s[0], c->s[1], c->p[0], c->b[0], c->p[1]);
}

static void late_sum_rows(const NnBackend *backend, size_t N, size_t F, const nn_real *dy,
                          bool accumulate, nn_real *db)
{
  late_note(backend,
            (Command){.run = run_sum_rows, .s = {N, F}, .b = {accumulate}, .p = {(void *)dy, db}});
}

RUN(forward)
{
  OPS->activation_forward(REF, c->i[0], c->host, c->s[0], c->p[0], c->p[1]);
}

static void late_forward(const NnBackend *backend, int elem, const nn_real *numbers, size_t n,
                         const nn_real *x, nn_real *y)
{
  late_note(backend, (Command){.run = run_forward,
                               .i = {elem},
                               .s = {n},
                               .host = late_copy_host(numbers, NN_MAX_NUMBERS * sizeof *numbers),
                               .p = {(void *)x, y}});
}

RUN(backward)
{
  OPS->activation_backward(REF, c->i[0], c->host, c->s[0], c->p[0], c->p[1], c->p[2], c->p[3]);
}

static void late_backward(const NnBackend *backend, int elem, const nn_real *numbers, size_t n,
                          const nn_real *x, const nn_real *y, const nn_real *dy, nn_real *dx)
{
  late_note(backend, (Command){.run = run_backward,
                               .i = {elem},
                               .s = {n},
                               .host = late_copy_host(numbers, NN_MAX_NUMBERS * sizeof *numbers),
                               .p = {(void *)x, (void *)y, (void *)dy, dx}});
}

/* d[0]: p; i[0], i[1]: purpose, epoch; s[2]: seed */
RUN(dropout)
{
  OPS->dropout_mask(REF, c->s[0], c->s[1], c->d[0], c->s[2], (uint32_t)c->i[0], (uint32_t)c->i[1],
                    c->host, c->p[0]);
}

static void late_dropout(const NnBackend *backend, size_t N, size_t F, double p, uint64_t seed,
                         uint32_t purpose, uint32_t epoch, const uint32_t *ids, nn_real *mask)
{
  late_note(backend, (Command){.run = run_dropout,
                               .s = {N, F, seed},
                               .d = {p},
                               .i = {(int)purpose, (int)epoch},
                               .host = late_copy_host(ids, N * sizeof *ids),
                               .p = {mask}});
}

RUN(multiply)
{
  OPS->multiply(REF, c->p[0], c->p[1], c->p[2], c->s[0]);
}

static void late_multiply(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                          size_t n)
{
  late_note(backend, (Command){.run = run_multiply, .s = {n}, .p = {(void *)a, (void *)b, y}});
}

RUN(scale_rows)
{
  OPS->scale_rows(REF, c->s[0], c->s[1], c->p[0], c->p[1], c->p[2]);
}

static void late_scale_rows(const NnBackend *backend, size_t rows, size_t S, const nn_real *x,
                            const nn_real *factors, nn_real *y)
{
  late_note(backend,
            (Command){.run = run_scale_rows, .s = {rows, S}, .p = {(void *)x, (void *)factors, y}});
}

RUN(add)
{
  OPS->add(REF, c->p[0], c->p[1], c->s[0]);
}

static void late_add(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  late_note(backend, (Command){.run = run_add, .s = {n}, .p = {(void *)x, y}});
}

/* ---- normalization ---- */

static NnNorm norm_here(const Late *late, const NnNorm *norm)
{
  NnNorm n = *norm;
  const nn_real **in[] = {&n.x, &n.dy, &n.weight, &n.bias};
  nn_real **out[] = {&n.running_mean, &n.running_var, &n.mean, &n.rstd, &n.y,
                     &n.dx,           &n.dweight,     &n.dbias};
  for (size_t i = 0; i < sizeof in / sizeof *in; i++)
    *in[i] = late_here(late, *in[i]);
  for (size_t i = 0; i < sizeof out / sizeof *out; i++)
    *out[i] = late_here(late, *out[i]);
  return n;
}

RUN(batchnorm_train)
{
  NnNorm norm = c->norm;
  late_settle(late);
  if (late->frozen)
    norm.running_mean = norm.running_var = NULL;
  OPS->batchnorm_train(REF, &norm);
}

RUN(batchnorm_eval)
{
  OPS->batchnorm_eval(REF, &c->norm);
}

RUN(batchnorm_backward)
{
  OPS->batchnorm_backward(REF, &c->norm);
}

static void late_batchnorm_train(const NnBackend *backend, const NnNorm *norm)
{
  late_note(backend,
            (Command){.run = run_batchnorm_train, .norm = norm_here(late_of(backend), norm)});
}

static void late_batchnorm_eval(const NnBackend *backend, const NnNorm *norm)
{
  late_note(backend,
            (Command){.run = run_batchnorm_eval, .norm = norm_here(late_of(backend), norm)});
}

static void late_batchnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  late_note(backend,
            (Command){.run = run_batchnorm_backward, .norm = norm_here(late_of(backend), norm)});
}

/* ---- loss and update ---- */

RUN(cross_entropy)
{
  OPS->cross_entropy(REF, c->s[0], c->s[1], c->p[0], c->p[1], c->d[0], c->p[2], c->d[1], c->p[3],
                     c->p[4]);
}

static void late_cross_entropy(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                               const int32_t *labels, double smoothing, const nn_real *class_weight,
                               double scale, nn_real *row_loss, nn_real *dlogits)
{
  late_note(backend, (Command){.run = run_cross_entropy,
                               .s = {N, C},
                               .d = {smoothing, scale},
                               .p = {(void *)logits, (void *)labels, (void *)class_weight, row_loss,
                                     dlogits}});
}

RUN(add_penalty)
{
  OPS->add_penalty(REF, c->p[0], c->d[0], c->d[1], c->s[0], c->p[1]);
}

static void late_add_penalty(const NnBackend *backend, const nn_real *w, double l1, double l2,
                             size_t n, nn_real *dw)
{
  late_note(backend,
            (Command){.run = run_add_penalty, .s = {n}, .d = {l1, l2}, .p = {(void *)w, dw}});
}

RUN(clamp)
{
  OPS->clamp(REF, c->d[0], c->p[0], c->s[0]);
}

static void late_clamp(const NnBackend *backend, double limit, nn_real *x, size_t n)
{
  late_note(backend, (Command){.run = run_clamp, .s = {n}, .d = {limit}, .p = {x}});
}

RUN(clip_norm)
{
  OPS->clip_norm(REF, c->p[0], c->host, c->i[0], c->d[0]);
}

static void late_clip_norm(const NnBackend *backend, nn_real *dw, const NnParamView *views,
                           int n_views, double limit)
{
  late_note(backend, (Command){.run = run_clip_norm,
                               .i = {n_views},
                               .d = {limit},
                               .host = late_copy_host(views, (size_t)n_views * sizeof *views),
                               .p = {dw}});
}

RUN(update)
{
  nn_real *state[NN_MAX_STATE] = {c->p[2], c->p[3], c->p[4], c->p[5]};
  late_settle(late);
  if (!late->frozen)
    OPS->optimizer_step(REF, c->i[0], c->i[1], c->host, c->s[0], c->p[0], state, c->p[1]);
}

static void late_update(const NnBackend *backend, int elem, int n_state, const double *scalars,
                        size_t n, const nn_real *dw, nn_real *const *state, nn_real *w)
{
  Command c = {.run = run_update,
               .i = {elem, n_state},
               .s = {n},
               .host = late_copy_host(scalars, NN_MAX_SCALARS * sizeof *scalars),
               .p = {(void *)dw, w}};
  for (int i = 0; i < n_state; i++)
    c.p[2 + i] = state[i];
  late_note(backend, c);
}

/* ---- with a host result, or for optimizers that want one ---- */

static double late_dot(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n)
{
  Late *late = late_of(backend);
  return late_now(backend)->dot(REF, late_here(late, x), late_here(late, y), n);
}

static double late_max_abs(const NnBackend *backend, const nn_real *x, size_t n)
{
  Late *late = late_of(backend);
  return late_now(backend)->max_abs(REF, late_here(late, x), n);
}

static void late_norms(const NnBackend *backend, const nn_real *w, size_t n, double *sum_abs,
                       double *sum_squares)
{
  Late *late = late_of(backend);
  late_now(backend)->norms(REF, late_here(late, w), n, sum_abs, sum_squares);
}

static void late_axpy(const NnBackend *backend, double a, const nn_real *x, nn_real *y, size_t n)
{
  Late *late = late_of(backend);
  late_now(backend)->axpy(REF, a, late_here(late, x), late_here(late, y), n);
}

static void late_scale(const NnBackend *backend, double a, nn_real *x, size_t n)
{
  Late *late = late_of(backend);
  late_now(backend)->scale(REF, a, late_here(late, x), n);
}

void late_add_operations(NnBackendOps *ops)
{
  ops->zero = late_zero;
  ops->copy = late_copy;
  ops->gemm = late_gemm;
  ops->add_bias = late_add_bias;
  ops->sum_rows = late_sum_rows;
  ops->activation_forward = late_forward;
  ops->activation_backward = late_backward;
  ops->dropout_mask = late_dropout;
  ops->multiply = late_multiply;
  ops->scale_rows = late_scale_rows;
  ops->add = late_add;
  ops->batchnorm_train = late_batchnorm_train;
  ops->batchnorm_eval = late_batchnorm_eval;
  ops->batchnorm_backward = late_batchnorm_backward;
  ops->cross_entropy = late_cross_entropy;
  ops->norms = late_norms;
  ops->add_penalty = late_add_penalty;
  ops->optimizer_step = late_update;
  ops->dot = late_dot;
  ops->axpy = late_axpy;
  ops->scale = late_scale;
  ops->clamp = late_clamp;
  ops->max_abs = late_max_abs;
  ops->clip_norm = late_clip_norm;
}
