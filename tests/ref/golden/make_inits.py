#!/usr/bin/env python3
"""Writes init-*.json: what torch.nn.init draws in float32 after torch.manual_seed(). Needs PyTorch.

A case draws several tensors in a row, so that a generator that keeps half of a pair of normal numbers is seen to do so,
and ends with one more even number, which tells whether as many random numbers were used."""
import warnings

import torch
from torch import nn

from golden import write

torch.set_default_dtype(torch.float32)
warnings.simplefilter('ignore')

MATRICES = [[3, 4], [5, 3], [2, 8], [7, 7], [13, 5]]
FILTERS = [[4, 3, 3, 3], [5, 2, 1, 3]]
VECTORS = [[3], [15], [16], [17], [33]]


def floats(tensor):
    """float32 needs nine digits."""
    return [float(f'{x:.9g}') for x in tensor.detach().reshape(-1).tolist()]


def fans(shape):
    area = 1
    for size in shape[2:]:
        area *= size
    return (shape[1] * area, shape[0] * area) if len(shape) > 1 else (shape[0], shape[0])


def tensor(shape, values, fan_in=None):
    fan = fans(shape)
    return {'shape': shape, 'fan_in': fan_in or fan[0], 'fan_out': fan[1], 'values': floats(values)}


def case(name, kind, params, shapes, seed=0):
    torch.manual_seed(seed)
    tensors = [tensor(s, getattr(nn.init, kind)(torch.empty(s), **params)) for s in shapes]
    return {'name': name, 'params': params, 'seed': seed, 'tensors': tensors, 'next': floats(torch.rand(1))}


def refused(name, kind, params, shape):
    try:
        getattr(nn.init, kind)(torch.empty(shape), **params)
    except Exception as error:  # whatever PyTorch raises is the matter here
        fan = fans(shape)
        return {'name': name, 'params': params, 'shape': shape, 'fan_in': fan[0], 'fan_out': fan[1],
                'refused': str(error).splitlines()[0]}
    raise AssertionError(f'{name}: PyTorch takes this')


def default():
    for seed, make in enumerate([lambda: nn.Linear(7, 5), lambda: nn.Conv2d(4, 6, 3, groups=2), lambda: nn.Linear(33, 2)]):
        torch.manual_seed(seed)
        module = make()
        fan = fans(list(module.weight.shape))[0]
        yield {'name': str(module), 'params': {}, 'seed': seed,
               'tensors': [tensor(list(module.weight.shape), module.weight), tensor(list(module.bias.shape), module.bias, fan)],
               'next': floats(torch.rand(1))}


def plain(kind, params, more=()):
    yield case('vectors', kind, params, VECTORS)
    yield case('matrices and filters', kind, params, MATRICES + FILTERS, 1)
    for i, other in enumerate(more):
        yield case(str(other), kind, other, [[5], [6, 7]], 2 + i)


def fan_based(kind, more):
    yield case('matrices and filters', kind, {}, MATRICES + FILTERS)
    for i, other in enumerate(more):
        yield case(str(other), kind, other, [[5, 4], [3, 2, 3, 3]], 1 + i)
    yield refused('a bias', kind, {}, [5])


def kaiming(kind):
    return fan_based(kind, [{'mode': 'fan_out', 'nonlinearity': 'relu'}, {'a': 0.3}, {'a': 0.3, 'nonlinearity': 'tanh'},
                            {'nonlinearity': 'sigmoid'}, {'nonlinearity': 'selu'}, {'nonlinearity': 'linear'}])


def trunc():
    yield case('vectors', 'trunc_normal_', {}, VECTORS)
    yield case('matrices and filters', 'trunc_normal_', {}, MATRICES + FILTERS, 1)
    for i, other in enumerate([{'std': 0.02}, {'mean': 0.5, 'std': 0.7, 'a': -0.5, 'b': 1}, {'std': 3, 'a': -0.5, 'b': 0.5},
                               {'mean': -1, 'a': 0.5, 'b': 4}, {'mean': 2, 'std': 0.5, 'a': -1, 'b': 1}, {'a': 1, 'b': 1}]):
        yield case(str(other), 'trunc_normal_', other, [[5], [19], [6, 7]], 2 + i)
    yield refused('limits in the wrong order', 'trunc_normal_', {'a': 1, 'b': -1}, [5])


def orthogonal():
    yield case('matrices and filters', 'orthogonal_', {}, MATRICES + FILTERS + [[1, 1], [1, 9], [9, 1]])
    yield case('gain', 'orthogonal_', {'gain': 1.5}, [[6, 4], [4, 6], [24, 16]], 1)
    yield refused('a bias', 'orthogonal_', {}, [5])


def sparse():
    yield case('nine in ten', 'sparse_', {'sparsity': 0.9}, MATRICES)
    yield case('a third', 'sparse_', {'sparsity': 1 / 3, 'std': 0.5}, MATRICES, 1)
    yield case('none', 'sparse_', {'sparsity': 0.0}, MATRICES[:2], 2)
    yield case('all', 'sparse_', {'sparsity': 1.0}, MATRICES[:2], 3)
    yield refused('a filter', 'sparse_', {'sparsity': 0.5}, [4, 3, 3, 3])
    yield refused('a bias', 'sparse_', {'sparsity': 0.5}, [5])


def eye():
    yield case('matrices', 'eye_', {}, MATRICES + [[1, 1]])
    yield refused('a filter', 'eye_', {}, [4, 3, 3, 3])
    yield refused('a bias', 'eye_', {}, [5])


def dirac():
    yield case('filters', 'dirac_', {}, FILTERS + [[3, 5, 2, 4], [6, 2, 5, 5]])
    yield case('groups', 'dirac_', {'groups': 2}, [[4, 3, 3, 3], [6, 2, 2, 3]], 1)
    yield refused('a matrix', 'dirac_', {}, [4, 3])
    yield refused('groups do not divide', 'dirac_', {'groups': 3}, [4, 3, 3, 3])


def save(kind, cases, tol):
    write('init', kind, list(cases), tol)


if __name__ == '__main__':
    # Even draws agree in every bit; normal draws to the last bits, as the C library's logarithm and cosine differ from
    # those of PyTorch's build.
    save('default', default(), 0)
    save('zeros_', plain('zeros_', {}), 0)
    save('ones_', plain('ones_', {}), 0)
    save('constant_', plain('constant_', {'val': 0.3}), 0)
    save('eye_', eye(), 0)
    save('dirac_', dirac(), 0)
    save('uniform_', plain('uniform_', {}, [{'a': -0.1, 'b': 0.1}, {'a': 0.3, 'b': 0.3}]), 0)
    save('xavier_uniform_', fan_based('xavier_uniform_', [{'gain': 1.7}]), 0)
    save('kaiming_uniform_', kaiming('kaiming_uniform_'), 0)
    save('normal_', plain('normal_', {}, [{'mean': 0.5, 'std': 0.02}, {'std': 0.0}]), 1e-6)
    save('xavier_normal_', fan_based('xavier_normal_', [{'gain': 1.7}]), 1e-6)
    save('kaiming_normal_', kaiming('kaiming_normal_'), 1e-6)
    save('trunc_normal_', trunc(), 1e-6)
    save('sparse_', sparse(), 1e-6)
    # PyTorch factors the matrix in float32, here it is done in double.
    save('orthogonal_', orthogonal(), 1e-5)
