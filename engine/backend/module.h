/* module.h: a backend from a shared module that is opened at run time, so that the program
 * starts on machines that cannot use it. Private to the engine.
 *
 * The module has one C function:
 *
 *   bool nn_cuda_open(int api, int device, NnBackend **backend, NnError *err);
 *
 * api is the program's NN_BACKEND_API, device the number of the GPU. It is looked for where
 * $BACKPROP_CUDA_MODULE says, or else beside the program's build and where the program was
 * installed to. Once loaded it stays: its library has threads. */
#pragma once
#include "backend.h"

/* Errors: NN_ERR_UNSUPPORTED or NN_ERR_DEVICE, with one sentence that says why CUDA is not
 * available. Thread: any. */
bool nn_backend_open_cuda(NnBackend **backend, NnError *err);
