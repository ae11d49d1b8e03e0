#!/usr/bin/python3
"""The test of the count: tests/report.py must not lose a failure."""
import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

import lint

sys.path.insert(0, str(lint.ROOT / 'tests'))
sys.dont_write_bytecode = True
import report  # noqa: E402  (the path is set above)

ELEMENT = {'pass': '', 'fail': '<failure/>', 'error': '<error/>', 'skip': '<skipped/>'}


def counted(programs, failed_steps=0):
    """What report.py says of {name: (result, [sub-tests])}: (status, last line)."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder, 'meson-logs')
        logs.mkdir()
        suites = ''.join(
            f'<testsuite name="backprop.{name}">'
            + ''.join(f'<testcase name="{i}">{ELEMENT[s]}</testcase>' for i, s in enumerate(subs))
            + '</testsuite>' for name, (_, subs) in programs.items() if subs)
        (logs / 'testlog.junit.xml').write_text(f'<testsuites>{suites}</testsuites>')
        (logs / 'testlog.json').write_text(''.join(
            json.dumps({'name': name, 'result': result, 'stdout': '', 'returncode': 0}) + '\n'
            for name, (result, _) in programs.items()))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = report.main(['count', str(failed_steps), folder])
        return status, out.getvalue().splitlines()[-1]


def counted_tap(text):
    with tempfile.NamedTemporaryFile('w', suffix='.tap') as file:
        file.write(text)
        file.flush()
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = report.main(['count', '0', file.name])
        return status, out.getvalue().splitlines()[-1]


def main():
    tap = lint.Tap()
    for name, text, wanted in (
            ('TAP', 'ok 1 - a\nok 2 - b # SKIP no\nok 3\n1..3\n', (0, '2 passed, 0 failed, 1 skipped')),
            ('TAP that fails', '1..2\nnot ok 1 - a\n# why\nok 2\n', (1, '1 passed, 1 failed, 0 skipped')),
            ('TAP that breaks its plan', '1..3\nok 1\nok 2\n', (1, '2 passed, 1 failed, 0 skipped')),
            ('TAP that ends early', 'ok 1\n', (1, '1 passed, 1 failed, 0 skipped')),
            ('TAP that is empty', '', (1, '0 passed, 1 failed, 0 skipped')),
            ('TAP that skips all', '1..0 # SKIP no sandbox\n', (1, '0 passed, 0 failed, 1 skipped'))):
        found = counted_tap(text)
        tap.check(name, [] if found == wanted else [f'said {found}, wanted {wanted}'])
    for name, programs, steps, wanted in (
            ('adds sub-tests and programs',
             {'a': ('OK', ['pass', 'pass', 'skip']), 'b': ('OK', []), 'c': ('SKIP', [])}, 0,
             (0, '3 passed, 0 failed, 2 skipped')),
            ('a failed sub-test', {'a': ('FAIL', ['pass', 'fail', 'error'])}, 0,
             (1, '1 passed, 2 failed, 0 skipped')),
            ('a program that failed', {'a': ('FAIL', []), 'b': ('OK', [])}, 0,
             (1, '1 passed, 1 failed, 0 skipped')),
            ('a crash after sub-tests that passed', {'a': ('ERROR', ['pass', 'pass'])}, 0,
             (1, '2 passed, 1 failed, 0 skipped')),
            ('a timeout', {'a': ('TIMEOUT', ['pass']), 'b': ('TIMEOUT', [])}, 0,
             (1, '1 passed, 2 failed, 0 skipped')),
            ('an unexpected pass', {'a': ('UNEXPECTEDPASS', []), 'b': ('OK', [])}, 0,
             (1, '1 passed, 1 failed, 0 skipped')),
            ('a build that failed', {'a': ('OK', ['pass'])}, 1, (1, '1 passed, 1 failed, 0 skipped')),
            ('nothing ran', {}, 0, (1, '0 passed, 0 failed, 0 skipped')),
            ('all skipped', {'a': ('SKIP', [])}, 0, (1, '0 passed, 0 failed, 1 skipped'))):
        found = counted(programs, steps)
        tap.check(name, [] if found == wanted else [f'said {found}, wanted {wanted}'])
    tap.done()


if __name__ == '__main__':
    main()
