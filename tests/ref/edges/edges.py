#!/usr/bin/env python3
"""Writes edges.json: which numbers PyTorch takes and which it refuses, for every numeric parameter of every layer,
initialization, loss, optimizer and schedule. A value is judged by what a student's program would do with it: build, four
steps on twelve pictures, evaluation. What it takes stands there with its losses. Needs PyTorch.

  edges.py BACKPROP-CLI [KIND …]            these kinds (printed), or all of them (written)

What is refused here although PyTorch takes it stands in LEFT_OUT and DELIBERATE, with the reason. The test is
test-edges.c."""
import json
import math
import resource
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'traces'))
import pictures  # noqa: E402
from torch_recipe import Program  # noqa: E402

N_PICTURES, N_STEPS, N_SECONDS = 12, 4, 20
CLASSES = ('layer', 'init', 'loss', 'optimizer', 'scheduler')
FLOATS = [-1e30, -1000.5, -2, -1, -0.5, -1e-8, 0, 1e-30, 1e-8, 0.5, 0.999, 1, 1.0001, 1.5, 2, 11, 101, 1001, 1e5, 1e7, 1e30, 1e39]
SIZES = [-2, -1, 0, 1, 2, 3, 4, 5, 13, 14, 15, 27, 28, 29, 30, 57, 64, 65, 128, 1.5]
COUNTS = [-1, 0, 1, 2, 3, 5, 100, 1000000, 1.5]
PAIRS = [[2, 3], [3, 2], [2], [1, 2, 3], [], [0, 1], [28, 1], [29, 1], [1, -1], [1.5, 2], [None, 2], [None, None]]
SIZE_KEYS = {'out_features', 'out_channels', 'num_parameters', 'num_groups', 'groups', 'kernel_size', 'stride', 'padding',
             'dilation', 'output_size', 'divisor_override'}
SGD = {'kind': 'SGD', 'lr': 0.05, 'momentum': 0.9}
LINEAR, FLAT = {'kind': 'Linear', 'out_features': 10}, [{'kind': 'Flatten'}]
HIDDEN = FLAT + [{'kind': 'Linear', 'out_features': 12}]
CONV = {'kind': 'Conv2d', 'out_channels': 4, 'kernel_size': 3, 'padding': 1}
ON_PICTURES = {'Conv2d': [], 'MaxPool2d': [], 'AvgPool2d': [], 'AdaptiveAvgPool2d': [], 'BatchNorm2d': [CONV],
               'InstanceNorm2d': [CONV], 'Dropout2d': [CONV], 'GroupNorm': [CONV]}
LEFT_OUT = {'InstanceNorm1d'}  # ours takes vectors by channel, PyTorch's wants a length

WHOLE = 'a count is a whole number'
DELIBERATE = [  # (kinds or None for all, keys, does it hold for the value, why it is refused here)
    (None, None, lambda v: isinstance(v, (int, float)) and abs(v) > 3.4e38, 'more than a 32-bit number holds'),
    (None, {'out_features', 'output_size'}, lambda v: v in (0, [0, 1]), 'a layer without outputs teaches nothing'),
    (None, {'max_iter', 'max_eval', 'step_size', 'total_iters', 'T_max', 'step_size_up', 'step_size_down', 'patience',
            'cooldown'}, lambda v: v in (-1, 1.5), WHOLE),
    ({'MultiStepLR', 'SequentialLR'}, {'milestones'}, lambda v: v in ([-1], [1.5]), 'a step that never comes'),
    ({'kaiming_uniform_', 'kaiming_normal_', 'SGD', 'ConstantLR', 'CyclicLR', 'ReduceLROnPlateau'},
     {'a', 'dampening', 'total_iters', 'gamma', 'cooldown', 'min_lr', 'eps'}, lambda v: v is None,
     'None happens to work, and is documented nowhere'),
    ({'Muon'}, {'ns_steps'}, lambda v: v == -1, WHOLE),
    ({'Adam', 'AdamW'}, {'betas'}, lambda v: isinstance(v, list) and len(v) == 3, 'PyTorch does not look at the third'),
    ({'Rprop'}, {'step_sizes'}, lambda v: isinstance(v, list) and None in v, 'None happens to work'),
    ({'MaxPool2d', 'AvgPool2d'}, {'stride'}, lambda v: v == [], 'an empty list stands for None only by chance'),
    ({'trunc_normal_'}, {'mean'}, lambda v: v in (-1000.5, 1001), 'of 4000 draws one is kept: minutes for a usual network'),
    ({'dirac_'}, {'groups'}, lambda v: v is not None and v < 0, 'groups of less than nothing: all weights would be zero'),
    ({'LBFGS'}, {'history_size'}, lambda v: v == 1000000, 'memory for a thousand is set aside at once'),
]


def values(param):
    key, kind = param['key'], param['type']
    whole = SIZES if key in SIZE_KEYS else COUNTS
    if key == 'normalized_shape':  # [] is ours: the whole shape
        return [11, 12, 13, [12], [11], [3, 4], 0, -1, [1, 12]]
    if key == 'milestones':
        return [[], [0], [1], [2, 1], [1, 1], [-1], [1.5], [1, 2, 3], 2]
    if key == 'weight':
        return [[1.0] * 10, [0.5] * 9 + [0.0], [1.0] * 9, [1.0] * 11, [-1.0] * 10, [1e30] * 10, 1.0]
    if key.startswith('warmup') or key.startswith('adamw'):
        return []  # ours
    if kind == 'floats':
        some = [float(x) for x in FLOATS if abs(x) < 1e29]
        n = param['default'] if isinstance(param['default'], list) else [param['default']]
        rest = [0.5 if x is None else x for x in n]
        entries = [rest[:i] + [x] + rest[i + 1:] for i in range(len(rest)) for x in some]
        return entries + [[], rest[:-1], rest + [0.5], [None] + rest[1:], 0.5, None]
    floats = [float(x) for x in FLOATS]
    return {'float': floats, 'int': whole, 'pair': SIZES + PAIRS + ['same', 'valid', 'full']}[kind] + [None]


def own(kind):
    """The kind with the program's own defaults, each of them said."""
    skip = {'interval', 'metric', 'normalized_shape', 'weight'}
    return {'kind': kind['name']} | {p['key']: p['default'] for p in kind['params']
                                     if not p.get('derived') and p['type'] not in ('kind', 'kinds') and p['key'] not in skip}


def network(name, config):
    if name == 'Linear':
        return FLAT + [config, LINEAR], 1
    if name in ON_PICTURES:
        front = ON_PICTURES[name]
        return front + [config] + FLAT + [LINEAR], len(front)
    return HIDDEN + [config, LINEAR], len(HIDDEN)


def recipe_of(klass, kind):
    """A recipe with that kind in it, and the dotted path of it."""
    name, config = kind['name'], own(kind)
    recipe = {'data': {'batch_size': 6, 'transforms': [{'kind': 'ToTensor'}]}, 'network': FLAT + [LINEAR],
              'optimizer': SGD, 'scheduler': {'kind': 'none'},
              'loop': {'epochs': 2}, 'seed': 0}
    if klass == 'layer':
        recipe['network'], at = network(name, config)
        return recipe, f'network.{at}'
    if klass == 'init':
        layer = CONV if name == 'dirac_' else LINEAR
        recipe['network'] = ([] if name == 'dirac_' else FLAT) + [layer | {'weight_init': config}]
        if name == 'dirac_':
            recipe['network'] += FLAT + [LINEAR]
        return recipe, f'network.{0 if name == "dirac_" else 1}.weight_init'
    if name in ('SequentialLR', 'ChainedScheduler'):
        config['schedulers'] = [{'kind': 'ExponentialLR', 'gamma': 0.5}, {'kind': 'ExponentialLR', 'gamma': 0.5}]
        if name == 'SequentialLR':
            config['milestones'] = [1]
    recipe[klass] = config
    return recipe, klass


def place(recipe, path):
    for part in path.split('.'):
        recipe = recipe[int(part)] if part.isdigit() else recipe[part]
    return recipe


def too_long(_signal, _frame):
    raise TimeoutError


class Both(torch.optim.Optimizer):
    """Muon for what has two dimensions and AdamW for the rest, as its documentation has it."""

    def __init__(self, model, config):
        adamw = {k[6:]: v for k, v in config.items() if k.startswith('adamw_')}
        muon = {k: v for k, v in config.items() if k != 'kind' and not k.startswith('adamw_')}
        super().__init__([torch.zeros(1)], {'lr': muon['lr']})
        self.parts = [torch.optim.Muon([p for p in model.parameters() if p.dim() == 2], **muon),
                      torch.optim.AdamW([p for p in model.parameters() if p.dim() != 2], **adamw)]
        self.param_groups = [g for part in self.parts for g in part.param_groups]

    def step(self):
        for part in self.parts:
            part.step()


class Wide(Program):
    """The same run in float64, from the same weights."""

    def __init__(self, recipe, folder):
        muon = recipe['optimizer']['kind'] == 'Muon'
        super().__init__(recipe | ({'optimizer': SGD} if muon else {}), folder)
        self.model.double()
        self.loss.double()
        if muon:
            self.optimizer = Both(self.model, recipe['optimizer'])

    def measure(self, x, y):
        return super().measure(x.double(), y)


class Narrow(Program):
    def __init__(self, recipe, folder):
        muon = recipe['optimizer']['kind'] == 'Muon'
        super().__init__(recipe | ({'optimizer': SGD} if muon else {}), folder)
        if muon:
            self.optimizer = Both(self.model, recipe['optimizer'])


def overflows(error):
    """In the middle of a run, where this program goes on with infinity: no refusal of a value."""
    return isinstance(error, OverflowError) or 'without overflow' in str(error)


def losses_of(program):
    try:
        program.run(N_STEPS)
        program.evaluate(program.train)
    except (OverflowError, RuntimeError) as error:
        if not program.log or not overflows(error):
            raise
    return [loss for loss, _ in program.log]


def steady(recipe, losses, folder):
    """As many of the losses as do not hang on the last digits of a float32, and no more than are of any size."""
    if {'Dropout', 'Dropout2d'} & {layer['kind'] for layer in recipe['network']}:
        return []
    try:
        wide = losses_of(Wide(recipe, folder))
    except Exception:
        wide = []
    shown = []
    for a, b in zip(losses, wide):
        if math.isfinite(a) and (not abs(a - b) <= 1e-4 * (1 + abs(a)) or abs(a) > 1e4):
            break
        shown.append(float(f'{a:.7g}') if math.isfinite(a) else None)
        if not math.isfinite(a):
            break
    return shown[:2] if recipe['optimizer']['kind'] == 'Muon' else shown


def judge(recipe, folder):
    """(losses, None) where PyTorch takes it, otherwise (None, its words)."""
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(N_SECONDS)
    try:
        return steady(recipe, losses_of(Narrow(recipe, folder)), folder), None
    except (TimeoutError, OverflowError):
        return None, None  # in the middle of a run: no verdict about the value
    except Exception as error:  # whatever PyTorch raises is the matter here
        return None, f'{type(error).__name__}: {error}'.splitlines()[0]
    finally:
        signal.alarm(0)


def deliberate(kind, key, value):
    return next((why for kinds, keys, holds, why in DELIBERATE
                 if (not kinds or kind in kinds) and (not keys or key in keys) and holds(value)), None)


def edges(klass, kind, folder):
    recipe, path = recipe_of(klass, kind)
    _, why = judge(json.loads(json.dumps(recipe)), folder)
    if why:
        raise AssertionError(f'{kind["name"]}: PyTorch refuses the defaults: {why}')
    result = {'kind': kind['name'], 'place': path, 'recipe': recipe, 'params': {}}
    for param in kind['params']:
        if param['type'] not in ('float', 'int', 'pair', 'floats') or param.get('derived'):
            continue
        takes, refuses = [], []
        for value in values(param):
            changed = json.loads(json.dumps(recipe))
            place(changed, path)[param['key']] = value
            losses, why = judge(changed, folder)
            own = deliberate(kind['name'], param['key'], value)
            if losses is None and why is None:
                continue
            if own and not why:
                refuses.append([value, f'(PyTorch takes it) {own}'])
            elif why is None:
                takes.append([value, losses])
            else:
                refuses.append([value, why[:100]])
        result['params'][param['key']] = {'takes': takes, 'refuses': refuses}
    return result


def main(cli, *only):
    warnings.simplefilter('ignore')
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    kinds = json.loads(subprocess.run([cli, 'kinds', '--json'], capture_output=True, text=True, check=True).stdout)
    made = []
    with tempfile.TemporaryDirectory() as folder:
        pictures.write(folder, N_PICTURES, N_PICTURES)
        for klass in CLASSES:
            for kind in kinds[klass]:
                numeric = any(p['type'] in ('float', 'int', 'pair', 'floats') and not p.get('derived') for p in kind['params'])
                if numeric and kind['name'] not in LEFT_OUT and (not only or kind['name'] in only):
                    made.append(edges(klass, kind, folder))
                    print(kind['name'], file=sys.stderr, flush=True)
    if only:
        print(json.dumps(made, indent=1))
        return
    lines = ',\n'.join(json.dumps(kind) for kind in made)
    (HERE / 'edges.json').write_text(f'{{"torch": "{torch.__version__.split("+")[0]}", "kinds": [\n{lines}\n]}}\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
