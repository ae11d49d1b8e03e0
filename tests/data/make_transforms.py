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


def made(name, **config):
    if 'interpolation' in config:
        config['interpolation'] = MODES[config['interpolation']]
    if 'transforms' in config:
        config['transforms'] = [made(c['kind'], **{k: v for k, v in c.items() if k != 'kind'})
                                for c in config['transforms']]
    return getattr(T, name)(**config)


def kind(name, h, w, tol=(0, 2e-6), tensor=True, pil=True, **config):
    """A transform without chance, as a recipe has it."""
    add('kind', h, w, made(name, **config), tol, tensor, pil, kind=name, config=config)


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
# Only bytes are mirrored further than they have pixels: numpy.pad does it. Negative padding cuts.
for h, w, padding in (5, 7, 9), (5, 7, [13, 4, 0, 17]), (1, 1, 3), (1, 4, [5, 2]), (2, 1, 4):
    for mode in 'reflect', 'symmetric':
        kind('Pad', h, w, tensor=False, padding=padding, padding_mode=mode)
kind('RandomCrop', 5, 6, tensor=False, size=[21, 22], padding=8, padding_mode='reflect')
for mode in 'constant', 'edge', 'reflect', 'symmetric':
    kind('Pad', 5, 7, padding=[-2, 1, 3, -1], padding_mode=mode)
kind('Pad', 5, 7, tensor=False, padding=-2)
for fill in 300, -7, 9.9:
    kind('Pad', 2, 3, tensor=False, padding=1, fill=fill)
kind('RandomRotation', 7, 9, tensor=False, degrees=[30.0, 30.0], fill=256)
kind('CenterCrop', 7, 9, size=[4])
kind('Normalize', 3, 4, pil=False, mean=[0.5], std=[-0.25])
# torchvision draws in float32, also where there is nothing to choose: 0.9 is 0.89999998.
for mode in 'nearest', 'bilinear':
    for h, w in (13, 20), (14, 14):
        kind('RandomAffine', h, w, tol=(0, 3e-6), tensor=mode == 'bilinear', degrees=0, scale=[0.9, 0.9],
             interpolation=mode)
    kind('RandomAffine', 7, 9, tol=(0, 3e-6), degrees=[33.3, 33.3], scale=[1.1, 1.1], shear=[5.5, 5.5],
         interpolation=mode)
    kind('RandomRotation', 7, 9, tol=(0, 3e-6), degrees=[400.1, 400.1], interpolation=mode)
    # Further away than Pillow counts in 16.16.
    kind('RandomAffine', 9, 9, tensor=False, degrees=[3.0, 3.0], scale=[1e-4, 1e-4], fill=7, interpolation=mode)
    kind('RandomAffine', 9, 9, tensor=False, degrees=0, shear=[89.99, 89.99], fill=7, interpolation=mode)
kind('GaussianBlur', 7, 9, kernel_size=3, sigma=[0.9, 0.9])
kind('ElasticTransform', 7, 9, tol=(0, 3e-6), alpha=0.0, sigma=0.5)
flip = {'kind': 'RandomVerticalFlip', 'p': 1.0}
kind('RandomApply', 5, 7, p=1.0, transforms=[{'kind': 'Pad', 'padding': 1}, flip, {'kind': 'Resize', 'size': [6, 5]}])
kind('RandomApply', 5, 7, p=0.0, transforms=[flip, {'kind': 'Resize', 'size': [6, 5]}])
kind('RandomHorizontalFlip', 5, 6, p=0.0)
# One rectangle: all of a square, one that does not fit, none at all.
kind('RandomResizedCrop', 8, 8, size=[5, 11], scale=[1.0, 1.0])
kind('RandomResizedCrop', 6, 9, size=[5, 7], scale=[1.0, 1.0], ratio=[0.5, 0.5])
kind('RandomResizedCrop', 6, 9, size=[5, 7], scale=[0.0, 0.0], ratio=[1.0, 2.0])
kind('RandomResizedCrop', 6, 9, size=[5, 7], scale=[2.0, 2.0], ratio=[1.1, 1.1])
kind('RandomResizedCrop', 6, 9, tensor=False, size=[2, 3], scale=[1.0, 1.0], ratio=[100.0, 100.0])
# ./dev golden transform NAME writes its cases here:

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
