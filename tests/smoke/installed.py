#!/usr/bin/python3
"""What `meson install` puts where.  installed.py BUILD [COMMAND…]

Installs into a staging folder that is thrown away. Without a command it checks the list of files and
starts what it finds; with one it runs the command, the staged window program's path added to it, in
an environment that finds the staged icons and settings first.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from tap import Tap  # noqa: E402

APP_ID = 'io.github.backprop_lab.Backprop'
TERMINAL = {
    'bin/backprop-cli',
    'share/bash-completion/completions/backprop-cli',
    'share/zsh/site-functions/_backprop-cli',
    'share/fish/vendor_completions.d/backprop-cli.fish',
    'share/man/man1/backprop-cli.1',
}
WINDOW = {
    'bin/backprop',
    'share/man/man1/backprop.1',
    f'share/applications/{APP_ID}.desktop',
    f'share/metainfo/{APP_ID}.metainfo.xml',
    f'share/icons/hicolor/scalable/apps/{APP_ID}.svg',
    f'share/icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg',
    f'share/icons/hicolor/scalable/mimetypes/{APP_ID}-recipe.svg',
    f'share/mime/packages/{APP_ID}.xml',
    f'share/glib-2.0/schemas/{APP_ID}.gschema.xml',
}
# What a build may add by its options. Anything else, a static library, a header, has got in by mistake.
OPTIONAL = re.compile(
    r'lib(?:/[\w-]+)?/backprop/[\w-]+\.so'
    r'|share/locale/\w+/LC_MESSAGES/backprop\.mo')


def stage(build, folder):
    """Installs below folder; returns the prefix in there."""
    subprocess.run(['meson', 'install', '-C', build, '--destdir', folder, '--no-rebuild', '--quiet'],
                   check=True, capture_output=True, text=True)
    prefix = next(Path(folder).rglob('bin/backprop-cli')).parents[1]
    return prefix


def register(prefix):
    """What the distribution's package manager does after it has installed."""
    for folder, tool in (('glib-2.0/schemas', 'glib-compile-schemas'), ('mime', 'update-mime-database'),
                         ('applications', 'update-desktop-database')):
        if (prefix / 'share' / folder).is_dir() and shutil.which(tool):
            subprocess.run([tool, prefix / 'share' / folder], check=True, capture_output=True)


def files_below(prefix):
    return {str(p.relative_to(prefix)) for p in prefix.rglob('*') if not p.is_dir()}


def complaints(files):
    """What is missing in a set of installed files, or should not be there."""
    wanted = TERMINAL | (WINDOW if 'bin/backprop' in files else set())
    return ([f'{name} is missing' for name in sorted(wanted - files)]
            + [f'{name} should not be there' for name in sorted(files - wanted)
               if not OPTIONAL.fullmatch(name)])


def wrong_modes(prefix, files):
    for name in sorted(files):
        mode = (prefix / name).stat().st_mode & 0o777
        wanted = 0o755 if name.startswith(('bin/', 'lib')) else 0o644
        if mode != wanted:
            yield f'{name} has the mode {mode:o}, not {wanted:o}'


def entry_complaints(prefix):
    """The desktop's entry starts a program that is there, with an icon that is there."""
    lines = (prefix / f'share/applications/{APP_ID}.desktop').read_text().splitlines()
    entry = dict(line.split('=', 1) for line in lines if '=' in line)
    if not (prefix / 'bin' / entry['Exec'].split()[0]).is_file():
        yield f'Exec={entry["Exec"]} starts nothing that was installed'
    if not (prefix / f'share/icons/hicolor/scalable/apps/{entry["Icon"]}.svg').is_file():
        yield f'Icon={entry["Icon"]} is not installed'


def output(*command):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60)
    return result.stdout if result.returncode == 0 else f'status {result.returncode}: {result.stderr}'


def check(prefix):
    tap = Tap()
    files = files_below(prefix)
    tap.check('refuses a file too many', complaints(files | {'include/engine/tensor.h'}))
    tap.check('refuses a file too few', complaints(files - {'bin/backprop-cli'}))
    found = complaints(files)
    tap.check(f'{len(files)} files, each in its place', not found, '\n'.join(found))
    found = list(wrong_modes(prefix, files))
    tap.check('programs can be executed, data can be read', not found, '\n'.join(found))
    says = output(prefix / 'bin/backprop-cli', '--version')
    tap.check('backprop-cli starts', re.fullmatch(r'backprop-cli \d+\.\d+\.\d+\n', says), says)
    if 'bin/backprop' in files:
        found = list(entry_complaints(prefix))
        tap.check('the desktop entry leads somewhere', not found, '\n'.join(found))
        says = output(prefix / 'bin/backprop', '--version')
        tap.check('backprop starts', re.fullmatch(r'backprop \d+\.\d+\.\d+\n', says), says)
    else:
        tap.skip('the window program', 'built without it')
    return tap.done()


def main():
    if not shutil.which('meson'):
        print('1..0 # SKIP meson is not in PATH')
        return 77
    build, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        prefix = stage(build, folder)
        if not command:
            return check(prefix)
        register(prefix)
        paths = f'{prefix}/bin:{os.environ["PATH"]}'
        shares = [str(prefix / 'share'), os.environ.get('XDG_DATA_DIRS') or '/usr/local/share:/usr/share']
        environment = dict(os.environ, XDG_DATA_DIRS=':'.join(shares), PATH=paths)
        return subprocess.run([*command, str(prefix / 'bin/backprop')], env=environment).returncode


if __name__ == '__main__':
    sys.exit(main())
