#!/usr/bin/env python3
"""Writes NAME.csv, loss and learning rate of 300 steps as PyTorch computes them, for recipes/NAME.json. Needs PyTorch.

  make_traces.py [NAME …]           these recipes, or all of them
  make_traces.py --mnist DIR        mnist.json: the tutorial's recipe on the real MNIST in DIR, three epochs"""
import json
import sys
import tempfile
from pathlib import Path

import torch

import pictures
from torch_recipe import Program, dataset

HERE = Path(__file__).resolve().parent
N_STEPS, N_SEEDS = 300, 5


def trace(path, folder):
    program = Program(json.loads(path.read_text()), folder)
    program.run(N_STEPS)
    lines = [f'# torch {torch.__version__.split("+")[0]}', 'loss,lr']
    lines += [f'{loss:.9g},{lr!r}' for loss, lr in program.log]
    (HERE / f'{path.stem}.csv').write_text('\n'.join(lines) + '\n')
    print(f'{path.stem}: {program.log[0][0]:.6f} … {program.log[-1][0]:.6f}')


def mnist_run(recipe, folder, seed):
    program = Program({**recipe, 'seed': seed}, folder)
    program.run()
    train, test = (program.evaluate(dataset(folder, part, recipe['data']['transforms']))[1] for part in ('train', 't10k'))
    print(f'seed {seed}: {program.epoch_losses}, {train}, {test}', flush=True)
    return {'seed': seed, 'epoch_losses': program.epoch_losses, 'train_accuracy': train, 'test_accuracy': test}


def mnist(folder):
    recipe = json.loads((HERE / 'recipes/tutorial.json').read_text())
    recipe['data']['batch_size'], recipe['loop']['epochs'] = 8, 3
    runs = [mnist_run(recipe, folder, seed) for seed in range(N_SEEDS)]
    result = {'torch': torch.__version__.split('+')[0], 'recipe': recipe, 'runs': runs}
    (HERE / 'mnist.json').write_text(json.dumps(result, indent=1) + '\n')


def main():
    torch.set_num_threads(1)
    if sys.argv[1:2] == ['--mnist']:
        mnist(sys.argv[2])
        return
    with tempfile.TemporaryDirectory() as folder:
        pictures.write(folder)
        for path in sorted((HERE / 'recipes').glob('*.json')):
            if not sys.argv[1:] or path.stem in sys.argv[1:]:
                trace(path, folder)


if __name__ == '__main__':
    main()
