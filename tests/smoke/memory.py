#!/usr/bin/python3
"""The memory of a training: on MNIST below 80 MB, and after a hundred epochs no more than after ten.
   memory.py BACKPROP_CLI [MNIST-DIRECTORY]
"""
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from short import N_TRAIN, N_TEST, write_set
from tap import Tap

MOST = 80_000_000   # bytes, of which MNIST's pixels and labels are 55 million
GROWTH = 1_000_000  # an epoch that left its batch behind would leave 42 times as much


def peak(cli, *arguments):
    done = subprocess.run([cli, 'train', '--json', *arguments], capture_output=True, text=True)
    return json.loads(done.stdout)['peak_memory'] if done.returncode == 0 else done.stderr


def main(cli, mnist):
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        generator = random.Random(1)
        write_set(Path(folder), 'train', N_TRAIN, generator, False)
        write_set(Path(folder), 't10k', N_TEST, generator, False)
        few, many = (peak(cli, '--data', folder, '--set', f'loop.epochs={n}') for n in (10, 100))
        tap.check('a hundred epochs take no more memory than ten', isinstance(many, int) and many - few < GROWTH, f'{few} {many}')
    if mnist and Path(mnist).is_dir():
        for threads in (1, 2):
            found = peak(cli, '--data', mnist, '--threads', str(threads), '--set', 'loop.epochs=1')
            tap.check(f'MNIST takes less than 80 MB, {threads} threads', isinstance(found, int) and found < MOST, found)
    else:
        tap.skip('MNIST takes less than 80 MB', 'no MNIST here')
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
