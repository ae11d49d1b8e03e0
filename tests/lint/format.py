#!/usr/bin/python3
"""Every C file is laid out as .clang-format says (`./dev format` does it)."""
import shutil
import subprocess
import sys

import lint

VERSION = '14'  # others lay some lines out differently


def main():
    program = shutil.which('clang-format-' + VERSION) or shutil.which('clang-format')
    version = program and subprocess.run([program, '--version'], capture_output=True, text=True).stdout
    if not version or f'version {VERSION}.' not in version:
        print(f'1..0 # SKIP needs clang-format {VERSION}, found {version or "none"}'.rstrip())
        sys.exit(0)

    def refused(source):
        return subprocess.run([program, '--dry-run', '-Werror', '--assume-filename', 'engine/x.c'],
                              input=source, capture_output=True, text=True, cwd=lint.ROOT).returncode != 0

    tap = lint.Tap()
    tap.refuses('refuses a crooked line', ['refused'] if refused('int  f( void ) {return 1 ;}\n') else [])
    tap.check('accepts a straight one', ['refused'] if refused('int f(void);\n') else [])
    for room in lint.ROOMS:
        paths = lint.files('*.[ch]', '*.cu', '*.cpp', rooms=[room])
        if not paths:
            continue
        result = subprocess.run([program, '--dry-run', '-Werror', *paths], capture_output=True, text=True)
        wrong = {line.split(':')[0] for line in result.stderr.splitlines() if 'error:' in line}
        if result.returncode and not wrong:
            wrong = {result.stderr.strip()}
        tap.check(f'layout of {room}/', [f'{w}: run ./dev format' for w in sorted(wrong)])
    tap.done()


if __name__ == '__main__':
    main()
