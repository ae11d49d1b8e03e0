#!/usr/bin/python3
"""Seed-exact: backprop-cli trains every recipe in recipes/ and must give PyTorch's losses and learning rates, which stand
in the file of the same name beside this one (make_traces.py). With real MNIST beside the source tree it also runs the
tutorial's three epochs against mnist.json.

  traces.py BACKPROP-CLI MNIST-DIRECTORY [NAME …]

With $BACKPROP_TEST_SHORT, under sanitizers, the same recipes run as far as their losses are compared, and not on MNIST.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / 'smoke'))
sys.path.insert(0, str(HERE))
import pictures  # noqa: E402
from tap import Tap  # noqa: E402

SHORT = 'BACKPROP_TEST_SHORT' in os.environ
N_STEPS, N_CLOSE = 50 if SHORT else 300, 50
LOSS_TOL, LR_TOL = 1e-4, 1e-12


def read(path, columns):
    """Rows of numbers under a header; comments are left out."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith('#')]
    names = lines[0].split(',')
    return [[float(row.split(',')[names.index(c)]) for c in columns] for row in lines[1:]]


def largest(found, wanted, column, n):
    return max(abs(f[column] - w[column]) / max(abs(w[column]), 1e-300) for f, w in zip(found[:n], wanted[:n]))


def check_trace(tap, cli, recipe, data, log):
    name = recipe.stem
    done = subprocess.run([cli, 'train', recipe, '--data', data, '--log', log, '--steps', str(N_STEPS), "--json",
                           '--threads', '1'], capture_output=True, text=True)
    if not tap.check(f'{name}: it trains', done.returncode == 0, done.stderr):
        return
    found, wanted = read(log, ('loss', 'lr')), read(HERE / f'{name}.csv', ('loss', 'lr'))[:N_STEPS]
    if not tap.check(f'{name}: {N_STEPS} steps', len(found) == len(wanted) == N_STEPS, len(found)):
        return
    loss, lr = largest(found, wanted, 0, N_CLOSE), largest(found, wanted, 1, N_STEPS)
    print(f'# agreement trace {name} {loss:.3g} {LOSS_TOL}')
    tap.check(f'{name}: losses of the first {N_CLOSE} steps, {loss:.2g}', loss < LOSS_TOL,
              '\n'.join(f'{i}: {f[0]} {w[0]}' for i, (f, w) in enumerate(zip(found, wanted)) if i < N_CLOSE))
    tap.check(f'{name}: learning rates of all steps, {lr:.2g}', lr < LR_TOL,
              '\n'.join(f'{i}: {f[1]} {w[1]}' for i, (f, w) in enumerate(zip(found, wanted)) if f[1] != w[1]))


def check_evaluation(tap, cli, case, data, path):
    """What is measured after every epoch and at the end, through which transforms; see make_evaluations.py."""
    path.write_text(json.dumps(case['recipe']))
    done = subprocess.run([cli, 'train', path, '--data', data, '--json', '--threads', '1'], capture_output=True, text=True)
    if not tap.check(f'{case["name"]}: it trains', done.returncode == 0, done.stderr):
        return
    found = json.loads(done.stdout)
    for i, (ours, theirs) in enumerate(zip(found['epochs'], case['epochs'])):
        tap.check(f'{case["name"]}: what is measured after epoch {i + 1}',
                  all(abs(ours[key] - value) < LOSS_TOL for key, value in theirs.items()), ours)
        if case['losses']:
            tap.check(f'{case["name"]}: loss of epoch {i + 1}', abs(ours['loss'] - case['losses'][i]) < LOSS_TOL, ours)
    tap.check(f'{case["name"]}: accuracy on the training set', abs(found['train_accuracy'] - case['train_accuracy'])
              < LOSS_TOL, found['train_accuracy'])


def mnist_run(tap, cli, mnist, recipe, seed):
    done = subprocess.run([cli, 'train', recipe, '--data', mnist, '--json', '--seed', str(seed)],
                          capture_output=True, text=True)
    tap.check(f'MNIST, seed {seed}: it trains', done.returncode == 0, done.stderr)
    found = json.loads(done.stdout) if done.returncode == 0 else None
    return found and {**found, 'epoch_losses': [epoch['loss'] for epoch in found['epochs']]}


def check_mnist(tap, cli, mnist, folder):
    """After some thousand steps rounding decides which of two close paths a run takes: PyTorch, its first weights
    changed by 1e-7, is off its own later epoch losses by up to 3 %. The mean over seeds takes that out."""
    if SHORT:
        tap.skip('the tutorial on MNIST', 'a short run was asked for')
        return
    if not (Path(mnist) / 'train-images-idx3-ubyte.gz').exists():
        tap.skip('the tutorial on MNIST', 'MNIST is not beside the source tree')
        return
    wanted, recipe = json.loads((HERE / 'mnist.json').read_text()), Path(folder) / 'mnist.json'
    recipe.write_text(json.dumps(wanted['recipe']))
    theirs, ours = wanted['runs'], [mnist_run(tap, cli, mnist, recipe, run['seed']) for run in wanted['runs']]
    if None in ours:
        return
    n = len(ours)
    for i in range(3):
        each = [a['epoch_losses'][i] / b['epoch_losses'][i] - 1 for a, b in zip(ours, theirs)]
        off = abs(sum(a['epoch_losses'][i] for a in ours) / sum(b['epoch_losses'][i] for b in theirs) - 1)
        print(f"# epoch {i + 1}: loss off PyTorch's by {', '.join(f'{100 * x:+.2f} %' for x in each)}")
        tap.check(f'MNIST: mean loss of epoch {i + 1} over {n} seeds, off by {100 * off:.2f} %', off < 0.02, each)
    for key in ('train_accuracy', 'test_accuracy'):
        each = [100 * (a[key] - b[key]) for a, b in zip(ours, theirs)]
        print(f"# {key}: off by {', '.join(f'{x:+.2f}' for x in each)} points")
        tap.check(f'MNIST: {key} of every seed within 0.5 points', all(abs(x) < 0.5 for x in each), each)


def main(cli, mnist, *names):
    tap = Tap()
    recipes = [r for r in sorted((HERE / 'recipes').glob('*.json')) if not names or r.stem in names]
    traces = {t.stem for t in HERE.glob('*.csv')}
    if not names:
        tap.check('there are at least 25 recipes, each with a trace', len(recipes) >= 25 and
                  traces == {r.stem for r in recipes}, sorted(traces ^ {r.stem for r in recipes}))
    with tempfile.TemporaryDirectory() as folder:
        pictures.write(folder)
        for recipe in recipes:
            check_trace(tap, cli, recipe, folder, Path(folder) / 'log.csv')
        for case in json.loads((HERE / 'evaluations.json').read_text())['cases'] if not names else ():
            check_evaluation(tap, cli, case, folder, Path(folder) / 'evaluation.json')
        if not names:
            check_mnist(tap, cli, mnist, folder)
    return tap.done()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
