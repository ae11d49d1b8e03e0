/* wolfe.h: how far to go along a direction, so that the loss sinks enough and the slope flattens
 * enough (the strong Wolfe conditions). Private to lbfgs.c. */
#pragma once
#include "optimizer.h"

enum { NN_WOLFE_POINTS = 4 }; /* gradients that the search may hold at once */

/* A point x + t·d: the loss f, its slope along d and its gradient. */
typedef struct {
  double t, f, slope;
  nn_real *g;
} NnWolfePoint;

typedef struct {
  const NnOptimizerTarget *target;
  bool maximize; /* loss and gradient change their signs */
  const nn_real *d;
  nn_real *x;                  /* (n) where w is kept meanwhile */
  nn_real *g[NN_WOLFE_POINTS]; /* (n) each */
  NnWolfePoint start;          /* at t = 0; its g is g[0] */
} NnWolfe;

/* Copies the target's dw into g. */
void nn_wolfe_take_gradient(const NnWolfe *wolfe, nn_real *g);
/* The loss at the present w; its gradient goes to g. */
double nn_wolfe_evaluate(const NnWolfe *wolfe, nn_real *g);
/* Searches from a first t with at most max_steps refinements; w is as before afterwards. Returns
 * the evaluations that it took. Nocedal & Wright 2006, algorithms 3.5 and 3.6, with the cubic
 * interpolation and the safeguards of minFunc (Schmidt) as PyTorch has them. */
int nn_wolfe_search(const NnWolfe *wolfe, double t, int max_steps, NnWolfePoint *found);
