#!/usr/bin/python3
"""What a whole training step of the cpu backend costs, in instructions, which valgrind counts and no neighbor changes.

  instructions.py FUSED-STEPS

The limit is a tenth above what the parts need. A batch of 8 pictures has 1 200 pixels that are not 0. In thousands:
finding them and turning their list, 43 (36 for each); forward, 8 multiply-adds for each and the later layers, 30; dx of two
layers, 17; some 450 rows of weights, of which each has a gradient (76 in all) and an update of 8 vectors at 16 (58); rows
that catch up, and what they have missed, 18; the program around it draws which pictures come, 10.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'smoke'))
from tap import Tap  # noqa: E402

FEW, MANY = 128, 384
LIMIT = 1.1 * 1000 * (43 + 30 + 17 + 76 + 58 + 18 + 10)


def count(program, steps):
    """Instructions of so many steps, with all that goes around them."""
    done = subprocess.run(['valgrind', '--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', program,
                           str(steps)], capture_output=True, text=True)
    found = re.search(r'I +refs: +([\d,]+)', done.stderr)
    return int(found[1].replace(',', '')) if done.returncode == 0 and found else None


def main(program):
    tap = Tap()
    if not shutil.which('valgrind'):
        tap.skip('instructions of a step', 'valgrind is not installed')
        return tap.done()
    few, many = count(program, FEW), count(program, MANY)
    if tap.check('the program runs and is counted', few and many, (few, many)):
        each = (many - few) / (MANY - FEW)
        tap.check(f'a step takes {each:,.0f} instructions, at most {LIMIT:,.0f}', each <= LIMIT)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
