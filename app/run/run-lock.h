/* run-lock.h: who trains the run in a file. Whoever does holds a lock on the file, which the kernel
 * lets go when that program ends, in whatever way; so nobody has to guess from a process number.
 *
 * SQLite's own locks belong to the process and are lost when *any* descriptor of that file is
 * closed (POSIX). So each process opens a file here once, however many handles it has, and closes
 * it after the last of them. Close a run's database before its lock. Thread: any. */
#pragma once
#include "engine/error.h"

typedef struct BpRunLock BpRunLock;

/* NN_ERR_IO: the file cannot be opened for reading, or is none. */
bool bp_run_lock_open(const char *path, BpRunLock **lock, NnError *err);
void bp_run_lock_close(BpRunLock *lock); /* NULL is allowed */
/* The descriptor, for reading the file's beginning; borrowed. */
int bp_run_lock_descriptor(const BpRunLock *lock);
/* Becomes the one who trains it, until bp_run_lock_close(); false: somebody is already, here or in
 * another program, or the file may only be read. */
bool bp_run_lock_take(BpRunLock *lock);
/* Is there one? */
bool bp_run_lock_is_taken(BpRunLock *lock);
