#!/usr/bin/python3
"""What the program is built from stands in meson.build, dev, the README and debian/. They agree, and the
two Flatpak manifests say the same where they should."""
import re

import lint

# Needed by meson.build, but part of the C library.
NO_PACKAGE = {'threads', 'intl'}
LISTS = ('debian_build', 'debian_run', 'debian_test', 'debian_flatpak', 'debian_deb', 'debian_newest',
         'fedora_build', 'arch_build')
# Every Debian package may take these for granted.
ESSENTIAL = {'gcc', 'libc6-dev'}


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
    for name in sorted(lists['debian_run'] | lists['debian_test'] | lists['debian_flatpak']
                       | lists['debian_deb'] | lists['debian_newest']):
        if f'`{name}`' not in readme:
            yield f'dev installs {name}, which the README does not name'


def field(control, name):
    """The packages in a field of debian/control, without versions and build profiles."""
    text = re.search(rf'^{name}:(.*(?:\n[ \t].*)*)', control, re.M).group(1)
    return {entry.split()[0] for entry in text.split(',')}


def debian_complaints(control, dev):
    lists = lists_of(dev)
    needed = field(control, 'Build-Depends') - {'debhelper-compat', 'python3'}
    for name in sorted(needed ^ (lists['debian_build'] - ESSENTIAL)):
        yield f'{name} is in one of Build-Depends of debian/control and debian_build= of dev only'
    for name in sorted(field(control, 'Recommends') ^ lists['debian_run']):
        yield f'{name} is in one of Recommends of debian/control and debian_run= of dev only'


def version_complaints(meson, changelog, people):
    version = re.search(r"version: '([^']+)'", meson).group(1)
    newest = re.match(r'backprop \(([^)]+)\)', changelog).group(1)
    if version != newest:
        yield f'meson.build says version {version}, debian/changelog {newest}'
    if f'\n        tag: v{version}\n' not in people:
        yield f'the manifest for everyone does not build the tag v{version}'


def block(manifest, key):
    """The lines below a key, comments left out."""
    found = re.search(rf'^( *){key}:(.*\n(?:\1 +.*\n|\n)*)', manifest, re.M)
    lines = [line.strip() for line in found.group(2).splitlines()] if found else []
    return [line for line in lines if line and not line.startswith('#')]


def manifest_complaints(people, local):
    for key in ('id', 'command', 'separate-locales', 'finish-args', 'cleanup', 'test-commands', 'run-tests'):
        if block(people, key) != block(local, key) or not block(local, key):
            yield f'the two manifests do not say the same below {key}'
    wanted = {'--share=ipc', '--socket=wayland', '--socket=fallback-x11', '--device=dri', '--share=network'}
    for argument in sorted({line.removeprefix('- ') for line in block(people, 'finish-args')} ^ wanted):
        yield f'{argument}: the sandbox is to have {" ".join(sorted(wanted))}, no more and no less'
    archives, sums = re.findall(r'type: archive', people), re.findall(r'sha256: [0-9a-f]{64}\n', people)
    if len(archives) != len(sums):
        yield f'{len(archives)} archives have {len(sums)} checksums'


def check_packages(tap, meson, dev):
    control = (lint.ROOT / 'debian/control').read_text()
    changelog = (lint.ROOT / 'debian/changelog').read_text()
    people = (lint.ROOT / 'flatpak/io.github.backprop_lab.Backprop.yml').read_text()
    local = (lint.ROOT / 'flatpak/local.yml').read_text()
    tap.refuses('refuses a package that debian/control forgets',
                debian_complaints(control.replace('zlib1g-dev', 'bzip2'), dev))
    tap.refuses('refuses another version', version_complaints(meson, changelog.replace('(', '(9.', 1), people))
    tap.refuses('refuses a tag of another version',
                version_complaints(meson, changelog, people.replace('tag: v', 'tag: v9.')))
    tap.refuses('refuses a wider sandbox', manifest_complaints(
        people.replace('--share=ipc', '--filesystem=home'), local.replace('--share=ipc', '--filesystem=home')))
    tap.refuses('refuses manifests that differ', manifest_complaints(people, local.replace('--suite ref', '')))
    tap.refuses('refuses an archive without a checksum',
                manifest_complaints(re.sub('sha256: .*', 'sha256: 0', people), local))
    tap.check('debian/control and dev agree', debian_complaints(control, dev))
    tap.check('debian/changelog is about this version', version_complaints(meson, changelog, people))
    tap.check('the two manifests agree', manifest_complaints(people, local))


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
    check_packages(tap, meson, dev)
    tap.done()


if __name__ == '__main__':
    main()
