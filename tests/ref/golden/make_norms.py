#!/usr/bin/env python3
"""Writes layer-NAME.json for normalizations, Dropout2d, PReLU and Residual. Needs PyTorch."""
import warnings

from torch import nn

from golden import given_case, layer_case, refused_case, write

warnings.simplefilter('ignore')

MOVING = [(3, True), (1, True), (2, False)]  # batches of a picture, to see statistics move


def label(params):
    return ', '.join(f'{key} = {value}' for key, value in params.items()) or 'defaults'


def case(module_class, make, shape, batches=((3, True), (2, False)), seed=1, **params):
    """make: the module for these params."""
    return layer_case(f'{label(params)} on {shape}', {'kind': module_class.__name__, **params}, make(**params), shape, batches,
                      seed)


def refused(module_class, make, shape, **params):
    return refused_case(f'{label(params)} on {shape}', {'kind': module_class.__name__, **params}, lambda: make(**params), shape)


def save(module_class, cases):
    write('layer', module_class.__name__, list(cases))


def batchnorm2d():
    def make(num_features=2, **params):
        return nn.BatchNorm2d(num_features, **params)
    for params in ({}, {'affine': False}, {'momentum': None}, {'momentum': 0.37, 'eps': 0.01}, {'momentum': 0},
                   {'track_running_stats': False}, {'affine': False, 'track_running_stats': False}, {'bias': False}):
        yield case(nn.BatchNorm2d, make, [2, 1, 5], MOVING, **params)
    yield case(nn.BatchNorm2d, make, [2, 1, 1], [(7, True), (2, True), (3, False)], 2)
    yield refused(nn.BatchNorm2d, make, [2, 1, 5], num_features=4)
    yield refused(nn.BatchNorm2d, make, [2])
    yield refused(nn.BatchNorm2d, make, [2, 1, 5], eps=0)


def trailing(module_class, ways):
    def on(shape):
        def make(normalized_shape=None, **params):
            return module_class(normalized_shape or shape, **params)
        return make
    for params in ways:
        yield case(module_class, on([7]), [7], **params)
        yield case(module_class, on([2, 2, 3]), [2, 2, 3], seed=2, **params)
        yield case(module_class, on([2, 2, 3]), [2, 2, 3], seed=3, normalized_shape=[2, 3], **params)
    yield case(module_class, on([3]), [2, 2, 3], seed=4, normalized_shape=[3])
    yield case(module_class, on([1]), [1], seed=5)
    yield refused(module_class, on([7]), [7], normalized_shape=[6])
    yield refused(module_class, on([7]), [2, 2, 3], normalized_shape=[2, 2])
    yield refused(module_class, on([7]), [7], normalized_shape=[1, 7, 7])


def groupnorm():
    def on(channels):
        return lambda num_groups=4, num_channels=channels, **params: nn.GroupNorm(num_groups, num_channels, **params)
    for groups in (1, 2, 3, 6):
        yield case(nn.GroupNorm, on(6), [6, 1, 2], seed=groups, num_groups=groups)
    yield case(nn.GroupNorm, on(8), [8], seed=7)
    yield case(nn.GroupNorm, on(8), [8, 1, 3], [(1, True), (2, False)], seed=8, affine=False)
    yield case(nn.GroupNorm, on(6), [6, 1, 2], seed=9, num_groups=2, eps=0.1, bias=False)
    yield case(nn.GroupNorm, on(4), [4], seed=10)  # one value in each group: only the bias is left
    yield refused(nn.GroupNorm, on(6), [6, 1, 2], num_groups=4)
    yield refused(nn.GroupNorm, on(6), [6, 1, 2], num_groups=2, num_channels=4)


def instancenorm1d():
    # PyTorch reads (N, F) as N channels of F values: the number of features must not fit the batch, and need not.
    def make(num_features=7, **params):
        return nn.InstanceNorm1d(num_features, **params)
    yield case(nn.InstanceNorm1d, make, [7])
    yield case(nn.InstanceNorm1d, make, [2], [(1, True), (3, False)], 2, eps=0.1, momentum=0.37, bias=False)
    yield refused(nn.InstanceNorm1d, make, [7], affine=True)
    yield refused(nn.InstanceNorm1d, make, [7], track_running_stats=True)
    yield refused(nn.InstanceNorm1d, make, [1])


def instancenorm2d():
    def make(num_features=2, **params):
        return nn.InstanceNorm2d(num_features, **params)
    for params in ({}, {'affine': True}, {'track_running_stats': True}, {'affine': True, 'track_running_stats': True},
                   {'track_running_stats': True, 'momentum': None}, {'track_running_stats': True, 'momentum': 0.37, 'eps': 0.1},
                   {'affine': True, 'bias': False}):
        yield case(nn.InstanceNorm2d, make, [2, 1, 5], MOVING, **params)
    yield refused(nn.InstanceNorm2d, make, [2, 1, 1])
    yield refused(nn.InstanceNorm2d, make, [2, 1, 5], num_features=4, affine=True)
    yield refused(nn.InstanceNorm2d, make, [3])


def dropout2d():
    yield case(nn.Dropout2d, nn.Dropout2d, [3, 2, 5], [(3, False)], p=0.3)
    yield case(nn.Dropout2d, nn.Dropout2d, [3, 2, 5], p=0)
    yield case(nn.Dropout2d, nn.Dropout2d, [3, 2, 5], p=1)
    yield refused(nn.Dropout2d, nn.Dropout2d, [3, 2, 5], p=1.5)


def prelu():
    yield case(nn.PReLU, nn.PReLU, [7])
    yield case(nn.PReLU, nn.PReLU, [7], seed=2, num_parameters=7)
    yield case(nn.PReLU, nn.PReLU, [3, 2, 5], seed=3)
    yield case(nn.PReLU, nn.PReLU, [3, 2, 5], seed=4, num_parameters=3, init=0.5)
    yield refused(nn.PReLU, nn.PReLU, [3, 2, 5], num_parameters=5)


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def residual():
    def of(name, shape, module, *layers, batches=((3, True), (2, False))):
        return layer_case(name, {'kind': 'Residual', 'layers': layers}, module, shape, batches)

    linear = {'kind': 'Linear', 'out_features': 5}
    tanh, flatten, still = {'kind': 'Tanh'}, {'kind': 'Flatten'}, {'kind': 'Dropout', 'p': 0}
    yield of('nothing inside', [5], Residual())
    yield of('only layers that share memory', [5], Residual(nn.Flatten(), nn.Dropout(0.0)), flatten, still)
    yield of('Linear', [5], Residual(nn.Linear(5, 5)), linear)
    yield of('Linear and Tanh', [5], Residual(nn.Linear(5, 5), nn.Tanh()), linear, tanh)
    yield of('shared memory first', [5], Residual(nn.Flatten(), nn.Linear(5, 5), nn.Tanh()), flatten, linear, tanh)
    yield of('shared memory last', [5], Residual(nn.Linear(5, 5), nn.Dropout(0.0), nn.Flatten()), linear, still, flatten)
    yield of('there and back', [5], Residual(nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 5)), linear | {'out_features': 3},
             {'kind': 'ReLU'}, linear)
    inner = {'kind': 'Residual', 'layers': [linear, tanh]}
    yield of('nested', [5], Residual(Residual(nn.Linear(5, 5), nn.Tanh())), inner)
    yield of('nested twice, side by side', [5],
             Residual(Residual(nn.Linear(5, 5), nn.Tanh()), nn.Sigmoid(), Residual(Residual(nn.Linear(5, 5), nn.Tanh()))),
             inner, {'kind': 'Sigmoid'}, {'kind': 'Residual', 'layers': [inner]})
    yield of('nested around nothing', [5], Residual(Residual(), nn.Linear(5, 5), Residual(nn.Flatten())),
             {'kind': 'Residual', 'layers': []}, linear, {'kind': 'Residual', 'layers': [flatten]})
    yield of('batch normalization inside', [5], Residual(nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 5)),
             {'kind': 'BatchNorm1d'}, {'kind': 'ReLU'}, linear, batches=[(4, True), (3, True), (2, False)])
    yield of('a picture', [3, 2, 5], Residual(nn.InstanceNorm2d(3), nn.PReLU(3)), {'kind': 'InstanceNorm2d'},
             {'kind': 'PReLU', 'num_parameters': 3})
    yield refused_case('another shape comes out', {'kind': 'Residual', 'layers': [linear | {'out_features': 4}]},
                       lambda: Residual(nn.Linear(5, 4)), [5])


# Numbers that can be followed by hand.
ROWS = [[1.0, 2.0, 4.0], [-1.0, 0.5, 3.0]], [[1.0, -1.0, 0.5], [2.0, 0.0, 1.0]]
CHANNELS = ([[[1.0, 2.0], [3.0, 5.0], [-1.0, 0.0], [2.0, 4.0]], [[0.0, 1.0], [1.0, -1.0], [0.5, 0.25], [3.0, -2.0]]],
            [[[1.0, -1.0], [0.5, 2.0], [0.0, 1.0], [1.0, 1.0]], [[2.0, 0.0], [-1.0, 0.5], [1.0, 1.0], [0.0, 3.0]]])


def by_hand(module, params, shape, x, dy, **config):
    return given_case('small numbers', {'kind': type(module).__name__, **config}, module, shape, params, x, dy)


save(nn.BatchNorm2d, batchnorm2d())
save(nn.LayerNorm, [*trailing(nn.LayerNorm, [{}, {'elementwise_affine': False}, {'bias': False}, {'eps': 0.1}]),
                   by_hand(nn.LayerNorm(3), [[1.0, 2.0, 0.5], [0.0, 0.0, 0.0]], [3], *ROWS)])
save(nn.RMSNorm, [*trailing(nn.RMSNorm, [{}, {'elementwise_affine': False}, {'eps': 0.1}]),
                  by_hand(nn.RMSNorm(3), [[1.0, 2.0, 0.5]], [3], *ROWS)])
save(nn.GroupNorm, [*groupnorm(), by_hand(nn.GroupNorm(2, 4), [[1.0, 2.0, 0.5, -1.0], [0.0, 0.1, 0.2, 0.3]], [4, 2], *CHANNELS,
                                          num_groups=2)])
save(nn.InstanceNorm1d, instancenorm1d())
save(nn.InstanceNorm2d, instancenorm2d())
save(nn.Dropout2d, dropout2d())
save(nn.PReLU, prelu())
save(Residual, residual())
