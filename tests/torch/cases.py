"""Recipes that together use every kind, beside those of tests/ref/traces. Whoever adds a kind adds it to one of them:
torch.py names those that are missing."""
TENSOR = {'kind': 'ToTensor'}
SIZE = 600  # pictures in the data set (tests/ref/traces/pictures.py)


def linear(n, weight='xavier_uniform_', bias='zeros_', **more):
    def init(kind):
        return kind if isinstance(kind, dict) else {'kind': kind}
    return {'kind': 'Linear', 'out_features': n, 'weight_init': init(weight), 'bias_init': init(bias), **more}


def recipe(network, optimizer=None, scheduler=None, transforms=None, seed=3, epochs=12, batch=30, **more):
    data = {'batch_size': batch, 'transforms': transforms or [TENSOR], **more.pop('data', {})}
    return {'version': 1, 'data': data, 'network': network, 'optimizer': optimizer or {'kind': 'SGD', 'lr': 0.05},
            'scheduler': scheduler or {'kind': 'none'}, 'loop': {'epochs': epochs}, 'seed': seed, **more}


def stack(*activations, size=32):
    layers = [{'kind': 'Flatten'}]
    for activation in activations:
        layers += [linear(size), activation if isinstance(activation, dict) else {'kind': activation}]
    return [*layers, linear(10)]


ACTIVATIONS = {
    'rectified': ('ReLU', {'kind': 'LeakyReLU', 'negative_slope': 0.2}, 'ReLU6', 'PReLU'),
    'exponential': (dict(kind='ELU', alpha=0.7), dict(kind='CELU', alpha=1.5), 'SELU', 'Softsign'),
    'smooth': ('GELU', {'kind': 'GELU', 'approximate': 'tanh'}, 'SiLU', 'Mish'),
    'squashing': ('Tanh', 'LogSigmoid', {'kind': 'Softplus', 'beta': 2, 'threshold': 10}, 'Sigmoid'),
    'hard': ('Hardswish', 'Hardsigmoid', {'kind': 'Hardtanh', 'min_val': -2, 'max_val': 0.5}),
    'shrinking': ('Tanhshrink', {'kind': 'Hardshrink', 'lambd': 0.1}, {'kind': 'Softshrink', 'lambd': 0.05}, 'Softmax')}
MATRIX_INITS = [
    {'kind': 'normal_', 'std': 0.05}, {'kind': 'uniform_', 'a': -0.1, 'b': 0.1}, {'kind': 'xavier_normal_', 'gain': 1.4},
    {'kind': 'kaiming_uniform_', 'nonlinearity': 'relu'}, {'kind': 'kaiming_normal_', 'mode': 'fan_out', 'a': 0.1},
    {'kind': 'trunc_normal_', 'std': 0.05, 'a': -0.1, 'b': 0.1}, {'kind': 'orthogonal_', 'gain': 1.5},
    {'kind': 'sparse_', 'sparsity': 0.5, 'std': 0.1}, {'kind': 'eye_'}]
SMALL = [{'kind': 'Flatten'}, linear(24), {'kind': 'ReLU'}, linear(10)]
CERTAIN = {  # what they draw has one outcome; it moves the generator on, so that the second epoch is in another order
    'geometry': [{'kind': 'Pad', 'padding': [1, 2], 'fill': 40}, {'kind': 'CenterCrop', 'size': 26},
                 {'kind': 'Resize', 'size': [20, 18], 'interpolation': 'nearest'}, TENSOR],
    'turned': [{'kind': 'RandomHorizontalFlip', 'p': 1}, {'kind': 'RandomRotation', 'degrees': [30, 30], 'fill': 20}, TENSOR,
               {'kind': 'Normalize', 'mean': 0.13, 'std': 0.3}],
    'blurred': [{'kind': 'GaussianBlur', 'kernel_size': [5, 3], 'sigma': 0.8}, {'kind': 'RandomVerticalFlip', 'p': 1}, TENSOR],
    'moved': [{'kind': 'RandomAffine', 'degrees': [10, 10], 'scale': [0.9, 0.9], 'interpolation': 'bilinear'}, TENSOR]}
DRAWN = [{'kind': 'RandomCrop', 'size': 26, 'padding': 1}, {'kind': 'RandomResizedCrop', 'size': 24},
         {'kind': 'RandomHorizontalFlip'}, {'kind': 'RandomRotation', 'degrees': 15},
         {'kind': 'RandomAffine', 'degrees': 5, 'translate': [0.1, 0.1]}, {'kind': 'ElasticTransform', 'sigma': 3},
         {'kind': 'RandomApply', 'transforms': [{'kind': 'GaussianBlur'}]}, TENSOR, {'kind': 'RandomErasing'}]


def cases():
    """(name, recipe): the same losses as here."""
    for name, activations in ACTIVATIONS.items():
        yield f'activations, {name}', recipe(stack(*activations))
    yield 'initializations', recipe([{'kind': 'Flatten'}, *(linear(20, init, {'kind': 'constant_', 'val': 0.05}) for init in
                                                            MATRIX_INITS), linear(10, 'default', 'ones_')],
                                     optimizer={'kind': 'SGD', 'lr': 0.002})
    yield 'dirac_', recipe([{'kind': 'Conv2d', 'out_channels': 4, 'kernel_size': 3, 'weight_init': {'kind': 'dirac_'}},
                            {'kind': 'AvgPool2d', 'kernel_size': 2, 'padding': 1, 'count_include_pad': False},
                            {'kind': 'GroupNorm', 'num_groups': 2}, {'kind': 'AdaptiveAvgPool2d', 'output_size': [5, 4]},
                            {'kind': 'Flatten'}, {'kind': 'RMSNorm'}, linear(10)])
    yield 'blocks in blocks', recipe([{'kind': 'Flatten'}, linear(16), {'kind': 'Residual', 'layers': [
        linear(16), {'kind': 'LayerNorm', 'bias': False}, {'kind': 'Residual', 'layers': [{'kind': 'Tanh'}, linear(
            16, 'kaiming_normal_', weight_norm=True)]}]}, {'kind': 'InstanceNorm1d'}, linear(10)],
        optimizer={'kind': 'SGD', 'lr': 0.005})
    for name, transforms in CERTAIN.items():
        yield f'transforms, {name}', recipe(SMALL, transforms=transforms, batch=10, epochs=4)
    yield 'Lion', recipe(SMALL, {'kind': 'Lion', 'lr': 0.001, 'weight_decay': 0.1}, {'kind': 'LinearLR'})
    yield 'Muon', recipe(SMALL, {'kind': 'Muon', 'lr': 0.01, 'adamw_lr': 0.002}, {'kind': 'StepLR', 'interval': 'batch',
                                                                                 'step_size': 20, 'gamma': 0.7})
    yield 'Muon, matrices alone', recipe([{'kind': 'Flatten'}, {**linear(24), 'bias': False}, {'kind': 'ReLU'},
                                          {**linear(10), 'bias': False}], {'kind': 'Muon', 'lr': 0.01})
    yield 'weights of classes', recipe(SMALL, loss={'kind': 'CrossEntropyLoss', 'weight': [1, 2, 0.5] + 7 * [1],
                                                    'reduction': 'sum', 'label_smoothing': 0.1},
                                       optimizer={'kind': 'SGD', 'lr': 0.002}, data={'shuffle': False, 'drop_last': True})
    yield 'penalties on weights, clipping', recipe(SMALL, regularization={
        'l1': 0.0001, 'l2': 0.001, 'penalty_on': 'weights', 'clip_norm': 1, 'clip_value': 0.05})
    yield 'plateau on the test set', recipe(SMALL, scheduler={'kind': 'ReduceLROnPlateau', 'metric': 'test_loss', 'patience': 0,
                                                              'threshold': 0.05})
    yield 'plateau on the validation set', recipe(SMALL, scheduler={
        'kind': 'ReduceLROnPlateau', 'metric': 'validation_accuracy', 'mode': 'max', 'patience': 0},
        data={'validation_fraction': 0.15})
    yield 'OneCycleLR after a warm-up', recipe(SMALL, {'kind': 'SGD', 'momentum': 0.9}, {
        'kind': 'SequentialLR', 'interval': 'batch', 'warmup_steps': 30, 'milestones': [100], 'schedulers': [
            {'kind': 'OneCycleLR', 'max_lr': 0.05}, {'kind': 'OneCycleLR', 'max_lr': 0.02}]})


def folder_case():
    """Pictures in folders, of any size and in color; torch_suite makes them."""
    return recipe([{'kind': 'Flatten'}, linear(3)], data={'dataset': {'kind': 'folder', 'image_size': [16, 20]}}, batch=8,
                  epochs=6)


def drawn_cases():
    """Their random numbers are others than PyTorch's, so that they need only run."""
    yield 'dropout', recipe([{'kind': 'Conv2d', 'out_channels': 4}, {'kind': 'Dropout2d', 'p': 0.2}, {'kind': 'Flatten'},
                             {'kind': 'Dropout', 'p': 0.1}, linear(10)])
    yield 'random transforms', recipe(SMALL, transforms=DRAWN, data={'validation_fraction': 0.2})
    yield 'test transforms of its own', recipe(SMALL, transforms=DRAWN, data={'test_transforms': [
        {'kind': 'Resize', 'size': 24}, TENSOR]})
