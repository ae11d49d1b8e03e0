#!/usr/bin/python3
"""docs/kinds.md, made from the program's own tables.

  backprop-cli kinds --json | kinds_doc.py > docs/kinds.md      writes it (./dev kinds-doc)
  kinds_doc.py --check BACKPROP-CLI                             is it up to date?
"""
import copy
import json
import subprocess
import sys

import lint

PAGE = lint.ROOT / 'docs' / 'kinds.md'

# Class, heading, where a recipe names it. A class that is missing here comes behind them, under its name.
TITLES = (
    ('section', 'The recipe and its sections', 'Parts of every recipe. They are always there.'),
    ('dataset', 'Datasets', 'In a recipe: `data.dataset`.'),
    ('transform', 'Transforms', 'In a recipe: the list `data.transforms`.'),
    ('layer', 'Layers and activations', 'In a recipe: the list `network`.'),
    ('init', 'Initializations', 'In a recipe: `weight_init` and `bias_init` of a layer.'),
    ('loss', 'Losses', 'In a recipe: `loss`.'),
    ('optimizer', 'Optimizers', 'In a recipe: `optimizer`.'),
    ('scheduler', 'Schedules of the learning rate', 'In a recipe: `scheduler`.'))


def titles(klass):
    return next(((heading, place) for name, heading, place in TITLES if name == klass), (klass.capitalize(), ''))


def number(value):
    return 'none' if value is None else f'{value:g}' if isinstance(value, float) else str(value)


def default_text(param):
    if param.get('derived'):
        return 'from the shapes'
    value = param['default']
    if param['type'] == 'kinds' and value is not None:
        return "the [tutorial's](recipe.md)"
    if param.get('class') == 'section':
        return '–'
    if isinstance(value, (list, dict)) or isinstance(value, bool):
        return f'`{json.dumps(value)}`'
    if value is None:
        return '`null`'
    return f'`{value}`' if isinstance(value, str) else number(value)


def interval_text(param):
    low, high = param.get('min'), param.get('max')
    if low is not None and low == high:
        return number(low)
    open_low, open_high = param.get('exclusive_min'), param.get('exclusive_max')
    if low is not None and high is not None and not open_low and not open_high:
        return f'{number(low)} … {number(high)}'
    parts = []
    if low is not None:
        parts.append(f'{"&gt;" if open_low else "≥"} {number(low)}')
    if high is not None:
        parts.append(f'{"&lt;" if open_high else "≤"} {number(high)}')
    if param.get('nonzero'):
        parts.append('≠ 0')
    return ', '.join(parts) or 'any number'


def range_text(param):
    kind = param['type']
    if kind == 'bool':
        text = '`true`, `false`'
    elif kind == 'choice':
        text = ', '.join(f'`{choice}`' for choice in param['choices'])
    elif param.get('class') == 'section':
        text = f'[a section](#{param["default"]})'
    elif kind in ('kind', 'kinds'):
        heading, _ = titles(param['class'])
        link = f'({"#" + heading.lower().replace(" ", "-")})'
        text = f'[one of these]{link}' if kind == 'kind' else f'[a list of these]{link}'
    elif kind == 'seed':
        text = 'whole, −2⁶³ … 2⁶⁴ − 1'
    else:
        what = {'int': 'whole, ', 'floats': 'each ', 'pair': 'whole, one or [height, width], '}.get(kind, '')
        text = what + interval_text(param) + ''.join(f', `{word}`' for word in param.get('choices', []))
    return text + (', or `null`' if param.get('nullable') else '')


def cell(text):
    return text.replace('|', '\\|').replace('\n', ' ')


def kind_lines(kind):
    yield f'### {kind["name"]}'
    yield ''
    source = f' *{kind["source"]}.*' if kind.get('source') else ''
    yield kind['doc'] + source
    yield ''
    if kind['params']:
        yield '| parameter | default | allowed | what it does |'
        yield '|---|---|---|---|'
        for param in kind['params']:
            unit = f' {param["unit"]}' if param.get('unit') else ''
            row = (f'`{param["key"]}`', default_text(param) + unit, range_text(param), param['doc'])
            yield '| ' + ' | '.join(cell(text) for text in row) + ' |'
        yield ''


def page(kinds):
    lines = ['# Reference', '',
             'Written by `./dev kinds-doc` from the tables that the window, recipes and the command line use; a test',
             'compares. Names, parameters and defaults are PyTorch\'s.', '']
    known = [name for name, _, _ in TITLES]
    for name in known + [name for name in kinds if name not in known]:
        if kinds.get(name):
            heading, place = titles(name)
            lines += [f'## {heading}', '', *([place, ''] if place else [])]
            for kind in kinds[name]:
                lines += kind_lines(kind)
    return '\n'.join(lines).rstrip() + '\n'


def complaints(kinds, found):
    wanted = page(kinds)
    if found != wanted:
        pairs = zip(wanted.splitlines() + [''], found.splitlines() + [''])
        wrong = next(((w, f) for w, f in pairs if w != f), ('more lines', 'fewer'))
        yield 'docs/kinds.md is not what the program says; run ./dev kinds-doc'
        yield f'wanted: {wrong[0]}'
        yield f'found:  {wrong[1]}'


def check(cli):
    tap = lint.Tap()
    result = subprocess.run([cli, 'kinds', '--json'], capture_output=True, text=True)
    tap.check('kinds --json', [] if result.returncode == 0 else [result.stderr])
    if result.returncode == 0:
        kinds = json.loads(result.stdout)
        tap.check('every class has kinds', [f'{c} has none' for c in kinds if not kinds[c]])
        found = PAGE.read_text() if PAGE.exists() else ''
        changed = copy.deepcopy(kinds)
        changed['optimizer'][0]['params'][0]['default'] = 123
        tap.refuses('refuses another default', complaints(changed, page(kinds)))
        changed = copy.deepcopy(kinds)
        del changed['layer'][-1]
        tap.refuses('refuses a missing kind', complaints(changed, page(kinds)))
        changed = {**kinds, 'metric': [{**kinds['loss'][0], 'name': 'Recall'}]}
        tap.check('a new class comes behind the others',
                  [] if '\n## Metric\n\n### Recall\n' in page(changed) else ['it is not in the page'])
        tap.check('docs/kinds.md', complaints(kinds, found))
    tap.done()


if __name__ == '__main__':
    if len(sys.argv) == 3 and sys.argv[1] == '--check':
        check(sys.argv[2])
    else:
        sys.stdout.write(page(json.load(sys.stdin)))
