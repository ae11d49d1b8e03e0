/* peer.h: PyTorch and JAX, each in a Python process that measures when it is asked, and sleeps
 * otherwise (peers.py). Whether there are any depends on the machine. Thread: the main one. */
#pragma once
#include "cases.h"
#include <sys/types.h>

typedef struct {
  pid_t process; /* 0: there is none */
  int to, from;
  char version[64];
} BenchPeer;

/* Starts "torch" or "jax" in `python`, on data in `dir` (peers.py says which); false: it cannot be
 * imported there, or the program not be started. */
bool bench_peer_start(BenchPeer *peer, const char *python, const char *name, const char *dir);
void bench_peer_stop(BenchPeer *peer);
/* Steps a second. false: why[] says what Python did. */
bool bench_peer_measure(const BenchPeer *peer, const BenchCase *bench, double seconds,
                        int n_threads, double *rate, char why[256]);
