#!/usr/bin/python3
"""A short training by backprop-cli on pictures whose answer is known by construction. It takes a second,
so that builds with sanitizers run it too.

  short.py BACKPROP-CLI

The class of a picture is the band, one of ten, that is brighter than the noise: a network that does not
learn that within 400 updates is broken.
"""
import csv
import gzip
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from tap import Tap

N_TRAIN, N_TEST, N_STEPS = 600, 200, 400


def write_idx(path, shape, values, packed):
    data = struct.pack(f'>BBBB{len(shape)}I', 0, 0, 8, len(shape), *shape) + values
    with (gzip.open if packed else open)(path, 'wb') as file:
        file.write(data)


def write_set(folder, name, n, generator, packed):
    labels = bytes(generator.randrange(10) for _ in range(n))
    pictures = bytearray()
    for label in labels:
        for row in range(28):
            bright = 4 + 2 * label <= row < 6 + 2 * label
            pictures += bytes(generator.randrange(120) + 120 * bright for _ in range(28))
    ending = '.gz' if packed else ''
    write_idx(folder / f'{name}-images-idx3-ubyte{ending}', (n, 28, 28), bytes(pictures), packed)
    write_idx(folder / f'{name}-labels-idx1-ubyte{ending}', (n,), labels, packed)


def train(cli, folder, log, *arguments):
    return subprocess.run(
        [cli, 'train', '--data', folder, '--set', 'loop.epochs=10', '--steps', str(N_STEPS), '--seed', '1',
         '--log', log, '--json', *arguments], capture_output=True, text=True)


def main(cli):
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generator = random.Random(7)
        write_set(folder, 'train', N_TRAIN, generator, packed=True)
        write_set(folder, 't10k', N_TEST, generator, packed=False)
        logs = [folder / f'{i}.csv' for i in range(3)]
        runs = [train(cli, folder, logs[0], '--threads', '1'), train(cli, folder, logs[1], '--threads', '2'),
                train(cli, folder, logs[2], '--device', 'ref')]
        for run, device in zip(runs, ('1 thread', '2 threads', 'ref')):
            tap.check(f'ends well: {device}', run.returncode == 0, run.stderr)
        if tap.failed:
            return tap.done()
        results = [json.loads(run.stdout) for run in runs]
        rows = [list(csv.DictReader(log.open())) for log in logs]
        losses = [[float(row['loss']) for row in r] for r in rows]

        tap.check('counts its parameters', results[0]['parameters'] == 784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10,
                  results[0]['parameters'])
        tap.check('logs every step', [int(row['step']) for row in rows[0]] == list(range(N_STEPS)), len(rows[0]))
        tap.check('starts near chance', abs(losses[0][0] - math.log(10)) < 1.5, losses[0][0])
        tap.check('learns', results[0]['test_accuracy'] > 0.95, results[0]['test_accuracy'])
        tap.check('1 and 2 threads: the same bits', logs[0].read_bytes() == logs[1].read_bytes())
        worst = max(abs(a - b) for a, b in zip(losses[0][:50], losses[2][:50]))
        tap.check('ref takes the same path', worst < 1e-4, worst)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
