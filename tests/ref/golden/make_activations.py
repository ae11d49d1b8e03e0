#!/usr/bin/env python3
"""Writes layer-NAME.json for every activation that learns nothing. Needs PyTorch.

The first sample stands on the kinks of all of them, at both zeros and far out; the second close beside the kinks."""
import torch
from torch import nn

from golden import layer_case, noise, refused_case, write

ON = [0.0, -0.0, 0.5, -0.5, 1, -1, 3, -3, 6, -6, 0.25, -0.25, 20, -20, 40, -40, 90, -90, 1000, -1000, 1e6, -1e6]
STEP = 0.0009765625  # 2⁻¹⁰: the same in float32
BESIDE = [x + STEP if i % 2 else x - STEP for i, x in enumerate(ON[:14])] + [10, -10, 15.5, -15.5, 0.001, -0.001, 1e-5, -1e-5]


def places(generator, shape):
    made = noise(generator, shape, 2)
    made[0] = torch.tensor(ON)
    made[1] = torch.tensor(BESIDE)
    return made


def way(module, params):
    name = ', '.join(f'{key} = {value}' for key, value in params.items()) or 'defaults'
    return layer_case(name, {'kind': module.__name__, **params}, module(**params), [len(ON)], [(4, True), (2, False)], x=places)


def save(module, *ways, refused=(), tol=1e-10):
    cases = [way(module, params) for params in ({}, *ways)]
    cases.append(layer_case('a picture', {'kind': module.__name__}, module(), [2, 3, 5], seed=2))
    for params in refused:
        cases.append(refused_case(str(params), {'kind': module.__name__, **params}, lambda p=params: module(**p), [5]))
    write('layer', module.__name__, cases, tol)


for plain in (nn.ReLU, nn.Tanh, nn.Sigmoid, nn.SELU, nn.SiLU, nn.Mish, nn.LogSigmoid, nn.Softsign, nn.Tanhshrink, nn.Hardswish,
              nn.ReLU6):
    save(plain)
save(nn.Hardsigmoid, tol=2e-8)  # PyTorch's slope is 1/6 rounded to float32, even in float64
save(nn.LeakyReLU, {'negative_slope': 0.25}, {'negative_slope': 0})
save(nn.ELU, {'alpha': 0.5}, {'alpha': 2.25}, {'alpha': 0})
save(nn.CELU, {'alpha': 0.5}, {'alpha': 2.25}, refused=[{'alpha': 0}])
save(nn.GELU, {'approximate': 'tanh'}, refused=[{'approximate': 'fast'}])
save(nn.Softplus, {'beta': 2}, {'beta': 0.5, 'threshold': 3}, {'threshold': 0})
save(nn.Hardtanh, {'min_val': -3, 'max_val': 0.5}, {'min_val': 0.25, 'max_val': 6})
save(nn.Hardshrink, {'lambd': 1}, {'lambd': 0})
save(nn.Softshrink, {'lambd': 3}, {'lambd': 0}, refused=[{'lambd': -0.5}])
