/* cuda-probe.h: whether runs can be computed by CUDA here. A graphics card takes a moment to
 * answer, so it is asked once, on a thread of its own. Thread: the window's. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum { BP_CUDA_UNKNOWN, BP_CUDA_WORKS, BP_CUDA_FAILS } BpCudaState;

/* What is known so far. */
BpCudaState bp_cuda_get_state(void);
/* Name and memory of the card, "CUDA · NVIDIA H200 · 139 GiB"; "" while it is not known to work. */
const char *bp_cuda_get_title(void);
/* One sentence that says why it fails; "" while it is not known to. */
const char *bp_cuda_get_reason(void);
/* Calls `answered` once the state is known: at once if it is already, else from the main loop;
 * never after `owner` is gone. */
void bp_cuda_ask(GObject *owner, void (*answered)(gpointer owner));

G_END_DECLS
