#!/usr/bin/python3
"""Runs a program where the decimal mark is a comma.  comma.py PROGRAM…

The locale (de_DE) is made for it in a folder that is thrown away, by localedef from the sources in the
package locales; where they are missing the test is skipped.
"""
import os
import subprocess
import sys
import tempfile


def make_locale(folder):
    """Makes de_DE.UTF-8 below folder; returns the environment that finds it, or None."""
    try:
        subprocess.run(['localedef', '--no-archive', '-i', 'de_DE', '-f', 'UTF-8', f'{folder}/de_DE.UTF-8'],
                       capture_output=True, check=False)
    except FileNotFoundError:
        return None
    if not os.path.exists(f'{folder}/de_DE.UTF-8/LC_NUMERIC'):
        return None
    environment = {k: v for k, v in os.environ.items() if k != 'LANGUAGE'}
    return {**environment, 'LOCPATH': folder, 'LC_ALL': 'de_DE.UTF-8'}


def main():
    with tempfile.TemporaryDirectory() as folder:
        environment = make_locale(folder)
        if environment is None:
            print('1..0 # SKIP needs localedef and the package locales')
            return 0
        # The texts stay English: only numbers are looked at.
        return subprocess.run(sys.argv[1:], env={**environment, 'BACKPROP_LOCALEDIR': folder}).returncode


if __name__ == '__main__':
    sys.exit(main())
