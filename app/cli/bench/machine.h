/* machine.h: the machine that is measured on: what it is, and what it can do at most. */
#pragma once
#include <stdbool.h>

typedef struct {
  char processor[96], kernel[96], instructions[16]; /* "AVX2" */
  int cores;
  double memory, l2, l3; /* bytes; 0: not known. L2 is each core's, L3 is shared */
  /* Measured, with one core and with all: multiply-adds (each counts two) and bytes read and
   * written in place, a second. The best of several tries, since others can only take from it. */
  double flops[2], l2_bytes[2], l3_bytes[2], memory_bytes[2];
} BenchMachine;

/* Takes a second. Thread: the main one. */
void bench_machine_measure(BenchMachine *machine);
/* The share of the processor's time that others had in the last minute, in cores. */
double bench_machine_load(void);
