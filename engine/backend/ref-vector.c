/* ref-vector.c: operations on flat lists of values, and what optimizers that see whole
 * tensors need, as plain loops. */
#include "ref.h"
#include <math.h>
#include <string.h>

double nn_ref_dot(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n)
{
  (void)backend;
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)x[i] * (double)y[i];
  return sum;
}

void nn_ref_axpy(const NnBackend *backend, double a, const nn_real *x, nn_real *y, size_t n)
{
  (void)backend;
  for (size_t i = 0; i < n; i++)
    y[i] = (nn_real)((double)y[i] + a * (double)x[i]);
}

void nn_ref_scale(const NnBackend *backend, double a, nn_real *x, size_t n)
{
  (void)backend;
  for (size_t i = 0; i < n; i++)
    x[i] = (nn_real)(a * (double)x[i]);
}

void nn_ref_clamp(const NnBackend *backend, double limit, nn_real *x, size_t n)
{
  (void)backend;
  nn_real most = (nn_real)limit;
  for (size_t i = 0; i < n; i++)
    x[i] = x[i] > most ? most : x[i] < -most ? -most : x[i];
}

double nn_ref_max_abs(const NnBackend *backend, const nn_real *x, size_t n)
{
  (void)backend;
  double most = 0;
  for (size_t i = 0; i < n; i++) {
    double size = fabs((double)x[i]);
    if (!(size <= most)) /* NaN, too */
      most = size;
    if (isnan(most))
      break;
  }
  return most;
}

/* bfloat16 is the upper half of a float; what is cut off rounds to the nearest, ties to even. */
void nn_ref_round_bf16(const NnBackend *backend, nn_real *x, size_t n)
{
  (void)backend;
  for (size_t i = 0; i < n; i++) {
    float value = (float)x[i];
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (!isnan(value))
      bits += 0x7fffu + (bits >> 16 & 1);
    bits &= 0xffff0000u;
    memcpy(&value, &bits, sizeof bits);
    x[i] = (nn_real)value;
  }
}

/* torch.lerp, in the form that keeps more digits */
static nn_real toward(nn_real old, double new, double weight)
{
  double a = (double)old;
  return (nn_real)(weight < 0.5 ? a + weight * (new - a) : new - (1 - weight) * (new - a));
}

static void adafactor_rows(const NnAdafactor *f, const nn_real *g, nn_real *row_var)
{
  for (size_t r = 0; r < f->rows; r++) {
    double sum = 0;
    for (size_t c = 0; c < f->cols; c++)
      sum += (double)g[r * f->cols + c] * (double)g[r * f->cols + c];
    row_var[r] = toward(row_var[r], sum / (double)f->cols, f->weight);
  }
}

static void adafactor_columns(const NnAdafactor *f, const nn_real *g, nn_real *col_var)
{
  for (size_t c = 0; c < f->cols; c++) {
    double sum = 0;
    for (size_t r = 0; r < f->rows; r++)
      sum += (double)g[r * f->cols + c] * (double)g[r * f->cols + c];
    col_var[c] = toward(col_var[c], sum / (double)f->rows, f->weight);
  }
}

static nn_real adafactor_update(const NnAdafactor *f, nn_real g, double v)
{
  double least = (double)(nn_real)(f->eps * f->eps); /* a tiny one is 0, as in PyTorch */
  return (nn_real)((double)g / sqrt(v > least ? v : least));
}

static void adafactor_matrix(const NnAdafactor *f, size_t m)
{
  size_t size = f->rows * f->cols;
  const nn_real *g = f->dw + m * size;
  nn_real *u = f->u + m * size, *row_var = f->row_var + m * f->rows;
  nn_real *col_var = f->col_var + m * f->cols;
  double mean = 0;
  adafactor_rows(f, g, row_var);
  adafactor_columns(f, g, col_var);
  for (size_t r = 0; r < f->rows; r++)
    mean += (double)row_var[r] / (double)f->rows;
  mean = mean > f->eps ? mean : f->eps;
  for (size_t i = 0; i < size; i++) {
    double v = (double)row_var[i / f->cols] * (double)col_var[i % f->cols] / mean;
    u[i] = adafactor_update(f, g[i], v);
  }
}

void nn_ref_adafactor(const NnBackend *backend, const NnAdafactor *f)
{
  (void)backend;
  for (size_t m = 0; f->row_var && m < f->batch; m++)
    adafactor_matrix(f, m);
  for (size_t i = 0; !f->row_var && i < f->batch * f->rows * f->cols; i++) {
    f->variance[i] = toward(f->variance[i], (double)f->dw[i] * (double)f->dw[i], f->weight);
    f->u[i] = adafactor_update(f, f->dw[i], (double)f->variance[i]);
  }
}
