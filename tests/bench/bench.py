#!/usr/bin/python3
"""How fast the tutorial trains, beside PyTorch on the same machine in the same run, as a Markdown table.
PyTorch's rows are left out, and said so, where the running Python has none. Every row is the best of
several runs, since other programs can only slow one down.

  bench.py BACKPROP-CLI MNIST-DIRECTORY
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 3
BATCHES = {8: 7500, 64: 900, 512: 110}


def ours(cli, folder, batch_size, steps, threads, log=None):
    best = 0
    for _ in range(RUNS):
        done = subprocess.run([cli, 'train', '--data', folder, '--json', '--threads', str(threads), '--set',
                               f'data.batch_size={batch_size}', '--set', 'loop.epochs=1', '--steps', str(steps)]
                              + (['--log', log] if log else []), capture_output=True, text=True, check=True)
        best = max(best, json.loads(done.stdout)['epochs'][0]['iterations_per_second'])
    return best


def torch_loop(folder, batch_size, steps):
    reports = []
    for _ in range(RUNS):
        done = subprocess.run([sys.executable, Path(__file__).with_name('torch_loop.py'), folder, str(batch_size),
                               str(steps)], capture_output=True, text=True)
        if done.returncode != 0:
            return None
        reports.append(json.loads(done.stdout))
    return max(reports, key=lambda r: r['iterations_per_second'])


def row(name, batch_size, rate, base):
    ratio = f'{rate / base:.1f}' if base else '–'
    counts = ' | '.join(f'{n:,.0f}'.replace(',', ' ') for n in (rate, rate * batch_size))
    print(f'| {name} | {batch_size} | {counts} | {ratio} |', flush=True)


def main(cli, folder):
    cores = os.cpu_count()
    print('| what | batch | it/s | samples/s | × PyTorch |\n|---|--:|--:|--:|--:|')
    agreement = None
    for batch_size, steps in BATCHES.items():
        theirs = torch_loop(folder, batch_size, steps // 4)
        base = theirs and theirs['iterations_per_second']
        if theirs:
            row(f"PyTorch {theirs['version']}, 1 thread", batch_size, base, base)
        with tempfile.TemporaryDirectory() as temporary:
            log = str(Path(temporary) / 'log.csv')
            row('Backprop, 1 thread', batch_size, ours(cli, folder, batch_size, steps, 1, log), base)
            if theirs and batch_size == 8:
                losses = [float(r['loss']) for r in csv.DictReader(open(log))]
                agreement = max(abs(a / b - 1) for a, b in zip(losses, theirs['losses']))
        if cores > 1:
            row(f'Backprop, {cores} threads', batch_size, ours(cli, folder, batch_size, steps, cores), base)
    print()
    print('PyTorch is not installed for this Python: its rows are missing.' if agreement is None else
          f'Same seed, batch 8: the first 100 losses differ from PyTorch\'s by at most {agreement:.1e} relative.')


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
