#!/usr/bin/python3
"""backprop-cli bench measures, computes with what it has measured, and leaves nothing behind. How fast anything is is
not asked.  bench.py BACKPROP_CLI RESULTS.py
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from tap import Tap

# Stands in for a Python that has PyTorch and not JAX; every rate is 50 steps a second but one.
PEER = '''#!/bin/sh
[ "$3" = torch ] || exit 1
echo '{"version": "9.9"}'
while read -r line; do
  case $line in
    *cnn*) echo '{"error": "ValueError: no such layer"}' ;;
    *) echo '{"rate": 50.0}' ;;
  esac
done
'''


def measure(cli, python, folder):
    done = subprocess.run([cli, 'bench', '--quick', '--json', '--data', 'practice', '--python', python], capture_output=True,
                          text=True, env=dict(os.environ, TMPDIR=str(folder)))
    return (json.loads(done.stdout) if done.returncode == 0 else None), done.stderr


def near(a, b):
    return a is not None and abs(a / b - 1) < 1e-9


def check_report(test, report):
    cases = {case['name']: case for case in report['cases']}
    rows = {(row['title'], row['batch_size']): row for row in report['rows']}
    test.check('names the peers', report['torch'] == '9.9' and report['jax'] is None)
    test.check('has the peers\' rates', cases['written, 8']['median'] == cases['written, 8']['high'] == 50)
    test.check('leaves out what is not there', cases['scan, 8']['median'] is None)
    test.check('says what a peer could not do', cases['CNN, PyTorch']['why'] == 'ValueError: no such layer')
    row = rows["1 core, against PyTorch's loop as written", 8]
    test.check('a ratio is that of the rates', near(row['median'], cases['1 core, 8']['median'] / 50))
    test.check('and of the best rounds', near(row['best'], cases['1 core, 8']['high'] / 50))
    test.check('with its floor and goal', (row['floor'], row['goal']) == (40, 60))
    test.check('the spread is around the median', all(
        c['low'] <= c['median'] <= c['high'] for c in [*cases.values(), *rows.values()] if c['median'] is not None))
    # 784-64-64-10 by hand: forwards and the weights' gradient of all, the inputs' of the last two; AdamW keeps two
    # numbers beside each of 55 050
    share, batch = report['nonzero_pixels'], 64
    flop = 2 * batch * (2 * share * 784 * 64 + 3 * (64 * 64 + 64 * 10))
    test.check('knows the work of a step', near(cases['1 core, 64']['flop'], flop)
               and cases['1 core, 64']['bytes'] == 55050 * 3 * 4 * 2)
    m = report['machine']
    level = 'l2_bytes' if m['l2'] >= 55050 * 12 else 'l3_bytes' if m['l3'] >= 55050 * 12 else 'memory_bytes'
    least = max(flop / m['flops'][0], 55050 * 24 / m[level][0])
    test.check('and its share of the roofline', near(cases['1 core, 64']['roofline'], cases['1 core, 64']['median'] * least))
    test.check('knows what programs take', rows['whole tutorial, all cores', 8]['median'] > 0
               and rows['peak memory of training', 8]['median'] > 10)


def check_page(test, report, script, folder):
    (folder / 'bench.json').write_text(json.dumps(report))
    page = folder / 'RESULTS.md'
    page.write_text('# before\n<!-- written by ./dev bench -->\nold\n<!-- end -->\nbehind\n')
    done = subprocess.run([sys.executable, script, folder / 'bench.json', page], capture_output=True, text=True)
    text = page.read_text()
    test.check('the page gets tables between its marks', done.returncode == 0 and text.startswith('# before\n')
               and text.endswith('<!-- end -->\nbehind\n') and 'old' not in text and '| CNN, PyTorch |' in text, done.stderr)


def main(cli, script):
    test = Tap()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        peer, work = folder / 'python', folder / 'work'
        peer.write_text(PEER)
        peer.chmod(0o755)
        work.mkdir()
        report, said = measure(cli, str(peer), work)
        test.check('measures', report is not None, said)
        test.check('leaves no file behind', not list(work.iterdir()))
        if report:
            check_report(test, report)
            check_page(test, report, script, folder)
        done = subprocess.run([cli, 'bench', 'fast'], capture_output=True, text=True)
        test.check('refuses what it does not know', done.returncode == 2 and 'fast' in done.stderr)
    return test.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
