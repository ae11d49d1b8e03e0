#!/usr/bin/python3
"""The table of measured agreement with PyTorch in README.md, written from what the tests of suites ref and torch print.

  agreement.py BUILD-DIRECTORY      writes the table from the tests' log there (./dev agreement)
  agreement.py --check              does the table have a row for every golden file?

A test prints "# agreement CLASS NAME LARGEST-DIFFERENCE TOLERANCE", the difference being |found − wanted|/(1 + |wanted|)
or, for traces, relative."""
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / 'README.md'
BEGIN, END = '<!-- agreement: written by ./dev agreement -->', '<!-- agreement: end -->'

TITLES = {
    'layer': ('Layers and activations', 'Outputs, gradients of inputs and parameters, and running statistics.'),
    'init': ('Initializations', 'Values drawn after `torch.manual_seed()`.'),
    'loss': ('Losses', 'The loss and its gradient.'),
    'optimizer': ('Optimizers', 'Parameters and state, step by step.'),
    'scheduler': ('Schedules', 'Learning rates and momenta, step by step.'),
    'trace': ('Training runs', 'Losses of the first 50 steps of whole recipes, relative.'),
    'program': ('Exported programs', 'What `recipe pytorch` prints, run by PyTorch: losses of the first 50 steps, relative.'),
    'weights': ('Exported programs: weights', 'The weights after these 50 steps: the largest distance of a tensor, as a part of '
                'its norm.')}
WAYS = {'-ref': 'float64, `ref`', '-cpu': 'float32, `cpu`'}  # by the end of the test's name


def way_of(test):
    return next((way for end, way in WAYS.items() if test.endswith(end)), 'found')


def parse(test, output):
    """(class, kind) → {way: (difference, tolerance)}."""
    found = {}
    for line in output.splitlines():
        if line.startswith('# agreement '):
            klass, name, difference, tol = line.split()[2:]
            found.setdefault((klass, name), {})[way_of(test)] = (float(difference), float(tol))
    return found


def measured(build):
    """What the tests of suite ref printed when they last ran there, and the names of those that failed."""
    found, failed = {}, []
    for line in (build / 'meson-logs' / 'testlog.json').read_text(errors='replace').splitlines():
        test = json.loads(line)
        name = test['name'].split(' / ')[-1]
        if name.startswith('ref-') or name == 'torch':
            failed += [name] if test['result'] not in ('OK', 'SKIP') else []
            for key, ways in parse(name, test.get('stdout', '')).items():
                found.setdefault(key, {}).update(ways)
    return found, failed


def cell(entry):
    if entry is None:
        return '–'
    difference, tol = entry
    return f'{difference:.1e} / {tol:g}' if difference else f'none / {tol:g}'


def table(klass, found):
    title, what = TITLES[klass]
    rows = {name: ways for (k, name), ways in found.items() if k == klass}
    columns = [way for way in (*WAYS.values(), 'found') if any(way in ways for ways in rows.values())]
    yield f'### {title}\n\n{what}\n'
    yield '| ' + ' | '.join(['kind', *(f'{c}: difference / tolerance' if c != 'found' else 'difference / tolerance'
                                       for c in columns)]) + ' |'
    yield '|---' * (len(columns) + 1) + '|'
    for name in sorted(rows, key=str.lower):
        yield '| ' + ' | '.join([f'`{name}`', *(cell(rows[name].get(c)) for c in columns)]) + ' |'
    yield ''


def section(text, klass):
    """The lines of a class that stand on the page already: what has not been measured this time stays."""
    parts = text.split(BEGIN)[1].split(END)[0].split(f'### {TITLES[klass][0]}\n')
    return [f'### {TITLES[klass][0]}', *parts[1].split('### ')[0].rstrip().splitlines(), ''] if len(parts) > 1 else []


def lines_of(text, klass, found):
    if any(k == klass for k, _ in found):
        return table(klass, found)
    return section(text, klass)


def page_with(text, found):
    """README.md with the lines between the two marks replaced."""
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    unknown = {klass for klass, _ in found} - set(TITLES)
    if unknown:
        sys.exit(f'no title for {unknown}')
    lines = [line for klass in TITLES for line in lines_of(text, klass, found)]
    return head + BEGIN + '\n\n' + '\n'.join(lines) + END + tail


def without_row(text, stems):
    """One complaint per golden file whose kind has no row under its class."""
    rows = text.split(BEGIN)[1].split(END)[0]
    for stem in stems:
        klass, name = stem.split('-', 1)
        part = rows.split(f'### {TITLES[klass][0]}\n')
        if len(part) < 2 or f'| `{name}` |' not in part[1].split('### ')[0]:
            yield f'tests/ref/README.md has no row for {stem}; run ./dev agreement'


def check():
    sys.path.insert(0, str(HERE.parent / 'lint'))
    import lint
    tap = lint.Tap()
    stems = [path.stem for path in sorted((HERE / 'golden').glob('*.json'))]
    tap.check('every golden file has a row in the table', without_row(PAGE.read_text(), stems))
    tap.refuses('refuses a file without a row', without_row(PAGE.read_text(), ['layer-Nothing']))
    small = parse('a-ref', '# agreement layer X 0.5 1\nok 1\n')
    tap.check('a table is made of what is printed',
              [] if '| `X` | 5.0e-01 / 1 |' in page_with(f'a\n{BEGIN}old{END}b', small) else ['it is not'])
    page = page_with(f'a\n{BEGIN}old{END}b', parse('torch', '# agreement program X 0.5 1\nok 1\n'))
    tap.check('what has not been measured this time stays', [] if '| `X` | 5.0e-01 / 1 |' in page_with(page, small) and
              page_with(page_with(page, small), small) == page_with(page, small) else ['it does not'])
    tap.done()


if __name__ == '__main__':
    if sys.argv[1] == '--check':
        check()
    else:
        found, failures = measured(Path(sys.argv[1]))
        PAGE.write_text(page_with(PAGE.read_text(), found))
        sys.exit(f'The table is written, but these tests fail: {", ".join(failures)}' if failures else 0)
