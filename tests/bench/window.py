#!/usr/bin/python3
"""What the window costs: its memory after some runs, and the processor's time while nothing happens. Not a test,
since both depend on the system's libraries; it runs inside tests/ui/ui-session.sh.

  window.py RUNS DATA OUT.json PROGRAM…      other programs of the session write to standard output, too
"""
import json
import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / '../ui'))
from uitest import App, wait

RECIPE = '{"version": 1, "loop": {"epochs": 1}}'
TICKS = os.sysconf('SC_CLK_TCK')


def megabytes(pid, key='VmRSS'):
    return int(re.search(rf'{key}:\s*(\d+) kB', Path(f'/proc/{pid}/status').read_text()).group(1)) * 1024 / 1e6


def processor(pid):
    fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def idle(pid, seconds=10):
    before = processor(pid)
    time.sleep(seconds)
    return (processor(pid) - before) / seconds


def main(n_runs, data, out, *program):
    recipe = Path(os.environ['UI_DIR']) / 'short.json'
    recipe.write_text(RECIPE)
    app = App([*program, '--data', data, str(recipe)], 'backprop', 'Backprop')
    footer, pid = app.part('Status of the run'), app.process.pid
    app.label(lambda t: '60\u202f000 + 10\u202f000' in t, 'the data', 60)
    time.sleep(3)
    report = {'before': megabytes(pid), 'after': {}}
    for run in range(1, int(n_runs) + 1):
        app.click(app.find('push button', 'Train'))
        app.label(lambda t, run=run: re.match(rf'^Run {run} (finished|done)', t), f'the end of run {run}', 120, footer)
        report['after'][run] = megabytes(pid)
    time.sleep(3)
    report |= {'peak': megabytes(pid, 'VmHWM'), 'at rest': megabytes(pid), 'idle, share of a core': idle(pid)}
    app.picture('window.png')
    app.close()
    Path(out).write_text(json.dumps(report, indent=2))


if __name__ == '__main__':
    main(*sys.argv[1:])
