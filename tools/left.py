#!/usr/bin/env python3
"""What is left to do before a commit: left.py BACKPROP-CLI   (the end of ./dev finish)

Marks of ./dev new, golden files and recipes that are missing, and texts that a language does not have yet."""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / 'tests/lint'), str(ROOT / 'tests/torch')]
import cases  # noqa: E402
import golden  # noqa: E402
import lint  # noqa: E402
import source  # noqa: E402
import texts  # noqa: E402


def marks():
    for path in [*lint.files('*.[ch]'), *sorted((golden.FOLDER / 'reference').glob('*.py'))]:
        yield from source.mark_complaints(lint.name_of(path), path.read_text())


def missing_recipes(kinds):
    """Kinds whose translation suite torch would not compare; that suite says the same, where PyTorch is."""
    recipes = [*cases.cases(), *cases.drawn_cases(), cases.folder_case()]
    recipes += [path.read_text() for path in (ROOT / 'tests/ref/traces/recipes').glob('*.json')]
    used = set(re.findall(r'\w+', json.dumps(recipes)))
    for klass in ('layer', 'loss', 'init', 'optimizer', 'scheduler', 'transform'):
        for name in sorted({kind['name'] for kind in kinds[klass]} - used):
            yield f'no recipe of tests/torch/cases.py has {name}, so nobody compares how PyTorch calls it'


def missing_numbers(kinds):
    present = {path.stem for path in golden.FOLDER.glob('*.json')}
    for klass, name in golden.wanted(kinds):
        if f'{klass}-{name}' not in present:
            yield f'PyTorch\'s numbers of {name} are missing: ./dev golden {klass} {name}'
    yield from golden.missing_transforms(kinds, json.loads(golden.TRANSFORMS.read_text())['cases'])


def translated(path):
    """The texts that a .po file translates."""
    found = set()
    for entry in re.split(r'\n\n', path.read_text()):
        original = re.search(r'^msgid ("(?:.*"\n")*.*")$', entry, re.M)
        answer = re.search(r'^msgstr(?:\[0\])? ("(?:.*"\n")*.*")$', entry, re.M)
        if original and answer and '#, fuzzy' not in entry:
            if ''.join(json.loads(line) for line in answer.group(1).split('\n')):
                found.add(''.join(json.loads(line) for line in original.group(1).split('\n')))
    return found


def untranslated():
    wanted, _ = texts.catalog()
    for path in sorted(texts.PO.glob('*.po')):
        lacking = sorted(wanted - translated(path) - {''})
        if lacking:
            some = '; '.join(f'“{text[:50]}”' for text in lacking[:3])
            yield (f'{path.name} lacks {len(lacking)} texts, such as {some}: ./dev translations, then translate them, '
                   'or leave that to who speaks the language and say so in the commit')


def main(cli):
    kinds = json.loads(subprocess.run([cli, 'kinds', '--json'], capture_output=True, text=True, check=True).stdout)
    left = [*marks(), *missing_numbers(kinds), *missing_recipes(kinds), *untranslated()]
    print('\nLeft to do:' if left else '\nNothing is left to do. ./dev test, and commit.')
    for sentence in left:
        print('  ' + sentence)


if __name__ == '__main__':
    main(sys.argv[1])
