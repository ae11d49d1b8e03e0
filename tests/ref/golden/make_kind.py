#!/usr/bin/env python3
"""Writes CLASS-NAME.json for a kind whose cases follow from its table: make_kind.py BACKPROP-CLI CLASS NAME

The program says which parameters there are; the numbers are PyTorch's, or those of reference/NAME.py for a kind that
PyTorch does not have. A case with the defaults, one with each parameter elsewhere, one with all of them, and what
is refused. Kinds that need more cases have a script of their own. A transform's cases become lines of
tests/data/make_transforms.py, which is run. ./dev golden runs this. Needs PyTorch.

CLASS is as in a recipe or as for ./dev new: an activation is a layer, a schedule a scheduler."""
import importlib
import inspect
import json
import subprocess
import sys

import torch
from torch import nn

import golden
from golden import layer_case, write

OFF = (-0.1, 1.5, -1)  # numbers that are refused somewhere
ALSO = {'activation': 'layer', 'schedule': 'scheduler'}
TRANSFORMS = golden.HERE.parents[1] / 'data'


def kind_of(cli, klass, name):
    kinds = json.loads(subprocess.run([cli, 'kinds', '--json'], capture_output=True, text=True, check=True).stdout)
    found = [kind for kind in kinds.get(klass, []) if kind['name'] == name]
    if not found:
        sys.exit(f'{cli} lists no {klass} {name}: is its name in meson.build, and is it built?')
    return found[0]


def find(module, name):
    """What PyTorch has by that name, or a reference of our own; and where the latter comes from."""
    if hasattr(module, name):
        return getattr(module, name), None
    for path in sorted((golden.HERE / 'reference').glob('*.py')):
        own = importlib.import_module(f'reference.{path.stem}')
        if hasattr(own, name):
            return getattr(own, name), own.SOURCE
    sys.exit(f'PyTorch has no {module.__name__}.{name}, and neither has a file of tests/ref/golden/reference/: '
             './dev new … --not-in-pytorch begins one.')


def elsewhere(param):
    """Another value than the default, inside of the range."""
    value, kind = param['default'], param['type']
    if kind == 'bool':
        return not value
    if kind == 'choice':
        return next(choice for choice in param['choices'] if choice != value)
    if kind == 'floats' and value:
        return [x * 0.7 for x in value] if isinstance(value, list) else value + 1
    if kind in ('int', 'float'):
        low, high = param.get('min'), param.get('max')
        tries = [round((value or 0) * 0.5, 6), 0.1, 0.25, 1.5] if kind == 'float' else [(value or 0) + 1, (value or 0) + 2, 1]
        if param['key'] == 'lr':
            tries = [0.1]
        fits = [x for x in tries if x != value and (low is None or x > low) and (high is None or x < high)]
        return fits[0] if fits else None
    return None


def settings(kind, made=None):
    """(name of the case, parameters): the defaults, each parameter by itself, all together. What `made` has no default for
    is in all of them."""
    needed = {name for name, p in inspect.signature(made).parameters.items() if p.default is p.empty} if made else set()
    params = [p for p in kind['params'] if not p.get('derived') and p['type'] not in ('kind', 'kinds')]
    base = {p['key']: elsewhere(p) if p['default'] is None else p['default'] for p in params if p['key'] in needed}
    others = {p['key']: elsewhere(p) for p in params}
    others = {key: value for key, value in others.items() if value is not None and key not in ('interval', 'reduction')}
    yield 'defaults', base
    for key, value in others.items():
        yield key, base | {key: value}
    if len(others) > 1:
        yield 'all of them', base | others


def off(param):
    """Values that may be refused: of a list, each entry by itself."""
    if param['type'] in ('int', 'float'):
        yield from OFF
    if param['type'] == 'floats' and isinstance(param['default'], list):
        for i in range(len(param['default'])):
            yield from (param['default'][:i] + [x] + param['default'][i + 1:] for x in OFF)


def refusals(kind, make):
    """(name, parameters, words): numbers that PyTorch refuses."""
    for param in kind['params']:
        for value in off(param):
            try:
                make(**{param['key']: value})
            except Exception as error:  # whatever it raises is the matter here
                if str(error):
                    yield f'{param["key"]} {value}', {param['key']: value}, str(error).splitlines()[0]
                    break


def optimizer(kind):
    from optimizer import optimizer_case
    name = kind['name']
    make, source = find(torch.optim, name)
    cases = []
    for case, params in settings(kind, make):
        cases.append(optimizer_case(case, {'kind': name, **params}, lambda p, params=params: [make(p, **params)]))
    cases.append(optimizer_case('a schedule', {'kind': name, 'lr': 0.1}, lambda p: [make(p, lr=0.1)], lrs={'5': 0.5, '9': 0.1}))
    if 'momentum' in {param['key'] for param in kind['params']}:
        cases.append(optimizer_case('a schedule of the momentum', {'kind': name, 'momentum': 0.9}, lambda p: [make(p, momentum=0.9)],
                                    momenta={'3': 0.5, '6': 0.95}))
    cases += [{'name': case, 'config': {'kind': name, **params}, 'refused': words} for case, params, words in
              refusals(kind, lambda **p: make([nn.Parameter(torch.zeros(1))], **p))]
    return cases, source


def layer(kind):
    """A layer without parameters of its shape, on a vector, and on an image if both take one; an activation also on its
    kinks and far out."""
    name = kind['name']
    found, source = find(nn, name)
    # nn.Softmax asks which dimension holds the values of a sample.
    place = {'dim': 1} if 'dim' in inspect.signature(found).parameters and 'dim' not in {p['key'] for p in kind['params']} else {}

    def make(**params):
        return found(**place, **params)
    cases = []
    for case, params in settings(kind, found):
        cases.append(layer_case(case, {'kind': name, **params}, make(**params), [7], [(4, True), (1, True), (2, False)]))
    if kind.get('group') == 'activation' and not dict(make().named_parameters()):
        far = torch.tensor([0.0, -0.0, 0.5, -0.5, 1, -1, 3, -3, 6, -6, 20, -20, 90, -90, 1000, -1000])
        cases.append(layer_case('at kinks and far out', {'kind': name}, make(), [16], [(2, True), (2, False)],
                                x=lambda generator, shape: far.expand(shape).clone()))
    return cases, source


def loss(kind):
    from make_losses import case as loss_case
    return [loss_case(name, N, C, seed, kind=kind['name'], **params)
            for seed, (N, C) in enumerate(((5, 10), (1, 10), (7, 2), (67, 3)), 1) for name, params in settings(kind)], None


def init(kind):
    from make_inits import FILTERS, MATRICES, case as init_case
    return [init_case(name, kind['name'], params, MATRICES + FILTERS, seed) for seed, (name, params) in enumerate(settings(kind))], None


def scheduler(kind):
    from schedule import trace
    found, _ = find(torch.optim.lr_scheduler, kind['name'])
    return [trace(name, {'kind': kind['name'], **params}, change=change) for name, params in settings(kind, found)
            for change in (None, {'after': 3, 'times': 0.5})], None


def forms_of(name, params):
    """What torchvision's transform does not take of an image as bytes (PIL) and as a tensor."""
    import torchvision.transforms as T
    bytes_, left_out = torch.zeros(1, 7, 10, dtype=torch.uint8), ''
    params = {key: T.InterpolationMode(value) if key == 'interpolation' else value for key, value in params.items()}
    for form, x in (('pil', T.ToPILImage()(bytes_)), ('tensor', bytes_ / 255)):
        try:
            getattr(T, name)(**params)(x)
        except TypeError:
            left_out += f', {form}=False'
    return left_out


def transform(kind):
    """Lines of make_transforms.py, behind its mark. Nothing may be left to chance: where there is a p, it is 1."""
    name, path = kind['name'], TRANSFORMS / 'make_transforms.py'
    keys = {param['key'] for param in kind['params']}
    if name.startswith('Random') and 'p' not in keys:
        sys.exit(f'{name} draws: write cases in which nothing is left to chance into {path.relative_to(golden.HERE.parents[2])}, '
                 'and test what it draws in tests/data/test-chances.c.')
    import torchvision.transforms as T
    sure = {'p': 1.0} if 'p' in keys else {}
    made = {f'kind({name!r}, 7, 10{forms_of(name, params | sure)}'
            f'{"".join(f", {key}={value!r}" for key, value in (params | sure).items())})\n': None for _, params in settings(kind, getattr(T, name))}
    lines = [line for line in path.read_text().splitlines(True) if not line.startswith(f'kind({name!r}, 7, 10')]
    at = next(i for i, line in enumerate(lines) if 'golden transform' in line) + 1
    path.write_text(''.join(lines[:at] + list(made) + lines[at:]))
    done = subprocess.run([sys.executable, '-B', '-W', 'ignore', path], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f'{path} fails, so take what is wrong out of it:\n{done.stderr}')
    (TRANSFORMS / 'transforms-torch.json').write_text(done.stdout)
    print(f'transforms-torch.json: {len(json.loads(done.stdout)["cases"])} cases')


def main(cli, klass, name):
    klass = ALSO.get(klass, klass)
    if klass == 'transform':
        transform(kind_of(cli, klass, name))
        return
    ways = {'optimizer': optimizer, 'layer': layer, 'loss': loss, 'init': init, 'scheduler': scheduler}
    if klass not in ways:
        sys.exit(f'CLASS is one of {", ".join([*ways, "transform", *ALSO])}.')
    cases, source = ways[klass](kind_of(cli, klass, name))
    write(klass, name, cases, tol=1e-6 if klass == 'init' else 1e-10, reference=source)


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
