#!/usr/bin/env python3
"""Writes transforms-torch.json: what torchvision makes of small odd pictures. Needs PyTorch.

Random transforms are called through torchvision.transforms.functional with given draws. Pictures of
bytes go through PIL, as torchvision's own data sets give them; tensors are float32.
Made with torchvision 0.29.2 and Pillow 13.0:  make_transforms.py > transforms-torch.json
"""
import json
import sys

import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F
from torchvision.transforms import InterpolationMode as I

MODES = {'nearest': I.NEAREST, 'bilinear': I.BILINEAR}
cases = []


def picture(h, w):
    """Any pixels that do not repeat; the test makes the same ones."""
    return torch.tensor([[(y * 37 + x * 91 + x * y * 13 + (x * x * y) % 29 * 7) % 256
                          for x in range(w)] for y in range(h)], dtype=torch.uint8)[None]


def numbers(x):
    if x.dtype == torch.uint8:
        return x.flatten().tolist()
    return [float(f'{v:.7g}') for v in x.flatten().tolist()]


def add(op, H, W, function, tol=(0, 2e-6), tensor=True, pil=True, **args):
    """args: what the test reads; function: picture → picture."""
    for form in ['bytes'] * pil + ['tensor'] * tensor:
        x = F.to_pil_image(picture(H, W)) if form == 'bytes' else picture(H, W) / 255
        y = function(x)
        y = F.pil_to_tensor(y) if form == 'bytes' else y
        cases.append({'op': op, 'form': form, 'in': [H, W], 'args': args, 'out': list(y.shape[1:]),
                      'tol': tol[form == 'tensor'], 'values': numbers(y)})


def kind(name, h, w, tol=(0, 2e-6), tensor=True, pil=True, **config):
    """A transform without chance, as a recipe has it."""
    args = dict(config)
    if 'interpolation' in args:
        args['interpolation'] = MODES[args['interpolation']]
    add('kind', h, w, getattr(T, name)(**args), tol, tensor, pil, kind=name, config=config)


for mode in 'nearest', 'bilinear':
    for size in 11, [5, 13], [16, 4], 3, [7, 9], [7, 12]:
        kind('Resize', 7, 9, size=size, interpolation=mode)
    kind('Resize', 28, 28, size=36, interpolation=mode, tensor=False)
    kind('Resize', 13, 5, size=[4, 11], interpolation=mode)
kind('Resize', 7, 9, size=[4, 13], interpolation='bilinear', antialias=False)
kind('Resize', 7, 9, size=[3, 4], interpolation='bilinear', antialias=False)
for size in 4, [3, 6], [9, 4], 12, [7, 9]:
    kind('CenterCrop', 7, 9, size=size)
for padding in 2, [1, 3], [3, 0, 1, 2]:
    kind('Pad', 5, 7, padding=padding, fill=9, padding_mode='constant')
    for mode in 'edge', 'reflect', 'symmetric':
        kind('Pad', 5, 7, padding=padding, padding_mode=mode)
for k, sigma in (3, 0.7), ([5, 3], 1.3), (7, 2.0):
    kind('GaussianBlur', 7, 9, kernel_size=k, sigma=sigma)
kind('RandomHorizontalFlip', 5, 6, p=1.0)
kind('RandomVerticalFlip', 5, 6, p=1.0)
# No chance is left in these: one place to cut, one angle, one sigma of the blur.
kind('RandomCrop', 5, 6, size=[9, 8], padding=[1, 2])
kind('RandomCrop', 5, 6, size=[7, 8], padding=1, padding_mode='reflect')
kind('RandomRotation', 7, 9, degrees=[33.0, 33.0], fill=77.0)
kind('RandomResizedCrop', 8, 8, size=[5, 11], scale=[1.0, 1.0], ratio=[1.0, 1.0])

for h, w in (7, 9), (9, 9):
    for mode in 'nearest', 'bilinear':
        for angle in 0.0, 17.0, -45.0, 90.0, 135.5, 180.0, 270.0, 359.0:
            # A quarter turn of a tensor falls between pixels or on them by the last bit.
            tie = mode == 'nearest' and angle % 90 == 0 and angle % 180 != 0 and h != w
            add('rotate', h, w, lambda x: F.rotate(
                x, angle, MODES[mode], fill=[0.25] if torch.is_tensor(x) else 65),
                tol=(0, 3e-6), tensor=not tie, angle=angle, interpolation=mode)
        for angle, tx, ty, scale, sx, sy in ((0, 0, 0, 1, 0, 0), (0, 2, -1, 1, 0, 0),
                                             (0, 0, 0, 0.7, 0, 0), (20, 1, 2, 1.2, 10, 0),
                                             (-63, -3, 0, 0.8, -15, 12), (0, 0, 0, 1, 25, 0)):
            add('affine', h, w, lambda x: F.affine(
                x, angle, (tx, ty), scale, (sx, sy), MODES[mode],
                fill=[0.25] if torch.is_tensor(x) else 65),
                tol=(0, 3e-6), tensor=not (mode == 'nearest' and scale == 0.7),
                angle=angle, tx=tx, ty=ty, scale=scale, shear=[sx, sy], interpolation=mode)
for top, left, h, w, size, mode in ((1, 2, 4, 6, [8, 8], 'bilinear'), (0, 0, 7, 9, [5, 5], 'nearest'),
                                    (3, 1, 2, 7, [6, 3], 'bilinear')):
    add('resized_crop', 7, 9, lambda x: F.resized_crop(x, top, left, h, w, size, MODES[mode],
                                                       antialias=True),
        top=top, left=left, h=h, w=w, size=size, interpolation=mode)
for h, w in (7, 9), (10, 6):
    for mode in 'nearest', 'bilinear':
        torch.manual_seed(h)
        d = (torch.rand(1, h, w, 2) - 0.5) * 0.9
        add('displace', h, w, lambda x: F.elastic_transform(
            x, d, MODES[mode], fill=[0.25] if torch.is_tensor(x) else [65.0]),
            tol=(0, 3e-6), dx=numbers(d[..., 0]), dy=numbers(d[..., 1]), interpolation=mode)
json.dump({'cases': cases}, sys.stdout, separators=(',', ':'))
print()
