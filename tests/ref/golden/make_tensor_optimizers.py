#!/usr/bin/env python3
"""Writes optimizer-{Adafactor,Muon,LBFGS}.json: the optimizers that see whole tensors. Needs PyTorch 2.15."""
import torch

from golden import write
from optimizer import optimizer_case, refused_case, valley_case

SHAPES = [[3, 4], [3], [1, 4], [5, 1], [2, 2, 1, 3]]
STEPS = {'n_steps': 8, 'shown': (1, 2, 8)}
SINK = {'3': 0.5, '6': 0.1}  # a schedule


def adafactor(name, lrs=None, **params):
    config = {'kind': 'Adafactor', **params}
    return optimizer_case(name, config, lambda p: [torch.optim.Adafactor(p, **params)], SHAPES, lrs=lrs, **STEPS)


def muon(name, lrs=None, adamw=None, shapes=((2, 5), (3,), (4, 2), (3, 3), (2, 2, 1, 2)), seed=5, **params):
    """PyTorch's Muon for the matrices and its AdamW for the rest."""
    adamw = adamw or {}
    config = {'kind': 'Muon', **params, **{f'adamw_{key}': value for key, value in adamw.items()}}

    def make(p):
        rest = [t for t in p if t.dim() != 2]
        return [torch.optim.Muon([t for t in p if t.dim() == 2], **params)] + \
            ([torch.optim.AdamW(rest, **adamw)] if rest else [])
    return optimizer_case(name, config, make, [list(s) for s in shapes], lrs=lrs, seed=seed, **STEPS)


def adafactors():
    yield adafactor('defaults')
    yield adafactor('decay, slower memory', lr=0.1, weight_decay=0.1, beta2_decay=-0.3)
    yield adafactor('memory of all', lr=0.1, beta2_decay=0.0)
    yield adafactor('large eps', lr=0.3, eps=[0.2, 0.6])
    yield adafactor('eps none, second eps 0', lr=0.5, eps=[None, 0.0])
    yield adafactor('clipping at 2, maximize', lr=0.5, d=2.0, maximize=True)
    yield adafactor('schedule', SINK, lr=0.2, weight_decay=0.1)
    yield refused_case('Adafactor', 'positive beta2_decay', beta2_decay=0.1)
    yield refused_case('Adafactor', 'clipping below 1', d=0.9)
    yield refused_case('Adafactor', 'negative eps', eps=[None, -0.1])


def muons():
    yield muon('defaults')
    yield muon('no nesterov, AdamW with its own numbers', lr=0.02, nesterov=False, momentum=0.8,
               adamw={'lr': 0.05, 'betas': [0.8, 0.9], 'eps': 1e-3, 'weight_decay': 0.2})
    yield muon('match_rms_adamw', lr=0.02, adjust_lr_fn='match_rms_adamw', weight_decay=0.5)
    yield muon('spectral_unclamped', lr=0.02, adjust_lr_fn='spectral_unclamped')
    yield muon('original, other coefficients', lr=0.02, adjust_lr_fn='original', ns_coefficients=[2.0, -1.5, 0.5],
               ns_steps=7, weight_decay=0.0)
    yield muon('no Newton–Schulz steps', lr=0.02, ns_steps=0)
    yield muon('schedule', SINK, lr=0.02, adamw={'lr': 0.01})
    yield refused_case('Muon', 'unknown adjust_lr_fn', adjust_lr_fn='mine')
    yield refused_case('Muon', 'negative momentum', momentum=-0.1)


HILL = [-1.2, 1.0]
ROW = [-1.2, 1.0, 0.5, -0.3, 0.8, 1.1, -0.6]


def lbfgss():
    yield valley_case('no line search', [[2]], HILL, lr=0.1, max_iter=5)
    yield valley_case('strong_wolfe', [[2]], HILL, line_search_fn='strong_wolfe', max_iter=6)
    yield valley_case('strong_wolfe, few evaluations', [[2, 2], [3]], ROW, line_search_fn='strong_wolfe', max_iter=9,
                      max_eval=7)
    yield valley_case('strong_wolfe, one iteration', [[2, 2], [3]], ROW, (1.0,) * 6, line_search_fn='strong_wolfe', max_iter=1)
    yield valley_case('strong_wolfe, short history, long first step', [[2, 2], [3]], ROW, lr=4.0, history_size=2,
                      line_search_fn='strong_wolfe', max_iter=7)
    yield valley_case('moving valley', [[2, 2], [3]], ROW, (1.0, 0.8, 1.1, 0.9, 1.0), lr=0.05, max_iter=4)
    yield valley_case('moving valley, short history', [[2, 2], [3]], ROW, (1.0, 0.8, 1.1, 0.9), lr=0.05, max_iter=4,
                      history_size=3)
    yield valley_case('moving valley, strong_wolfe', [[2, 2], [3]], ROW, (1.0, 0.8, 1.1, 0.9), max_iter=4,
                      line_search_fn='strong_wolfe')
    yield valley_case('to the bottom', [[2]], HILL, (1.0,) * 5, line_search_fn='strong_wolfe', tolerance_grad=1e-5,
                      tolerance_change=1e-7)
    yield valley_case('already at the bottom', [[2]], [1.0, 1.0], (1.0, 1.5), max_iter=3, lr=0.1)
    yield valley_case('coarse change', [[2]], HILL, lr=0.01, tolerance_change=0.5)
    yield refused_case('LBFGS', 'negative lr', lr=-1.0)


def climbs():
    """Upwards, from a slope that ends nowhere: two steps are enough."""
    yield valley_case('maximize', [[2]], HILL, (1.0, 1.0), lr=1e-3, max_iter=2, maximize=True)
    yield valley_case('maximize, strong_wolfe', [[2]], HILL, (1.0,), lr=1e-3, max_iter=2, maximize=True,
                      line_search_fn='strong_wolfe')


write('optimizer', 'Adafactor', list(adafactors()))
write('optimizer', 'Muon', list(muons()))
write('optimizer', 'LBFGS', list(lbfgss()) + list(climbs()))
