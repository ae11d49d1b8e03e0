#!/usr/bin/env python3
"""Writes state_dict.json: keys and shapes of state_dict() of the nn.Sequential that a network means, as PyTorch has
them, for every case of golden/layer-*.json by itself, for every recipe in traces/recipes, and for blocks in blocks.
Needs PyTorch.

  make_state_dict.py > state_dict.json
"""
import json
import sys
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / 'traces'))
import torch_recipe  # noqa: E402

LINEAR = {'kind': 'Linear', 'out_features': 5}
NESTED = [{'kind': 'Dropout', 'p': 0}, {'kind': 'Residual', 'layers': [
    LINEAR, {'kind': 'ReLU'}, {'kind': 'Residual', 'layers': [{'kind': 'BatchNorm1d'}, {**LINEAR, 'weight_norm': True}]}]},
    {'kind': 'Residual', 'layers': []}, {'kind': 'PReLU'}, {'kind': 'Linear', 'out_features': 3, 'weight_norm': True}]


# What PyTorch has no default for; the recipe's is this.
DEFAULTS = {'GroupNorm': {'num_groups': 4}, 'AdaptiveAvgPool2d': {'output_size': 1}, 'Conv2d': {'out_channels': 32, 'kernel_size': 3},
            'MaxPool2d': {'kernel_size': 2}, 'AvgPool2d': {'kernel_size': 2}}


def complete(network):
    for layer in network:
        layer = {**DEFAULTS.get(layer['kind'], {}), **layer}
        if 'layers' in layer:
            layer['layers'] = list(complete(layer['layers']))
        yield layer


def norm(network, modules):
    """weight_norm is a function of its own in PyTorch."""
    for layer, module in zip(network, modules):
        if 'layers' in layer:
            norm(layer['layers'], module.layers)
        if layer.get('weight_norm'):
            nn.utils.parametrizations.weight_norm(module)


def tensors(network, shape):
    network = list(complete(network))
    module = nn.Sequential(*torch_recipe.build(network, shape))
    norm(network, module)
    return [[name, list(t.shape)] for name, t in module.state_dict().items()]


def cases():
    for path in sorted((HERE / 'golden').glob('layer-*.json')):
        for case in json.loads(path.read_text())['cases']:
            if 'batches' in case:
                yield f'{path.stem[6:]}: {case["name"]}', [case['config']], case['input_shape']
    for path in sorted((HERE / 'traces' / 'recipes').glob('*.json')):
        yield path.stem, json.loads(path.read_text())['network'], [1, 28, 28]
    yield 'blocks in blocks', NESTED, [5]


def main():
    done = []
    for name, network, shape in cases():
        done.append(json.dumps({'name': name, 'network': network, 'input': shape, 'tensors': tensors(network, shape)}))
    print('{"torch": "%s", "cases": [' % torch.__version__)
    print(',\n'.join(done))
    print(']}')


main()
