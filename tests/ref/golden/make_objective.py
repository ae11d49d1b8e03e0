#!/usr/bin/env python3
"""Writes ../objective.json: three batches of a small network with penalties, clipping, class weights and LBFGS, as
written in a PyTorch program. Read by test-objective.c. Needs PyTorch 2.15."""
import json

import torch
from torch import nn

from golden import HERE, noise, numbers, set_params

NETWORK = [{'kind': 'Linear', 'out_features': 5}, {'kind': 'BatchNorm1d'}, {'kind': 'Tanh'},
           {'kind': 'Linear', 'out_features': 3}]
SIZES = (6, 6, 5)


def penalty(model, l1=0.0, l2=0.0, penalty_on='all', **_):
    chosen = [p for p in model.parameters() if penalty_on == 'all' or p.dim() >= 2]
    return l1 * sum(p.abs().sum() for p in chosen) + l2 * sum(p.pow(2).sum() for p in chosen)


def clip(model, clip_norm=0.0, clip_value=0.0, **_):
    if clip_norm:
        nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    if clip_value:
        nn.utils.clip_grad_value_(model.parameters(), clip_value)


def case(name, rules, optimizer=None, loss=None):
    generator = torch.Generator().manual_seed(3)
    optimizer = optimizer or {'kind': 'SGD', 'lr': 0.3}
    loss = loss or {}
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3))
    set_params(model, generator)
    given = {**loss, 'weight': torch.tensor(loss['weight'])} if 'weight' in loss else loss
    criterion = nn.CrossEntropyLoss(**given)
    arguments = {key: value for key, value in optimizer.items() if key != 'kind'}
    opt = getattr(torch.optim, optimizer['kind'])(model.parameters(), **arguments)
    result = {'name': name, 'network': NETWORK, 'regularization': rules, 'optimizer': optimizer,
              'loss': {'kind': 'CrossEntropyLoss', **loss}, 'start': [v for p in model.parameters() for v in numbers(p)],
              'batches': []}
    for n in SIZES:
        x, labels = noise(generator, (n, 4)), torch.randint(0, 3, (n,), generator=generator)

        def closure():
            opt.zero_grad()
            value = criterion(model(x), labels) + penalty(model, **rules)
            value.backward()
            clip(model, **rules)
            return value
        value = opt.step(closure)
        result['batches'].append({'x': numbers(x), 'labels': labels.tolist(), 'loss': value.item(),
                                  'after': [v for p in model.parameters() for v in numbers(p)],
                                  'buffers': numbers(model[1].running_mean) + numbers(model[1].running_var)})
    return result


CASES = [
    case('nothing', {}),
    case('penalties on all', {'l1': 0.01, 'l2': 0.02}),
    case('penalties on weights', {'l1': 0.01, 'l2': 0.02, 'penalty_on': 'weights'}),
    case('clip_norm', {'clip_norm': 0.3}),
    case('clip_norm that is hardly reached', {'clip_norm': 100.0}),
    case('clip_value', {'clip_value': 0.05}),
    case('penalties, clip_norm, clip_value', {'l1': 0.01, 'l2': 0.05, 'clip_norm': 0.4, 'clip_value': 0.1}),
    case('sum, class weights', {'clip_norm': 1.0}, loss={'reduction': 'sum', 'weight': [0.5, 2.0, 1.0]}),
    case('AdamW, penalties, clip_norm', {'l2': 0.05, 'clip_norm': 0.2}, {'kind': 'AdamW', 'lr': 0.05}),
    case('LBFGS', {'l2': 0.01}, {'kind': 'LBFGS', 'lr': 0.2, 'max_iter': 4}),
    case('LBFGS, strong_wolfe, clip_norm', {'clip_norm': 5.0},
         {'kind': 'LBFGS', 'max_iter': 4, 'line_search_fn': 'strong_wolfe'}),
]
text = ',\n'.join(json.dumps(c, separators=(',', ':')) for c in CASES)
(HERE.parent / 'objective.json').write_text(f'{{"torch": "{torch.__version__.split("+")[0]}", "tol": 1e-9, "cases": [\n{text}\n]}}\n')
