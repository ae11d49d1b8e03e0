/* fused.h: many training steps of a small network in one launch; what kernel and host agree on.
 *
 * The weights stay in the shared memory of n_blocks blocks for the whole launch, with the
 * optimizer's states. Every block owns the weights of a slice of the input values, and a copy of
 * all later layers, which are small: each block computes these with the same arithmetic from the
 * same numbers, so that the copies stay equal and only one thing has to travel in a step, the
 * blocks' shares of the first layer's products. Blocks meet once a step, where these are exchanged:
 * through each other's shared memory in a cluster (compute capability 9.0), else through global
 * memory.
 *
 * Everything lies feature by feature: activations (features, Bp), samples side by side, Bp = batch
 * size rounded up to 4; weights (inputs, row), outputs side by side. row/4 is odd, so that four
 * values of 8 neighboring rows lie in different banks. Places in shared memory count in floats. */
#pragma once
#include "context.h"

enum {
  NN_FUSED_LAYERS = 4, /* Linear layers at most */
  NN_FUSED_BATCH = 64, /* samples at most */
  NN_FUSED_THREADS = 256,
  NN_FUSED_CHANNELS = 4, /* tables of 256 values at most */
  NN_FUSED_AHEAD = 8,    /* pixels of the next batch that a thread fetches ahead */
  NN_FUSED_NUMBERS = 8   /* parameters of an activation */
};

struct NnFusedLayer {
  unsigned K, N, Np,
      row;             /* inputs (the first layer's: of a slice), outputs, these rounded up to 4 */
  unsigned w, b;       /* place of the weights (K, row) and of the bias (Np); states follow */
  unsigned z, a, dz;   /* places of (Np, Bp) */
  size_t weight, bias; /* offsets in the flat parameters; weight is (N, all inputs) */
  bool has_bias;
  int elem; /* activation, or −1 */
  nn_real numbers[NN_FUSED_NUMBERS];
};

struct NnFused {
  NnFusedLayer layers[NN_FUSED_LAYERS];
  int n_layers, n_state;
  unsigned n_classes, B, Bp, F, slice, n_blocks;
  bool cluster;
  /* places in shared memory */
  unsigned all; /* values of one set of weights and biases; the states' sets follow it */
  unsigned x[2], labels[2], table, scratch, exchange[2], row_loss, row_correct, verdict, n_floats;
  /* the data */
  const uint8_t *pixels;
  const int32_t *classes;
  const nn_real *global_table, *class_weight;
  unsigned C, S;
  nn_real smoothing;
  /* parameters and states */
  nn_real *params, *state[NN_MAX_STATE];
  /* this launch: (n_steps, B), (n_steps, NN_MAX_SCALARS), (n_steps) */
  unsigned n_steps;
  const uint32_t *ids;
  const nn_real *scalars;
  const double *divisors;
  nn_real *global_exchange; /* (2, n_blocks, Np·Bp) without clusters */
  NnStepPlace place;
  int *halted;
};

/* How the sum of a product is split so that every thread of the block has a tile to work on. */
static __host__ __device__ inline unsigned nn_fused_shares(unsigned n_tiles)
{
  return n_tiles >= NN_FUSED_THREADS ? 1 : NN_FUSED_THREADS / n_tiles;
}

/* fused-plan.cu: fills *f for the steps that the plan describes, all but `this launch`. False: they
 * are not of the kind described above, or do not fit. */
bool nn_fused_plan(const NnContext *context, const NnStepPlan *plan, NnFused *f);
