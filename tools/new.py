#!/usr/bin/env python3
"""Begins a new kind: new.py CLASS NAME [--not-in-pytorch]   (./dev new)

Writes its source file from tools/new/, its name in the list of meson.build, and its line in po/POTFILES. NAME is
PyTorch's: "Adagrad", "LeakyReLU", "xavier_uniform_". With --not-in-pytorch it also begins the file that PyTorch's
place is taken by when the tests' numbers are made."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Class: template, folder, meson.build, name of its list there.
CLASSES = {
    'optimizer': ('optimizer.h', 'engine/elem/optimizers', 'engine/meson.build', 'optimizers'),
    'layer': ('layer.c', 'engine/layers', 'engine/meson.build', 'layers'),
    'activation': ('activation.h', 'engine/elem/activations', 'engine/meson.build', 'activations'),
    'loss': ('loss.c', 'engine/losses', 'engine/meson.build', 'losses'),
    'init': ('init.c', 'engine/inits', 'engine/meson.build', 'inits'),
    'schedule': ('schedule.c', 'engine/schedulers', 'engine/meson.build', 'schedulers'),
    'transform': ('transform.c', 'data/transforms', 'data/meson.build', 'transforms')}
MARK = 'FILL IN'
ALSO = {'scheduler': 'schedule'}  # a class goes by the name that the recipe has for it, too
REFERENCE = '''"""@Name@, which PyTorch does not have: FILL IN where this comes from (paper, and its authors' own code).

Written from the paper's formulas, not from this program. make_kind.py uses it in the place of @place@.@Name@."""
import torch

SOURCE = 'FILL IN authors, year, address of the code'


class @Name@(@base@):
@body@
'''
OPTIMIZER = '''    def __init__(self, params, lr=1e-3):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                state = self.state[p]  # a dict of its own for each tensor, empty at first
                t = state['t'] = state.get('t', 0) + 1  # the number of this step
                m = state.setdefault('m', torch.zeros_like(p))
                p -= group['lr'] * p.grad  # FILL IN'''
MODULE = '''    def forward(self, x):
        return x  # FILL IN'''


def file_name(name):
    """LeakyReLU → leaky_relu, Softmax → softmax, xavier_uniform_ → xavier_uniform"""
    words = re.sub(r'(?<=[a-z\d])(?=[A-Z])', '_', name)
    return words.lower().strip('_')


def stop(text):
    sys.exit(f'./dev new: {text}')


def add_to_list(path, variable, word):
    text = path.read_text()
    found = re.search(rf"^{variable} = \[[^\]]*?('[^']*')(?=\])", text, re.M)
    if not found:
        stop(f'{path.relative_to(ROOT)} has no list {variable}.')
    path.write_text(text[:found.end()] + f", '{word}'" + text[found.end():])


def add_to_potfiles(name):
    path = ROOT / 'po' / 'POTFILES'
    lines = path.read_text().splitlines()
    head = [line for line in lines if line.startswith('#')]
    path.write_text('\n'.join(head + sorted({*lines, name} - set(head))) + '\n')


def write_reference(klass, name):
    base, place, body = {'optimizer': ('torch.optim.Optimizer', 'torch.optim', OPTIMIZER)}.get(
        klass, ('torch.nn.Module', 'torch.nn', MODULE))
    path = ROOT / 'tests/ref/golden/reference' / f'{file_name(name)}.py'
    path.parent.mkdir(exist_ok=True)
    path.write_text(REFERENCE.replace('@Name@', name).replace('@base@', base).replace('@place@', place).replace('@body@', body))
    return path


def main(arguments):
    words = [a for a in arguments if not a.startswith('--')]
    options = set(arguments) - set(words)
    words[:1] = [ALSO.get(word, word) for word in words[:1]]
    if len(words) != 2 or words[0] not in CLASSES or options - {'--not-in-pytorch'}:
        stop(f'./dev new {"|".join(CLASSES)} NAME [--not-in-pytorch]')
    klass, name = words
    if not re.fullmatch(r'[A-Za-z]\w*', name):
        stop(f'{name} is not a name that PyTorch could have: letters, digits and _, a letter first.')
    template, folder, meson, variable = CLASSES[klass]
    word = file_name(name)
    path = ROOT / folder / (word + Path(template).suffix)
    if path.exists():
        stop(f'{path.relative_to(ROOT)} is there already.')
    if '--not-in-pytorch' in options and klass not in ('optimizer', 'layer', 'activation', 'loss'):
        stop(f'--not-in-pytorch is for optimizers, layers, activations and losses, not for {klass}.')
    text = (ROOT / 'tools/new' / template).read_text()
    for mark, by in (('@Name@', name), ('@NAME@', word.upper()), ('@name@', word), ('@file@', word)):
        text = text.replace(mark, by)
    if '--not-in-pytorch' in options:  # so that an exported program brings it along
        text = re.sub(r'( +)(\.torch = .*\n)', r'\1\2\1.torch_code = "FILL IN the class in Python: see lion.h, residual.c",\n', text)
        text = re.sub(r'; torch\.[\w.]+', '', text)
    path.write_text(text)
    add_to_list(ROOT / meson, variable, word)
    add_to_potfiles(str(path.relative_to(ROOT)))
    print(f'Written: {path.relative_to(ROOT)}, named in {meson} and po/POTFILES.')
    if '--not-in-pytorch' in options:
        print(f'Written: {write_reference(klass, name).relative_to(ROOT)}')
    print(f'\nNow replace every "{MARK}" in it. Then, with a Python that has PyTorch:')
    print(f'  ./dev golden {klass} {name}')
    print('and ./dev finish, which says what is left.')


if __name__ == '__main__':
    main(sys.argv[1:])
