/* weights.h: what a model has learned, as files that others read: PyTorch (safetensors), NumPy
 * (.npz), whatever runs ONNX models (.onnx: the whole network), and back from a safetensors file,
 * whoever wrote it.
 *
 * The tensors have the names of PyTorch's state_dict(): the program that nn_python_write() makes
 * takes them by model.load_state_dict(safetensors.torch.load_file(path)), and what
 * safetensors.torch.save_file(model.state_dict(), path) writes is read here. Ours also hold the
 * recipe. */
#pragma once
#include "engine/model/model.h"

/* Can a file of that name be written? Its ending says what it is to be. NN_ERR_ARG. */
bool nn_learned_check_name(const char *path, NnError *err);
/* Could this model be written there? An ONNX file has no operators for some layers, which is better
 * known before they are trained. NN_ERR_UNSUPPORTED, NN_ERR_NOMEM. */
bool nn_learned_check_model(const char *path, NnModel *model, NnError *err);
/* Weights and buffers of a model, whose backend holds them as they are after sync_step(); recipe:
 * the one it was made of, in full. Errors: those of out-file.h, NN_ERR_NOMEM, NN_ERR_DEVICE. */
bool nn_learned_save(const char *path, NnModel *model, const NnConfig *recipe, NnError *err);

/* A safetensors file, read and looked at: types, sizes and places of all tensors are what the
 * format allows. Errors, one sentence with the path: NN_ERR_IO, NN_ERR_FORMAT, NN_ERR_NOMEM. */
typedef struct NnLearned NnLearned;
bool nn_learned_open(const char *path, NnLearned **weights, NnError *err);
void nn_learned_free(NnLearned *weights); /* NULL is allowed */
/* The recipe that it was made of (JSON); NULL: it does not say. Borrowed. */
const char *nn_learned_recipe(const NnLearned *weights);
/* Into a model of the same network, all or nothing, as load_state_dict(strict=True): every tensor
 * with its shape, none more, all numbers finite. NN_ERR_SHAPE, NN_ERR_FORMAT, NN_ERR_NOMEM. */
bool nn_learned_load(const NnLearned *weights, NnModel *model, NnError *err);
