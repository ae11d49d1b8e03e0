#!/usr/bin/env python3
"""Writes loss-CrossEntropyLoss.json. Needs PyTorch."""
import torch
from torch import nn

from golden import noise, numbers, write


def case(name, N, C, seed, scale=1.0, kind='CrossEntropyLoss', **params):
    """The mean loss of a batch, the loss of each sample, and the gradient of the mean."""
    generator = torch.Generator().manual_seed(seed)
    logits = noise(generator, (N, C), scale).requires_grad_(True)
    labels = torch.randint(0, C, (N,), generator=generator)
    given = {**params, 'weight': torch.tensor(params['weight'])} if 'weight' in params else params
    make = getattr(nn, kind)
    loss = make(**given)(logits, labels)
    loss.backward()
    rows = make(**{**given, 'reduction': 'none'})(logits, labels)
    return {'name': name, 'config': {'kind': kind, **params}, 'classes': C, 'logits': numbers(logits),
            'labels': labels.tolist(), 'loss': numbers(loss)[0], 'row_loss': numbers(rows), 'dlogits': numbers(logits.grad)}


def cross_entropy():
    yield case('defaults', 5, 10, 1)
    yield case('one sample', 1, 10, 2)
    yield case('two classes', 7, 2, 3)
    yield case('one class', 3, 1, 4)
    yield case('label_smoothing', 5, 10, 5, label_smoothing=0.1)
    yield case('label_smoothing, odd', 3, 7, 6, label_smoothing=0.37)
    yield case('label_smoothing 1', 4, 3, 7, label_smoothing=1.0)
    yield case('very sure', 5, 4, 8, 100.0)
    yield case('very sure, label_smoothing', 5, 4, 9, 100.0, label_smoothing=0.2)
    yield case('class weights', 5, 4, 11, weight=[0.5, 2.0, 1.25, 3.0])
    yield case('class weights, label_smoothing', 7, 3, 12, weight=[0.5, 2.0, 0.0], label_smoothing=0.3)
    yield case('sum', 5, 4, 13, reduction='sum')
    yield case('sum, class weights, label_smoothing', 6, 4, 14, reduction='sum', weight=[0.1, 1.0, 2.0, 0.7],
               label_smoothing=0.1)
    yield case('more than a chunk of samples', 67, 3, 10, label_smoothing=0.05)


if __name__ == '__main__':
    write('loss', 'CrossEntropyLoss', list(cross_entropy()))
