#!/usr/bin/env python3
"""Writes layer-{Conv2d,MaxPool2d,AvgPool2d,AdaptiveAvgPool2d}.json. Needs PyTorch."""
import torch
from torch import nn

from golden import layer_case, noise, refused_case, write


def arguments(params):
    """JSON's lists as PyTorch wants them."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in params.items()}


def conv(name, input_shape, batches=((2, True),), seed=1, out_channels=2, kernel_size=3, **params):
    config = {'kind': 'Conv2d', 'out_channels': out_channels, 'kernel_size': kernel_size, **params}
    module = nn.Conv2d(input_shape[0], **arguments({k: v for k, v in config.items() if k != 'kind'}))
    return layer_case(name, config, module, input_shape, batches, seed)


def conv2d():
    yield conv('defaults', [2, 4, 5], [(3, True), (1, True), (1, False)])
    yield conv('no bias, 2 × 3', [1, 5, 7], kernel_size=[2, 3], bias=False)
    yield conv('stride', [1, 7, 8], stride=2)
    yield conv('stride by axis, padding', [1, 6, 7], stride=[3, 2], padding=1)
    yield conv('padding by axis', [2, 4, 5], kernel_size=[3, 2], padding=[2, 1])
    yield conv('dilation', [1, 7, 6], dilation=[3, 2], padding=2)
    yield conv('groups', [4, 4, 3], out_channels=4, groups=2)
    yield conv('depthwise', [3, 5, 4], out_channels=3, groups=3, padding=1)
    yield conv('1 × 1', [3, 3, 4], [(3, True)], out_channels=4, kernel_size=1)
    yield conv('1 × 1, groups, padding', [4, 3, 3], kernel_size=1, groups=2, padding=1)
    yield conv('as large as the picture', [2, 3, 4], kernel_size=[3, 4])
    yield conv('valid', [1, 4, 5], padding='valid')
    yield conv('same', [2, 4, 3], padding='same')
    yield conv('same, even sizes, dilation', [1, 5, 4], kernel_size=[2, 4], dilation=[3, 1],
               padding='same')
    for mode in ('reflect', 'replicate', 'circular'):
        yield conv(mode, [1, 4, 5], padding=[1, 2], padding_mode=mode)
        yield conv(f'{mode}, same, even', [1, 5, 4], kernel_size=[4, 2], padding='same',
                   padding_mode=mode)
    yield conv('reflect, as wide as it may be', [1, 3, 4], out_channels=1, padding=[2, 3], padding_mode='reflect')
    yield conv('circular, as wide as it may be', [1, 3, 2], out_channels=1, padding=[3, 2], padding_mode='circular',
               stride=2)
    yield conv('replicate, wider than the picture', [1, 2, 3], out_channels=1, padding=4, padding_mode='replicate',
               stride=[2, 3])
    yield conv('all at once', [4, 5, 7], out_channels=4, kernel_size=[3, 2], stride=[2, 1], padding=[3, 1],
               dilation=[1, 2], groups=2, padding_mode='reflect')


def conv_refused(name, input_shape, **params):
    config = {'kind': 'Conv2d', 'out_channels': 4, 'kernel_size': 3, **params}
    made = {'in_channels': input_shape[0], **{k: v for k, v in config.items() if k != 'kind'}}
    return refused_case(name, config, lambda: nn.Conv2d(**arguments(made)), input_shape)


def conv2d_weight_norm():
    module = nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 3, (2, 3), padding=1))
    config = {'kind': 'Conv2d', 'out_channels': 3, 'kernel_size': [2, 3], 'padding': 1, 'weight_norm': True}
    yield layer_case('weight_norm', config, module, [2, 3, 4])


def conv2d_refused():
    yield conv_refused('larger than the picture', [1, 2, 5])
    yield conv_refused('dilation larger than the picture', [1, 5, 5], dilation=3)
    yield conv_refused('same with a stride', [1, 5, 5], padding='same', stride=2)
    yield conv_refused('groups and channels', [3, 5, 5], groups=2)
    yield conv_refused('groups and filters', [3, 5, 5], groups=3)
    yield conv_refused('in_channels', [2, 5, 5], in_channels=3)
    yield conv_refused('reflect too wide', [1, 3, 5], padding=3, padding_mode='reflect')
    yield conv_refused('circular too wide', [1, 3, 5], padding=4, padding_mode='circular')


def pool(cls, name, input_shape, batches=((2, True),), seed=1, x=None, **params):
    module = getattr(nn, cls)(**arguments(params))
    return layer_case(name, {'kind': cls, **params}, module, input_shape, batches, seed, x)


def ties(generator, shape):
    """Few different values, so that windows hold their largest more than once."""
    return torch.randint(-1, 2, shape, generator=generator).double()


def low(generator, shape):
    """Below zero: padding must not win."""
    return -1 - noise(generator, shape).abs()


def maxpool2d():
    def case(*args, **params):
        return pool('MaxPool2d', *args, **params)
    yield case('2 × 2', [2, 4, 6], [(3, True), (1, False)], kernel_size=2)
    yield case('2 × 2, a row and a column left over', [2, 5, 7], kernel_size=2)
    yield case('3 × 2', [1, 7, 5], kernel_size=[3, 2])
    yield case('overlapping', [2, 6, 5], kernel_size=3, stride=1)
    yield case('with gaps', [1, 7, 8], kernel_size=2, stride=3)
    yield case('padding', [1, 6, 5], x=low, kernel_size=3, stride=2, padding=1)
    yield case('padding by axis', [1, 5, 6], x=low, kernel_size=[4, 2], padding=[2, 1])
    yield case('dilation', [1, 7, 8], kernel_size=[2, 3], stride=[1, 2], dilation=[3, 2])
    yield case('ceil_mode', [2, 6, 7], kernel_size=3, stride=2, ceil_mode=True)
    yield case('ceil_mode, padding', [1, 5, 7], x=low, kernel_size=[3, 2], stride=[2, 3], padding=1, ceil_mode=True)
    yield case('ceil_mode, a window that would start in the padding', [1, 3, 4], kernel_size=2, stride=2, padding=1,
               ceil_mode=True)
    yield case('ties', [2, 6, 7], x=ties, kernel_size=2)
    yield case('ties, overlapping', [2, 6, 7], x=ties, kernel_size=3, stride=2, padding=1)


def avgpool2d():
    def case(*args, **params):
        return pool('AvgPool2d', *args, **params)
    yield case('2 × 2', [2, 4, 6], [(3, True), (1, False)], kernel_size=2)
    yield case('3 × 2, left over', [1, 7, 5], kernel_size=[3, 2])
    yield case('overlapping', [2, 6, 5], kernel_size=3, stride=1)
    yield case('with gaps', [1, 7, 8], kernel_size=2, stride=[3, 4])
    for include in (True, False):
        yield case(f'padding, count_include_pad {include}', [1, 5, 6], kernel_size=3, stride=2, padding=1,
                   count_include_pad=include)
        yield case(f'ceil_mode, padding, count_include_pad {include}', [2, 6, 7], kernel_size=[3, 2], stride=[2, 3],
                   padding=1, ceil_mode=True, count_include_pad=include)
        yield case(f'ceil_mode, count_include_pad {include}', [1, 5, 6], kernel_size=4, stride=3, ceil_mode=True,
                   count_include_pad=include)
    yield case('divisor_override', [1, 5, 4], kernel_size=3, stride=2, padding=1, divisor_override=5)
    yield case('divisor_override, ceil_mode', [1, 5, 4], kernel_size=2, divisor_override=3, ceil_mode=True)


def adaptive(name, input_shape, output_size, **rest):
    return pool('AdaptiveAvgPool2d', name, input_shape, output_size=output_size, **rest)


def adaptiveavgpool2d():
    yield adaptive('global', [3, 5, 7], 1, batches=[(3, True), (1, False)])
    yield adaptive('windows overlap', [2, 5, 7], [3, 4])
    yield adaptive('divides evenly', [1, 6, 4], [3, 2])
    yield adaptive('larger than the picture', [1, 3, 4], [5, 7])
    yield adaptive('a side as it is', [2, 5, 4], [None, 3])
    yield adaptive('both as they are', [1, 3, 2], [None, None])


def pools_refused(cls):
    def case(name, input_shape, **params):
        return refused_case(name, {'kind': cls, **params}, lambda: getattr(nn, cls)(**arguments(params)), input_shape)
    yield case('padding above half of the window', [1, 5, 5], kernel_size=3, padding=2)
    yield case('larger than the picture', [1, 3, 5], kernel_size=4)


write('layer', 'Conv2d', [*conv2d(), *conv2d_weight_norm(), *conv2d_refused()])
write('layer', 'MaxPool2d', [*maxpool2d(), *pools_refused('MaxPool2d')])
write('layer', 'AvgPool2d', [*avgpool2d(), *pools_refused('AvgPool2d')])
write('layer', 'AdaptiveAvgPool2d', list(adaptiveavgpool2d()))
