#!/usr/bin/python3
"""Whoever kills a training, at whatever instant, leaves a file that opens, is whole, and goes on.

  kills.py BACKPROP-CLI

So many times as BACKPROP_KILLS says (200), a training is killed after a random while, most of them while it goes
on with a run that was killed before. Each time: SQLite finds every page in order; the curve has no gap; of the newest
epoch that the file knows there is the checkpoint. What a run loses is measured by a pipe: the program's log. At
the end the runs are completed, and their logs are those of a run that nobody killed.
"""
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../smoke'))
import runs  # noqa: E402
from tap import Tap  # noqa: E402

KILLS = int(os.environ.get('BACKPROP_KILLS', '200'))
PER_RUN, STEPS_PER_EPOCH = 10, 23


def kill_one(cli, folder, path, generator):
    """Trains into path, or goes on there, and is killed."""
    if path.exists():
        command = runs.train_command(cli, '--resume', path)
    else:
        command = runs.train_command(cli, folder / 'recipe.json', '--data', folder / 'data', '--out', path)
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=runs.ENVIRONMENT)
    early = generator.random() < 0.2  # perhaps before there is a file
    while not early and not path.exists() and running.poll() is None:
        time.sleep(0.002)
    began = time.monotonic()
    delay = generator.expovariate(5)
    while time.monotonic() - began < delay and running.poll() is None:
        time.sleep(0.002)
    ended = running.poll() is not None
    running.kill()
    return ended, running.communicate()[1]


def complaints(path):
    """What is wrong with the file, whose journal may lie beside it."""
    (checked,) = runs.query_writable(path, 'PRAGMA integrity_check')[0]
    if checked != 'ok':
        yield checked
    n, last = runs.query(path, 'SELECT count(*), max(step) FROM step')[0]
    if n and n != last + 1:
        yield f'{n} steps up to {last}'
    points = runs.query(path, 'SELECT step, epoch FROM checkpoint ORDER BY step')
    epochs = runs.query(path, 'SELECT max(epoch), max(last_step) FROM epoch')[0]
    if epochs[0] is not None and (not points or points[-1][0] <= epochs[1] or points[-1][1] <= epochs[0]):
        yield f'epochs up to {epochs}, checkpoints {points}'
    if points and points[-1][0] > n:
        yield f'a checkpoint of step {points[-1][0]}, and {n} steps'
    if len(points) > 2:
        yield f'{len(points)} checkpoints'


def main(cli):
    tap = Tap()
    generator = random.Random(10)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs.write_set(folder / 'data')
        (folder / 'recipe.json').write_text(runs.recipe(1000, 256))
        bad, steps, resumed, journals, path, paths, finished = [], 0, 0, 0, None, [], False
        for i in range(KILLS):
            if i % PER_RUN == 0 or finished:
                path = folder / f'{i}.bprun'
            there = path.exists()
            early, said = kill_one(cli, folder, path, generator)
            # On a fast machine one comes to its end before it is killed.
            finished = early and path.exists() and runs.query(path, 'SELECT state FROM run')[0][0] == 'finished'
            if finished and path in paths:
                paths.remove(path)
            elif not finished and path.exists() and path not in paths:
                paths.append(path)
            if early and not finished:
                bad.append(f'{i}: ended by itself: {said}')
            if not path.exists():  # before it had its name
                continue
            resumed += there
            journals += Path(f'{path}-journal').exists()
            bad += [f'{i}: {what}' for what in complaints(path)]
        tap.check(f'{KILLS} kills: each file is whole, and each run went on', not bad and resumed > KILLS / 2, '\n'.join(bad))
        print(f'# {resumed} killed while they went on, {journals} in the middle of a commit')
        for path in paths[:5]:
            steps = runs.query(path, 'SELECT coalesce(max(step), 0) + 50 FROM step')[0][0]
            done = runs.train(cli, '--resume', path, '--steps', steps, '--log', folder / 'a.csv')
            runs.train(cli, folder / 'recipe.json', '--data', folder / 'data', '--steps', steps, '--log', folder / 'b.csv')
            tap.check(f'{path.name}: {steps} steps are those of a run that nobody killed', done.returncode == 0
                      and (folder / 'a.csv').read_bytes() == (folder / 'b.csv').read_bytes(), done.stderr)
        left = [p.name for p in folder.iterdir() if p.name.startswith('.') and not p.name.endswith('-part')]
        tap.check('nothing else is left', not left, left)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(Path(sys.argv[1]).resolve()))
