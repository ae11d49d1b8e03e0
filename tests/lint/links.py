#!/usr/bin/python3
"""Every file that a Markdown file links to, shows or names as a path in a room is there."""
import re

import lint

_LINK = re.compile(r'\]\(([^)#\s]+)(?:#[^)\s]*)?\)')
_PATH = re.compile(r'`((?:engine|data|cuda|ui|app|tests|docs|flatpak)/[\w./-]*\w\.\w+)`')
HELP = lint.ROOT / 'app/help'
# The classes of kinds that have a page, from their table.
CLASSES = set(re.findall(r'\] = \{\.name = "(\w+)"[^{}]*\.help_page',
                         (lint.ROOT / 'engine/recipe/kind.c').read_text()))


def complaints(folder, text):
    for target in _LINK.findall(text):
        if target.startswith('help:'):  # within the program's help; the classes of kinds are pages, too
            if not (HELP / f'{target[5:]}.md').exists() and target[5:] not in CLASSES:
                yield f'the link to {target} leads nowhere'
        elif '://' not in target and not (folder / target).exists():
            yield f'the link to {target} leads nowhere'
    for path in _PATH.findall(text):
        if 'NAME' not in path and not (lint.ROOT / path).exists():
            yield f'{path} is named, and is not there'


def main():
    tap = lint.Tap()
    tap.refuses('refuses a dead link', complaints(lint.ROOT, '[x](docs/no-such-page.md)'))
    tap.refuses('refuses a dead picture', complaints(lint.ROOT, '![x](docs/images/none.png)'))
    tap.refuses('refuses a page of the help that is not there', complaints(lint.ROOT, '[x](help:none)'))
    tap.check('classes of kinds have pages', [] if 'layer' in CLASSES else ['kind.c: no table of classes is found'])
    tap.refuses('refuses a path that is not there', complaints(lint.ROOT, 'see `engine/no-such.c`'))
    for path in [*sorted(lint.ROOT.glob('*.md')), *sorted((lint.ROOT / 'docs').rglob('*.md')),
                 *lint.files('*.md', rooms=lint.ROOMS + ('flatpak',))]:
        tap.check(lint.name_of(path),
                  [f'{lint.name_of(path)}: {c}' for c in complaints(path.parent, path.read_text())])
    tap.done()


if __name__ == '__main__':
    main()
