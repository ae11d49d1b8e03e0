#!/usr/bin/python3
"""Reads what `meson test` left in build folders.

  report.py failures DIR         prints what failed tests said
  report.py count FAILED PLACE…  adds up all tests; FAILED counts steps that failed before any test.
                                 A place is such a folder, or a file of TAP.
                                 Last line: "N passed, N failed, N skipped"; status 1 unless all is well

A TAP program counts as its sub-tests, any other program as one. A program that crashed, timed out
or broke its plan counts as a failure even if every sub-test before that point passed.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SHOWN_LINES = 30  # of each stream, at its start and at its end


def programs(folder):
    """One record per test program: name, result, stdout, stderr, …"""
    log = Path(folder, 'meson-logs', 'testlog.json')
    return [json.loads(line) for line in log.read_text(errors='replace').splitlines() if line]


def sub_tests(folder):
    """{name of a TAP program: [passed, failed, skipped]} of its sub-tests."""
    found = {}
    for suite in ElementTree.parse(Path(folder, 'meson-logs', 'testlog.junit.xml')).getroot():
        project, _, name = suite.get('name').partition('.')
        if not name:  # the one suite in which programs without sub-tests are gathered
            continue
        counts = found.setdefault(name, [0, 0, 0])
        for case in suite.iter('testcase'):
            if case.find('skipped') is not None:
                counts[2] += 1
            elif case.find('failure') is not None or case.find('error') is not None:
                counts[1] += 1
            else:
                counts[0] += 1
    return found


def count(folder):
    total = [0, 0, 0]
    parts = sub_tests(folder)
    for program in programs(folder):
        good = program['result'] in ('OK', 'EXPECTEDFAIL')
        skipped = program['result'] == 'SKIP'
        counts = parts.get(program['name'], [0, 0, 0])
        if sum(counts) == 0:
            counts = [int(good), int(not good and not skipped), int(skipped)]
        elif not good and not skipped and counts[1] == 0:
            counts = [counts[0], 1, counts[2]]
        total = [a + b for a, b in zip(total, counts)]
    return total


def count_tap(path):
    """[passed, failed, skipped] of a TAP file; what its plan promises and it does not tell has failed."""
    total, plan = [0, 0, 0], None
    for line in path.read_text(errors='replace').splitlines():
        if match := re.match(r'1\.\.(\d+)(.*)', line):
            plan = int(match.group(1))
            if plan == 0 and 'SKIP' in match.group(2):
                return [0, 0, 1]
        elif re.match(r'ok\b.*# SKIP', line):
            total[2] += 1
        elif re.match(r'(not )?ok\b', line):
            total[line.startswith('not')] += 1
    if plan is None or plan > sum(total) or plan == 0:
        total[1] += 1
    return total


def print_failures(folder):
    for program in programs(folder):
        if program['result'] in ('OK', 'EXPECTEDFAIL', 'SKIP'):
            continue
        print(f"--- {program['name']}: {program['result']}, exit status {program['returncode']}")
        for stream in 'stdout', 'stderr':
            lines = program.get(stream, '').rstrip().splitlines()
            lines = [line for line in lines if not line.startswith('ok ')]
            if len(lines) > 2 * SHOWN_LINES:
                left_out = len(lines) - 2 * SHOWN_LINES
                lines[SHOWN_LINES:-SHOWN_LINES] = [f'… {left_out} lines …']
            for line in lines:
                print('    ' + line)


def main(arguments):
    if len(arguments) == 2 and arguments[0] == 'failures':
        print_failures(arguments[1])
        return 0
    if len(arguments) < 2 or arguments[0] != 'count':
        print(__doc__, file=sys.stderr)
        return 2
    passed, failed, skipped = 0, int(arguments[1]), 0
    for place in map(Path, arguments[2:]):
        p, f, s = count(place) if place.is_dir() else count_tap(place)
        passed, failed, skipped = passed + p, failed + f, skipped + s
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
