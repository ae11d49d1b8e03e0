#!/usr/bin/python3
"""Runs the tests that Meson knows as suite cuda on the module that BACKPROP_CUDA_MODULE names, a GPU's for
example, and prints a line for each with its TAP count. Tests that tell the emulator to misbehave are left out.

  suite.py BUILD [--sanitizer memcheck|racecheck|initcheck|synccheck] [--brief]

With a sanitizer the tests run under compute-sanitizer, at reduced sizes (BACKPROP_TEST_SMALL), and a finding fails
the test. --brief takes reduced sizes too.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path


def tests(build, on_device):
    """Suite cuda, without what only the emulator can do; on_device: only what runs on a device."""
    found = json.loads((Path(build) / 'meson-info' / 'intro-tests.json').read_text())
    for test in found:
        ours = any(suite.split(':')[-1] == 'cuda' for suite in test['suite'])
        told = any(key.startswith('NN_EMULATOR_') for key in test['env'])
        if ours and not told and (not on_device or 'BACKPROP_CUDA_MODULE' in test['env']):
            yield test


def count(text):
    lines = re.findall(r'^(not ok|ok)\b(.*)$', text, re.MULTILINE)
    failed = sum(word == 'not ok' for word, _ in lines)
    skipped = sum('# SKIP' in rest for word, rest in lines if word == 'ok')
    return len(lines), failed, skipped


def run(test, options):
    environment = {**os.environ, **{k: v for k, v in test['env'].items() if k != 'BACKPROP_CUDA_MODULE'}}
    command = test['cmd']
    if options.sanitizer or options.brief:
        environment['BACKPROP_TEST_SMALL'] = '1'
    if options.sanitizer:
        command = ['compute-sanitizer', '--tool', options.sanitizer, '--error-exitcode', '9', '--print-limit', '5', *command]
    started = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=test.get('workdir'), check=False)
    n, failed, skipped = count(done.stdout)
    good = done.returncode == 0 and failed == 0 and n > skipped
    print(f"{'ok' if good else 'NOT OK'}  {test['name']}: {n} tests, {failed} failed, {skipped} skipped, exit status "
          f'{done.returncode}, {time.monotonic() - started:.1f} s')
    if not good:
        print('\n'.join('    ' + line for line in done.stdout.splitlines()[-60:]))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('build')
    parser.add_argument('--sanitizer', choices=('memcheck', 'racecheck', 'initcheck', 'synccheck'))
    parser.add_argument('--brief', action='store_true')
    options = parser.parse_args()
    results = [run(test, options) for test in tests(options.build, bool(options.sanitizer))]
    if not results:
        print('There are no tests in suite cuda.')
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
