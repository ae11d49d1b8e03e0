#!/usr/bin/python3
"""What PyTorch takes is taken, with its losses; what it refuses is refused, in one sentence: backprop-cli runs the recipes of
small.json (make_small.py).

  small.py BACKPROP-CLI [NAME …]
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / 'smoke'))
sys.path.insert(0, str(HERE.parent / 'traces'))
import pictures  # noqa: E402
from tap import Tap  # noqa: E402
from traces import largest, read  # noqa: E402

LOSS_TOL = 1e-4


def refused(tap, case, done):
    lines = done.stderr.strip().splitlines()
    tap.check(f"{case['name']}: refused ({case['refused']})",
              done.returncode == 1 and len(lines) == 1 and lines[0].endswith('.'), done.stdout + done.stderr)


def check(tap, cli, case, folder):
    recipe, log = Path(folder) / 'recipe.json', Path(folder) / 'log.csv'
    recipe.write_text(json.dumps(case['recipe']))
    steps = ['--steps', str(case['steps'])] if 'steps' in case else []
    done = subprocess.run([cli, 'train', recipe, '--data', folder, '--log', log, '--threads', '1', '--json', *steps],
                          capture_output=True, text=True)
    if 'refused' in case:
        refused(tap, case, done)
        return
    if not tap.check(f"{case['name']}: it trains", done.returncode == 0, done.stderr):
        return
    found, wanted = read(log, ('loss',)), [[loss] for loss in case['losses']]
    far = largest(found, wanted, 0, len(wanted))
    tap.check(f"{case['name']}: losses, {far:.2g}", len(found) == len(wanted) and far < LOSS_TOL,
              f'found {found}, wanted {wanted}')


def main(cli, *names):
    tap, small = Tap(), json.loads((HERE / 'small.json').read_text())
    with tempfile.TemporaryDirectory() as folder:
        pictures.write(folder, small['pictures'], small['pictures'])
        for case in small['cases']:
            if not names or case['name'] in names:
                check(tap, cli, case, folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
