#!/usr/bin/python3
"""What the program is built from stands in three places: meson.build, dev and the README. They agree."""
import re

import lint

# Needed by meson.build, but part of every C library.
NO_PACKAGE = {'threads'}
# In the README's table, but found by meson as a program.
LISTS = ('debian_build', 'debian_run', 'debian_test', 'fedora_build', 'arch_build')


def lists_of(dev):
    """{name: set of packages} from the script's variables."""
    return {name: set(re.search(rf'^{name}="([^"]*)"', dev, re.M).group(1).split()) for name in LISTS}


def table_of(readme):
    """Rows of the README's table of packages: [{pkg-config names}, {Debian}, {Fedora}, {Arch}]."""
    rows = []
    for line in readme.splitlines():
        cells = line.strip().strip('|').split('|')
        if line.startswith('|') and len(cells) == 5:
            rows.append([set(re.findall(r'`([^`]+)`', cell)) for cell in cells[1:]])
    return rows


def complaints(meson, dev, readme):
    lists, rows = lists_of(dev), table_of(readme)
    named = set().union(*(row[0] for row in rows)) if rows else set()
    needed = set(re.findall(r"\bdependency\('([^']+)'", meson)) - NO_PACKAGE
    for name in sorted(needed - named):
        yield f'meson.build needs {name}, which no row of the README names'
    for name in sorted(named - needed):
        yield f'the README names {name}, which meson.build does not look for'
    libraries = set(re.search(r'^libraries="([^"]*)"', dev, re.M).group(1).split())
    for name in sorted(needed ^ libraries):
        yield f'{name} is in one of meson.build and libraries= of dev only'
    for column, key in ((1, 'debian_build'), (2, 'fedora_build'), (3, 'arch_build')):
        in_table = set().union(*(row[column] for row in rows)) if rows else set()
        for name in sorted(in_table ^ lists[key]):
            yield f'{name} is in one of the README\'s table and {key}= of dev only'
    for name in sorted(lists['debian_run'] | lists['debian_test']):
        if f'`{name}`' not in readme:
            yield f'dev installs {name}, which the README does not name'


def main():
    tap = lint.Tap()
    meson = (lint.ROOT / 'meson.build').read_text()
    dev = (lint.ROOT / 'dev').read_text()
    readme = (lint.ROOT / 'README.md').read_text()
    tap.refuses('refuses a library that only meson.build names',
                complaints(meson + "\nx = dependency('libpng')\n", dev, readme))
    tap.refuses('refuses a package that only dev names',
                complaints(meson, dev.replace('zlib1g-dev', 'zlib1g-dev libpng-dev'), readme))
    tap.refuses('refuses a package that only the README names',
                complaints(meson, dev, readme.replace('`zlib1g-dev`', '`zlib1g-dev` `libpng-dev`')))
    tap.refuses('refuses a test package that the README forgets',
                complaints(meson, dev, readme.replace('`xdotool`', '')))
    tap.check('meson.build, dev and README agree', complaints(meson, dev, readme))
    tap.done()


if __name__ == '__main__':
    main()
