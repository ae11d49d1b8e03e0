/* ref.h: the naive operations that fill files of their own. Private. */
#pragma once
#include "backend.h"

/* ref-norm.c */
void nn_ref_batchnorm_train(const NnBackend *backend, const NnNorm *norm);
void nn_ref_batchnorm_eval(const NnBackend *backend, const NnNorm *norm);
void nn_ref_batchnorm_backward(const NnBackend *backend, const NnNorm *norm);
void nn_ref_groupnorm_forward(const NnBackend *backend, const NnNorm *norm);
void nn_ref_groupnorm_backward(const NnBackend *backend, const NnNorm *norm);
void nn_ref_instancenorm_running(const NnBackend *backend, const NnNorm *norm);

/* ref-rows.c */
void nn_ref_divide(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                   size_t n);
void nn_ref_scale_rows(const NnBackend *backend, size_t rows, size_t S, const nn_real *x,
                       const nn_real *factors, nn_real *y);
void nn_ref_row_norms(const NnBackend *backend, size_t rows, size_t K, const nn_real *v,
                      nn_real *norms);
void nn_ref_weight_norm_backward(const NnBackend *backend, const NnWeightNorm *w);
void nn_ref_prelu_forward(const NnBackend *backend, const NnPrelu *p);
void nn_ref_prelu_backward(const NnBackend *backend, const NnPrelu *p);

/* ref-picture.c */
void nn_ref_conv_forward(const NnBackend *backend, const NnConv *v);
void nn_ref_conv_backward(const NnBackend *backend, const NnConv *v);
void nn_ref_max_pool_forward(const NnBackend *backend, const NnPooling *p);
void nn_ref_max_pool_backward(const NnBackend *backend, const NnPooling *p);
void nn_ref_mean_pool_forward(const NnBackend *backend, const NnPooling *p);
void nn_ref_mean_pool_backward(const NnBackend *backend, const NnPooling *p);

/* ref-vector.c */
double nn_ref_dot(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n);
void nn_ref_axpy(const NnBackend *backend, double a, const nn_real *x, nn_real *y, size_t n);
void nn_ref_scale(const NnBackend *backend, double a, nn_real *x, size_t n);
void nn_ref_clamp(const NnBackend *backend, double limit, nn_real *x, size_t n);
double nn_ref_max_abs(const NnBackend *backend, const nn_real *x, size_t n);
void nn_ref_round_bf16(const NnBackend *backend, nn_real *x, size_t n);
void nn_ref_adafactor(const NnBackend *backend, const NnAdafactor *f);
