"""runs.py: small data to train on, and backprop-cli, for the tests of this folder."""
import os
import random
import sqlite3
import struct
import subprocess
from contextlib import closing

ENVIRONMENT = {k: v for k, v in os.environ.items() if k != 'BACKPROP_DATA'} | {'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'C'}
N_TRAIN, N_TEST, SIDE = 200, 40, 8


def write_set(folder, seed=7):
    """Images of 8 × 8 with a bright row, which is their class of four."""
    folder.mkdir()
    generator = random.Random(seed)
    for name, n in (('train', N_TRAIN), ('t10k', N_TEST)):
        labels = bytes(generator.randrange(4) for _ in range(n))
        pixels = bytes(generator.randrange(100) + 120 * (row // 2 == label)
                       for label in labels for row in range(SIDE) for _ in range(SIDE))
        for kind, shape, values in (('images-idx3', (n, SIDE, SIDE), pixels), ('labels-idx1', (n,), labels)):
            head = struct.pack(f'>BBBB{len(shape)}I', 0, 0, 8, len(shape), *shape)
            (folder / f'{name}-{kind}-ubyte').write_bytes(head + values)
    return folder


# What draws by chance, and what remembers: batch statistics, dropout, momentum, a schedule per step.
RECIPE = '''{"version": 1, "data": {"dataset": "idx", "batch_size": 8, "validation_fraction": 0.1,
 "transforms": [{"kind": "RandomHorizontalFlip"}, {"kind": "ToTensor"}]},
 "network": [{"kind": "Flatten"}, {"kind": "Linear", "out_features": %d}, {"kind": "BatchNorm1d"}, {"kind": "ReLU"},
 {"kind": "Dropout", "p": 0.3}, {"kind": "Linear", "out_features": 4}],
 "optimizer": {"kind": "Adam", "lr": 0.003},
 "scheduler": {"kind": "OneCycleLR", "max_lr": 0.01, "interval": "batch"}, "loop": {"epochs": %d}, "seed": 5}'''


def recipe(epochs, units=24):
    return RECIPE % (units, epochs)


def train_command(cli, *arguments):
    return [str(a) for a in (cli, 'train', *arguments, '--device', 'cpu', '--threads', '1')]


def run(cli, *arguments, env=ENVIRONMENT, **options):
    return subprocess.run([str(a) for a in (cli, *arguments)], capture_output=True, text=True, env=env, timeout=120,
                          check=False, **options)


def train(cli, *arguments, **options):
    command = train_command(cli, *arguments)
    return run(*command, **options)


def query(path, sql):
    """All rows, by Python's own SQLite, which writes nothing."""
    with closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True, timeout=60)) as file:
        return file.execute(sql).fetchall()


def query_writable(path, sql):
    """The same as somebody who may write: what a killed program has left is put right."""
    with closing(sqlite3.connect(path, timeout=60)) as file:
        return file.execute(sql).fetchall()
