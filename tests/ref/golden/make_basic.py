#!/usr/bin/env python3
"""Writes layer-{Linear,Flatten,Dropout,BatchNorm1d}.json. Needs PyTorch."""
from torch import nn

from golden import given_case, layer_case, refused_case, write


def linear():
    yield layer_case('bias', {'kind': 'Linear', 'out_features': 5}, nn.Linear(7, 5), [7], [(3, True), (1, True)])
    yield layer_case('no bias', {'kind': 'Linear', 'out_features': 3, 'bias': False}, nn.Linear(9, 3, bias=False), [9],
                     [(4, True), (2, False)], 2)
    yield layer_case('one to one', {'kind': 'Linear', 'out_features': 1, 'in_features': 1}, nn.Linear(1, 1), [1], seed=3)
    for bias in (True, False):
        module = nn.utils.parametrizations.weight_norm(nn.Linear(7, 5, bias=bias))
        yield layer_case(f'weight_norm, bias = {bias}', {'kind': 'Linear', 'out_features': 5, 'weight_norm': True, 'bias': bias},
                         module, [7], [(3, True), (1, True), (2, False)], 4)
    # With x the identity, dy is the transposed gradient of the weight: small numbers that can be followed by hand.
    module = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2, bias=False))
    yield given_case('weight_norm, small numbers', {'kind': 'Linear', 'out_features': 2, 'weight_norm': True, 'bias': False}, module,
                     [3], [[2.0, 0.5], [3.0, 4.0, 0.0, 1.0, 2.0, 2.0]],
                     [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [[1.0, 0.5], [2.0, 0.0], [-1.0, 1.0]])
    yield refused_case('in_features does not fit', {'kind': 'Linear', 'out_features': 2, 'in_features': 4},
                       lambda: nn.Linear(4, 2), [5])


def flatten():
    yield layer_case('picture', {'kind': 'Flatten'}, nn.Flatten(), [2, 3, 5], [(3, True), (1, False)])
    yield layer_case('vector', {'kind': 'Flatten'}, nn.Flatten(), [7], seed=2)


def dropout():
    yield layer_case('evaluation', {'kind': 'Dropout', 'p': 0.3}, nn.Dropout(0.3), [7], [(3, False)])
    yield layer_case('p = 0', {'kind': 'Dropout', 'p': 0}, nn.Dropout(0.0), [5], [(3, True), (2, False)], 2)
    yield layer_case('p = 1', {'kind': 'Dropout', 'p': 1}, nn.Dropout(1.0), [2, 3, 3], [(3, True), (2, False)], 3)


def batchnorm(name, **params):
    batches = [(7, True), (5, True), (2, True), (3, False)]
    return layer_case(name, {'kind': 'BatchNorm1d', **params}, nn.BatchNorm1d(5, **params), [5], batches)


def batchnorm1d():
    yield batchnorm('defaults')
    yield batchnorm('affine off', affine=False)
    yield batchnorm('momentum none', momentum=None)
    yield batchnorm('momentum and eps', momentum=0.37, eps=0.01)
    yield batchnorm('track off', track_running_stats=False)
    yield batchnorm('bias off', bias=False)
    yield batchnorm('affine and track off', affine=False, track_running_stats=False)
    yield refused_case('eps 0', {'kind': 'BatchNorm1d', 'eps': 0}, lambda: nn.BatchNorm1d(5, eps=0), [5])
    yield refused_case('num_features does not fit', {'kind': 'BatchNorm1d', 'num_features': 4},
                       lambda: nn.BatchNorm1d(4), [5])


write('layer', 'Linear', list(linear()))
write('layer', 'Flatten', list(flatten()))
write('layer', 'Dropout', list(dropout()))
write('layer', 'BatchNorm1d', list(batchnorm1d()))
