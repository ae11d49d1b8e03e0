#!/usr/bin/python3
"""Every kind has a golden file: golden.py BACKPROP-CLI.

The program says which kinds and parameters there are (kinds --json). Each kind of a class that computes needs
tests/ref/golden/CLASS-NAME.json, and each transform a case in tests/data; a layer's file also needs a case for each of its own parameters, and what a file
says about itself must be true."""
import json
import subprocess
import sys

import lint

FOLDER = lint.ROOT / 'tests' / 'ref' / 'golden'
TRANSFORMS = lint.ROOT / 'tests' / 'data' / 'transforms-torch.json'
DRAWN = {'ToTensor', 'RandomErasing'}  # before every case of a tensor; tests/data/test-chances.c
NOT_COMPUTED = ('section', 'dataset', 'transform')  # every other class is compared with PyTorch


def wanted(kinds):
    return {(klass, kind['name']): kind for klass in kinds if klass not in NOT_COMPUTED for kind in kinds[klass]}


def missing(kinds, present):
    """One complaint per kind without a file, and per file without a kind."""
    names = {f'{klass}-{name}' for klass, name in wanted(kinds)}
    for name in sorted(names - set(present)):
        yield f'tests/ref/golden/{name}.json is missing; see README.md there'
    for name in sorted(set(present) - names):
        if name.split('-')[0] in kinds:
            yield f'tests/ref/golden/{name}.json is for no kind that the program lists'


def missing_transforms(kinds, cases):
    """Transforms stand in one file, all together."""
    tried = {case['args'].get('kind') for case in cases} | DRAWN
    for kind in kinds.get('transform', []):
        if kind['name'] not in tried:
            yield f'{TRANSFORMS.relative_to(lint.ROOT)} has no case of {kind["name"]}: ./dev golden transform {kind["name"]}'


def header(stem, content):
    """What a file says about itself."""
    if f"{content.get('class')}-{content.get('name')}" != stem:
        yield f'{stem}: class and name inside of it are others'
    if not content.get('cases'):
        yield f'{stem}: has no cases'
    if not isinstance(content.get('tol'), (int, float)) or not 0 <= content['tol'] <= 1e-5:
        yield f'{stem}: tol must lie between 0 and 1e-5'
    if 'reference' in content and len(str(content['reference'])) < 10:
        yield f'{stem}: says that PyTorch does not have it, but not where its numbers come from'
    if not str(content.get('torch', '')).startswith(('1.', '2.')):
        yield f'{stem}: the version of PyTorch that made it is missing'


def untried(kind, content):
    """Parameters of a layer that no case sets. Initializations have files of their own."""
    set_somewhere = set().union(*(case['config'] for case in content.get('cases', [])))
    for param in kind['params']:
        if param['type'] not in ('kind', 'kinds') and not param.get('derived') and param['key'] not in set_somewhere:
            yield f'layer-{kind["name"]}: no case sets {param["key"]}'


def check_files(tap, kinds, files):
    found = {stem: json.loads(path.read_text()) for stem, path in files.items() if stem.split('-')[0] in kinds}
    tap.check('every file says what it is', [c for stem, content in found.items() for c in header(stem, content)])
    layers = {f'layer-{name}': kind for (klass, name), kind in wanted(kinds).items() if klass == 'layer'}
    tap.check('every parameter of a layer is in a case',
              [c for stem, kind in layers.items() if stem in found for c in untried(kind, found[stem])])
    stem, content = next((s, c) for s, c in found.items() if s in layers and layers[s]['params'])
    tap.refuses('refuses another name', header(stem + 'x', content))
    tap.refuses('refuses a file without cases', header(stem, {**content, 'cases': []}))
    tap.refuses('refuses a wide tolerance', header(stem, {**content, 'tol': 0.01}))
    bare = {'cases': [{'config': {'kind': layers[stem]['name']}}]}
    tap.refuses('refuses a parameter without a case', untried(layers[stem], bare))


def main(cli):
    tap = lint.Tap()
    result = subprocess.run([cli, 'kinds', '--json'], capture_output=True, text=True)
    tap.check('kinds --json', [] if result.returncode == 0 else [result.stderr])
    if result.returncode == 0:
        kinds = json.loads(result.stdout)
        files = {path.stem: path for path in FOLDER.glob('*.json')}
        tap.check('every class has kinds', [f'{c} has none' for c in kinds if not kinds[c]])
        tap.check('every kind has a golden file', missing(kinds, files))
        tap.refuses('refuses a kind without a file', missing({'layer': [{'name': 'Linear'}, {'name': 'X'}]}, ['layer-Linear']))
        tap.refuses('refuses a file without a kind', missing({'layer': []}, ['layer-Linear']))
        check_files(tap, kinds, files)
        cases = json.loads(TRANSFORMS.read_text())['cases']
        tap.check('every transform has a case', missing_transforms(kinds, cases))
        tap.refuses('refuses a transform without a case', missing_transforms(kinds, []))
    tap.done()


if __name__ == '__main__':
    main(sys.argv[1])
