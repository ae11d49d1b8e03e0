#!/usr/bin/env python3
"""Writes scheduler-*.json: learning rate and momentum at every step, and with changes of the rate from outside. Needs
PyTorch."""
from golden import write
from schedule import N_STEPS, refused, trace


def recursive(kind, *settings):
    """Each setting by itself, and the first ones with the rate changed from outside."""
    cases = [trace(f'{kind} {i}', {'kind': kind, **s}) for i, s in enumerate(settings)]
    for i, s in enumerate(settings[:2]):
        cases.append(trace(f'{kind} {i}, halved after 3', {'kind': kind, **s}, change={'after': 3, 'times': 0.5}))
        cases.append(trace(f'{kind} {i}, raised after 7', {'kind': kind, **s}, 0.03, change={'after': 7, 'times': 4}))
    write('scheduler', kind, cases, tol=1e-12)


recursive('none', {})
recursive('StepLR', {'step_size': 3, 'gamma': 0.5}, {'step_size': 1}, {'step_size': 7, 'gamma': 1.3})
recursive('MultiStepLR', {'milestones': [2, 2, 5], 'gamma': 0.5}, {'milestones': [30, 4, 11]},
          {'milestones': [0, 3, 0, 40], 'gamma': 0.7})
recursive('MultiplicativeLR', {'factor': 0.95}, {'factor': 1.1}, {'factor': 0.3})
recursive('ConstantLR', {}, {'factor': 0.1, 'total_iters': 9}, {'factor': 0.25, 'total_iters': 0}, {'factor': 1.0})
recursive('LinearLR', {}, {'start_factor': 0.25, 'total_iters': 13}, {'start_factor': 1.0, 'end_factor': 0.0, 'total_iters': 11},
          {'start_factor': 0.01, 'end_factor': 0.5, 'total_iters': 1})
recursive('ExponentialLR', {'gamma': 0.9}, {'gamma': 0.1}, {'gamma': 1.05})
recursive('PolynomialLR', {}, {'total_iters': 12, 'power': 2.0}, {'total_iters': 40, 'power': 0.5},
          {'total_iters': 60, 'power': 1.5})
recursive('CosineAnnealingLR', {'T_max': 4, 'eta_min': 0.01}, {'T_max': 17}, {'T_max': 1, 'eta_min': 0.02},
          {'T_max': 50, 'eta_min': 0.2}, {'T_max': 2})
recursive('CosineAnnealingWarmRestarts', {'T_0': 3, 'T_mult': 2, 'eta_min': 0.01}, {'T_0': 10}, {'T_0': 1},
          {'T_0': 1, 'T_mult': 3}, {'T_0': 55, 'eta_min': 0.3})

CYCLIC = {'kind': 'CyclicLR', 'base_lr': 0.01, 'max_lr': 0.1}
write('scheduler', 'CyclicLR', [
    trace('up 3, down 2', {**CYCLIC, 'step_size_up': 3, 'step_size_down': 2}),
    trace('triangular2', {**CYCLIC, 'step_size_up': 2, 'mode': 'triangular2'}),
    trace('exp_range', {**CYCLIC, 'step_size_up': 4, 'step_size_down': 7, 'mode': 'exp_range', 'gamma': 0.93}),
    trace('beta1', {**CYCLIC, 'step_size_up': 7, 'base_momentum': 0.6, 'max_momentum': 0.98}, adam=True),
    trace('without momentum', {**CYCLIC, 'step_size_up': 2000, 'cycle_momentum': False}),
    trace('straight down again', {**CYCLIC, 'step_size_up': 6, 'step_size_down': 0}),
    trace('upside down', {'kind': 'CyclicLR', 'base_lr': 0.2, 'max_lr': 0.05, 'step_size_up': 5}),
    trace('changed outside', {**CYCLIC, 'step_size_up': 5}, change={'after': 4, 'times': 0.5}),
], tol=1e-12)

ONE = {'kind': 'OneCycleLR', 'max_lr': 1.0}
write('scheduler', 'OneCycleLR', [
    trace('of 10', {**ONE, 'total_steps': 10}, n_steps=10),
    trace('of the run', ONE),
    trace('longer than the run', {**ONE, 'total_steps': 77}),
    trace('linear', {**ONE, 'anneal_strategy': 'linear', 'pct_start': 0.45}),
    trace('three phases', {**ONE, 'three_phase': True, 'div_factor': 7.0, 'final_div_factor': 50.0}),
    trace('three linear phases', {**ONE, 'three_phase': True, 'anneal_strategy': 'linear', 'pct_start': 0.21}),
    trace('beta1', {**ONE, 'base_momentum': 0.7, 'max_momentum': 0.99}, adam=True),
    trace('without momentum', {**ONE, 'cycle_momentum': False}),
    trace('only falling', {**ONE, 'pct_start': 0.0}),
    trace('only rising', {**ONE, 'pct_start': 1.0, 'total_steps': 50}),
    trace('of 1', ONE, n_steps=1),
    trace('changed outside', ONE, change={'after': 4, 'times': 0.5}),
    refused('too short', {**ONE, 'total_steps': 39}),
    refused('first phase without length', {**ONE, 'pct_start': 0.025}),
    refused('last phase without length', {**ONE, 'pct_start': 1.0}),
], tol=1e-12)

DIPS = [1 / (1 + k % 9) for k in range(N_STEPS)]
FLAT = [2.0] * 4 + [1.5, 1.4999, 1.4998, 1.2] + [1.2] * 20 + [0.3] * 12
RISING = [0.1 + 0.8 * k / 17 if k < 17 else 0.9 for k in range(N_STEPS)]
PLATEAU = {'kind': 'ReduceLROnPlateau'}
write('scheduler', 'ReduceLROnPlateau', [
    trace('defaults', PLATEAU, metrics=FLAT),
    trace('patience 2', {**PLATEAU, 'patience': 2, 'factor': 0.5}, metrics=FLAT),
    trace('cooldown and minimum', {**PLATEAU, 'patience': 1, 'factor': 0.5, 'cooldown': 3, 'min_lr': 0.02}, metrics=DIPS),
    trace('max', {**PLATEAU, 'mode': 'max', 'patience': 1, 'threshold': 0.03}, metrics=RISING),
    trace('max, abs', {**PLATEAU, 'mode': 'max', 'threshold_mode': 'abs', 'patience': 0, 'threshold': 0.05, 'factor': 0.8},
          metrics=RISING),
    trace('min, abs', {**PLATEAU, 'threshold_mode': 'abs', 'patience': 3, 'threshold': 0.01, 'factor': 0.3}, metrics=FLAT),
    trace('eps', {**PLATEAU, 'patience': 0, 'factor': 0.5, 'eps': 0.01}, metrics=FLAT),
    trace('negative metric', {**PLATEAU, 'patience': 0, 'factor': 0.5}, metrics=[-1.0] * N_STEPS),
    trace('changed outside', {**PLATEAU, 'patience': 2, 'factor': 0.5}, metrics=FLAT, change={'after': 9, 'times': 3.0}),
], tol=1e-12)

CHILDREN = [
    {'kind': 'none'},
    {'kind': 'StepLR', 'step_size': 4, 'gamma': 0.7},
    {'kind': 'MultiStepLR', 'milestones': [0, 3, 8, 8], 'gamma': 0.6},
    {'kind': 'MultiplicativeLR', 'factor': 0.9},
    {'kind': 'ConstantLR', 'factor': 0.3, 'total_iters': 6},
    {'kind': 'LinearLR', 'start_factor': 0.2, 'end_factor': 0.9, 'total_iters': 7},
    {'kind': 'ExponentialLR', 'gamma': 0.85},
    {'kind': 'PolynomialLR', 'total_iters': 30, 'power': 1.5},
    {'kind': 'CosineAnnealingLR', 'T_max': 9, 'eta_min': 0.01},
    {'kind': 'CosineAnnealingWarmRestarts', 'T_0': 4, 'T_mult': 2, 'eta_min': 0.003},
    {**CYCLIC, 'step_size_up': 5, 'mode': 'exp_range', 'gamma': 0.95},
    {**ONE, 'total_steps': 60},
]
EXP = {'kind': 'ExponentialLR', 'gamma': 0.9}


def sequential(name, schedulers, milestones, **more):
    return trace(name, {'kind': 'SequentialLR', 'schedulers': schedulers, 'milestones': milestones, **more})


def chained(name, schedulers, **more):
    return trace(name, {'kind': 'ChainedScheduler', 'schedulers': schedulers}, **more)


cases = [sequential(f'{c["kind"]} second', [EXP, c], [11]) for c in CHILDREN]
cases += [sequential(f'{c["kind"]} first', [c, EXP], [13]) for c in CHILDREN]
cases += [
    sequential('all of them', CHILDREN, [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32]),
    sequential('backwards', CHILDREN[::-1], [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32]),
    sequential('one alone', [EXP], []),
    sequential('two at once', [EXP, CHILDREN[1], CHILDREN[5]], [6, 6]),
    sequential('from 0 on', [EXP, CHILDREN[5]], [0]),
    sequential('warm-up', [CHILDREN[8]], [], warmup_steps=6),
    sequential('warm-up of two', [CHILDREN[8], EXP], [21], warmup_steps=4, warmup_start_factor=0.05),
    sequential('warm-up, one cycle of the rest', [ONE], [], warmup_steps=5),
    sequential('one cycle of the part between', [EXP, ONE, EXP], [7, 29]),
    sequential('chained first', [{'kind': 'ChainedScheduler', 'schedulers': [CHILDREN[4], EXP]}, CHILDREN[8]], [9]),
    sequential('chained poly and cosine first', [{'kind': 'ChainedScheduler', 'schedulers': [CHILDREN[7], CHILDREN[8]]}, EXP], [9]),
    sequential('sequential first', [{'kind': 'SequentialLR', 'schedulers': [CHILDREN[5], EXP], 'milestones': [5]},
                                    CHILDREN[1]], [12]),
    trace('changed outside', {'kind': 'SequentialLR', 'schedulers': [EXP, CHILDREN[3]], 'milestones': [10]},
          change={'after': 4, 'times': 0.5}),
    refused('chained second', {'kind': 'SequentialLR', 'schedulers': [EXP, {'kind': 'ChainedScheduler', 'schedulers': [EXP]}],
                               'milestones': [9]}),
    refused('plateau inside', {'kind': 'SequentialLR', 'schedulers': [EXP, PLATEAU], 'milestones': [9]}),
    refused('too few milestones', {'kind': 'SequentialLR', 'schedulers': [EXP, EXP], 'milestones': []}),
    refused('too many milestones', {'kind': 'SequentialLR', 'schedulers': [EXP], 'milestones': [3]}),
    refused('nothing inside', {'kind': 'SequentialLR', 'schedulers': [], 'milestones': []}),
]
write('scheduler', 'SequentialLR', cases, tol=1e-12)

cases = [chained(f'{c["kind"]} then ExponentialLR', [c, EXP]) for c in CHILDREN]
cases += [chained(f'LinearLR then {c["kind"]}', [CHILDREN[5], c]) for c in CHILDREN]
cases += [
    chained('all of them', CHILDREN),
    chained('backwards', CHILDREN[::-1]),
    chained('all that multiply', CHILDREN[:9]),
    chained('one alone', [EXP]),
    chained('two cycles', [{**ONE, 'total_steps': 45}, {**CYCLIC, 'step_size_up': 3}]),
    chained('chained inside', [{'kind': 'ChainedScheduler', 'schedulers': [CHILDREN[1], EXP]}, CHILDREN[5]]),
    chained('sequential inside', [{'kind': 'SequentialLR', 'schedulers': [CHILDREN[5], EXP], 'milestones': [7]}, CHILDREN[1]]),
    chained('sequential last', [CHILDREN[1], {'kind': 'SequentialLR', 'schedulers': [CHILDREN[5], EXP], 'milestones': [7]}]),
    chained('changed outside', [CHILDREN[1], CHILDREN[5]], change={'after': 3, 'times': 0.5}),
    refused('plateau inside', {'kind': 'ChainedScheduler', 'schedulers': [EXP, PLATEAU]}),
    refused('nothing inside', {'kind': 'ChainedScheduler', 'schedulers': []}),
]
write('scheduler', 'ChainedScheduler', cases, tol=1e-12)
