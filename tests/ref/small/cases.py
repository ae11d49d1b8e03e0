"""The recipes of small.json: (name, recipe, steps or None)."""
N_PICTURES = 12
FLAT = [{'kind': 'Flatten'}, {'kind': 'Linear', 'out_features': 10}]
ADAMW = {'kind': 'AdamW'}
SGD = {'kind': 'SGD', 'lr': 0.05, 'momentum': 0.9}
EXPONENTIAL = {'kind': 'ExponentialLR', 'gamma': 0.5}
CYCLIC = {'kind': 'CyclicLR', 'base_lr': 1e-4, 'max_lr': 1e-2, 'step_size_up': 2}
ONE_CYCLE = {'kind': 'OneCycleLR', 'max_lr': 1e-2}


def case(name, network=FLAT, optimizer=ADAMW, scheduler=EXPONENTIAL, steps=None, seed=0, **sections):
    data = {'batch_size': 6, 'transforms': [{'kind': 'ToTensor'}]} | sections.pop('data', {})
    recipe = {'data': data, 'network': network, 'optimizer': optimizer, 'scheduler': scheduler, 'loop': {'epochs': 3},
              'seed': seed}
    return name, recipe | sections, steps


OWN_STATISTICS = [FLAT[0], {'kind': 'BatchNorm1d', 'track_running_stats': False}, FLAT[1]]
RMSPROP = {'kind': 'RMSprop', 'momentum': 0.9, 'lr': 0.001}
CASES = [
    # a schedule that takes the momentum to zero
    case('SGD, momentum to zero', optimizer=SGD, scheduler=CYCLIC | {'base_momentum': 0}),
    case('SGD, momentum from zero', optimizer=SGD, scheduler=ONE_CYCLE | {'max_momentum': 0}),
    case('SGD, dampening, momentum from zero', optimizer=SGD | {'dampening': 0.5},
         scheduler=ONE_CYCLE | {'max_momentum': 0}),
    case('SGD, nesterov, momentum to zero', optimizer=SGD | {'nesterov': True}, scheduler=CYCLIC | {'base_momentum': 0}),
    case('RMSprop, momentum to zero', optimizer=RMSPROP, scheduler=CYCLIC | {'base_momentum': 0}),
    case('RMSprop, momentum from zero', optimizer=RMSPROP, scheduler=ONE_CYCLE | {'max_momentum': 0}),
    case('RMSprop, momentum from zero, after the last step', optimizer=RMSPROP, scheduler=ONE_CYCLE | {'max_momentum': 0},
         steps=1),
    case('RMSprop, momentum zero throughout', optimizer=RMSPROP,
         scheduler=CYCLIC | {'base_momentum': 0, 'max_momentum': 0}),
    case('RMSprop, a schedule per epoch, momentum from zero', optimizer=RMSPROP,
         scheduler=CYCLIC | {'max_momentum': 0, 'interval': 'epoch'}),
    case('Adam, beta1 to zero', optimizer={'kind': 'Adam', 'lr': 0.01}, scheduler=CYCLIC | {'base_momentum': 0}),
    # windows larger than the picture, padding over half of the kernel
    *(case(f'{kind}, kernel {kernel}, {more}', [{'kind': kind, 'kernel_size': kernel, 'ceil_mode': True} | more] + FLAT)
      for kind in ('MaxPool2d', 'AvgPool2d')
      for kernel, more in ((30, {}), (29, {'stride': 2}), (29, {'stride': 1}), (40, {'stride': 13}), (40, {'stride': 12}),
                           ([30, 5], {}), (57, {}), (31, {'padding': 15, 'stride': 20}), (5, {'padding': 2, 'stride': 3}))),
    case('MaxPool2d, padding over half of the kernel, dilation 2',
         [{'kind': 'MaxPool2d', 'kernel_size': 3, 'stride': 1, 'padding': 2, 'dilation': 2}] + FLAT),
    case('MaxPool2d, padding half of the kernel, dilation 2',
         [{'kind': 'MaxPool2d', 'kernel_size': 4, 'stride': 1, 'padding': 2, 'dilation': 2}] + FLAT),
    case('AvgPool2d, padding over half of the kernel',
         [{'kind': 'AvgPool2d', 'kernel_size': 3, 'stride': 1, 'padding': 2}] + FLAT),
    # what divides by nothing
    case('LBFGS, strong_wolfe, lr 0', optimizer={'kind': 'LBFGS', 'lr': 0.0, 'line_search_fn': 'strong_wolfe'},
         scheduler={'kind': 'none'}),
    case('LBFGS, strong_wolfe, a schedule that begins at 0', scheduler={'kind': 'ConstantLR', 'factor': 0.0},
         optimizer={'kind': 'LBFGS', 'lr': 0.1, 'line_search_fn': 'strong_wolfe'}),
    case('LBFGS, lr 0', optimizer={'kind': 'LBFGS', 'lr': 0.0}, scheduler={'kind': 'none'}),
    case('LBFGS, max_iter 0', optimizer={'kind': 'LBFGS', 'max_iter': 0}, scheduler={'kind': 'none'}),
    *(case(f'{kind}, eps {eps}', optimizer={'kind': kind, 'eps': eps}, steps=4)
      for kind in ('Adam', 'AdamW', 'RAdam', 'NAdam', 'Adamax', 'RMSprop', 'Adagrad', 'Adadelta')
      for eps in (1e-42, 1e-30)),
    case('ConstantLR, factor 0', scheduler={'kind': 'ConstantLR', 'factor': 0.0}),
    case('ConstantLR, factor 0, total_iters reached', scheduler={'kind': 'ConstantLR', 'factor': 0.0, 'total_iters': 2}),
    case('ConstantLR, factor 0, total_iters 0', scheduler={'kind': 'ConstantLR', 'factor': 0.0, 'total_iters': 0}),
    case('ConstantLR, factor 0, total_iters after the last step', steps=3,
         scheduler={'kind': 'ConstantLR', 'factor': 0.0, 'total_iters': 2}),
    case('PolynomialLR, negative power', scheduler={'kind': 'PolynomialLR', 'power': -1.0}),
    case('PolynomialLR, negative power, total_iters reached', scheduler={'kind': 'PolynomialLR', 'power': -1.0,
                                                                         'total_iters': 2}),
    case('PolynomialLR, total_iters 0', scheduler={'kind': 'PolynomialLR', 'total_iters': 0}),
    case('LinearLR, total_iters 0', scheduler={'kind': 'LinearLR', 'total_iters': 0}),
    case('LinearLR, total_iters 0, in a sequence', scheduler={
        'kind': 'SequentialLR', 'milestones': [1], 'schedulers': [{'kind': 'LinearLR', 'total_iters': 0}, EXPONENTIAL]}),
    case('MultiStepLR, no milestones', scheduler={'kind': 'MultiStepLR', 'milestones': []}),
    case('CosineAnnealingLR, negative eta_min', scheduler={'kind': 'CosineAnnealingLR', 'T_max': 3, 'eta_min': -0.01}),
    case('CyclicLR, momentum 1', optimizer=SGD, scheduler=CYCLIC | {'max_momentum': 1.0}),
    case('ChainedScheduler without schedules', scheduler={'kind': 'ChainedScheduler', 'schedulers': []}),
    case('SequentialLR without schedules', scheduler={'kind': 'SequentialLR', 'schedulers': [], 'milestones': []}),
    case('ChainedScheduler, schedules left out', scheduler={'kind': 'ChainedScheduler'}),
    case('SequentialLR, schedules left out', scheduler={'kind': 'SequentialLR', 'milestones': []}),
    # layers without running statistics, evaluated
    *(case(f'BatchNorm1d without running statistics, {n} of twelve at a time', OWN_STATISTICS, data={'test_batch_size': n})
      for n in (1, 11, 5, 12, 1000)),
    case('BatchNorm1d with running statistics, one at a time', [FLAT[0], {'kind': 'BatchNorm1d'}, FLAT[1]],
         data={'test_batch_size': 1}),
    case('BatchNorm2d without running statistics, one at a time',
         [{'kind': 'BatchNorm2d', 'track_running_stats': False}, *FLAT], data={'test_batch_size': 1}),
    case('BatchNorm2d of one pixel without running statistics, one at a time',
         [{'kind': 'AvgPool2d', 'kernel_size': 28}, {'kind': 'BatchNorm2d', 'track_running_stats': False}, *FLAT],
         data={'test_batch_size': 1}),
    # seeds of 64 bits, negative ones
    *(case(f'seed {seed}', seed=seed, data={'validation_fraction': 0.25})
      for seed in (2**31, 2**32, 2**32 + 5, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -1, -2**31, -2**63)),
    # schedules that look as far as the run goes
    case('OneCycleLR as long as the steps', scheduler=ONE_CYCLE | {'total_steps': 3}, optimizer=SGD, steps=3),
    case('OneCycleLR shorter than the steps', scheduler=ONE_CYCLE | {'total_steps': 3}, optimizer=SGD, steps=4),
    case('OneCycleLR shorter than the run', scheduler=ONE_CYCLE | {'total_steps': 3}, optimizer=SGD),
    case('OneCycleLR per epoch, ended early', optimizer=SGD, steps=4,
         scheduler=ONE_CYCLE | {'total_steps': 2, 'interval': 'epoch'}),
]
