#!/usr/bin/env python3
"""Writes evaluations.json: what PyTorch and torchvision measure after every epoch and at the end, for recipes whose
transforms are certain, and for such as draw but do not learn (lr 0). Needs PyTorch and torchvision.

A notebook has two data sets, one with the transforms of training and one with those of the test, and gives the same part
of the second to validation: `evaluated` is that second list, which a recipe gives as data.test_transforms, or, where it
gives none, the first list without what draws."""
import json
import tempfile
from pathlib import Path

import torch
import torchvision.transforms as T
from PIL import Image
from torch.utils.data import Dataset
from torchvision.transforms import InterpolationMode

import pictures
from torch_recipe import Program, read_idx

HERE = Path(__file__).resolve().parent


def transform(config):
    config = {'kind': config} if isinstance(config, str) else dict(config)
    kind = config.pop('kind')
    if 'interpolation' in config:
        config['interpolation'] = InterpolationMode(config['interpolation'])
    if kind == 'RandomApply':
        config['transforms'] = [transform(c) for c in config['transforms']]
    return getattr(T, kind)(**config)


class Pictures(Dataset):
    def __init__(self, folder, part, transforms):
        self.x = read_idx(folder, part + '-images-idx3-ubyte').numpy()
        self.y = read_idx(folder, part + '-labels-idx1-ubyte').tolist()
        self.transform = T.Compose([transform(c) for c in transforms])

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        with torch.random.fork_rng(devices=[]):  # the order of the samples is drawn as if nothing else were
            return self.transform(Image.fromarray(self.x[i])), self.y[i]


class Notebook(Program):
    """The same program with a validation part and pictures from torchvision."""

    def __init__(self, recipe, evaluated, folder):
        self.evaluated, self.epochs = evaluated, []
        super().__init__(recipe, folder)
        self.test = Pictures(folder, 't10k', evaluated)

    def open(self, folder):
        train, _ = self.split(Pictures(folder, 'train', self.recipe['data']['transforms']))
        self.judged, validation = self.split(Pictures(folder, 'train', self.evaluated))
        return train, validation

    def advance(self, metric):
        super().advance(metric)
        loss, accuracy = self.evaluate(self.validation)
        self.epochs.append({'validation_loss': loss, 'validation_accuracy': accuracy,
                            'test_accuracy': self.evaluate(self.test)[1]})


OWN_STATISTICS = {'kind': 'BatchNorm1d', 'track_running_stats': False}


def recipe(transforms, test=None, lr=0.05, test_batch_size=None, network=('Flatten',)):
    data = {'dataset': 'mnist', 'batch_size': 25, 'transforms': transforms, 'validation_fraction': 0.25}
    if test:
        data['test_transforms'] = test
    if test_batch_size:
        data['test_batch_size'] = test_batch_size
    network = [*network, {'kind': 'Linear', 'out_features': 10}]
    return {'version': 1, 'data': data, 'network': [{'kind': n} if isinstance(n, str) else n for n in network],
            'optimizer': {'kind': 'SGD', 'lr': lr}, 'scheduler': {'kind': 'ExponentialLR', 'gamma': 0.9},
            'loop': {'epochs': 2}, 'seed': 4}


FLIP, BOTH = {'kind': 'RandomVerticalFlip', 'p': 1}, ['ToTensor', {'kind': 'Normalize', 'mean': [0.4], 'std': [0.3]}]
# Name, the recipe's transforms, its test transforms, those that PyTorch evaluates with, lr.
CASES = (
    ('a flip that always happens', [FLIP, 'ToTensor'], None, [FLIP, 'ToTensor'], 0.05),
    ('one angle, one scale, one sigma',
     [{'kind': 'Resize', 'size': [20, 24]}, {'kind': 'RandomAffine', 'degrees': [30, 30], 'scale': [1.2, 1.2]},
      {'kind': 'GaussianBlur', 'kernel_size': 3, 'sigma': 0.8}, {'kind': 'RandomRotation', 'degrees': [-20, -20]}, *BOTH],
     None, 'the same', 0.05),
    ('what is always applied, to another size',
     [{'kind': 'RandomApply', 'transforms': [{'kind': 'Pad', 'padding': 3}, {'kind': 'Resize', 'size': 20}], 'p': 1},
      {'kind': 'RandomResizedCrop', 'size': 18, 'scale': [1, 1]}, *BOTH], None, 'the same', 0.05),
    ('a list of its own', [FLIP, 'ToTensor'], BOTH, BOTH, 0.05),
    ('draws are left out', [{'kind': 'RandomRotation', 'degrees': 30}, FLIP, 'RandomHorizontalFlip', *BOTH,
                            'RandomErasing'], None, [FLIP, *BOTH], 0),
    ('draws, and a list of its own', ['RandomHorizontalFlip', 'ToTensor'], [FLIP, *BOTH], [FLIP, *BOTH], 0),
)
# Layers that evaluate with the statistics of the batch: test_batch_size counts.
BATCHES = tuple((f"the batch's own statistics, {n or 'as many as by default'} at once", ['ToTensor'], None, ['ToTensor'], 0.05,
                 n, ('Flatten', OWN_STATISTICS)) for n in (8, 40, None))


def run(folder, name, transforms, test, evaluated, lr, *batch):
    made = recipe(transforms, test, lr, *batch)
    program = Notebook(made, transforms if evaluated == 'the same' else evaluated, folder)
    program.run()
    print(name, program.epochs)
    return {'name': name, 'recipe': made, 'epochs': program.epochs, 'train_accuracy': program.evaluate(program.judged)[1],
            'losses': program.epoch_losses if lr else None}


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        pictures.write(folder)
        cases = [run(folder, *case) for case in CASES + BATCHES]
    result = {'torch': torch.__version__.split('+')[0], 'cases': cases}
    (HERE / 'evaluations.json').write_text(json.dumps(result, indent=1) + '\n')


if __name__ == '__main__':
    main()
