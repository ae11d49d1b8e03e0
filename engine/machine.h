/* machine.h: how much of the computer this process may use: less than is built in where others use
 * it too, where a container or a session has its limits (cgroups, version 1 and 2), where the shell
 * has set one (ulimit), or where cores are kept from it (taskset). Looked up anew by each call, in
 * a millisecond or less. Linux; elsewhere nothing is known to be limited. Thread: any. */
#pragma once
#include "error.h"
#include <stddef.h>
#include <stdint.h>

/* Cores that it may run on, and that its groups let it have the time of; at least 1. */
int nn_machine_cores(void);
/* Bytes that can still be taken without the system having to end a program or to swap:
 * MemAvailable of proc(5), what each group up to the root has left (its page cache counted as
 * free), what RLIMIT_AS and RLIMIT_DATA leave; the smallest of them. UINT64_MAX: not known. */
uint64_t nn_machine_memory(void);
/* Is there room for so many bytes, with some to spare for everybody else? */
bool nn_machine_has(uint64_t bytes);

/* "2.6 GB", "47 MB", "12 kB": for sentences. */
enum { NN_BYTES_TEXT = 24 };
const char *nn_bytes_text(uint64_t bytes, char text[NN_BYTES_TEXT]);

/* For tests: from now on the files of /proc and /sys are those below `root` (borrowed; NULL: the
 * real ones), and limits of the process itself do not count. */
void nn_machine_set_root(const char *root);
